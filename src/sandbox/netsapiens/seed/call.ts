import type { Company, CompanyAccount, Person } from '../../company.ts';
import type { LiveCall, Party } from '../live-call.ts';
import { GATEWAY } from '../past-call.ts';
import { outsiderAt } from './outsider.ts';

const MINUTE = 60_000;

/**
 * The calls of the first day: one for everybody whose presence says so, and somebody who waits in the main queue. They
 * stand still until somebody acts, so that the board of the first day looks the same for hours.
 */
export const seedCalls = (company: Company, now: number): (readonly [string, LiveCall])[] => {
  const calls = company.people.flatMap((person, index) => toCall(person, index, now) ?? []);
  const waiting = company.accounts.map((account, index) => toWaiting(account, index, now));
  return [...calls, ...waiting].map((call) => [call.origCallid, call] as const);
};

const toCall = (person: Person, index: number, now: number): LiveCall | undefined => {
  const presence = person.legacy?.presence ?? 'closed';
  const beganAt = now - (1 + (index % 20)) * MINUTE;
  const talking = { beganAt, answeredAt: beganAt + 8_000, origInfo: 'Active', termInfo: 'Active' } as const;
  const ringing = {
    beganAt: now - 5_000,
    answeredAt: null,
    origInfo: 'Progressing',
    termInfo: 'Alerting',
  } as const;
  const one = toUser(person);
  const other = toOutside(index);
  const base = newCall(person.domain, `live${String(index)}`);
  switch (presence) {
    case 'inuse':
      return { ...base, ...talking, orig: other, term: one, dialed: one.number };
    case 'alerting':
      return { ...base, ...ringing, orig: other, term: one, dialed: one.number };
    case 'held':
      return { ...base, ...talking, orig: one, term: other, dialed: other.number, termInfo: 'Held' };
    case 'progressing':
      return { ...base, ...ringing, orig: one, term: other, dialed: other.number };
    default:
      return undefined;
  }
};

const toWaiting = ({ domain, mainNumber }: CompanyAccount, index: number, now: number): LiveCall => ({
  ...newCall(domain, `wait${String(index)}`),
  orig: toOutside(index + 1),
  term: { user: '800', number: '800', name: 'Main Queue', uri: `sip:800@${domain}` },
  dialed: mainNumber,
  beganAt: now - MINUTE,
  answeredAt: null,
  origInfo: 'Progressing',
  termInfo: 'Alerting',
});

const newCall = (domain: string, name: string) => ({
  origCallid: `${name}@203.0.113.9`,
  termCallid: `${name}t`,
  domain,
  by: null,
  isRecording: false,
  wasRecorded: false,
  answersAt: null,
  endsAt: null,
});

const toUser = ({ extension, domain, firstName, lastName }: Person): Party => ({
  user: extension,
  number: extension,
  name: `${firstName} ${lastName}`,
  uri: `sip:${extension}@${domain}`,
});

const toOutside = (index: number): Party => {
  const { number, company } = outsiderAt(index);
  return { user: null, number, name: company, uri: `sip:${number}@${GATEWAY}` };
};
