import { stampChange } from './access.ts';
import { readBody } from './body.ts';
import { readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Handler, Service } from './service.ts';
import { ok } from './service.ts';
import type { Presence, Store, User } from './store.ts';
import { inAccount } from './store.ts';
import { findUserByToken, requireWriter } from './user-access.ts';
import type { ObjectSchema } from './validation.ts';

type PresenceChange = Pick<Presence, 'status' | 'reason'>;

const schema: ObjectSchema<PresenceChange> = {
  type: 'object',
  properties: {
    ...readOnly('userId', 'accountId'),
    status: { type: 'string', enum: ['available', 'busy', 'dnd', 'away', 'offline', 'unknown'] },
    reason: text,
  },
  required: ['status'],
};

/** Nothing is known of somebody who has never said a word. */
const presenceOf = (store: Store, { userId, accountId, createdOn, createdBy }: User): Presence =>
  store.presences.get(userId) ?? {
    userId,
    accountId,
    status: 'unknown',
    modifiedOn: createdOn,
    modifiedBy: createdBy,
  };

export const toPresence = (presence: Presence) => toItem(presence, 'users', presence.userId, 'presence');

const listPresences: Handler = (call) => {
  const { store, principal } = call;
  const presences = inAccount(store.users, principal.accountId).map((user) => presenceOf(store, user));
  return toCollection(call, presences, { show: toPresence });
};

const getPresence: Handler = (call) => ok(toPresence(presenceOf(call.store, findUserByToken(call))));

/** A reason belongs to its status: one without a new reason has none. */
const putPresence: Handler = (call) => {
  const user = findUserByToken(call);
  requireWriter(call.principal, user);
  const { userId, accountId } = user;
  const presence = { userId, accountId, ...readBody(call, schema), ...stampChange(call) };
  call.store.presences.set(userId, presence);
  return ok(toPresence(presence));
};

/** Who is there to talk to. No route of this service is documented: all of it is A-01. */
export const presence: Service = {
  name: 'presence',
  open: {},
  routes: {
    'GET /presences': listPresences,
    'GET /users/{userId}/presence': getPresence,
    'PUT /users/{userId}/presence': putPresence,
  },
};
