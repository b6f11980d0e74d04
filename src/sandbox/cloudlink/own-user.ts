import { isAdministrator } from './access.ts';
import { readBody } from './body.ts';
import { forbidden, notFound } from './failure.ts';
import { text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import { omit } from './omit.ts';
import type { Handler, OpenHandler } from './service.ts';
import { created, ok } from './service.ts';
import type { User } from './store.ts';
import { inAccount } from './store.ts';
import { findUserByToken, requireWriter } from './user-access.ts';
import type { NewUser } from './user.ts';
import { changeUser, createUser, newUserSchema, userSchema } from './user.ts';
import type { ObjectSchema } from './validation.ts';

// The short route knows the account by the token and is locked down where users are made (facts §4.1).
const creatable: ReadonlySet<string> = new Set('email name displayName firstName lastName mobile'.split(' '));

const toOwnUser = (user: User) => toItem(user, 'users', user.userId);

const limit = (change: NewUser): NewUser =>
  Object.fromEntries(Object.entries(change).filter(([name]) => creatable.has(name))) as unknown as NewUser;

export const listOwnUsers: Handler = (call) =>
  toCollection(call, inAccount(call.store.users, call.principal.accountId), { show: toOwnUser });

export const postOwnUser: Handler = (call) => {
  if (!isAdministrator(call.principal)) throw forbidden();
  const change = readBody(call, newUserSchema);
  return created(toOwnUser(createUser(call, call.principal.accountId, limit(change))));
};

export const getOwnUser: Handler = (call) => ok(toOwnUser(findUserByToken(call)));

export const putOwnUser: Handler = (call) => {
  const user = findUserByToken(call);
  requireWriter(call.principal, user);
  return ok(toOwnUser(changeUser(call, user, omit(readBody(call, userSchema), 'role'))));
};

interface PasswordRequest {
  readonly email?: string;
  readonly action: string;
  readonly accountId?: string;
}

const passwordSchema: ObjectSchema<PasswordRequest> = {
  type: 'object',
  properties: { email: text, action: { type: 'string', enum: ['forgot'] }, accountId: text },
  required: ['action'],
};

/** `PUT /users/{email}/password`: asks for a mail with a new password; called without a token (facts §4.1). */
export const putPassword: OpenHandler = ({ incoming, store, parameter }) => {
  const { accountId } = readBody({ incoming }, passwordSchema);
  const email = parameter('email').toLowerCase();
  const isKnown = [...store.users.values()].some(
    (user) => user.email.toLowerCase() === email && user.accountId === (accountId ?? user.accountId),
  );
  if (!isKnown) throw notFound();
  return ok({});
};
