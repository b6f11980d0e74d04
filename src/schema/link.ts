import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { responsePathAsArray } from 'graphql';
import { builder } from '../builder.ts';
import type { Context, Warning } from '../context.ts';
import type { Link } from '../link.ts';
import { settleEach } from '../upstream/batch.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import {
  identify,
  type Subscriber as SubscriberModel,
  type SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import {
  accountIdOf,
  domainOf,
  linkSubscribers,
  linkUsers,
  subscribersOfDomain,
  usersOfAccount,
} from './roster.ts';
import { selectedSubscriberFields, Subscriber } from './subscriber.ts';
import { toKind } from './subscriber-enums.ts';
import { User } from './user.ts';

/** What has no counterpart in the configuration: an account without a domain, or a domain without an account. */
interface NotMapped {
  readonly kind: 'not-mapped';
  readonly place: string;
}

type Found<Model> = Link<Model> | NotMapped;

const notMapped = (place: string): NotMapped => ({ kind: 'not-mapped', place });

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
            const fields = new Set(group.flatMap((key) => [...key.fields]));
            const people = await subscribersOfDomain(domain, fields, context);
            return linkUsers(
              group.map(({ user }) => user),
              people,
              context,
            );
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
            return linkSubscribers(group, await usersOfAccount(accountId, context), context);
          },
        }),
      { cacheKeyFn: identify },
    ),
);

/** After a change of people, who was linked to whom is no longer sure. */
export const forgetLinks = (context: Context): void => {
  subscribersOfUsers(context).clearAll();
  usersOfSubscribers(context).clearAll();
};

/** The linked person, or null with a warning that says why there is none where somebody could do something about it. */
const unwrap = <Model>(
  found: Found<Model>,
  who: string,
  { warnings }: Context,
  path: Warning['path'],
): Model | null => {
  if (found.kind === 'linked') return found.model;
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

/**
 * The subscriber who is the same person as a user, with these columns, or null. What `path` asked for is named in the
 * warning that tells of several.
 */
export const subscriberOfUser = async (
  user: UserModel,
  fields: ReadonlySet<SubscriberField>,
  context: Context,
  path: Warning['path'],
): Promise<SubscriberModel | null> =>
  unwrap(await subscribersOfUsers(context).load({ user, fields }), `User ${user.id}`, context, path);

/** The user who is the same person as a subscriber, or null; in the same way. */
export const userOfSubscriber = async (
  subscriber: SubscriberModel,
  context: Context,
  path: Warning['path'],
): Promise<UserModel | null> => {
  const who = `Subscriber ${subscriber.user}@${subscriber.domain}`;
  return unwrap(await usersOfSubscribers(context).load(subscriber), who, context, path);
};

export const RULE =
  'The setting ACCOUNT_DOMAINS says which domain belongs to which account; inside the two, people are the same by e-mail ' +
  'address in any letter case, or else by extension to the digit (LINK_BY sets the order); leading zeros are left aside only ' +
  'where a number has lost them. Whoever is asked for is compared with everybody on the other side. Null where nobody ' +
  'matches, and with a warning in `extensions.warnings` where several do, or where several of those that are asked for at the ' +
  'same time match one: then only one who does by an earlier criterion than the others is linked.';

builder.objectField(User, 'subscriber', (t) =>
  t.field({
    type: Subscriber,
    description: `The same person on the legacy platform. ${RULE} Costs one upstream request for all users of an account (one more for every 1,000 people of the domain). ${ROUND_COUNT}`,
    resolve: (user, _args, context, info) =>
      subscriberOfUser(user, selectedSubscriberFields(info), context, responsePathAsArray(info.path)),
  }),
);

builder.objectField(Subscriber, 'user', (t) =>
  t.field({
    type: User,
    description: `The same person in CloudLink. ${RULE} Null for rows that are no people. Costs one upstream request for all subscribers of a domain (one more for every 1,000 users of the account).`,
    extensions: { reads: ['user', 'domain', 'emails', 'serviceCode'] },
    resolve: (subscriber, _args, context, info) =>
      toKind(subscriber) === 'PERSON'
        ? userOfSubscriber(subscriber, context, responsePathAsArray(info.path))
        : null,
  }),
);
