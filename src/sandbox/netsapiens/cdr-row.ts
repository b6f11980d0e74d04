import type { Row } from './answer.ts';
import { typeOf, type CallDetail, type PastCall } from './past-call.ts';

/** What a domain sees of a finished call (facts §5.5). */
export const cdrColumns = [
  'cdr_id',
  'domain',
  'territory',
  'type',
  'orig_sub',
  'orig_from_uri',
  'orig_from_name',
  'orig_req_uri',
  'orig_req_user',
  'orig_to_user',
  'by_sub',
  'term_sub',
  'term_to_uri',
  'time_start',
  'time_answer',
  'time_release',
  'duration',
  'time_talking',
] as const;

/** What a user sees of it. */
export const userCdrColumns = [
  'uid',
  'domain',
  'cdr_id',
  'type',
  'time_start',
  'time_answer',
  'time_release',
  'duration',
  'orig_to_uri',
  'number',
  'name',
  'onnet',
  'hide',
  'tag',
] as const;

/** Seconds since the epoch in GMT, as text (facts §5.5). */
const toEpoch = (milliseconds: number): string => String(Math.floor(milliseconds / 1000));

const toTimes = ({ startedAt, answeredAt, releasedAt }: CallDetail) => ({
  time_start: toEpoch(startedAt),
  time_answer: answeredAt === null ? null : toEpoch(answeredAt),
  time_release: toEpoch(releasedAt),
  duration: String(Math.round((releasedAt - startedAt) / 1000)),
});

export const toCdrRow = (detail: CallDetail, past: PastCall, territory: string): Row => ({
  cdr_id: detail.id,
  domain: detail.domain,
  territory,
  type: typeOf(past),
  orig_sub: detail.orig.user,
  orig_from_uri: detail.orig.uri,
  orig_from_name: detail.orig.name,
  orig_req_uri: `sip:${detail.dialed}@${detail.domain}`,
  orig_req_user: detail.dialed,
  orig_to_user: detail.dialed,
  by_sub: detail.by,
  term_sub: detail.term.user,
  term_to_uri: detail.term.uri,
  ...toTimes(detail),
  time_talking: String(past.talkSeconds),
});

/** The same call from one of its users: the other side is `number` and `name`, and `onnet` says that it is a colleague. */
export const toUserCdrRow = (detail: CallDetail, past: PastCall, user: string): Row => {
  const { orig, term } = detail;
  const other = past.orig === user ? term : orig;
  return {
    uid: `${user}@${detail.domain}`,
    domain: detail.domain,
    cdr_id: detail.id,
    type: userTypeOf(past, user),
    ...toTimes(detail),
    orig_to_uri: `sip:${detail.dialed}@${detail.domain}`,
    number: other.number,
    name: other.name,
    onnet: other.user === null ? '0' : '1',
    hide: isHidden(past) ? '1' : '0',
    tag: '',
  };
};

/** For a user a colleague's call goes out or comes in like any other; `onnet` tells them apart. */
export const userTypeOf = ({ orig, isAnswered }: PastCall, user: string): string => {
  if (orig === user) return '0';
  return isAnswered ? '1' : '2';
};

/** A few calls of the first day were hidden from their users' lists. */
export const isHidden = ({ source }: PastCall): boolean => typeof source === 'number' && source % 29 === 28;
