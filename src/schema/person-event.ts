import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput, fold } from '../input.ts';
import type { Change, Interest } from '../upstream/change.ts';
import type { CallRecord } from '../upstream/cloudlink/call-record.ts';
import type { ActiveCall } from '../upstream/netsapiens/active-call.ts';
import type { CallDetail } from '../upstream/netsapiens/call-detail.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { CallEvent } from './call-event.ts';
import { toPersonTarget } from './call-history-person.ts';
import { CallRecordEvent } from './call-record-event.ts';
import { eventField, type EventWish } from './event.ts';
import { MessageEvent } from './message-event.ts';
import { PresenceEvent, presenceOfPeople } from './presence-event.ts';
import { User } from './user.ts';

const kinds = {
  CALLS: 'Their calls, as they ring, connect, are held and end.',
  PRESENCE: 'Whether they can be reached.',
  MESSAGES: 'What is written to them and by them.',
  CALL_RECORDS: 'Their calls that are over.',
} as const;

type Kind = keyof typeof kinds;

const PersonEventKind = builder.enumType('PersonEventKind', {
  description: 'What can be told of a person.',
  values: Object.fromEntries(
    Object.entries(kinds).map(([name, description]) => [name, { description }]),
  ) as Record<Kind, { description: string }>,
});

const typeOf: Readonly<Record<string, string>> = {
  LiveCall: 'CallEvent',
  ActiveCall: 'CallEvent',
  UserPresence: 'PresenceEvent',
  PresenceEntry: 'PresenceEvent',
  Message: 'MessageEvent',
  TextMessage: 'MessageEvent',
  CallRecord: 'CallRecordEvent',
  CallDetail: 'CallRecordEvent',
};

const PersonEvent = builder.unionType('PersonEvent', {
  description: 'Something that happened to a person, on either platform.',
  types: [CallEvent, PresenceEvent, MessageEvent, CallRecordEvent],
  resolveType: ({ change }) => typeOf[change.noun],
});

/** What the platforms call the person, those that the caller has a token of. */
interface Names {
  readonly userId: string | null;
  readonly subscriber: SubscriberKey | null;
}

const namesOf = async (id: string, context: Context): Promise<Names> => {
  const target = toPersonTarget(id, context);
  const [userId, subscriber] = await Promise.all([
    context.hasToken('cloudlink') ? target.principalId() : null,
    context.hasToken('subscriber') ? target.subscriber() : null,
  ]);
  return { userId, subscriber };
};

/** The telephone of a user of the caller's account, whose others CloudLink does not show. */
const endpointOf = async (userId: string, context: Context): Promise<string | null> => {
  const key = `${await context.cloudlink.ownAccountId()}/${userId}`;
  const user = await User.getDataloader(context).load(key).catch(orNull);
  return user?.extension ?? null;
};

type ListInterests = (names: Names, context: Context) => Promise<readonly Interest[]> | readonly Interest[];

const ofSubscriber = (
  { subscriber }: Names,
  model: 'call_origid' | 'message' | 'cdr',
  { netsapiens }: Context,
): readonly Interest[] =>
  subscriber === null ? [] : [netsapiens.interest(model, subscriber.domain, subscriber.user)];

const listInterests: Readonly<Record<Kind, ListInterests>> = {
  CALLS: async (names, context) => {
    const endpointId = names.userId === null ? null : await endpointOf(names.userId, context);
    const calls = endpointId === null ? [] : [context.cloudlink.interests.calls(endpointId)];
    return [...calls, ...ofSubscriber(names, 'call_origid', context)];
  },
  PRESENCE: ({ userId, subscriber }, context) =>
    presenceOfPeople(userId === null ? [] : [userId], subscriber === null ? [] : [subscriber], context)
      .interests,
  MESSAGES: async (names, context) => {
    const { cloudlink } = context;
    // CloudLink tells nobody of the conversations of others.
    const isOwn = names.userId !== null && names.userId === (await cloudlink.ownPrincipalId());
    return [...(isOwn ? [cloudlink.interests.messages()] : []), ...ofSubscriber(names, 'message', context)];
  },
  CALL_RECORDS: (names, context) => [
    ...(names.userId === null ? [] : [context.cloudlink.interests.callRecords()]),
    ...ofSubscriber(names, 'cdr', context),
  ],
};

/** Whether an event is of the person: some feeds are of an account or a domain, and what `user` narrows is not documented. */
const isOf = ({ userId, subscriber }: Names, { noun, kind, model }: Change): boolean => {
  const isUser = (id: string | null) => id !== null && id === userId;
  const isExtension = (extension: string | null) =>
    extension !== null && subscriber !== null && fold(extension) === fold(subscriber.user);
  if (noun === 'CallRecord') {
    const { from, to } = model as CallRecord;
    return kind === 'CREATED' && (isUser(from.principalId) || isUser(to.principalId));
  }
  if (noun === 'CallDetail') {
    const { origin, destination, byExtension } = model as CallDetail;
    return kind === 'CREATED' && [origin.extension, destination.extension, byExtension].some(isExtension);
  }
  if (noun === 'ActiveCall') {
    const { origin, destination, byUser } = model as ActiveCall;
    return [origin.extension, destination.extension, byUser].some(isExtension);
  }
  return noun !== 'PresenceEntry' || isExtension((model as SubscriberKey).user);
};

const toWish = async (id: string, wanted: readonly Kind[], context: Context): Promise<EventWish> => {
  if (wanted.length === 0) throw badInput('kinds', 'must hold at least one.');
  const names = await namesOf(id, context);
  const interests = await Promise.all(wanted.map(async (kind) => listInterests[kind](names, context)));
  return { interests: interests.flat(), isWanted: (change) => isOf(names, change) };
};

eventField('personEvents', {
  type: PersonEvent,
  backlog: 'every',
  description:
    'What happens to one person on both platforms, as one list in the order in which it is told: one call is told by each of ' +
    'them. Messages in CloudLink are told to the caller about themselves alone: it lists nobody else’s. A platform that the ' +
    'caller has no token of is left out; one that fails, or that does not let the caller follow something of it, fails the ' +
    'subscription: leave out that kind. Opens up to four upstream subscriptions on each platform, after up to six requests to ' +
    'CloudLink and nine to the legacy platform; a Person whose `id` names one platform alone is looked for on the other, for one ' +
    'to three requests more. An event costs what is selected below it.',
  args: builder.args((t) => ({
    person: t.id({ required: true, description: 'The `id` of a Person.' }),
    kinds: t.field({
      type: [PersonEventKind],
      description: 'What to be told of; of everything where absent.',
    }),
  })),
  wish: ({ person, kinds: wanted }, context) =>
    toWish(person, [...new Set(wanted ?? (Object.keys(kinds) as Kind[]))], context),
});
