import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode, splitKey } from '../global-id.ts';
import { fold, isGiven, searchText } from '../input.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import { Account, accountIdOf } from './account.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { createNeed } from './selection.ts';
import { Site } from './site.ts';

registerNode('User', 'cloudlink', guidKey(2));

/** What it costs to follow ids to users. */
export const USERS_COST =
  'Costs one upstream request for all users of an account that an operation asks for; where those are more than 50, and the ' +
  'account has more than 1,000, one more for every 50.';

/** Facts §2.6. */
export const UserRole = openEnum('UserRole', 'What a CloudLink user may do (assumed, A-03).', {
  USER: { wire: 'USER', description: 'An ordinary user.' },
  ACCOUNT_ADMIN: { wire: 'ACCOUNT_ADMIN', description: 'Administers the account.' },
  PARTNER_ADMIN: { wire: 'PARTNER_ADMIN', description: 'Administers the accounts of a partner.' },
  GUEST: { wire: 'GUEST', description: 'Takes part without an identity of its own.' },
});

const Avatars = builder.objectRef<UserModel['avatars']>('Avatars').implement({
  description: 'Addresses of a picture in several sizes.',
  fields: (t) => ({
    small: t.exposeString('50', { description: 'The picture, 50 pixels wide.' }),
    medium: t.exposeString('150', { description: 'The picture, 150 pixels wide.' }),
    large: t.exposeString('300', { description: 'The picture, 300 pixels wide.' }),
    scaled: t.exposeString('scaled', { description: 'The picture as CloudLink scaled it.' }),
  }),
});

const readUsers = async (keys: readonly string[], { cloudlink }: Context, withTags: boolean) => {
  const parsed = keys.map(splitKey).map(([accountId, userId]) => ({ accountId, userId }));
  return (await cloudlink.users.getMany(parsed, withTags)).map(orMissing('CloudLink has no such user'));
};

export const User = builder.loadableNodeRef('User', {
  id: {
    resolve: ({ accountId, id }: UserModel) => `${accountId}/${id}`,
    description: 'Names this user towards this gateway.',
  },
  load: (keys: string[], context: Context) => readUsers(keys, context, false),
});

/** Users with their tags, for those of whom tags are selected. */
const taggedUsers = createContextCache(
  (context: Context) => new DataLoader<string, UserModel>((keys) => readUsers(keys, context, true)),
);

/** The tags of a user who may have been read without them. */
export const tagsOfUser = async ({ accountId, id, tags }: UserModel, context: Context) =>
  tags ?? (await taggedUsers(context).load(`${accountId}/${id}`)).tags ?? [];

/** After a change, what was read before is no longer true. */
export const forgetUsers = (context: Context): void => {
  User.getDataloader(context).clearAll();
  taggedUsers(context).clearAll();
};

User.implement({
  description:
    'A person, or a device, with a CloudLink identity. May have been made by the PBX and then has no login. Source: the ' +
    'Admin service, `/accounts/{accountId}/users`.',
  fields: (t) => ({
    userId: t.exposeString('id', { nullable: false, description: "CloudLink's own id, a GUID." }),
    uniqueUserId: t.exposeString('uniqueUserId', {
      description: "A second id of CloudLink's own, mostly the same as the first.",
    }),
    account: t.field({
      type: Account,
      description: 'The account the user belongs to.',
      resolve: ({ accountId }) => accountId,
    }),
    name: t.exposeString('name', { description: 'Full name.' }),
    displayName: t.exposeString('displayName', { description: 'The name to show, where it is another one.' }),
    firstName: t.exposeString('firstName', { description: 'First name.' }),
    lastName: t.exposeString('lastName', { description: 'Last name.' }),
    email: t.exposeString('email', { description: 'E-mail address, unique in the account.' }),
    role: t.field({
      type: UserRole.type,
      description: 'What the user may do.',
      resolve: ({ role }) => UserRole.read(role),
    }),
    roleText: t.exposeString('role', { description: 'The role in the words of CloudLink.' }),
    extension: t.exposeString('extension', { description: 'Extension number in the PBX.' }),
    phone: t.exposeString('phone', { description: 'Phone number.' }),
    mobile: t.exposeString('mobile', { description: 'Mobile number.' }),
    site: t.field({
      type: Site,
      description: 'Where the user works. Costs one upstream request for all sites of an account.',
      resolve: ({ accountId, siteId }) => (siteId === null ? null : `${accountId}/${siteId}`),
    }),
    sipAddress: t.exposeString('sipAddress', {
      description: 'SIP address. Its password is not part of this schema.',
    }),
    photoUrl: t.exposeString('photoUrl', { description: 'Address of a picture.' }),
    avatars: t.expose('avatars', {
      type: Avatars,
      nullable: false,
      description: 'The picture in several sizes.',
    }),
    isEmailVerified: t.exposeBoolean('emailVerified', {
      description: 'Whether the e-mail address was proven.',
    }),
    isMobileVerified: t.exposeBoolean('mobileVerified', {
      description: 'Whether the mobile number was proven.',
    }),
    isPhoneVerified: t.exposeBoolean('phoneVerified', {
      description: 'Whether the phone number was proven.',
    }),
    isExtensionVerified: t.exposeBoolean('extensionVerified', {
      description: 'Whether the extension was proven.',
    }),
    isEmailValid: t.exposeBoolean('emailValid', {
      description: 'Whether the e-mail address can be written to.',
    }),
    isVerified: t.exposeBoolean('userVerified', { description: 'Whether the user as such was proven.' }),
    source: t.exposeString('source', { description: 'What created the user, such as a synchronised PBX.' }),
    audit: auditField(t),
  }),
});

export const UserConnection = connectionOf(User, { name: 'User', plural: 'users' });

const UserFilter = builder.inputType('UserFilter', {
  description: 'Which users are wanted. All that is given must hold. Letter case does not matter.',
  fields: (t) => ({
    search: t.string({ description: 'A part of a name, e-mail address or extension.' }),
    email: t.string({ description: 'A whole e-mail address.' }),
    extension: t.string({ description: 'A whole extension.' }),
    role: t.field({ type: UserRole.type, description: 'What they may do.' }),
  }),
});

/** CloudLink compares letter by letter and case by case (facts §3.4), so the gateway does the comparing. */
const toPredicate = (filter: typeof UserFilter.$inferInput): ((user: UserModel) => boolean) | undefined => {
  const { search, email, extension, role } = filter;
  const tests: ((user: UserModel) => boolean)[] = [];
  if (isGiven(search)) {
    const text = searchText('filter.search', search);
    tests.push(({ name, displayName, firstName, lastName, email: address, extension: number }) =>
      [name, displayName, `${firstName ?? ''} ${lastName ?? ''}`, address, number].some((value) =>
        fold(value ?? '').includes(text),
      ),
    );
  }
  if (isGiven(email)) {
    const text = searchText('filter.email', email);
    tests.push((user) => fold(user.email ?? '') === text);
  }
  if (isGiven(extension)) {
    const text = searchText('filter.extension', extension);
    tests.push((user) => fold(user.extension ?? '') === text);
  }
  if (role) tests.push((user) => UserRole.read(user.role) === role);
  return tests.length === 0 ? undefined : (user) => tests.every((test) => test(user));
};

const needsTags = createNeed('needsTags', []);
const listNeedsTags = createNeed('needsTags', ['nodes'], ['edges', 'node']);

const listUsers = (
  accountId: string,
  args: PageArguments & { readonly filter?: typeof UserFilter.$inferInput | null | undefined },
  { cloudlink }: Context,
  info: GraphQLResolveInfo,
) => {
  const options = { keep: toPredicate(args.filter ?? {}), withTags: listNeedsTags(info) };
  return toConnection(['users', accountId, args.filter ?? {}], args, (page) =>
    cloudlink.users.list(accountId, page, options),
  );
};

const filterArgument = builder.args((t) => ({
  filter: t.field({ type: UserFilter, description: 'Which users; all of them where absent.' }),
}));

builder.objectField(Account, 'users', (t) =>
  t.field({
    type: UserConnection,
    description:
      'The users of the account. Costs one upstream request; with a filter, one for every 1,000 users that are looked through.',
    args: { ...filterArgument, ...pageArguments },
    resolve: ({ id }, args, context, info) => listUsers(id, args, context, info),
  }),
);

builder.queryFields((t) => ({
  user: t.field({
    type: User,
    description: 'A CloudLink user, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a User.' }) },
    resolve: (_root, { id }, context, info) => {
      const users = needsTags(info) ? taggedUsers(context) : User.getDataloader(context);
      return users.load(keyOf('User', id, 'id')).catch(orNull);
    },
  }),
  users: t.field({
    type: UserConnection,
    description:
      "The users of an account, the caller's own where none is named. Costs one upstream request; with a filter, one for " +
      'every 1,000 users that are looked through.',
    args: {
      account: t.arg.id({ description: 'The `id` of an Account.' }),
      ...filterArgument,
      ...pageArguments,
    },
    resolve: async (_root, { account, ...args }, context, info) =>
      listUsers(await accountIdOf(account, context), args, context, info),
  }),
}));
