import { findAccount, findAdministeredAccount, stampChange } from './access.ts';
import { parseJson } from './body.ts';
import { notFound } from './failure.ts';
import { toLink } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import type { Account, Store, User } from './store.ts';
import { findUser, findUserByToken, findWritableUser } from './user-access.ts';

/** What carries tags: an account or a user, at its address. */
interface Owner {
  readonly id: string;
  readonly path: readonly string[];
  /** Records that something about it changed. */
  touch(): void;
}

interface TagHandlers {
  readonly get: Handler;
  readonly put: Handler;
  readonly delete: Handler;
}

/** The tags of an account or a user by id, as `$expand=tags` shows them. */
export const readTags = (store: Store, ownerId: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(store.tags.get(ownerId) ?? []);

/** A tag is whatever JSON was put there (facts §4.1), and its address, which needs an object to sit in. */
const toTag = (value: unknown, { path }: Owner, tagId: string) => ({
  ...(typeof value === 'object' && !Array.isArray(value) ? value : { value }),
  _links: { self: toLink(...path, 'tags', tagId) },
});

const createTagHandlers = (
  findReadable: (call: Call) => Owner,
  findWritable: (call: Call) => Owner,
): TagHandlers => ({
  get: (call) => {
    const owner = findReadable(call);
    const tagId = call.parameter('tagId');
    const tags = call.store.tags.get(owner.id);
    if (tags?.has(tagId) !== true) throw notFound();
    return ok(toTag(tags.get(tagId), owner, tagId));
  },
  put: (call) => {
    const owner = findWritable(call);
    const tagId = call.parameter('tagId');
    const value = parseJson(call.incoming);
    const tags = call.store.tags.get(owner.id) ?? new Map<string, unknown>();
    call.store.tags.set(owner.id, tags.set(tagId, value));
    owner.touch();
    return ok(toTag(value, owner, tagId));
  },
  delete: (call) => {
    const owner = findWritable(call);
    if (call.store.tags.get(owner.id)?.delete(call.parameter('tagId')) !== true) throw notFound();
    owner.touch();
    return ok({});
  },
});

const accountAsOwner =
  (find: (call: Call) => Account) =>
  (call: Call): Owner => {
    const account = find(call);
    const { accountId } = account;
    const touch = () => call.store.accounts.set(accountId, { ...account, ...stampChange(call) });
    return { id: accountId, path: ['accounts', accountId], touch };
  };

const userAsOwner =
  (find: (call: Call) => User) =>
  (call: Call): Owner => {
    const user = find(call);
    const { accountId, userId } = user;
    const touch = () => call.store.users.set(userId, { ...user, ...stampChange(call) });
    return { id: userId, path: ['accounts', accountId, 'users', userId], touch };
  };

export const accountTag = createTagHandlers(
  accountAsOwner(findAccount),
  accountAsOwner(findAdministeredAccount),
);
export const userTag = createTagHandlers(userAsOwner(findUser), userAsOwner(findWritableUser));

/** By the short route tags can only be read (facts §4.1). */
export const getOwnUserTag: Handler = createTagHandlers(
  userAsOwner(findUserByToken),
  userAsOwner(findUserByToken),
).get;
