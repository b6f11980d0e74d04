import { responsePathAsArray } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { askingFor, findPerson, type PersonKey } from './person-half.ts';
import { Person } from './person.ts';

const ownUser = async ({ cloudlink }: Context): Promise<string | null> => {
  const [accountId, userId] = await Promise.all([cloudlink.ownAccountId(), cloudlink.ownPrincipalId()]);
  return accountId === null || userId === null ? null : `${accountId}/${userId}`;
};

const ownSubscriber = async ({ netsapiens }: Context): Promise<string | null> => {
  const [, user, domain] = /^([^@/]+)@([^@/]+)$/.exec((await netsapiens.ownUid()) ?? '') ?? [];
  return user === undefined || domain === undefined ? null : `${domain}/${user}`;
};

/** Whether the caller has not signed in there, or nobody can: then the other platform alone says who they are. */
const isAbsent = (error: unknown): boolean =>
  error instanceof UpstreamError &&
  ['UNAUTHENTICATED', 'PLATFORM_NOT_CONFIGURED'].includes(error.failure.code);

/** The caller's keys. A token that is missing leaves the half without one, which is looked for when it is asked for. */
const ownKey = async (context: Context): Promise<PersonKey> => {
  const [user, subscriber] = await Promise.allSettled([ownUser(context), ownSubscriber(context)]);
  const reasons = [user, subscriber].flatMap((key) =>
    key.status === 'rejected' ? [key.reason as unknown] : [],
  );
  const failure =
    reasons.find((reason) => !isAbsent(reason)) ?? (reasons.length === 2 ? reasons[0] : undefined);
  if (failure !== undefined) throw failure;
  return {
    user: user.status === 'fulfilled' ? user.value : null,
    subscriber: subscriber.status === 'fulfilled' ? subscriber.value : null,
  };
};

builder.queryField('me', (t) =>
  t.field({
    type: Person,
    description:
      'The caller as a person, as the tokens tell; null for an application or an operator, who are no people. Tokens of two ' +
      'people by the rule give the one in CloudLink, with a warning in `extensions.warnings`. A platform ' +
      'without a token leaves its half to be looked for; one that fails is an error. Costs one upstream request for each token; ' +
      'where the two have not both e-mail address and extension in common, they are compared with everybody, for one to two more.',
    resolve: async (_root, _args, context, info) => {
      const key = await ownKey(context);
      const asking = askingFor(context, info);
      const found = await findPerson(key, asking);
      if (found !== 'different') return found;
      const message =
        'By ACCOUNT_DOMAINS and LINK_BY the two tokens are of different people; this is the one in CloudLink.';
      context.warnings.push({ code: 'DIFFERENT_PEOPLE', message, path: responsePathAsArray(info.path) });
      const alone = await findPerson({ ...key, subscriber: null }, asking);
      return alone === 'different' ? null : alone;
    },
  }),
);
