import { randomUUID } from 'node:crypto';
import type { FarEnd } from './far-end.ts';
import { expectFarEnd } from './far-end.ts';
import type { CallView, Leg, LiveCall, Party, Side } from './live-call.ts';
import { answered, ended, toCallView } from './live-call.ts';

/** How long a call can still be read by its id once it is over. */
const MEMORY_MS = 60_000;
const FIRST_PBX_CALL_ID = 40_001;

/** One endpoint's view of a call before and after a transition; `before` is missing where it is new to the endpoint. */
export interface CallChange {
  readonly accountId: string;
  readonly endpointId: string;
  readonly at: number;
  readonly before: CallView | undefined;
  readonly after: CallView;
}

/** A call and the side from which an endpoint sees it. */
export interface Seen {
  readonly call: LiveCall;
  readonly side: Side;
}

/** What a new call starts with. `caller` keeps the view it has where it is moved from another call. */
export interface NewCall {
  readonly accountId: string;
  readonly caller: Pick<Leg, 'party' | 'pbxCallId'>;
  readonly farEnd: FarEnd;
  readonly cause: string;
  readonly isRecorded: boolean;
  readonly ringSeconds?: number;
}

/**
 * The PBX of all accounts, without timers: what is due happens when `advance` is told the time, in the order and at
 * the moment it was due. It does what it is told; whether that is possible is for the caller to know.
 */
export interface Switchboard {
  advance(now: number): void;
  /** The calls under way in an account, oldest first, from each side that has a view. */
  seenIn(accountId: string): readonly Seen[];
  /** By an endpoint's PBX call id, under way or over since less than a minute. */
  find(accountId: string, endpointId: string, pbxCallId: string): Seen | undefined;
  /** A call that has not begun: to be handed to `commit`. */
  prepare(call: NewCall, now: number): LiveCall;
  /** Puts calls in the place of others, all at once, and tells the listeners. */
  commit(before: readonly LiveCall[], after: readonly LiveCall[], at: number): void;
  onChange(listener: (change: CallChange) => void): void;
  onEnd(listener: (call: LiveCall) => void): void;
}

const sides: readonly Side[] = ['from', 'to'];

const keyOf = (accountId: string, party: Party, pbxCallId: string): string =>
  JSON.stringify([accountId, party.endpointId, pbxCallId]);

/** The views of these calls by endpoint. A leg that goes on in another call is seen there. */
const viewsOf = (calls: readonly LiveCall[]): Map<string, Seen> => {
  const views = new Map<string, Seen>();
  const ended = calls.filter(({ endedAt }) => endedAt !== undefined);
  const live = calls.filter(({ endedAt }) => endedAt === undefined);
  for (const call of [...ended, ...live])
    for (const side of sides) {
      const { party, pbxCallId } = call[side];
      if (pbxCallId !== undefined) views.set(keyOf(call.accountId, party, pbxCallId), { call, side });
    }
  return views;
};

const toView = (seen: Seen | undefined): CallView | undefined =>
  seen === undefined ? undefined : toCallView(seen.call, seen.side);

export const createSwitchboard = (): Switchboard => {
  const live = new Map<string, LiveCall>();
  const views = new Map<string, Seen>();
  const changeListeners: ((change: CallChange) => void)[] = [];
  const endListeners: ((call: LiveCall) => void)[] = [];
  let sequence = 0;
  let lastPbxCallId = FIRST_PBX_CALL_ID - 1;

  const takePbxCallId = (): string => {
    lastPbxCallId += 1;
    return String(lastPbxCallId);
  };

  const tell = (at: number, before: Seen | undefined, seen: Seen): void => {
    const after = toCallView(seen.call, seen.side);
    const { endpointId } = seen.call[seen.side].party;
    if (after === undefined || endpointId === undefined) return;
    const change = { accountId: seen.call.accountId, endpointId, at, before: toView(before), after };
    for (const listener of changeListeners) listener(change);
  };

  const commit: Switchboard['commit'] = (before, after, at) => {
    for (const { callId } of before) live.delete(callId);
    for (const call of after) if (call.endedAt === undefined) live.set(call.callId, call);
    for (const [key, seen] of viewsOf(after)) {
      const earlier = views.get(key);
      views.set(key, seen);
      tell(at, earlier, seen);
    }
    for (const call of after)
      if (call.endedAt !== undefined) for (const listener of endListeners) listener(call);
  };

  const prepare: Switchboard['prepare'] = (start, now) => {
    const { accountId, caller, farEnd, cause, isRecorded, ringSeconds = 0 } = start;
    sequence += 1;
    const rings = farEnd.refusal === undefined && farEnd.party.endpointId !== undefined;
    const pbxCallId =
      caller.pbxCallId ?? (caller.party.endpointId === undefined ? undefined : takePbxCallId());
    return {
      callId: randomUUID(),
      accountId,
      sequence,
      from: { party: caller.party, ...(pbxCallId !== undefined && { pbxCallId }), isHeld: false },
      to: { party: farEnd.party, ...(rings && { pbxCallId: takePbxCallId() }), isHeld: false },
      cause,
      startedAt: now,
      due: expectFarEnd(farEnd, now, ringSeconds),
      ...(isRecorded && { recording: { pausedMs: 0 } }),
    };
  };

  const findDue = (now: number): { call: LiveCall; due: NonNullable<LiveCall['due']> } | undefined => {
    let first: { call: LiveCall; due: NonNullable<LiveCall['due']> } | undefined;
    for (const call of live.values()) {
      const { due } = call;
      if (due !== undefined && due.at <= now && (first === undefined || due.at < first.due.at))
        first = { call, due };
    }
    return first;
  };

  const advance = (now: number): void => {
    for (let next = findDue(now); next !== undefined; next = findDue(now)) {
      const { call, due } = next;
      const changed =
        due.cause === undefined ? answered(call, due.at) : ended({ ...call, cause: due.cause }, due.at);
      commit([call], [changed], due.at);
    }
    for (const [key, { call }] of views)
      if (call.endedAt !== undefined && call.endedAt + MEMORY_MS <= now) views.delete(key);
  };

  return {
    advance,
    commit,
    prepare,
    seenIn: (accountId) =>
      [...views.values()].filter(({ call }) => call.accountId === accountId && call.endedAt === undefined),
    find: (accountId, endpointId, pbxCallId) =>
      views.get(keyOf(accountId, { number: '', name: '', endpointId }, pbxCallId)),
    onChange: (listener) => void changeListeners.push(listener),
    onEnd: (listener) => void endListeners.push(listener),
  };
};
