import { randomUUID } from 'node:crypto';
import type { Company, CompanyAccount, Person } from '../company.ts';
import { anchorOf } from '../company-call.ts';
import { createCallHistory } from './call-history.ts';
import { seedConferences } from './conference-seed.ts';
import type { Leg, LiveCall } from './live-call.ts';
import { durationsOf } from './live-call.ts';
import { endpointKey } from './media-store.ts';
import type { PastCall, PastSide } from './past-call.ts';
import { tell, type Store } from './store.ts';

/** How available somebody is whose presence on the legacy side is this. */
const availabilities: ReadonlyMap<string, string> = new Map([
  ['inuse', 'busy'],
  ['progressing', 'busy'],
  ['held', 'busy'],
  ['closed', 'away'],
]);

const EVERY_FIFTH = 5;

const seedEndpoint = ({ media }: Store, { accountId, cloudlink, legacy }: Person, index: number): void => {
  if (cloudlink === undefined || cloudlink.extension === '') return;
  media.endpoints.set(endpointKey(accountId, cloudlink.extension), {
    userAvailability: availabilities.get(legacy?.presence ?? '') ?? 'available',
    messageWaiting: index % EVERY_FIFTH === 0,
    dnd: false,
    pstnRouting: false,
  });
};

const toPastSide = ({ party: { number, name, userId } }: Leg): PastSide => ({
  number,
  name,
  person: userId === undefined ? null : { userId, cloudlink: {} },
});

const toPastCall = (call: LiveCall): PastCall => ({
  callId: call.callId,
  direction: call.from.party.userId === undefined ? 'inbound' : 'outbound',
  from: toPastSide(call.from),
  to: toPastSide(call.to),
  startedAt: call.startedAt,
  ...durationsOf(call),
  cause: call.cause,
  isAnswered: call.answeredAt !== undefined,
  isRecorded: call.recording !== undefined && call.answeredAt !== undefined,
});

/** What becomes of a call that has ended: its record, and what was recorded of it save for the pauses. */
const remember = (store: Store, call: LiveCall): void => {
  const { media } = store;
  const past = toPastCall(call);
  const { accountId, recording, endedAt = 0 } = call;
  media.histories.get(accountId)?.add(past);
  tell(store, 'callRecord', { accountId, past }, 'created');
  if (recording === undefined || !past.isRecorded) return;
  const { pausedAt, pausedMs } = recording;
  const pausedSeconds = Math.round((pausedMs + (pausedAt === undefined ? 0 : endedAt - pausedAt)) / 1000);
  const recordings = media.recordings.get(accountId) ?? [];
  media.recordings.set(accountId, recordings);
  const kept = {
    recordingId: randomUUID(),
    call: past,
    createdOn: past.startedAt,
    durationInSeconds: Math.max(past.talkSeconds - pausedSeconds, 0),
  };
  recordings.push(kept);
  tell(store, 'recording', { accountId, recording: kept }, 'created');
};

const seedAccount = (store: Store, company: Company, account: CompanyAccount, now: number): void => {
  const { accountId, mainNumber } = account;
  const people = company.people.filter((person) => person.accountId === accountId);
  const names = people.map(
    ({ extension, firstName, lastName }) => [extension, `${firstName} ${lastName}`] as const,
  );
  store.media.directories.set(accountId, { mainNumber, names: new Map(names) });
  store.media.histories.set(accountId, createCallHistory(company, account, anchorOf(now)));
  for (const [index, person] of people.entries()) seedEndpoint(store, person, index);
};

/** The media service on its first day: what happened before is told back from `now`. After the conversations. */
export const seedMedia = (store: Store, company: Company, now: number): void => {
  for (const account of company.accounts) seedAccount(store, company, account, now);
  seedConferences(store, company, now);
  store.media.switchboard.onEnd((call) => remember(store, call));
};
