import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { findAccount, findDomain, isAccountNumber, linkEach, type Link } from '../link.ts';
import { settleEach } from '../upstream/batch.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import {
  identify,
  type Subscriber as SubscriberModel,
  type SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import { selectedSubscriberFields, Subscriber } from './subscriber.ts';
import { toKind } from './subscriber-enums.ts';
import { User } from './user.ts';

/** What the rule looks at on the legacy side. */
const LINK_FIELDS: readonly SubscriberField[] = ['user', 'domain', 'emails'];

/** What has no counterpart in the configuration: an account without a domain, or a domain without an account. */
interface NotMapped {
  readonly kind: 'not-mapped';
  readonly place: string;
}

type Found<Model> = Link<Model> | NotMapped;

const notMapped = (place: string): NotMapped => ({ kind: 'not-mapped', place });

const traitsOfUser = ({ email, extension }: UserModel) => ({
  emails: email === null ? [] : [email],
  extension,
  mayLackZeros: false,
});
const traitsOfSubscriber = ({ emails, user, mayLackZeros }: SubscriberModel) => ({
  emails,
  extension: user,
  mayLackZeros,
});

const domainOf = async (accountId: string, { cloudlink, settings }: Context): Promise<string | null> => {
  const { accountDomains } = settings;
  const direct = findDomain(accountDomains, { id: accountId, number: null });
  if (direct !== null || !accountDomains.some(({ account }) => isAccountNumber(account))) return direct;
  const [account] = await cloudlink.accounts.getMany([accountId]);
  if (account instanceof Error) throw account;
  return account ? findDomain(accountDomains, account) : null;
};

const accountIdOf = async (domain: string, { cloudlink, settings }: Context): Promise<string | null> => {
  const account = findAccount(settings.accountDomains, domain);
  if (account === null || !isAccountNumber(account)) return account;
  return (await cloudlink.accounts.getByNumber(account))?.id ?? null;
};

interface UserKey {
  readonly user: UserModel;
  readonly fields: ReadonlySet<SubscriberField>;
}

/** Subscribers of users: one read of the domain for all users of an account, however many. */
const subscribersOfUsers = createContextCache(
  (context: Context) =>
    new DataLoader<UserKey, Found<SubscriberModel>, string>(
      (keys) =>
        settleEach<UserKey, Found<SubscriberModel>>(keys, {
          groupOf: ({ user }) => user.accountId,
          size: Number.MAX_SAFE_INTEGER,
          load: async (accountId, group) => {
            const domain = await domainOf(accountId, context);
            if (domain === null) return group.map(() => notMapped(`account ${accountId}`));
            const fields = new Set([...LINK_FIELDS, ...group.flatMap((key) => [...key.fields])]);
            const people = await context.netsapiens.subscribers.listAll(domain, { fields, peopleOnly: true });
            const sides = {
              own: group.map(({ user }) => user),
              ownTraits: traitsOfUser,
              identify: ({ id }: UserModel) => id,
              others: people,
              otherTraits: traitsOfSubscriber,
            };
            return linkEach(sides, context.settings.linkBy);
          },
        }),
      { cacheKeyFn: ({ user, fields }) => JSON.stringify([user.accountId, user.id, [...fields].toSorted()]) },
    ),
);

/** Users of subscribers: one read of the account for all subscribers of a domain, however many. */
const usersOfSubscribers = createContextCache(
  (context: Context) =>
    new DataLoader<SubscriberModel, Found<UserModel>, unknown>(
      (keys) =>
        settleEach<SubscriberModel, Found<UserModel>>(keys, {
          groupOf: ({ domain }) => domain,
          size: Number.MAX_SAFE_INTEGER,
          load: async (domain, group) => {
            const accountId = await accountIdOf(domain, context);
            if (accountId === null) return group.map(() => notMapped(`domain ${domain}`));
            const sides = {
              own: group,
              ownTraits: traitsOfSubscriber,
              identify,
              others: await context.cloudlink.users.listAll(accountId),
              otherTraits: traitsOfUser,
            };
            return linkEach(sides, context.settings.linkBy);
          },
        }),
      { cacheKeyFn: identify },
    ),
);

/** The linked person, or null with a warning that says why there is none where somebody could do something about it. */
const unwrap = <Model>(
  found: Found<Model>,
  who: string,
  { warnings }: Context,
  info: GraphQLResolveInfo,
): Model | null => {
  if (found.kind === 'linked') return found.model;
  const path = responsePathAsArray(info.path);
  if (found.kind === 'ambiguous') {
    const message = `${who} matches ${found.count} people on the other platform by ${found.criterion}, so that none is chosen.`;
    warnings.push({ code: 'AMBIGUOUS_LINK', message, path });
  }
  if (found.kind === 'contested') {
    const message = `${who} matches by ${found.criterion} somebody on the other platform whom others match as well (${found.count} in all), so that it is not linked.`;
    warnings.push({ code: 'AMBIGUOUS_LINK', message, path });
  }
  if (found.kind === 'not-mapped') {
    const message = `ACCOUNT_DOMAINS does not say what belongs to ${found.place}: add the pair of account and domain.`;
    // One for each place: it is the same for everybody there.
    if (!warnings.some((warning) => warning.message === message))
      warnings.push({ code: 'ACCOUNT_NOT_MAPPED', message, path });
  }
  return null;
};

const RULE =
  'The setting ACCOUNT_DOMAINS says which domain belongs to which account; inside the two, people are the same by e-mail ' +
  'address in any letter case, or else by extension to the digit (LINK_BY sets the order); leading zeros are left aside only ' +
  'where a number has lost them. Whoever is asked for is compared with everybody on the other side. Null where nobody ' +
  'matches, and with a warning in `extensions.warnings` where several do, or where several of those that are asked for at the ' +
  'same time match one: then only one who does by an earlier criterion than the others is linked.';

builder.objectField(User, 'subscriber', (t) =>
  t.field({
    type: Subscriber,
    description: `The same person on the legacy platform. ${RULE} Costs one upstream request for all users of an account (one more for every 1,000 people of the domain, and one more where their number is a round one, because a silent cap cannot be told from the end).`,
    resolve: async (user, _args, context, info) => {
      const found = await subscribersOfUsers(context).load({ user, fields: selectedSubscriberFields(info) });
      return unwrap(found, `User ${user.id}`, context, info);
    },
  }),
);

builder.objectField(Subscriber, 'user', (t) =>
  t.field({
    type: User,
    description: `The same person in CloudLink. ${RULE} Null for rows that are no people. Costs one upstream request for all subscribers of a domain (one more for every 1,000 users of the account).`,
    extensions: { reads: ['user', 'domain', 'emails', 'serviceCode'] },
    resolve: async (subscriber, _args, context, info) => {
      if (toKind(subscriber) !== 'PERSON') return null;
      const found = await usersOfSubscribers(context).load(subscriber);
      return unwrap(found, `Subscriber ${subscriber.user}@${subscriber.domain}`, context, info);
    },
  }),
);
