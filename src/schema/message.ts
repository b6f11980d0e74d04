import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode, splitKey } from '../global-id.ts';
import { sendableText } from '../input.ts';
import type { Content, Message as MessageModel } from '../upstream/cloudlink/message.ts';
import { ActionCard, ActionCardInput, LONGEST_TEXT, toNewActionCard } from './action-card.ts';
import { Conversation, forgetConversation } from './conversation.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { together } from './together.ts';
import { User, USERS_COST } from './user.ts';

registerNode('Message', 'cloudlink', guidKey(2));

const MessageContentType = openEnum(
  'MessageContentType',
  'How the body of a message is to be read. CloudLink has more kinds whose names are not documented.',
  {
    TEXT: { wire: 'text/plain', description: 'Plain text.' },
    HTML: { wire: 'text/html', description: 'HTML, as whoever sent it wrote it: it is not cleaned.' },
    ACTION_CARD: {
      wire: 'application/vnd.mitel.action-card',
      description: 'A message with buttons; see `actionCard`.',
    },
  },
);

export const Message = builder.loadableNodeRef('Message', {
  id: {
    resolve: ({ conversationId, id }: MessageModel) => `${conversationId}/${id}`,
    description: 'Names this message towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys.map(splitKey).map(([conversationId, messageId]) => ({ conversationId, messageId }));
    return (await cloudlink.messages.getMany(parsed)).map(orMissing('CloudLink has no such message'));
  },
});

/** What no user's id can look like is not asked for: guests and telephones are named by other things. */
const isPrincipalId = (id: string) => guidKey(1).test(id);

Message.implement({
  description:
    'Something that was said in a conversation. Source: the Chat service, `/conversations/{id}/messages`; that one is read, ' +
    'edited and deleted by a route of its own is assumed (A-14).',
  fields: (t) => ({
    messageId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    conversation: t.field({
      type: Conversation,
      description:
        'Where it was said. Costs one upstream request where the conversation was not read before.',
      resolve: ({ conversationId }) => conversationId,
    }),
    contentType: t.field({
      type: MessageContentType.type,
      description: 'How to read `body`.',
      resolve: ({ contentType }) => MessageContentType.read(contentType),
    }),
    contentTypeText: t.exposeString('contentType', {
      description: 'The content type in the words of CloudLink.',
    }),
    body: t.exposeString('body', { description: 'What was said, as it was sent.' }),
    actionCard: t.expose('actionCard', {
      type: ActionCard,
      description: 'The card in `body`; null for other messages, and for a card that cannot be read.',
    }),
    fallbackText: t.exposeString('fallbackText', { description: 'What to show in place of an action card.' }),
    tag: t.exposeString('tag', { description: "The sender's own note to itself, most often JSON." }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was said.' }),
    editedAt: t.expose('modifiedAt', {
      type: 'DateTime',
      description: 'When it was last edited; null where it never was (assumed, A-14).',
    }),
    authorId: t.exposeString('authorId', {
      description:
        'What names whoever said it: the id of a user or client, an e-mail address, a telephone number.',
    }),
    author: t.field({
      type: User,
      description: `The user who said it; null for anybody who is none. ${USERS_COST}`,
      resolve: ({ accountId, authorId }, _args, context) =>
        accountId === null || authorId === null || !isPrincipalId(authorId)
          ? null
          : User.getDataloader(context).load(`${accountId}/${authorId}`).catch(orNull),
    }),
  }),
});

const MessageConnection = connectionOf(Message, { name: 'Message', plural: 'messages' });

builder.objectFields(Conversation, (t) => ({
  lastMessage: t.field({
    type: Message,
    description:
      'What was said last; null where nothing was. Costs nothing where CloudLink embeds it, which is assumed (A-18), and ' +
      'otherwise one upstream request for each conversation.',
    resolve: async ({ id, latestMessages }, _args, context) => {
      const [message] =
        latestMessages ?? (await together(context, () => context.cloudlink.messages.latest(id)));
      return message ?? null;
    },
  }),
  messages: t.field({
    type: MessageConnection,
    description: 'What was said, newest first. Costs one upstream request for each conversation.',
    args: pageArguments,
    resolve: ({ id }, args, context) =>
      toConnection(['messages', id], args, (page) =>
        together(context, () => context.cloudlink.messages.list(id, page)),
      ),
  }),
}));

const MessageContentInput = builder.inputType('MessageContentInput', {
  isOneOf: true,
  description: 'What is to be said, in one of three forms.',
  fields: (t) => ({
    text: t.string({ description: 'Plain text, up to 100,000 characters.' }),
    html: t.string({ description: 'HTML, up to 100,000 characters.' }),
    actionCard: t.field({ type: ActionCardInput, description: 'A message with buttons.' }),
  }),
});

const toContent = ({ text, html, actionCard }: typeof MessageContentInput.$inferInput): Content => {
  if (actionCard) return { actionCard: toNewActionCard(actionCard, 'content.actionCard') };
  return typeof text === 'string'
    ? { text: sendableText('content.text', text, LONGEST_TEXT) }
    : { html: sendableText('content.html', html ?? '', LONGEST_TEXT) };
};

const messageKeyOf = (id: string) => {
  const [conversationId, messageId] = splitKey(keyOf('Message', id, 'message'));
  return { conversationId, messageId };
};

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'Something to be said.',
  fields: (t) => ({
    conversation: t.id({ required: true, description: 'The `id` of a Conversation.' }),
    content: t.field({ type: MessageContentInput, required: true, description: 'What to say.' }),
    tag: t.string({ description: 'A note to yourself that comes back with the message, such as JSON.' }),
  }),
});

const EditMessageInput = builder.inputType('EditMessageInput', {
  description: 'A message of yours in other words.',
  fields: (t) => ({
    message: t.id({ required: true, description: 'The `id` of a Message.' }),
    content: t.field({ type: MessageContentInput, required: true, description: 'What it says from now on.' }),
  }),
});

const DeleteMessageInput = builder.inputType('DeleteMessageInput', {
  description: 'A message of yours to delete.',
  fields: (t) => ({
    message: t.id({ required: true, description: 'The `id` of a Message.' }),
  }),
});

builder.mutationFields((t) => ({
  sendMessage: t.field({
    type: Message,
    description: 'Says something in a conversation. Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: SendMessageInput, required: true, description: 'What is said, and where.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const id = keyOf('Conversation', input.conversation, 'conversation');
      const tag = typeof input.tag === 'string' ? sendableText('tag', input.tag, LONGEST_TEXT) : undefined;
      const sent = await context.cloudlink.messages.send(id, toContent(input.content), tag);
      forgetConversation(id, context);
      return sent;
    }),
  }),
  editMessage: t.field({
    type: Message,
    description:
      'Puts a message of the caller in other words; FORBIDDEN for one of others. That CloudLink allows it is assumed (A-14). ' +
      'Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({
        type: EditMessageInput,
        required: true,
        description: 'Which message, and its new words.',
      }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const key = messageKeyOf(input.message);
      const edited = await context.cloudlink.messages.edit(key, toContent(input.content));
      forgetConversation(key.conversationId, context);
      return edited;
    }),
  }),
  deleteMessage: t.field({
    type: 'ID',
    description:
      'Deletes a message of the caller; FORBIDDEN for one of others. That CloudLink allows it is assumed (A-14). Costs one ' +
      'upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: DeleteMessageInput, required: true, description: 'Which message.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const key = messageKeyOf(input.message);
      await context.cloudlink.messages.remove(key);
      forgetConversation(key.conversationId, context);
      return input.message;
    }),
  }),
}));
