import type { Switches } from '../switches.ts';
import type { Row } from './answer.ts';
import { toTime } from './subscriber-record.ts';

/** One side of a call: a user of the domain, or somebody outside, who has a number only. */
export interface Party {
  readonly user: string | null;
  readonly number: string;
  readonly name: string;
  readonly uri: string;
}

/** A call that goes on. Replaced at each change, so that a listener can keep what it was told. */
export interface LiveCall {
  readonly origCallid: string;
  readonly termCallid: string;
  readonly domain: string;
  readonly orig: Party;
  readonly term: Party;
  /** The number or extension that was called first. */
  readonly dialed: string;
  /** Who has brought the two together, where somebody did. */
  readonly by: { readonly action: string; readonly user: string; readonly callid: string } | null;
  readonly beganAt: number;
  readonly answeredAt: number | null;
  readonly origInfo: 'Progressing' | 'Active' | 'Held';
  readonly termInfo: 'Alerting' | 'Active' | 'Held';
  readonly isRecording: boolean;
  readonly wasRecorded: boolean;
  /** When the other end answers by itself. */
  readonly answersAt: number | null;
  /** When it ends by itself: nobody answers, or somebody outside has said everything. */
  readonly endsAt: number | null;
}

export const callColumns = [
  'orig_callid',
  'orig_match',
  'orig_user',
  'orig_domain',
  'orig_uri',
  'orig_name',
  'ani',
  'dnis',
  'by_action',
  'by_user',
  'by_domain',
  'by_callid',
  'term_callid',
  'term_user',
  'term_domain',
  'term_uri',
  'time_begin',
  'time_answer',
  'orig_call_info',
  'term_call_info',
] as const;

/** A call as `read` tells it, with times that sort. Whoever is outside has no user and the domain `*` (facts §6.4). */
export const toCallRow = ({ orig, term, by, domain, ...call }: LiveCall): Row => ({
  orig_callid: call.origCallid,
  orig_match: orig.user === null ? 'sip:*@*' : `sip:${orig.user}@${domain}`,
  orig_user: orig.user ?? '',
  orig_domain: orig.user === null ? '*' : domain,
  orig_uri: orig.uri,
  orig_name: orig.name,
  ani: orig.number,
  dnis: call.dialed,
  by_action: by?.action ?? '',
  by_user: by?.user ?? '',
  by_domain: by === null ? '' : domain,
  by_callid: by?.callid ?? '',
  term_callid: call.termCallid,
  term_user: term.user ?? '',
  term_domain: term.user === null ? '*' : domain,
  term_uri: term.uri,
  time_begin: toTime(call.beganAt),
  time_answer: call.answeredAt === null ? '' : toTime(call.answeredAt),
  orig_call_info: call.origInfo,
  term_call_info: call.termInfo,
});

/** The times of a row as the documentation prints them, `mm/dd/yy h:m:s`, or by switch as events do (facts §5.4). */
export const printTimes = (row: Row, switches: Readonly<Switches>): Row => {
  if (switches.legacyCallTimes === 'dashes') return row;
  const times = Object.entries(row).filter(([name]) => name === 'time_begin' || name === 'time_answer');
  return { ...row, ...Object.fromEntries(times.map(([name, cell]) => [name, toSlashes(cell)])) };
};

const toSlashes = (cell: Row[string]): string => {
  if (typeof cell !== 'string') return '';
  return cell.replace(/^\d\d(\d\d)-(\d\d)-(\d\d)/, '$2/$3/$1');
};

/** Whether a user of the call's domain takes part in it. */
export const takesPart = ({ orig, term }: LiveCall, user: string): boolean =>
  [orig.user, term.user].some((party) => party?.toLowerCase() === user.toLowerCase());
