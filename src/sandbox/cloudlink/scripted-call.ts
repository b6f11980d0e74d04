import type { CallSide } from '../company-call.ts';
import type { CallStep, RunningCall, ScriptedCall } from '../exchange.ts';
import { toParty } from './endpoint-call.ts';
import { findEndpoint } from './endpoint.ts';
import { answered, ended, toCallView, type LiveCall, type Party, type Side } from './live-call.ts';
import type { Store } from './store.ts';

const sides: readonly Side[] = ['from', 'to'];

/** One end of a call: the endpoint of a user, or a number that CloudLink has no view of. */
const toEnd = (store: Store, accountId: string, { number, name, person }: CallSide): Party => {
  const endpoint = findEndpoint(store, accountId, person?.cloudlink?.extension ?? '');
  return endpoint === undefined ? { number, name } : toParty(endpoint);
};

/** A step further; the called side holds, whoever it is. */
const advance = (call: LiveCall, step: CallStep, now: number): LiveCall => {
  if (step === 'completed')
    return ended(call.answeredAt === undefined ? { ...call, cause: 'callNotAnswer' } : call, now);
  const talking = call.answeredAt === undefined ? answered(call, now) : call;
  const side: Side = talking.to.pbxCallId === undefined ? 'from' : 'to';
  return { ...talking, [side]: { ...talking[side], isHeld: step === 'held' } };
};

/** Lets a call ring that goes on as it is told; undefined where no endpoint takes part. */
export const beginCall = (
  store: Store,
  { account, from, to, isRecorded }: ScriptedCall,
  now: () => number,
): RunningCall | undefined => {
  const { accountId } = account;
  const { switchboard } = store.media;
  const [caller, callee] = [toEnd(store, accountId, from), toEnd(store, accountId, to)];
  if (caller.endpointId === undefined && callee.endpointId === undefined) return undefined;
  const prepared = switchboard.prepare(
    { accountId, caller: { party: caller }, farEnd: { party: callee }, cause: 'newCall', isRecorded },
    now(),
  );
  // Nothing happens to it by itself.
  const { due: _due, ...call } = prepared;
  switchboard.commit([], [call], now());

  /** As it is now, unless it has been ended or sent elsewhere. */
  const find = (): LiveCall | undefined => {
    for (const side of sides) {
      const { party, pbxCallId } = call[side];
      if (party.endpointId === undefined || pbxCallId === undefined) continue;
      const seen = switchboard.find(accountId, party.endpointId, pbxCallId)?.call;
      if (seen?.callId === call.callId && seen.endedAt === undefined) return seen;
    }
    return undefined;
  };

  return {
    ids: {
      callId: call.callId,
      views: sides.flatMap((side) => toCallView(call, side)?.callId ?? []),
    },
    move: (step) => {
      const current = find();
      if (current !== undefined) switchboard.commit([current], [advance(current, step, now())], now());
    },
  };
};
