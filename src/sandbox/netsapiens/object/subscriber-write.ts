import type { Answer } from '../answer.ts';
import { missingTarget, required, type Call } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { given, type Parameters } from '../request.ts';
import { isSelf, outOfScope, reachesTo, seesDomain } from '../scope.ts';
import { findByLogin, toKey } from '../state.ts';
import {
  DEPARTMENT,
  newSubscriber,
  toPasswordHash,
  toUid,
  type SubscriberRecord,
} from '../subscriber-record.ts';
import { ownParameters, secretParameters, writable } from './subscriber-write-parameters.ts';

/** Makes a user, or with `directory_match=departments` a department. The scope must reach the whole domain. */
export const createSubscriber = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const user = required(parameters, 'user');
  const name = required(parameters, 'domain');
  if (!reachesTo(caller, 'domain') || !seesDomain(caller, state, name)) return outOfScope(call.switches);
  const domain = state.domains.get(toKey(name));
  if (domain === undefined) throw new Refusal(404, 'No such domain.');

  const columns = toColumns(parameters);
  const uid = toUid(user, domain.domain);
  if (state.subscribers.has(toKey(uid)) || isTaken(call, columns.subscriber_login ?? uid, uid)) {
    throw new Refusal(call.switches.legacyDuplicate, 'The user exists already.');
  }
  const isDepartment = given(parameters, 'directory_match') === 'departments';
  return call.write((time) => {
    const key = toKey(uid);
    if (state.subscribers.has(key)) return;
    const subscriber_pin = given(parameters, 'subscriber_pin') ?? given(parameters, 'pwd') ?? '';
    const srv_code = isDepartment ? DEPARTMENT : '';
    state.subscribers.set(key, newSubscriber(domain, { srv_code, ...columns, subscriber_pin, user }, time));
    setPassword(call, key);
  });
};

/** Changes the columns that were sent and no other. Users may change a few of their own. */
export const updateSubscriber = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const uid = toTarget(call);
  if (!seesDomain(caller, state, uid.slice(uid.lastIndexOf('@') + 1))) return outOfScope(call.switches);
  const columns = toColumns(parameters);
  const sent = [...writable, ...secretParameters, 'vmail_frd_to'].filter((name) => parameters.has(name));
  const isOwn = isSelf(caller, uid) && sent.every((name) => ownParameters.has(name));
  if (!reachesTo(caller, 'domain') && !isOwn) return outOfScope(call.switches);

  const key = toKey(uid);
  if (!state.subscribers.has(key)) return missingTarget(call, 'No such user.');
  if (columns.subscriber_login !== undefined && isTaken(call, columns.subscriber_login, uid)) {
    throw new Refusal(call.switches.legacyDuplicate, 'The login belongs to somebody else.');
  }
  return call.write((time) => {
    const record = state.subscribers.get(key);
    if (record === undefined) return;
    state.subscribers.set(key, { ...record, ...columns, last_update: time });
    setPassword(call, key);
  });
};

/** Removes a user and its login. Documented for resellers and above only (facts §4.1). */
export const deleteSubscriber = (call: Call): Answer => {
  const { caller, state } = call;
  const uid = toTarget(call);
  const visible = seesDomain(caller, state, uid.slice(uid.lastIndexOf('@') + 1));
  if (!visible || !reachesTo(caller, 'territory')) return outOfScope(call.switches);
  const key = toKey(uid);
  if (!state.subscribers.has(key)) return missingTarget(call, 'No such user.');
  return call.write(() => {
    state.subscribers.delete(key);
    state.credentials.delete(key);
  });
};

/** Whom a write is about: `uid`, or `user` and `domain` together. */
const toTarget = ({ parameters }: Call): string => {
  const user = given(parameters, 'user');
  const domain = given(parameters, 'domain');
  if (given(parameters, 'uid') !== undefined || user === undefined || domain === undefined) {
    return required(parameters, 'uid');
  }
  return toUid(user, domain);
};

const toColumns = (parameters: Parameters): Partial<SubscriberRecord> => {
  const copies = parameters.get('vmail_fwd_to') ?? parameters.get('vmail_frd_to');
  const sent = writable.flatMap((column) => {
    const value = column === 'vmail_fwd_to' ? copies : parameters.get(column);
    return value === undefined ? [] : [[column, value] as const];
  });
  return Object.fromEntries(sent);
};

/** Logins are unique on the whole system (facts §4.3). */
const isTaken = ({ state }: Call, login: string, uid: string): boolean => {
  const owner = findByLogin(state, login);
  return owner !== undefined && toKey(toUid(owner.user, owner.domain)) !== toKey(uid);
};

/** `pwd_hash` is, despite its name, the new portal password; so is `pwd`. */
const setPassword = ({ parameters, state }: Call, key: string): void => {
  const password = given(parameters, 'pwd_hash') ?? given(parameters, 'pwd');
  const record = state.subscribers.get(key);
  if (password === undefined || record === undefined) return;
  state.credentials.set(key, { password, secondFactor: state.credentials.get(key)?.secondFactor ?? false });
  state.subscribers.set(key, { ...record, pwd_hash: toPasswordHash(record.user) });
};
