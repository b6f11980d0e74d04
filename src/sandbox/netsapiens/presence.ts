import { REGISTERED } from './device-record.ts';
import { takesPart, type LiveCall } from './live-call.ts';
import { toKey, type State } from './state.ts';
import { toTime, toUid } from './subscriber-record.ts';

/** What somebody does in a call, as presence calls it; the first of these counts. */
const presences = ['inuse', 'held', 'progressing', 'alerting'] as const;

const presenceIn = ({ orig, origInfo, termInfo }: LiveCall, user: string): (typeof presences)[number] => {
  const info = orig.user !== null && toKey(orig.user) === toKey(user) ? origInfo : termInfo;
  if (info === 'Progressing') return 'progressing';
  if (info === 'Alerting') return 'alerting';
  return origInfo === 'Held' || termInfo === 'Held' ? 'held' : 'inuse';
};

/** Writes into a user's record what the live calls make of it: the presence and the gauge of calls. */
export const updatePresence = (state: State, domain: string, user: string, time: number): void => {
  const key = toKey(toUid(user, domain));
  const record = state.subscribers.get(key);
  if (record === undefined) return;
  const own = [...state.calls.values()]
    .filter((call) => toKey(call.domain) === toKey(domain) && takesPart(call, user))
    .map((call) => presenceIn(call, user));
  const presence = presences.find((presence) => own.includes(presence)) ?? idle(state, domain, user);
  const gauSession = String(own.filter((presence) => presence !== 'alerting').length);
  if (presence === record.presence && gauSession === record.gauSession) return;
  state.subscribers.set(key, { ...record, presence, gauSession, last_update: toTime(time) });
};

/** Without a call: reachable, or not registered anywhere. */
const idle = (state: State, domain: string, user: string): string => {
  const isRegistered = [...state.devices.values()].some(
    ({ subscriber_name, subscriber_domain, mode }) =>
      mode === REGISTERED && toKey(toUid(subscriber_name, subscriber_domain)) === toKey(toUid(user, domain)),
  );
  return isRegistered ? 'open' : 'closed';
};
