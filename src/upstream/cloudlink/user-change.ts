import type { AdminChange } from './admin-change.ts';
import { inOurFields, type FieldName } from './refused-field.ts';
import { toUser, type User, type UserKey } from './user.ts';

/** What to set of a user; an empty text takes a value away (assumed). */
export interface UserChange {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly role?: string | undefined;
  readonly extension?: string | undefined;
  readonly phone?: string | undefined;
  readonly mobile?: string | undefined;
  readonly siteId?: string | undefined;
}

/** How upstream calls the parts of a user when it refuses one. */
export const userFields: readonly FieldName[] = [{ upstream: /^siteId$/, ours: 'site' }];

const refused = inOurFields(userFields);

/** Changes of users, one by one. Only administrators may change others (facts §4.1). */
export const createUserChanges = (changes: AdminChange) => {
  const path = (accountId: string) => ['accounts', accountId, 'users'];
  return {
    create: async (accountId: string, user: UserChange): Promise<User> =>
      toUser(await changes.create(path(accountId), user).catch(refused), accountId),
    update: async ({ accountId, userId }: UserKey, change: UserChange): Promise<User> =>
      toUser(await changes.update([...path(accountId), userId], change, 'userId').catch(refused), accountId),
    remove: ({ accountId, userId }: UserKey) => changes.remove([...path(accountId), userId]),
  };
};
