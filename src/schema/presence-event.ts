import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { fold, isGiven, legacyDomain } from '../input.ts';
import type { Presence as UserPresenceModel } from '../upstream/cloudlink/presence.ts';
import type { PresenceEntry as PresenceEntryModel } from '../upstream/netsapiens/presence.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { toPersonTarget } from './call-history-person.ts';
import { Event, eventField, requireOne, requireSome, type EventWish } from './event.ts';
import { Person } from './person.ts';
import { PresenceEntry } from './presence-entry.ts';
import { UserPresence } from './presence.ts';

const AnyPresence = builder.unionType('AnyPresence', {
  description: 'Whether somebody can be reached, as one of the platforms says.',
  types: [UserPresence, PresenceEntry],
  resolveType: (presence) => ('userId' in presence ? 'UserPresence' : 'PresenceEntry'),
});

/** What names the person whose presence it is. Those of CloudLink are all of the caller's account. */
const personKeyOf = async (
  presence: UserPresenceModel | PresenceEntryModel,
  { cloudlink }: Context,
): Promise<string> =>
  'userId' in presence
    ? `${await cloudlink.ownAccountId()}/${presence.userId},`
    : `,${presence.domain}/${presence.user}`;

export const PresenceEvent = builder.objectRef<FeedEvent>('PresenceEvent').implement({
  description: 'Somebody can be reached who could not, or otherwise than before, says one of the platforms.',
  interfaces: [Event],
  fields: (t) => ({
    presence: t.field({
      type: AnyPresence,
      nullable: false,
      description: 'What that platform says after the event.',
      resolve: ({ change }) => change.model as UserPresenceModel | PresenceEntryModel,
    }),
    person: t.field({
      type: Person,
      description:
        'Whose presence it is, and with that what both platforms say together. Null for rows that are no people. Costs one ' +
        'upstream request, and what the other platform costs where it is asked for.',
      resolve: async ({ change }, _args, context) => {
        const key = await personKeyOf(change.model as UserPresenceModel | PresenceEntryModel, context);
        return Person.getDataloader(context).load(key).catch(orNull);
      },
    }),
  }),
});

/** As many as CloudLink takes in one filter. */
const MOST_PEOPLE = 50;

const isThis =
  ({ domain, user }: SubscriberKey) =>
  (entry: SubscriberKey): boolean =>
    fold(entry.domain) === fold(domain) && fold(entry.user) === fold(user);

/** The presence of people, on each platform that the caller has a token of. */
export const presenceOfPeople = (
  userIds: readonly string[],
  subscribers: readonly SubscriberKey[],
  { cloudlink, netsapiens }: Context,
): EventWish => {
  const domains = [...new Set(subscribers.map(({ domain }) => domain))];
  return {
    interests: [
      ...(userIds.length === 0 ? [] : [cloudlink.interests.presence([...new Set(userIds)])]),
      // One feed of a domain is shared by all who follow somebody in it.
      ...domains.map((domain) => netsapiens.interest('presence', domain)),
    ],
    isWanted: ({ noun, model }) =>
      noun !== 'PresenceEntry' || subscribers.some(isThis(model as PresenceEntryModel)),
  };
};

const followPeople = async (ids: readonly string[], context: Context): Promise<EventWish> => {
  const targets = ids.map((id, index) => toPersonTarget(id, context, `people.${index}`));
  const userIds = context.hasToken('cloudlink') ? targets.map(({ principalId }) => principalId()) : [];
  const subscribers = context.hasToken('subscriber') ? targets.map(({ subscriber }) => subscriber()) : [];
  return presenceOfPeople(
    (await Promise.all(userIds)).filter((userId) => userId !== null),
    (await Promise.all(subscribers)).filter((subscriber) => subscriber !== null),
    context,
  );
};

eventField('presenceEvents', {
  type: PresenceEvent,
  backlog: 'latest',
  description:
    'Whether people can be reached, as either platform says: named people on every platform that knows them and that the ' +
    "caller has a token of, or everybody's line in a legacy domain. CloudLink's part is experimental (assumed, A-01); what it " +
    'documents is in `endpointEvents`. Opens one upstream subscription for all people in CloudLink and one for each legacy ' +
    'domain, after one request for every 50 people and one for each domain; an event costs what is selected below it. Needs ' +
    'exactly one of `people` and `domain`.',
  args: builder.args((t) => ({
    people: t.idList({
      description: `The \`id\`s of People, 1 to ${MOST_PEOPLE}. One whose \`id\` names one platform alone is looked for on the other, for one to three requests more.`,
    }),
    domain: t.string({ description: 'Name of a legacy domain.' }),
  })),
  wish: async ({ people, domain }, context) => {
    requireOne('presenceEvents', { people, domain });
    if (!isGiven(people))
      return {
        interests: [context.netsapiens.interest('presence', legacyDomain('domain', domain ?? ''))],
      };
    requireSome('people', people, { most: MOST_PEOPLE, instead: '`domain`' });
    return followPeople(people, context);
  },
});
