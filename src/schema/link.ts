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
import { linkSubscribers, linkUsers } from './join.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { accountIdOf, domainOf, subscribersOfDomain, usersOfAccount } from './roster.ts';
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

/** Subscribers of users: one read of the domain for all users of an account, and one of the account where links are in doubt. */
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
              accountId,
              context,
            );
          },
        }),
      { cacheKeyFn: ({ user, fields }) => JSON.stringify([user.accountId, user.id, [...fields].toSorted()]) },
    ),
);

/** Users of subscribers: one read of the account for all subscribers of a domain, and one of the domain in the same way. */
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
            return linkSubscribers(group, await usersOfAccount(accountId, context), domain, context);
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

/** Why it cannot be told who somebody is on the other platform. */
export interface Doubt {
  readonly code: 'CONFLICT' | 'PLATFORM_NOT_CONFIGURED';
  readonly message: string;
}

/** What was found out in an operation, by the names of those whom it concerns. */
const doubts = createContextCache((_context: Context) => new Map<string, Doubt>());

/** Why somebody who was looked for was not linked, where that is not for want of a match. */
export const doubtOf = (who: string, context: Context): Doubt | null => doubts(context).get(who) ?? null;

/** How people are named in warnings. */
export const nameOfUser = ({ id }: Pick<UserModel, 'id'>): string => `User ${id}`;
export const nameOfSubscriber = ({ user, domain }: Pick<SubscriberModel, 'user' | 'domain'>): string =>
  `Subscriber ${user}@${domain}`;

/** The linked person, or null with a warning that says why there is none where somebody could do something about it. */
const unwrap = <Model>(
  found: Found<Model>,
  who: string,
  context: Context,
  path: Warning['path'],
): Model | null => {
  const { warnings } = context;
  if (found.kind === 'linked') return found.model;
  const doubt = (code: Doubt['code'], message: string) => doubts(context).set(who, { code, message });
  if (found.kind === 'ambiguous') {
    const message = `${who} matches ${found.count} people on the other platform by ${found.criterion}, so that none is chosen.`;
    doubt('CONFLICT', message);
    warnings.push({ code: 'AMBIGUOUS_LINK', message, path });
  }
  if (found.kind === 'contested') {
    const message = `${who} matches by ${found.criterion} somebody on the other platform whom others match at least as well, so that it is not linked.`;
    doubt('CONFLICT', message);
    warnings.push({ code: 'AMBIGUOUS_LINK', message, path });
  }
  if (found.kind === 'not-mapped') {
    const message = `ACCOUNT_DOMAINS does not say what belongs to ${found.place}: add the pair of account and domain.`;
    doubt('PLATFORM_NOT_CONFIGURED', message);
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
  unwrap(await subscribersOfUsers(context).load({ user, fields }), nameOfUser(user), context, path);

/** The user who is the same person as a subscriber, or null; in the same way. */
export const userOfSubscriber = async (
  subscriber: SubscriberModel,
  context: Context,
  path: Warning['path'],
): Promise<UserModel | null> =>
  unwrap(await usersOfSubscribers(context).load(subscriber), nameOfSubscriber(subscriber), context, path);

export const RULE =
  'The setting ACCOUNT_DOMAINS says which domain belongs to which account; inside the two, people are the same by e-mail ' +
  'address in any letter case, or else by extension to the digit (LINK_BY sets the order); leading zeros are left aside only ' +
  'where a number has lost them. Among several who match by one, the other decides. Two are the same where each is the best ' +
  'match of the other among everybody, whoever else is asked for. Null where nobody matches, and with a warning in ' +
  '`extensions.warnings` where several match equally well, or where somebody else matches the one who is found as well or better.';

/** When the own side is read as well, and what that costs. */
const doubt = (shared: string, own: string) =>
  `Somebody who has not ${shared} in common with whoever is found could have a rival on their own side: then ${own} are read too, for one request more, however many need it (and one for every 1,000 of them).`;

builder.objectField(User, 'subscriber', (t) =>
  t.field({
    type: Subscriber,
    description: `The same person on the legacy platform. ${RULE} Costs one upstream request for all users of an account (one more for every 1,000 people of the domain). ${doubt('the only e-mail address', 'the users of the account')} ${ROUND_COUNT}`,
    resolve: (user, _args, context, info) =>
      subscriberOfUser(user, selectedSubscriberFields(info), context, responsePathAsArray(info.path)),
  }),
);

builder.objectField(Subscriber, 'user', (t) =>
  t.field({
    type: User,
    description: `The same person in CloudLink. ${RULE} Null for rows that are no people. Costs one upstream request for all subscribers of a domain (one more for every 1,000 users of the account). ${doubt('e-mail address and extension', 'the people of the domain')}`,
    extensions: { reads: ['user', 'domain', 'emails', 'serviceCode'] },
    resolve: (subscriber, _args, context, info) =>
      toKind(subscriber) === 'PERSON'
        ? userOfSubscriber(subscriber, context, responsePathAsArray(info.path))
        : null,
  }),
);
