import { toDialled, toE164, type Country } from './phone-number.ts';
import type { CallSide } from './upstream/cloudlink/call.ts';
import type { CallRecord } from './upstream/cloudlink/call-record.ts';
import type { CallDetail, CallDetailParty } from './upstream/netsapiens/call-detail.ts';

/** Which way a call went, seen from the company. */
export type PastCallDirection = 'INBOUND' | 'OUTBOUND' | 'INTERNAL';

/** One end of a call that is over: its number in E.164, or an extension. */
export interface PastCallParty {
  readonly number: string | null;
  readonly name: string | null;
}

/** A call that is over, told by CloudLink (`record`), by the legacy platform (`detail`), or by both. */
export interface PastCall {
  readonly record: CallRecord | null;
  readonly detail: CallDetail | null;
  /** Its place in the history: the later of the two, where the platforms do not agree. */
  readonly startedAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  readonly direction: PastCallDirection | null;
  readonly isMissed: boolean | null;
  readonly ringSeconds: number | null;
  readonly talkSeconds: number | null;
  readonly from: PastCallParty;
  readonly to: PastCallParty;
}

/** How far the platforms may be apart in what they tell of one call, in its beginning and in its talk. */
export const TOLERANCE_MS = 2000;
const TOLERANCE_SECONDS = TOLERANCE_MS / 1000;

const isSameNumber = (one: string | null, other: string | null, home: Country): boolean => {
  const [left, right] = [toDialled(one), toDialled(other)];
  if (left === null || right === null) return left === right;
  if (left.replace(/^\+/, '') === right.replace(/^\+/, '')) return true;
  const e164 = toE164(left, home);
  return e164 !== null && e164 === toE164(right, home);
};

const secondsBetween = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : Math.max(0, (to.getTime() - from.getTime()) / 1000);

/**
 * Whether both tell the same call: it began at most 2 seconds apart, was talked equally long give or take 2 seconds, and
 * was from and to the same numbers, in E.164, or extensions. What is not told is the same as nothing else.
 */
export const isSameCall = (record: CallRecord, detail: CallDetail, home: Country): boolean => {
  const { startedAt, talkSeconds } = record;
  if (startedAt === null || detail.startedAt === null) return false;
  if (talkSeconds === null || detail.talkSeconds === null) return false;
  return (
    Math.abs(startedAt.getTime() - detail.startedAt.getTime()) <= TOLERANCE_MS &&
    Math.abs(talkSeconds - detail.talkSeconds) <= TOLERANCE_SECONDS &&
    isSameNumber(record.from.number, detail.origin.number, home) &&
    isSameNumber(record.to.number, detail.destination.number, home)
  );
};

/** CloudLink says `outbound` of a call between colleagues as well: there, both sides are somebody. */
const directionOfRecord = ({ from, to, direction }: CallRecord): PastCallDirection | null => {
  if (from.principalId !== null && to.principalId !== null) return 'INTERNAL';
  if (direction === 'inbound') return 'INBOUND';
  return direction === 'outbound' ? 'OUTBOUND' : null;
};

const directionOfDetail = ({ isOnNet, type }: CallDetail): PastCallDirection | null => {
  if (isOnNet === true || type === '3') return 'INTERNAL';
  if (type === '0') return 'OUTBOUND';
  return type === '1' || type === '2' ? 'INBOUND' : null;
};

/** Each platform knows its own people only, so that a colleague may look like an outsider to the other. */
const toDirection = (record: CallRecord | null, detail: CallDetail | null): PastCallDirection | null => {
  const told = [record && directionOfRecord(record), detail && directionOfDetail(detail)];
  return told.includes('INTERNAL') ? 'INTERNAL' : (told[0] ?? told[1] ?? null);
};

/** The legacy platform leaves out the plus. */
const toNumber = (text: string | null, home: Country): string | null =>
  text?.startsWith('+') === true ? text : (toE164(text, home) ?? toDialled(text));

const toParty = (
  side: CallSide | undefined,
  other: CallDetailParty | undefined,
  home: Country,
): PastCallParty => ({
  number: toNumber(side?.number ?? other?.number ?? null, home),
  name: side?.name ?? other?.name ?? null,
});

const toAnsweredAt = (record: CallRecord | null, detail: CallDetail | null, isAnswered: boolean) => {
  if (detail?.answeredAt) return detail.answeredAt;
  if (!isAnswered || !record?.startedAt || record.ringSeconds === null) return null;
  return new Date(record.startedAt.getTime() + record.ringSeconds * 1000);
};

/** What the two tell of one call, as one. `startedAt` is what it is put in order by. */
export const toPastCall = (
  record: CallRecord | null,
  detail: CallDetail | null,
  startedAt: Date,
  home: Country,
): PastCall => {
  const isAnswered =
    record === null || record.completed === null
      ? detail && detail.answeredAt !== null
      : record.completed || (detail !== null && detail.answeredAt !== null);
  const rangUntil = detail && (detail.answeredAt ?? detail.releasedAt);
  return {
    record,
    detail,
    startedAt,
    answeredAt: toAnsweredAt(record, detail, isAnswered === true),
    endedAt: record?.endedAt ?? detail?.releasedAt ?? null,
    direction: toDirection(record, detail),
    isMissed: isAnswered === null ? null : !isAnswered,
    ringSeconds: record?.ringSeconds ?? secondsBetween(detail?.startedAt ?? null, rangUntil),
    talkSeconds: record?.talkSeconds ?? detail?.talkSeconds ?? null,
    from: toParty(record?.from, detail?.origin, home),
    to: toParty(record?.to, detail?.destination, home),
  };
};
