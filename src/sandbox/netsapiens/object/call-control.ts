import type { Answer } from '../answer.ts';
import { seesBelongings, toOwner } from '../belonging.ts';
import { answered, finishCall, putCall, ringing, toParty } from '../call-simulation.ts';
import { takesPart, type LiveCall, type Party } from '../live-call.ts';
import { required, type Call } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { toKey, type State } from '../state.ts';
import { toAor } from '../device-record.ts';
import { toUid } from '../subscriber-record.ts';

/** A live call and the user who does something to it. */
interface Grip {
  readonly live: LiveCall;
  readonly user: string;
  readonly isOrig: boolean;
}

type Control = (call: Call, grip: Grip) => Answer;

const done: Answer = { kind: 'done' };

/** Does something to the call that `callid` names on either side, for `uid`, who must take part in it or may. */
const control =
  (run: Control, mayEnter: (state: State, live: LiveCall, user: string) => boolean = isParty) =>
  (call: Call): Answer => {
    const { parameters, state } = call;
    const callid = required(parameters, 'callid');
    const { user, domain } = toOwner(required(parameters, 'uid'));
    if (!seesBelongings(call, { user, domain })) return outOfScope(call.switches);
    const live =
      state.calls.get(callid) ?? [...state.calls.values()].find(({ termCallid }) => termCallid === callid);
    const isTheirs = live !== undefined && toKey(live.domain) === toKey(domain);
    if (!isTheirs || !mayEnter(state, live, user)) {
      throw new Refusal(404, 'No such call.');
    }
    const isOrig = live.orig.user !== null && toKey(live.orig.user) === toKey(user);
    return run(call, { live, user, isOrig });
  };

const isParty = (_state: State, live: LiveCall, user: string): boolean => takesPart(live, user);

/** Agents take the calls that wait in their queue; a parked call is everybody's. */
const mayAnswer = (state: State, live: LiveCall, user: string): boolean =>
  takesPart(live, user) || live.by?.action === PARK || isAgentOf(state, live, user);

const isAgentOf = (state: State, { term, domain }: LiveCall, user: string): boolean =>
  [...state.agents.values()].some(
    (agent) =>
      agent.huntgroup_name === term.user &&
      toKey(toUid(agent.owner_user, agent.owner_domain)) === toKey(toUid(user, domain)),
  );

const PARK = 'CallPark';

/** What a call must be like for a control; anything else is a conflict. */
const demand = (isMet: boolean): void => {
  if (!isMet) throw new Refusal(409, 'The call is in another state.');
};

const change =
  (toNext: (call: Call, grip: Grip) => LiveCall) =>
  (call: Call, grip: Grip): Answer => {
    putCall(call.state, toNext(call, grip), call.now);
    return done;
  };

/** Answers what rings; an agent or whoever picks up a parked call takes the place of the queue or of the slot. */
const answer = change(({ parameters, state, now }, { live, user, isOrig }) => {
  const isParked = live.by?.action === PARK;
  demand(!isOrig && (live.termInfo === 'Alerting' || isParked));
  const destination = given(parameters, 'destination');
  const own = toParty(state, live.domain, user);
  const uri =
    destination === undefined ? own.uri : toAor(destination.replace(/^sip:|@.*$/g, ''), live.domain);
  const isOwn = live.term.user !== null && toKey(live.term.user) === toKey(user);
  const by =
    isOwn || isParked ? live.by : { action: 'Queue', user: live.term.number, callid: live.termCallid };
  const picked = { ...live, term: { ...own, uri }, by: isParked ? null : by };
  return { ...answered(picked, now), answeredAt: isParked ? (live.answeredAt ?? now) : now };
});

const reject: Control = ({ state, now }, { live, isOrig }) => {
  demand(!isOrig && live.termInfo === 'Alerting');
  finishCall(state, live, now, 'Term: Busy Here');
  return done;
};

const disconnect: Control = ({ state, now }, { live, isOrig }) => {
  const side = isOrig ? 'Orig' : 'Term';
  finishCall(state, live, now, `${side}: ${live.answeredAt === null ? 'Cancel' : 'Bye'}`);
  return done;
};

const hold = (side: 'origInfo' | 'termInfo') =>
  change((_call, { live }) => {
    demand(live.answeredAt !== null);
    return { ...live, [side]: 'Held' };
  });

const unhold = change((_call, { live }) => {
  demand(live.origInfo === 'Held' || live.termInfo === 'Held');
  return { ...live, origInfo: 'Active', termInfo: 'Active' };
});

/** Whoever the acting user spoke with, as the side that goes on from here. */
const remaining = ({ live, isOrig }: Grip): Party => (isOrig ? live.term : live.orig);

/** Sends the other party to a destination, which rings; the call keeps the id of its originating side. */
const xfer = change(({ parameters, state, now }, grip) => {
  const { live, user, isOrig } = grip;
  const destination = required(parameters, 'destination');
  demand(live.answeredAt !== null || !isOrig);
  const term = toParty(state, live.domain, destination);
  return {
    ...live,
    orig: remaining(grip),
    term,
    termCallid: `${live.termCallid}x`,
    dialed: term.number,
    by: { action: 'Transfer', user, callid: live.termCallid },
    answeredAt: null,
    origInfo: 'Progressing',
    termInfo: 'Alerting',
    ...ringing(state, live.domain, term, now),
  };
});

/** Parks the other party in the first free slot and says which; slots are counted from `prefix`, or from 701. */
const park: Control = ({ parameters, state, now }, grip) => {
  const { live, user } = grip;
  demand(live.answeredAt !== null);
  const first = Number(given(parameters, 'prefix') ?? '701');
  if (!Number.isSafeInteger(first)) throw new Refusal(400, 'Invalid parameter: prefix');
  const taken = new Set(
    [...state.calls.values()]
      .filter(({ by, domain }) => by?.action === PARK && toKey(domain) === toKey(live.domain))
      .map(({ term }) => term.number),
  );
  let slot = first;
  while (taken.has(String(slot))) slot += 1;
  const number = String(slot);
  const parked = {
    ...live,
    orig: remaining(grip),
    term: { user: number, number, name: 'Park', uri: `sip:${number}@${live.domain}` },
    by: { action: PARK, user, callid: live.termCallid },
    endsAt: null,
  };
  putCall(state, parked, now);
  return { kind: 'records', rows: [{ slot: number }], columns: ['slot'] };
};

const record = (isRecording: boolean) =>
  change((_call, { live }) => {
    demand(live.answeredAt !== null);
    return { ...live, isRecording, wasRecorded: live.wasRecorded || isRecording };
  });

const pause = change((_call, { live }) => {
  demand(live.isRecording);
  return { ...live, isRecording: false };
});

/** The control verbs (facts §5.4). Each answers 200 with nothing in it, but for `park`. */
export const controls: Readonly<Record<string, (call: Call) => Answer>> = {
  answer: control(answer, mayAnswer),
  reject: control(reject),
  disconnect: control(disconnect),
  hold_orig: control(hold('origInfo')),
  hold_term: control(hold('termInfo')),
  unhold: control(unhold),
  xfer: control(xfer),
  park: control(park),
  record_on: control(record(true)),
  record_off: control(record(false)),
  record_pause: control(pause),
};
