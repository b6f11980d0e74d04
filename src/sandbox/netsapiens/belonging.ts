import { required, type Call } from './operation.ts';
import { given, type Parameters } from './request.ts';
import { isSelf, reachesTo, seesDomain, seesSubscriber } from './scope.ts';
import { toKey, type State } from './state.ts';
import { toUid } from './subscriber-record.ts';

/** A user by name, whether there is one or not. */
export interface Owner {
  readonly user: string;
  readonly domain: string;
}

export const toOwner = (uid: string): Owner => {
  const at = uid.lastIndexOf('@');
  return at === -1 ? { user: uid, domain: '' } : { user: uid.slice(0, at), domain: uid.slice(at + 1) };
};

/** The user a call is about, by `uid` or by `user` and `domain`; undefined where it names none. */
export const namedOwner = (parameters: Parameters): Owner | undefined => {
  const uid = given(parameters, 'uid');
  if (uid !== undefined) return toOwner(uid);
  const user = given(parameters, 'user');
  const domain = given(parameters, 'domain');
  return user === undefined || domain === undefined ? undefined : { user, domain };
};

/** The user a call is about; a `Refusal` that names `uid` where it is about nobody. */
export const requiredOwner = (parameters: Parameters): Owner =>
  namedOwner(parameters) ?? toOwner(required(parameters, 'uid'));

/** Whether what belongs to a user is visible: the own, and that of everybody whom the caller administers. */
export const seesBelongings = (
  { caller, state }: Pick<Call, 'caller' | 'state'>,
  { user, domain }: Owner,
): boolean => {
  const uid = toUid(user, domain);
  if (administers({ caller, state }, domain) || isSelf(caller, uid)) return true;
  const record = state.subscribers.get(toKey(uid));
  return record !== undefined && seesSubscriber(caller, state, record);
};

/** Whether the caller has a whole domain in hand. */
export const administers = ({ caller, state }: Pick<Call, 'caller' | 'state'>, domain: string): boolean =>
  reachesTo(caller, 'domain') && seesDomain(caller, state, domain);

/** Removes everything that is nobody's once a user is gone. */
export const removeBelongings = (state: State, owner: Owner): void => {
  const isTheirs = (user: string, domain: string) =>
    toKey(toUid(user, domain)) === toKey(toUid(owner.user, owner.domain));
  for (const [key, device] of state.devices) {
    if (isTheirs(device.subscriber_name, device.subscriber_domain)) state.devices.delete(key);
  }
  for (const [key, agent] of state.agents) {
    if (isTheirs(agent.owner_user, agent.owner_domain)) state.agents.delete(key);
  }
  for (const [key, audio] of state.audio) {
    if (isTheirs(audio.owner, audio.owner_domain)) state.audio.delete(key);
  }
  for (const table of [state.contacts, state.answerRules]) {
    for (const [key, record] of table) if (isTheirs(record.user, record.domain)) table.delete(key);
  }
};
