import { randomUUID } from 'node:crypto';
import { CANARY } from '../company.ts';
import {
  findAccount,
  findAdministeredAccount,
  isAdministrator,
  stampChange,
  stampCreation,
} from './access.ts';
import { readBody } from './body.ts';
import { Failure, forbidden } from './failure.ts';
import { readOnly, text } from './field.ts';
import { expands, toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Store, User } from './store.ts';
import { inAccount } from './store.ts';
import { readTags } from './tag.ts';
import { findUser, requireRoleGrant, requireWriter } from './user-access.ts';
import type { ObjectSchema } from './validation.ts';

/** What a client may write about a user; `email` is in every creation. */
export type UserChange = Partial<
  Pick<User, 'email' | 'name' | 'displayName' | 'firstName' | 'lastName' | 'role' | 'extension'> &
    Pick<User, 'phone' | 'mobile' | 'siteId' | 'photoUrl'>
>;

export type NewUser = UserChange & Pick<User, 'email'>;

export const userSchema: ObjectSchema<UserChange> = {
  type: 'object',
  properties: {
    ...readOnly(
      'userId',
      'uniqueUserId',
      'accountId',
      'sipAddress',
      'sipPassword',
      'avatars',
      'source',
      'tags',
    ),
    ...readOnly(
      'emailValid',
      'emailVerified',
      'mobileVerified',
      'phoneVerified',
      'extensionVerified',
      'userVerified',
    ),
    email: { type: 'string', format: 'email' },
    name: text,
    displayName: text,
    firstName: text,
    lastName: text,
    role: { type: 'string', enum: ['USER', 'ACCOUNT_ADMIN', 'PARTNER_ADMIN', 'GUEST'] },
    extension: text,
    phone: text,
    mobile: text,
    siteId: text,
    photoUrl: text,
  },
};

export const newUserSchema: ObjectSchema<NewUser> = { ...userSchema, required: ['email'] };

const toUser = (call: Call, user: User) => ({
  ...toItem(user, 'accounts', user.accountId, 'users', user.userId),
  ...(expands(call, 'tags') && { tags: readTags(call.store, user.userId) }),
});

const requireFreeEmail = (store: Store, accountId: string, email: string, except?: string): void => {
  const isTaken = inAccount(store.users, accountId).some(
    (user) => user.userId !== except && user.email.toLowerCase() === email.toLowerCase(),
  );
  // The console's text; the status is A-12.
  if (isTaken) throw new Failure(409, 'One or more of the attribute values are already in use');
};

/** Adds a user to an account. They cannot sign in unless their e-mail already has a login. */
export const createUser = (call: Call, accountId: string, change: NewUser): User => {
  requireRoleGrant(call.principal, change.role, 'USER');
  requireFreeEmail(call.store, accountId, change.email);
  const userId = randomUUID();
  const user: User = {
    role: 'USER',
    ...change,
    userId,
    uniqueUserId: userId,
    accountId,
    sipPassword: `${CANARY}-sip-${userId}`,
    emailValid: true,
    emailVerified: false,
    mobileVerified: false,
    phoneVerified: false,
    extensionVerified: false,
    userVerified: false,
    source: 'cloudlink',
    ...stampCreation(call),
  };
  call.store.users.set(userId, user);
  return user;
};

/** Merges a change into a user (facts §3.5). Their login follows a new e-mail. */
export const changeUser = (call: Call, user: User, change: UserChange): User => {
  const { store, principal } = call;
  requireWriter(principal, user);
  requireRoleGrant(principal, change.role, user.role);
  const changed: User = { ...user, ...change, ...stampChange(call) };
  requireFreeEmail(store, user.accountId, changed.email, user.userId);
  const password = store.logins.get(user.email.toLowerCase());
  if (password !== undefined) store.logins.set(changed.email.toLowerCase(), password);
  store.users.set(user.userId, changed);
  return changed;
};

export const removeUser = (call: Call, { userId }: User): void => {
  const { store, principal } = call;
  if (!isAdministrator(principal)) throw forbidden();
  store.users.delete(userId);
  store.tags.delete(userId);
  store.presences.delete(userId);
  for (const [groupId, group] of store.groups) {
    if (!group.members.includes(userId)) continue;
    const members = group.members.filter((member) => member !== userId);
    store.groups.set(groupId, { ...group, members, ...stampChange(call) });
  }
};

export const listUsers: Handler = (call) => {
  const { accountId } = findAccount(call);
  return toCollection(call, inAccount(call.store.users, accountId), { show: (user) => toUser(call, user) });
};

export const postUser: Handler = (call) => {
  const { accountId } = findAdministeredAccount(call);
  const change = readBody(call, newUserSchema);
  return created(toUser(call, createUser(call, accountId, change)));
};

export const getUser: Handler = (call) => ok(toUser(call, findUser(call)));

export const putUser: Handler = (call) => {
  const user = findUser(call);
  // Who may not write is told so before what is wrong with the body.
  requireWriter(call.principal, user);
  return ok(toUser(call, changeUser(call, user, readBody(call, userSchema))));
};

export const deleteUser: Handler = (call) => {
  removeUser(call, findUser(call));
  return ok({});
};
