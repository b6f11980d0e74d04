import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import {
  subscriberFields,
  type Subscriber as SubscriberModel,
} from '../upstream/netsapiens/subscriber-record.ts';
import { RULE } from './link.ts';
import { orMissing } from './missing.ts';
import {
  askingFor,
  findPerson,
  given,
  keyOfSubscriber,
  keyOfUser,
  ROW_FIELDS,
  toPerson,
  type Person as PersonModel,
  type PersonKey,
} from './person-half.ts';
import { Subscriber } from './subscriber.ts';
import { toKind } from './subscriber-enums.ts';
import { loadColumns } from './subscriber-query.ts';
import { User } from './user.ts';

const USER = String.raw`[\w-]{1,128}/[\w-]{1,128}`;
const SUBSCRIBER = String.raw`[^*~%,/\p{Cc}]{1,255}/[^*~%,\p{Cc}]{1,255}`;

// A comma is in neither key. A half that is not known, or not there, is empty; one of the two is not.
registerNode('Person', 'both', new RegExp(`^(?!,$)(${USER})?,(${SUBSCRIBER})?$`, 'u'));

const toKey = (id: string): PersonKey => {
  const comma = id.indexOf(',');
  return { user: id.slice(0, comma) || null, subscriber: id.slice(comma + 1) || null };
};

/** Whoever was looked up is somebody else by now, or was never anybody. */
const orNobody = (found: PersonModel | 'different' | null) => (found === 'different' ? null : found);

/** Says once what an answer leaves out, because a platform that has a part of it failed. */
export const warnOfGap = (error: unknown, { warnings }: Context, info: GraphQLResolveInfo): void => {
  const reason = error instanceof Error ? error.message : 'a platform failed.';
  const message = `What one platform knows of people is missing here: ${reason}`;
  if (!warnings.some((warning) => warning.message === message))
    warnings.push({ code: 'PARTIAL_PERSON', message, path: responsePathAsArray(info.path) });
};

interface Halves {
  readonly user: UserModel | null;
  readonly subscriber: SubscriberModel | null;
}

/** Both halves at once. One that fails is left out with a warning; both that fail are an error. */
export const halvesOf = async (
  person: PersonModel,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Halves> => {
  const [user, subscriber] = await Promise.allSettled([person.user(), person.subscriber()]);
  const failures = [user, subscriber].filter((half) => half.status === 'rejected');
  const [failure] = failures;
  if (failures.length === 2) throw failure?.reason;
  if (failure !== undefined) warnOfGap(failure.reason, context, info);
  return {
    user: user.status === 'fulfilled' ? user.value : null,
    subscriber: subscriber.status === 'fulfilled' ? subscriber.value : null,
  };
};

/** What CloudLink says, or else what the legacy platform says, which is not asked where the first has an answer. */
const first = async <Value>(
  person: PersonModel,
  ofUser: (user: UserModel) => Value | null,
  ofSubscriber: (subscriber: SubscriberModel) => Value | null,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Value | null> => {
  const user = await person.user().catch(() => null);
  const value = user === null ? null : ofUser(user);
  if (value !== null) return value;
  const { subscriber } = await halvesOf(person, context, info);
  return subscriber === null ? null : ofSubscriber(subscriber);
};

const fullName = ({ firstName, lastName }: Pick<UserModel, 'firstName' | 'lastName'>): string | null =>
  [firstName, lastName].filter((part) => part !== null).join(' ') || null;

const BOTH = 'Costs what `user` and `subscriber` cost.';
const FIRST = 'Costs what `user` costs, and what `subscriber` costs for whoever has none in CloudLink.';

export const Person = builder.loadableNodeRef('Person', {
  id: {
    resolve: async (person: PersonModel, _args, context, info) => {
      const { user, subscriber } = await halvesOf(person, context, info);
      const ids = [user && keyOfUser(user), subscriber && keyOfSubscriber(subscriber)];
      return ids.map((id) => id ?? '').join(',');
    },
    description:
      'Names this person towards this gateway, by the keys of both platforms; by one of them while the other fails. It is another ' +
      'one once the platforms know the person otherwise, as when somebody joins the second of them: to keep somebody, store ' +
      `\`User.id\` or \`Subscriber.id\`, which stay, and come back by their \`person\`. ${BOTH}`,
    extensions: { reads: ['user', 'domain'] },
  },
  load: async (ids: string[], context: Context) => {
    const asking = { fields: new Set(subscriberFields), context, path: [] };
    const found = await Promise.allSettled(ids.map((id) => findPerson(toKey(id), asking)));
    return found
      .map((result) => (result.status === 'fulfilled' ? orNobody(result.value) : (result.reason as Error)))
      .map(orMissing('Neither platform has such a person'));
  },
});

Person.implement({
  description:
    `One human being, whether CloudLink knows them as a user, the legacy platform as a subscriber, or both. ${RULE} Where one ` +
    'platform fails, the fields of the other answer; a field made of both then leaves out what is missing, and a warning in ' +
    '`extensions.warnings` says so.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description:
        'The person in CloudLink; null where they are not there. Costs nothing where the person was found in CloudLink, else ' +
        'one upstream request for all people of a domain (one more for every 1,000 users of the account), and another where ' +
        '`Subscriber.user` needs it.',
      extensions: { reads: ROW_FIELDS },
      resolve: ({ user }) => user(),
    }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'The person on the legacy platform; null where they are not there. Costs nothing where the person was found there, ' +
        'else one upstream request for all people of an account (one more for every 1,000 people of the domain, and one more ' +
        'where their number is a round one), and another where `User.subscriber` needs it.',
      extensions: { reads: ROW_FIELDS },
      resolve: ({ subscriber }) => subscriber(),
    }),
    name: t.string({
      description: `The name in CloudLink, or else on the legacy platform. ${FIRST}`,
      extensions: { reads: ['firstName', 'lastName'] },
      resolve: (person, _args, context, info) =>
        first(person, (user) => user.displayName ?? user.name ?? fullName(user), fullName, context, info),
    }),
    emails: t.stringList({
      description: `The e-mail addresses of both platforms, each once in any letter case. ${BOTH}`,
      extensions: { reads: ['emails'] },
      resolve: async (person, _args, context, info) => {
        const { user, subscriber } = await halvesOf(person, context, info);
        const emails = [...(user?.email ? [user.email] : []), ...(subscriber?.emails ?? [])];
        return [
          ...new Map(emails.toReversed().map((email) => [email.toLowerCase(), email])).values(),
        ].toReversed();
      },
    }),
    extension: t.string({
      description: `The extension in CloudLink, or else on the legacy platform. ${FIRST}`,
      extensions: { reads: ['user'] },
      resolve: (person, _args, context, info) =>
        first(
          person,
          (user) => user.extension,
          (subscriber) => subscriber.user,
          context,
          info,
        ),
    }),
  }),
});

builder.objectField(User, 'person', (t) =>
  t.field({
    type: Person,
    nullable: false,
    description: 'The user as a person, with what the legacy platform knows of them. Costs nothing itself.',
    resolve: (user, _args, context, info) =>
      toPerson(keyOfUser(user), { user: given(user) }, askingFor(context, info)),
  }),
);

builder.objectField(Subscriber, 'person', (t) =>
  t.field({
    type: Person,
    description:
      'The subscriber as a person, with what CloudLink knows of them. Null for rows that are no people. Costs nothing itself, ' +
      'unless more of `person.subscriber` is selected than names and addresses of it: then it is read again, for one upstream ' +
      'request, or one for a whole domain where three or more of it are asked for.',
    extensions: { reads: ROW_FIELDS },
    resolve: (row, _args, context, info) => {
      if (toKind(row) !== 'PERSON') return null;
      const asking = askingFor(context, info);
      const isEnough = [...asking.fields].every((field) => ROW_FIELDS.includes(field));
      const { domain, user } = row;
      const subscriber = isEnough ? given(row) : () => loadColumns({ domain, user }, asking.fields, context);
      return toPerson(keyOfSubscriber(row), { subscriber }, asking);
    },
  }),
);

builder.queryFields((t) => ({
  person: t.field({
    type: Person,
    description:
      'Somebody by their `id`, or null where neither platform knows them, or where the two no longer know them as the same ' +
      'person. Costs one upstream request for each platform that the id names, so two at most; where the two have not both ' +
      'e-mail address and extension in common, they are compared with everybody, for one to two requests more.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a Person.' }) },
    resolve: async (_root, { id }, context, info) =>
      orNobody(await findPerson(toKey(keyOf('Person', id, 'id')), askingFor(context, info))),
  }),
}));
