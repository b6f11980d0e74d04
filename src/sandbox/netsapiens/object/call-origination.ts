import type { Answer } from '../answer.ts';
import { seesBelongings, toOwner } from '../belonging.ts';
import { putCall, ringing, toParty } from '../call-simulation.ts';
import { CALL_PARK } from '../queue-record.ts';
import { required, type Call } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { toKey } from '../state.ts';
import { toUid } from '../subscriber-record.ts';

/**
 * Places a call for a user: the own phone answers at once, then the destination rings. The caller chooses the id of
 * the call, which must be new.
 */
export const originate = (call: Call): Answer => {
  const { parameters, state, now } = call;
  const callid = required(parameters, 'callid');
  const uid = required(parameters, 'uid');
  const destination = required(parameters, 'destination');
  const owner = toOwner(uid);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  const subscriber = state.subscribers.get(toKey(uid));
  if (subscriber === undefined) throw new Refusal(404, 'No such user.');
  const known = state.histories.get(toKey(subscriber.domain))?.find(callid);
  if (state.calls.has(callid) || known !== undefined) {
    throw new Refusal(call.switches.legacyDuplicate, 'The callid is in use.');
  }

  const { user, domain, first_name, last_name } = subscriber;
  const term = toParty(state, domain, destination);
  if (state.queues.get(toKey(toUid(term.number, domain)))?.huntgroup_option === CALL_PARK) {
    throw new Refusal(400, 'Invalid parameter: destination');
  }
  const live = {
    origCallid: callid,
    termCallid: `${callid}-t`,
    domain,
    orig: {
      user,
      number: given(parameters, 'ani') ?? user,
      name: `${first_name} ${last_name}`.trim(),
      uri: `sip:${given(parameters, 'origination') ?? user}@${domain}`,
    },
    term,
    dialed: term.number,
    by: null,
    beganAt: now,
    answeredAt: null,
    origInfo: 'Progressing',
    termInfo: 'Alerting',
    isRecording: false,
    wasRecorded: false,
    ...ringing(state, domain, term, now),
  } as const;
  putCall(state, live, now);
  return { kind: 'done' };
};
