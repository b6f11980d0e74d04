import { randomBytes } from 'node:crypto';
import type { CallSide } from '../company-call.ts';
import type { CallStep, RunningCall, ScriptedCall } from '../exchange.ts';
import { answered, finishCall, putCall, toParty } from './call-simulation.ts';
import type { LiveCall, Party } from './live-call.ts';
import type { State } from './state.ts';

const toSide = (state: State, domain: string, { number, name, person }: CallSide): Party => {
  const party = toParty(state, domain, person?.extension ?? number);
  return party.name === '' ? { ...party, name } : party;
};

const advance = (state: State, call: LiveCall, step: CallStep, now: number): void => {
  if (step === 'completed')
    return finishCall(state, call, now, call.answeredAt === null ? 'Orig: Cancel' : 'Orig: Bye');
  const talking = call.answeredAt === null ? answered(call, now) : call;
  const termInfo = step === 'held' ? 'Held' : 'Active';
  // Nothing happens to it by itself.
  putCall(state, { ...talking, origInfo: 'Active', termInfo, endsAt: null }, now);
};

/** Lets a call ring that goes on as it is told; undefined where no user of the platform takes part. */
export const beginCall = (
  state: State,
  { account, from, to, isRecorded }: ScriptedCall,
  now: () => number,
): RunningCall | undefined => {
  const { domain, mainNumber } = account;
  const [orig, term] = [toSide(state, domain, from), toSide(state, domain, to)];
  if (orig.user === null && term.user === null) return undefined;
  const name = randomBytes(6).toString('hex');
  const origCallid = `s${name}@203.0.113.9`;
  const termCallid = `t${name}`;
  const call: LiveCall = {
    origCallid,
    termCallid,
    domain,
    orig,
    term,
    // Whoever calls from outside dials the company.
    dialed: orig.user === null ? mainNumber : term.number,
    by: null,
    beganAt: now(),
    answeredAt: null,
    origInfo: 'Progressing',
    termInfo: 'Alerting',
    isRecording: isRecorded,
    wasRecorded: isRecorded,
    answersAt: null,
    endsAt: null,
  };
  putCall(state, call, now());
  return {
    ids: { origCallid, termCallid },
    move: (step) => {
      const current = state.calls.get(origCallid);
      if (current !== undefined) advance(state, current, step, now());
    },
  };
};
