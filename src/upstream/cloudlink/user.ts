import { isResource, toBoolean, toText, type Resource } from '../decode.ts';
import { settleEach } from '../batch.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { getAll, getPage } from './collection.ts';
import { CHAIN_LENGTH, equalsAny } from './filter.ts';
import { readId } from './reply.ts';

/** A person or device with a CloudLink identity (facts §4.2). `sipPassword` is sent by upstream and goes no further. */
export interface User extends Audit {
  readonly id: string;
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
  readonly emailVerified: boolean | null;
  readonly mobileVerified: boolean | null;
  readonly phoneVerified: boolean | null;
  readonly extensionVerified: boolean | null;
  readonly userVerified: boolean | null;
  readonly source: string | null;
}

/** A user's id is only of use together with the account it lives in. */
export interface UserKey {
  readonly accountId: string;
  readonly userId: string;
}

const toUser = (resource: Resource, accountId: string): User => {
  const avatars = isResource(resource['avatars']) ? resource['avatars'] : {};
  return {
    id: readId(resource, 'userId'),
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
    emailVerified: toBoolean(resource['emailVerified']),
    mobileVerified: toBoolean(resource['mobileVerified']),
    phoneVerified: toBoolean(resource['phoneVerified']),
    extensionVerified: toBoolean(resource['extensionVerified']),
    userVerified: toBoolean(resource['userVerified']),
    source: toText(resource['source']),
    ...toAudit(resource),
  };
};

export const createUsers = (admin: Http) => {
  const path = (accountId: string) => ['accounts', accountId, 'users'];

  const getOne = async ({ accountId, userId }: UserKey): Promise<User | null> => {
    const resource = await findResource(admin, [...path(accountId), userId]);
    return resource === null ? null : toUser(resource, accountId);
  };

  const listAll = (accountId: string, filter?: string): Promise<readonly User[]> =>
    getAll(admin, { path: path(accountId), toModel: (item) => toUser(item, accountId), filter });

  return {
    /**
     * A user, null or an `Error` per key, in key order. Keys of one account are asked for by chains of `or`, 50 to a
     * request (facts §9, A-26); a single key by its own route.
     */
    getMany: (keys: readonly UserKey[]): Promise<readonly (User | null | Error)[]> =>
      settleEach(keys, {
        groupOf: ({ accountId }) => accountId,
        size: CHAIN_LENGTH,
        load: async (accountId, group) => {
          const [only] = group;
          if (group.length === 1 && only !== undefined) return [await getOne(only)];
          const filter = equalsAny('userId', [...new Set(group.map(({ userId }) => userId))]);
          const users = await listAll(accountId, filter);
          const byId = new Map(users.map((user) => [user.id, user]));
          return group.map(({ userId }) => byId.get(userId) ?? null);
        },
      }),
    list: (accountId: string, page: PageRequest, keep?: (user: User) => boolean) =>
      getPage(admin, { path: path(accountId), toModel: (item) => toUser(item, accountId) }, page, keep),
    /** Every user of an account, in pages of 1,000. */
    listAll: (accountId: string) => listAll(accountId),
  };
};
