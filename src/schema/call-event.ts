import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, legacyDomain } from '../input.ts';
import type { Interest } from '../upstream/change.ts';
import type { LiveCall as LiveCallModel } from '../upstream/cloudlink/live-call.ts';
import type { ActiveCall as ActiveCallModel } from '../upstream/netsapiens/active-call.ts';
import { AnyCall } from './any-call.ts';
import { Event, eventField, requireOne, requireSome } from './event.ts';
import { User } from './user.ts';

export const CallEvent = builder.objectRef<FeedEvent>('CallEvent').implement({
  description: 'A call began, changed or ended.',
  interfaces: [Event],
  fields: (t) => ({
    call: t.field({
      type: AnyCall,
      nullable: false,
      description: 'The call as it is after the event. What it leads to is read anew.',
      resolve: ({ change }) => change.model as LiveCallModel | ActiveCallModel,
    }),
  }),
});

/** Each endpoint has a feed of its own, shared by all who follow it; from this many on, one of the account is cheaper. */
const MOST_ENDPOINTS = 20;

const ofEndpoints = (endpointIds: readonly string[], { cloudlink }: Context): readonly Interest[] =>
  [...new Set(endpointIds)].map((id) => cloudlink.interests.calls(id));

/** The telephones of users, by their extensions. */
const endpointsOf = async (ids: readonly string[], context: Context): Promise<readonly string[]> => {
  const keys = ids.map((id, index) => keyOf('User', id, `users.${index}`));
  const users = await User.getDataloader(context).loadMany(keys);
  return users.map((user, index) => {
    if (user instanceof Error) throw user;
    if (user.extension === null)
      throw badInput(`users.${index}`, 'is a user without an extension, who has no calls here.');
    return user.extension;
  });
};

interface Choice {
  readonly endpoints?: readonly string[] | null | undefined;
  readonly users?: readonly string[] | null | undefined;
  readonly account?: boolean | null | undefined;
  readonly domain?: string | null | undefined;
}

const limit = { most: MOST_ENDPOINTS, instead: '`account: true`' };

const toInterests = async (
  { endpoints, users, account, domain }: Choice,
  context: Context,
): Promise<readonly Interest[]> => {
  requireOne('callEvents', { endpoints, users, account, domain });
  if (isGiven(domain)) return [context.netsapiens.interest('call_origid', legacyDomain('domain', domain))];
  if (isGiven(endpoints)) {
    requireSome('endpoints', endpoints, limit);
    const keys = endpoints.map((id, index) => keyOf('Endpoint', id, `endpoints.${index}`));
    return ofEndpoints(keys, context);
  }
  if (isGiven(users)) {
    requireSome('users', users, limit);
    return ofEndpoints(await endpointsOf(users, context), context);
  }
  return [context.cloudlink.interests.calls()];
};

eventField('callEvents', {
  type: CallEvent,
  backlog: 'every',
  description:
    'Calls as they ring, connect, are held and end; a call between colleagues in CloudLink is two of these. Opens one upstream ' +
    'subscription for each endpoint, after one request for the calls that it has, or one for the account, or one for the ' +
    'domain, after one request; however many clients of the same person follow it. An event costs what is selected below it. ' +
    'Needs exactly one of `endpoints`, `users`, `account: true` and `domain`.',
  args: builder.args((t) => ({
    endpoints: t.idList({ description: `The \`id\`s of Endpoints, 1 to ${MOST_ENDPOINTS}.` }),
    users: t.idList({
      description: `The \`id\`s of Users, 1 to ${MOST_ENDPOINTS}, whose telephones to follow. Costs one upstream request to begin with.`,
    }),
    account: t.boolean({
      description: 'Whether to follow all calls of the account that the caller may see.',
    }),
    domain: t.string({
      description: 'Name of a legacy domain, whose calls to follow on the legacy platform.',
    }),
  })),
  wish: async (choice, context) => ({ interests: await toInterests(choice, context) }),
});
