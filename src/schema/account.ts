import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode } from '../global-id.ts';
import { badInput, isGiven } from '../input.ts';
import type { Account as AccountModel, Address as AddressModel } from '../upstream/cloudlink/account.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { createNeed } from './selection.ts';

registerNode('Account', 'cloudlink', guidKey(1));

const AccountState = openEnum('AccountState', 'The life of a CloudLink account (assumption A-11).', {
  ACTIVE: { wire: 'ACTIVE', description: 'In use.' },
  SUSPENDED: { wire: 'SUSPENDED', description: 'Switched off for the time being.' },
  DELETED: { wire: 'DELETED', description: 'Removed.' },
});

export const Address = builder.objectRef<AddressModel>('Address').implement({
  description: 'A postal address as CloudLink keeps it.',
  fields: (t) => ({
    street: t.exposeString('street', { description: 'Street and number.' }),
    city: t.exposeString('city', { description: 'City.' }),
    stateOrProvince: t.exposeString('stateOrProvince', { description: 'State or province.' }),
    postalCode: t.exposeString('postalCode', { description: 'Postal code.' }),
    country: t.exposeString('country', { description: 'Country, usually its two-letter code.' }),
  }),
});

const readAccounts = async (ids: readonly string[], { cloudlink }: Context, withTags: boolean) =>
  (await cloudlink.accounts.getMany(ids, withTags)).map(orMissing('CloudLink has no such account'));

export const Account = builder.loadableNodeRef('Account', {
  id: {
    resolve: (account: AccountModel) => account.id,
    description: 'Names this account towards this gateway.',
  },
  load: (ids: string[], context: Context) => readAccounts(ids, context, false),
});

/** Accounts with their tags, for those of which tags are selected. */
const taggedAccounts = createContextCache(
  (context: Context) => new DataLoader<string, AccountModel>((ids) => readAccounts(ids, context, true)),
);

/** The tags of an account that may have been read without them. */
export const tagsOfAccount = async ({ id, tags }: AccountModel, context: Context) =>
  tags ?? (await taggedAccounts(context).load(id)).tags ?? [];

/** After a change, what was read before is no longer true. */
export const forgetAccounts = (context: Context): void => {
  Account.getDataloader(context).clearAll();
  taggedAccounts(context).clearAll();
};

Account.implement({
  description:
    'A customer of CloudLink, with its users, groups and sites. Source: the Admin service, `/accounts/{accountId}`.',
  fields: (t) => ({
    accountId: t.exposeString('id', { nullable: false, description: "CloudLink's own id, a GUID." }),
    number: t.exposeString('number', {
      description: 'The 9-digit account number, which can be used for signing in.',
    }),
    name: t.exposeString('name', { description: 'Name of the customer.' }),
    state: t.field({
      type: AccountState.type,
      description: 'Where the account is in its life.',
      resolve: ({ state }) => AccountState.read(state),
    }),
    stateText: t.exposeString('state', { description: 'The state in the words of CloudLink.' }),
    isActive: t.exposeBoolean('active', { description: 'Whether the account is switched on.' }),
    languageCode: t.exposeString('languageCode', {
      description: 'Language of the account, such as `en-US`.',
    }),
    cloudDomain: t.exposeString('domain', {
      description: "The account's name inside CloudLink, which also tells its home cloud.",
    }),
    source: t.exposeString('source', { description: 'What created the account.' }),
    partnerId: t.exposeString('partnerId', {
      description: 'The Mitel partner that looks after the account.',
    }),
    organizationId: t.exposeString('organizationId', {
      description: 'The organization that the account belongs to.',
    }),
    policyId: t.exposeString('policyId', { description: 'The policy that governs the account.' }),
    allowsGuests: t.exposeBoolean('allowGuestAccess', {
      description: 'Whether guests may take part in conversations.',
    }),
    userLimit: t.exposeInt('userLimit', { description: 'How many users the account may have.' }),
    accessTokenHours: t.exposeInt('accessTokenHours', { description: 'Life of an access token, in hours.' }),
    refreshTokenHours: t.exposeInt('refreshTokenHours', {
      description: 'Life of a refresh token, in hours.',
    }),
    topLevelDomains: t.exposeStringList('topLevelDomains', {
      nullable: false,
      description: 'Internet domains of the customer.',
    }),
    address: t.expose('address', { type: Address, description: 'Where the customer is.' }),
    audit: auditField(t),
  }),
});

const AccountConnection = connectionOf(Account, { name: 'Account', plural: 'accounts' });

/** The account of an `account` argument, or the caller's own where there is none. */
export const accountIdOf = async (
  id: string | null | undefined,
  { cloudlink }: Context,
  argument = 'account',
): Promise<string> => {
  if (isGiven(id)) return keyOf('Account', id, argument);
  const own = await cloudlink.ownAccountId();
  if (own !== null) return own;
  throw new UpstreamError({
    code: 'BAD_USER_INPUT',
    platform: 'cloudlink',
    message: 'The CloudLink token does not tell its account: name one with the argument `account`.',
  });
};

const needsTags = createNeed('needsTags', []);
const listNeedsTags = createNeed('needsTags', ['nodes'], ['edges', 'node']);

builder.queryFields((t) => ({
  account: t.field({
    type: Account,
    description:
      "A CloudLink account by `id` or by its 9-digit `number`; without either, the caller's own. Null where there is none. " +
      'Costs one upstream request.',
    args: {
      id: t.arg.id({ description: 'The `id` of an Account.' }),
      number: t.arg.string({ description: 'A 9-digit account number.' }),
    },
    resolve: async (_root, { id, number }, context, info) => {
      if (!isGiven(number)) {
        const accounts = needsTags(info) ? taggedAccounts(context) : Account.getDataloader(context);
        return accounts.load(await accountIdOf(id, context, 'id')).catch(orNull);
      }
      if (isGiven(id)) throw badInput('number', 'cannot be combined with `id`.');
      if (!/^\d{9}$/.test(number)) throw badInput('number', 'must have nine digits.');
      return context.cloudlink.accounts.getByNumber(number, needsTags(info));
    },
  }),
  accounts: t.field({
    type: AccountConnection,
    description: "The accounts the caller may see: its own, or a partner's. Costs one upstream request.",
    args: pageArguments,
    resolve: (_root, args, { cloudlink }, info) =>
      toConnection(['accounts'], args, (page) => cloudlink.accounts.list(page, listNeedsTags(info))),
  }),
}));
