import { isResource, toBoolean, toText, type Resource } from '../decode.ts';
import { settleEach } from '../batch.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { getAll, getHead, getPage } from './collection.ts';
import { CHAIN_LENGTH, equalsAny } from './filter.ts';
import { readId } from './reply.ts';
import { expandTags, toTags, type Tag } from './tag.ts';

/** A person or device with a CloudLink identity (facts §4.2). `sipPassword` is sent by upstream and goes no further. */
export interface User extends Audit {
  readonly id: string;
  readonly uniqueUserId: string | null;
  readonly accountId: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly displayName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly role: string | null;
  readonly extension: string | null;
  readonly phone: string | null;
  readonly mobile: string | null;
  readonly siteId: string | null;
  readonly sipAddress: string | null;
  readonly photoUrl: string | null;
  readonly avatars: Readonly<Record<'50' | '150' | '300' | 'scaled', string | null>>;
  readonly emailValid: boolean | null;
  readonly emailVerified: boolean | null;
  readonly mobileVerified: boolean | null;
  readonly phoneVerified: boolean | null;
  readonly extensionVerified: boolean | null;
  readonly userVerified: boolean | null;
  readonly source: string | null;
  /** Undefined where they were not asked for. */
  readonly tags: readonly Tag[] | undefined;
}

/** A user's id is only of use together with the account it lives in. */
export interface UserKey {
  readonly accountId: string;
  readonly userId: string;
}

export const toUser = (resource: Resource, accountId: string, withTags = false): User => {
  const avatars = isResource(resource['avatars']) ? resource['avatars'] : {};
  return {
    id: readId(resource, 'userId'),
    uniqueUserId: toText(resource['uniqueUserId']),
    accountId: toText(resource['accountId']) ?? accountId,
    email: toText(resource['email']),
    name: toText(resource['name']),
    displayName: toText(resource['displayName']),
    firstName: toText(resource['firstName']),
    lastName: toText(resource['lastName']),
    role: toText(resource['role']),
    extension: toText(resource['extension']),
    phone: toText(resource['phone']),
    mobile: toText(resource['mobile']),
    siteId: toText(resource['siteId']),
    sipAddress: toText(resource['sipAddress']),
    photoUrl: toText(resource['photoUrl']),
    avatars: {
      '50': toText(avatars['50']),
      '150': toText(avatars['150']),
      '300': toText(avatars['300']),
      scaled: toText(avatars['scaled']),
    },
    emailValid: toBoolean(resource['emailValid']),
    emailVerified: toBoolean(resource['emailVerified']),
    mobileVerified: toBoolean(resource['mobileVerified']),
    phoneVerified: toBoolean(resource['phoneVerified']),
    extensionVerified: toBoolean(resource['extensionVerified']),
    userVerified: toBoolean(resource['userVerified']),
    source: toText(resource['source']),
    tags: withTags ? toTags(resource) : undefined,
    ...toAudit(resource),
  };
};

export interface UserListOptions {
  /** Picks on our side what upstream cannot filter. */
  readonly keep?: ((user: User) => boolean) | undefined;
  readonly withTags?: boolean;
}

export const createUsers = (admin: Http) => {
  const path = (accountId: string) => ['accounts', accountId, 'users'];

  const getOne = async ({ accountId, userId }: UserKey, withTags: boolean): Promise<User | null> => {
    const resource = await findResource(admin, [...path(accountId), userId], expandTags(withTags));
    return resource === null ? null : toUser(resource, accountId, withTags);
  };

  const collectionOf = (accountId: string, withTags: boolean) => ({
    path: path(accountId),
    toModel: (item: Resource) => toUser(item, accountId, withTags),
    query: expandTags(withTags),
  });

  /** By chains of `or`, 50 to a request (facts §9, A-26); a single user by its own route. */
  const getChained = (keys: readonly UserKey[], withTags: boolean) =>
    settleEach<UserKey, User | null>(keys, {
      groupOf: ({ accountId }) => accountId,
      size: CHAIN_LENGTH,
      load: async (accountId, group) => {
        const [only] = group;
        if (group.length === 1 && only !== undefined) return [await getOne(only, withTags)];
        const filter = equalsAny('userId', [...new Set(group.map(({ userId }) => userId))]);
        const users = await getAll(admin, { ...collectionOf(accountId, withTags), filter });
        const byId = new Map(users.map((user) => [user.id, user]));
        return group.map(({ userId }) => byId.get(userId) ?? null);
      },
    });

  return {
    /**
     * A user, null or an `Error` per key, in key order. More of an account than go into one chain are picked from its
     * first 1,000 users, which most accounts do not exceed; whoever is not among them is asked for by chains.
     */
    getMany: (keys: readonly UserKey[], withTags = false): Promise<readonly (User | null | Error)[]> =>
      settleEach<UserKey, User | null>(keys, {
        groupOf: ({ accountId }) => accountId,
        size: Number.MAX_SAFE_INTEGER,
        load: async (accountId, group) => {
          if (group.length <= CHAIN_LENGTH) return getChained(group, withTags);
          const { rows, more } = await getHead(admin, collectionOf(accountId, withTags));
          const found = new Map<string, User | null | Error>(rows.map((user) => [user.id, user]));
          const others = more ? group.filter(({ userId }) => !found.has(userId)) : [];
          const chained = await getChained(others, withTags);
          others.forEach(({ userId }, index) => found.set(userId, chained[index] ?? null));
          return group.map(({ userId }) => found.get(userId) ?? null);
        },
      }),
    list: (accountId: string, page: PageRequest, { keep, withTags = false }: UserListOptions = {}) =>
      getPage(admin, collectionOf(accountId, withTags), page, keep),
    /** Every user of an account, in pages of 1,000. */
    listAll: (accountId: string) => getAll(admin, collectionOf(accountId, false)),
  };
};
