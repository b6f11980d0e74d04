import { toBoolean, toDate, toText, type Resource } from '../decode.ts';

/** One end of a call. */
export interface CallSide {
  readonly number: string | null;
  readonly name: string | null;
  /** CloudLink's id of the user or client, where it knows them. */
  readonly principalId: string | null;
  readonly isE164: boolean | null;
  /** Whether the number is what a caller says of themselves: that of a call from here, and of whoever is called, is not. */
  readonly isClaimed: boolean;
}

/** What CloudLink tells of every call, whether under way or over (facts §6.1). */
export interface Call {
  readonly from: CallSide;
  readonly to: CallSide;
  readonly state: string | null;
  readonly cause: string | null;
  readonly direction: string | null;
  readonly siteId: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Over, and somebody had answered. */
  readonly completed: boolean | null;
  readonly ringSeconds: number | null;
  readonly talkSeconds: number | null;
}

/** A duration, which upstream declares as a plain number. */
const toSeconds = (value: unknown): number | null => {
  const seconds = Number(toText(value) ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 && seconds < 2 ** 31 ? seconds : null;
};

const toSide = (resource: Resource, side: 'from' | 'to', isClaimed: boolean): CallSide => ({
  number: toText(resource[side]),
  name: toText(resource[`${side}Name`]),
  principalId: toText(resource[`${side}PrincipalId`]),
  isE164: toBoolean(resource[`${side}NumberE164`]),
  isClaimed,
});

export const toCall = (resource: Resource): Call => ({
  from: toSide(resource, 'from', toText(resource['direction']) !== 'outbound'),
  to: toSide(resource, 'to', false),
  state: toText(resource['state']),
  cause: toText(resource['cause']),
  direction: toText(resource['direction']),
  siteId: toText(resource['siteId']),
  startedAt: toDate(resource['createdOn']),
  endedAt: toDate(resource['endTime']),
  completed: toBoolean(resource['completed']),
  ringSeconds: toSeconds(resource['ringTime']),
  talkSeconds: toSeconds(resource['billingTime']),
});
