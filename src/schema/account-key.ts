import { keyOf, splitKey } from '../global-id.ts';
import { badInput } from '../input.ts';
import type { AccountResourceKey } from '../upstream/cloudlink/account-resource.ts';
import type { UserKey } from '../upstream/cloudlink/user.ts';

/** What an id names that belongs to an account and must be of this type. */
export const accountKeyOf = (typename: string, id: string, argument: string): AccountResourceKey => {
  const [accountId, own] = splitKey(keyOf(typename, id, argument));
  return { accountId, id: own };
};

/** The user that an id names. */
export const userKeyOf = (id: string, argument: string): UserKey => {
  const { accountId, id: userId } = accountKeyOf('User', id, argument);
  return { accountId, userId };
};

/** CloudLink's own id of something that goes together with others of one account, and with none of another. */
export const ownIdIn = (accountId: string, typename: string, id: string, argument: string): string => {
  const key = accountKeyOf(typename, id, argument);
  if (key.accountId === accountId) return key.id;
  throw badInput(argument, 'must be of the same account.');
};
