import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode } from '../global-id.ts';
import { fold, isGiven, searchText, sendableText, webAddress } from '../input.ts';
import type {
  Conversation as ConversationModel,
  NewConversation,
} from '../upstream/cloudlink/conversation.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { MOST_CHARACTERS, NewParticipantInput, toNewParticipant } from './new-participant.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { User } from './user.ts';

registerNode('Conversation', 'cloudlink', guidKey(1));

const visibilities = {
  PUBLIC: { wire: 'PUBLIC', description: 'Everybody in the account may find it.' },
  PRIVATE: { wire: 'PRIVATE', description: 'Only its participants know of it.' },
} as const;

const ConversationVisibility = openEnum(
  'ConversationVisibility',
  'Who may find a conversation (assumed, A-17).',
  visibilities,
);

export const Conversation = builder.loadableNodeRef('Conversation', {
  id: {
    resolve: ({ id }: ConversationModel) => id,
    description: 'Names this conversation towards this gateway.',
  },
  load: async (ids: string[], { cloudlink }: Context) =>
    (await cloudlink.conversations.getMany(ids)).map(orMissing('CloudLink has no such conversation')),
});

Conversation.implement({
  description:
    'A chat between people, applications and telephones, or a stream under a name. Only its participants may read it. Its ' +
    'access code is not part of this schema. Source: the Chat service, `/conversations`.',
  fields: (t) => ({
    conversationId: t.exposeString('id', { nullable: false, description: "CloudLink's own id, a GUID." }),
    name: t.exposeString('name', { description: 'Its name; most chats between two people have none.' }),
    isStream: t.exposeBoolean('stream', { description: 'Whether it is a stream, and no ordinary chat.' }),
    isHidden: t.exposeBoolean('hidden', { description: 'Whether clients are asked not to show it.' }),
    visibility: t.field({
      type: ConversationVisibility.type,
      description: 'Who may find it.',
      resolve: ({ visibility }) => ConversationVisibility.read(visibility),
    }),
    visibilityText: t.exposeString('visibility', {
      description: 'The visibility in the words of CloudLink.',
    }),
    languageCode: t.exposeString('languageCode', { description: 'Its language, such as `en-US`.' }),
    email: t.exposeString('email', { description: 'Where mail to the conversation goes.' }),
    thumbnailUrl: t.exposeString('thumbnailUrl', { description: 'Address of a picture.' }),
    audit: auditField(t),
  }),
});

/** Forgets what was read of a conversation: something in it was changed. */
export const forgetConversation = (id: string, context: Context): void => {
  Conversation.getDataloader(context).clear(id);
};

export const ConversationConnection = connectionOf(Conversation, {
  name: 'Conversation',
  plural: 'conversations',
});

const ConversationFilter = builder.inputType('ConversationFilter', {
  description: 'Which conversations are wanted. All that is given must hold.',
  fields: (t) => ({
    stream: t.boolean({ description: 'True for streams only, false for ordinary chats only.' }),
    search: t.string({ description: 'A part of the name. Letter case does not matter.' }),
  }),
});

export interface ConversationArguments extends PageArguments {
  readonly filter?: typeof ConversationFilter.$inferInput | null | undefined;
}

const listOwn = ({ filter, ...args }: ConversationArguments, context: Context) => {
  const { stream, search } = filter ?? {};
  const text = isGiven(search) ? searchText('filter.search', search) : null;
  const keep = text === null ? undefined : ({ name }: ConversationModel) => fold(name ?? '').includes(text);
  const loader = Conversation.getDataloader(context);
  return toConnection(['conversations', filter ?? {}], args, async (request) => {
    const page = await context.cloudlink.conversations.list(request, stream ?? null, keep);
    // What is known need not be asked for again by whatever leads back here.
    for (const { value } of page.items) loader.prime(value.id, value);
    return page;
  });
};

/** What a list of conversations takes. */
export const conversationArguments = {
  ...builder.args((t) => ({
    filter: t.field({
      type: ConversationFilter,
      description: 'Which conversations; all of them where absent.',
    }),
  })),
  ...pageArguments,
};

const COST =
  'Newest first. Costs one upstream request, participants and last messages included; with a search, one for every 1,000 ' +
  'conversations that are looked through.';

/** The conversations of a user who is the caller; null with a warning for anybody else. */
export const conversationsOf = async (
  { id }: { readonly id: string },
  args: ConversationArguments,
  context: Context,
  info: GraphQLResolveInfo,
) => {
  if ((await context.cloudlink.ownPrincipalId()) === id) return listOwn(args, context);
  const message =
    "CloudLink lists the caller's own conversations only: of other users there is no list to be had.";
  if (!context.warnings.some((warning) => warning.message === message))
    context.warnings.push({ code: 'OWN_ONLY', message, path: responsePathAsArray(info.path) });
  return null;
};

builder.objectField(User, 'conversations', (t) =>
  t.field({
    type: ConversationConnection,
    description: `The conversations of the user, who has to be the caller: CloudLink lists nobody else's, and so this is null with a warning in \`extensions.warnings\` for anybody else. ${COST}`,
    args: conversationArguments,
    resolve: conversationsOf,
  }),
);

builder.queryFields((t) => ({
  conversation: t.field({
    type: Conversation,
    description:
      'A conversation that the caller takes part in, or null where there is none; FORBIDDEN for one of others. Costs one ' +
      'upstream request, participants and last message included.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a Conversation.' }) },
    resolve: (_root, { id }, context) =>
      Conversation.getDataloader(context)
        .load(keyOf('Conversation', id, 'id'))
        .catch(orNull),
  }),
  conversations: t.field({
    type: ConversationConnection,
    description: `The conversations of the caller. ${COST}`,
    args: conversationArguments,
    resolve: (_root, args, context) => listOwn(args, context),
  }),
}));

const NewConversationVisibility = builder.enumType('NewConversationVisibility', {
  description: 'Who may find a new conversation (assumed, A-17).',
  values: visibilities,
});

const CreateConversationInput = builder.inputType('CreateConversationInput', {
  description: 'A new conversation. What is left out is left to CloudLink.',
  fields: (t) => ({
    participants: t.field({
      type: [NewParticipantInput],
      required: true,
      description: 'Who takes part, beside the caller, who always does.',
    }),
    name: t.string({ description: 'Its name, up to 256 characters.' }),
    isStream: t.boolean({ description: 'Whether it is a stream, and no ordinary chat.' }),
    isHidden: t.boolean({ description: 'Whether clients are asked not to show it.' }),
    generatesSystemMessages: t.boolean({
      description: 'Whether CloudLink tells by messages who came and went.',
    }),
    visibility: t.field({
      type: NewConversationVisibility,
      description: 'Who may find it; private where absent (assumed, A-17).',
    }),
    languageCode: t.string({ description: 'Its language, such as `en-US`.' }),
    thumbnailUrl: t.string({ description: 'Address of a picture, http or https.' }),
  }),
});

const toNewConversation = (input: typeof CreateConversationInput.$inferInput): NewConversation => {
  const text = (argument: 'name' | 'languageCode', longest: number) => {
    const value = input[argument];
    return isGiven(value) ? sendableText(argument, value, longest) : undefined;
  };
  return {
    participants: input.participants.map((participant, index) =>
      toNewParticipant(participant, `participants.${index}`),
    ),
    name: text('name', MOST_CHARACTERS),
    languageCode: text('languageCode', 35),
    stream: input.isStream ?? undefined,
    hidden: input.isHidden ?? undefined,
    generateSystemMessages: input.generatesSystemMessages ?? undefined,
    visibility: input.visibility ?? undefined,
    thumbnailUrl: isGiven(input.thumbnailUrl) ? webAddress('thumbnailUrl', input.thumbnailUrl) : undefined,
  };
};

const DeleteConversationInput = builder.inputType('DeleteConversationInput', {
  description: 'A conversation to delete.',
  fields: (t) => ({
    conversation: t.id({ required: true, description: 'The `id` of a Conversation.' }),
  }),
});

builder.mutationFields((t) => ({
  createConversation: t.field({
    type: Conversation,
    description: 'Starts a conversation. Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: CreateConversationInput, required: true, description: 'What to start.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, { cloudlink }) =>
      cloudlink.conversations.create(toNewConversation(input)),
    ),
  }),
  deleteConversation: t.field({
    type: 'ID',
    description:
      'Deletes a conversation with everything in it, for everybody; it takes no messages from then on. Costs one upstream ' +
      'request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: DeleteConversationInput, required: true, description: 'What to delete.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const id = keyOf('Conversation', input.conversation, 'conversation');
      await context.cloudlink.conversations.remove(id);
      forgetConversation(id, context);
      return input.conversation;
    }),
  }),
}));
