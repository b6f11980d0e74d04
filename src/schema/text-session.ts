import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import type { TextMessage as TextMessageModel } from '../upstream/netsapiens/text-message.ts';
import type { TextSession as TextSessionModel, TextSessionKey } from '../upstream/netsapiens/text-session.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { legacyKey, splitLegacyKey } from './legacy-key.ts';
import { MEDIA_PATH, mediaPathOf } from './media-path.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { Subscriber, ZonelessTime } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('TextSession', 'subscriber', legacyKey(1));
registerNode('TextMessage', 'subscriber', legacyKey(2));

/** The key in the id of a session. */
export const toTextSessionKey = (id: string): TextSessionKey => {
  const [domain, user, sessionId = ''] = splitLegacyKey(id, 1);
  return { domain, user, sessionId };
};

/** The key in the id of a message. */
export const toTextMessageKey = (key: string) => {
  const [domain, user, sessionId = '', id = ''] = splitLegacyKey(key, 2);
  return { domain, user, sessionId, id };
};

const TextMessageType = openEnum('TextMessageType', 'What a message of the legacy platform is.', {
  SMS: { wire: 'sms', description: 'A text message from or to a phone number.' },
  MMS: { wire: 'mms', description: 'The same with a picture or another file.' },
  CHAT: { wire: 'private', description: 'A line of a chat between two colleagues.' },
  GROUP_CHAT: { wire: 'group', description: 'A line of a chat among several.' },
  NAME_CHANGE: { wire: 'chat-name-change', description: 'The chat got another name.' },
  PARTICIPANT_REMOVED: {
    wire: 'chat-participant-remove',
    description: 'Somebody was taken out of the chat.',
  },
  VIDEO_INVITATION: { wire: 'chat-video-invite', description: 'An invitation to a video meeting.' },
});

export const TextSession = builder.loadableNodeRef('TextSession', {
  id: {
    resolve: ({ domain, user, sessionId }: TextSessionModel) => `${domain}/${user} ${sessionId}`,
    description: 'Names this session, as its subscriber sees it.',
  },
  load: async (ids: string[], { netsapiens }: Context) =>
    (await netsapiens.textSessions.getMany(ids.map(toTextSessionKey))).map(
      orMissing('The subscriber API has no such session', 'subscriber'),
    ),
});

export const TextMessage = builder.loadableNodeRef('TextMessage', {
  id: {
    resolve: ({ domain, user, sessionId, id }: TextMessageModel) => `${domain}/${user} ${sessionId} ${id}`,
    description:
      'Names this message, as its subscriber sees it. Its file is at `GET /recordings/{id}` of this gateway, under the same tokens.',
  },
  load: async (ids: string[], { netsapiens }: Context) =>
    (await netsapiens.textMessages.getMany(ids.map(toTextMessageKey))).map(
      orMissing('The subscriber API has no such message', 'subscriber'),
    ),
});

/** User and domain as the platform joins them; null where it is neither. */
export const splitUid = (uid: string | null) => {
  const [, user, domain] = /^([^@]+)@([^@]+)$/.exec(uid ?? '') ?? [];
  return user === undefined || domain === undefined ? null : { user, domain };
};

TextMessage.implement({
  description:
    'A text message, a picture message or a line of a chat on the legacy platform. Its fields are those that client programs ' +
    'use; they are not documented. Source: `object=message&action=read`.',
  fields: (t) => ({
    messageId: t.exposeString('id', { nullable: false, description: "The platform's own id." }),
    session: t.field({
      type: TextSession,
      description: 'The session it belongs to. Costs one upstream request for each session.',
      resolve: ({ domain, user, sessionId }) => `${domain}/${user} ${sessionId}`,
    }),
    type: t.field({
      type: TextMessageType.type,
      description: 'What it is.',
      resolve: ({ type }) => TextMessageType.read(type),
    }),
    typeText: t.exposeString('type', { description: 'The type in the words of the platform.' }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      description: 'When it was sent. The platform tells it in UTC, unlike its other times.',
    }),
    text: t.exposeString('text', { description: 'What it says. Plain text: never HTML.' }),
    fromNumber: t.exposeString('fromNumber', { description: 'Phone number it comes from.' }),
    fromUid: t.exposeString('fromUid', {
      description: 'Who sent it, as user and domain; null for somebody outside.',
    }),
    sender: t.field({
      type: Subscriber,
      description:
        'Who sent it; null for somebody outside. Costs one upstream request; three or more of a domain share one.',
      resolve: ({ fromUid }, _args, context, info) => {
        const key = splitUid(fromUid);
        return key === null ? null : loadSubscriber(key, context, info);
      },
    }),
    toNumber: t.exposeString('toNumber', { description: 'Phone number it goes to.' }),
    toUid: t.exposeString('toUid', { description: 'Whom it goes to, as user and domain.' }),
    dialledNumber: t.exposeString('dialledNumber', { description: 'What was given as its destination.' }),
    mediaType: t.exposeString('mediaType', { description: 'Type of its file, such as `image/png`.' }),
    mediaBytes: t.exposeInt('mediaBytes', { description: 'Size of its file, in bytes.' }),
    mediaPath: t.string({
      description: `Where this gateway streams its file, ${MEDIA_PATH} Null where it has none.`,
      resolve: ({ domain, user, sessionId, id, mediaType }) =>
        mediaType === null ? null : mediaPathOf('TextMessage', `${domain}/${user} ${sessionId} ${id}`),
    }),
  }),
});

const TextMessageConnection = connectionOf(TextMessage, {
  name: 'TextMessage',
  plural: 'messages',
  of: 'subscriber',
  total: 'Always null: the platform does not tell how many there are.',
});

TextSession.implement({
  description:
    'A thread of text messages with somebody outside, or a chat with colleagues, on the legacy platform. Its fields are ' +
    'assumed. Source: `object=messagesession&action=read`.',
  fields: (t) => ({
    sessionId: t.exposeString('sessionId', { nullable: false, description: "The platform's own id." }),
    name: t.exposeString('name', { description: 'Name of the chat.' }),
    lastMessageAt: t.expose('lastMessageAt', {
      type: ZonelessTime,
      description: 'When its last message was sent.',
    }),
    lastMessageText: t.exposeString('lastMessageText', {
      description: 'What its last message says (assumed).',
    }),
    participants: t.exposeStringList('participants', {
      nullable: false,
      description: 'User and domain of colleagues, and phone numbers of others.',
    }),
    isMuted: t.exposeBoolean('isMuted', {
      description: 'Whether the subscriber is not told of new messages.',
    }),
    queueName: t.exposeString('queue', { description: 'The call queue whose agents may take it.' }),
    isMeeting: t.boolean({
      nullable: false,
      description: 'Whether it belongs to a video meeting.',
      resolve: ({ sessionId }) => sessionId.includes('meeting'),
    }),
    messages: t.field({
      type: TextMessageConnection,
      description: `Its messages, the newest first. Costs one upstream request for each session. ${ROUND_COUNT}`,
      args: pageArguments,
      resolve: ({ domain, user, sessionId }, args, { netsapiens }) =>
        toConnection(['textMessages', domain, user, sessionId], args, (page) =>
          netsapiens.textMessages.list({ domain, user, sessionId }, page),
        ),
    }),
  }),
});

const TextSessionConnection = connectionOf(TextSession, {
  name: 'TextSession',
  plural: 'sessions',
  of: 'subscriber',
  total: 'Always null: the platform does not tell how many there are.',
});

builder.objectFields(Subscriber, (t) => ({
  textSessions: t.field({
    type: TextSessionConnection,
    description:
      'The text threads and chats of the subscriber, the one with the latest message first. Costs one upstream request for ' +
      `each subscriber. ${ROUND_COUNT}`,
    args: pageArguments,
    extensions: { reads: ['user', 'domain'] },
    resolve: ({ domain, user }, args, { netsapiens }) =>
      toConnection(['textSessions', domain, user], args, (page) =>
        netsapiens.textSessions.list({ domain, user }, page),
      ),
  }),
  textNumbers: t.field({
    type: ['String'],
    description: `The phone numbers that the subscriber can send text messages from. Costs one upstream request for each subscriber. ${ROUND_COUNT}`,
    extensions: { reads: ['user', 'domain'] },
    resolve: async ({ domain, user }, _args, { netsapiens }) => [
      ...(await netsapiens.textMessages.listNumbers({ domain, user })),
    ],
  }),
}));

builder.queryFields((t) => ({
  textSession: t.field({
    type: TextSession,
    description: 'A text thread or chat, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a TextSession.' }) },
    resolve: (_root, { id }, context) =>
      TextSession.getDataloader(context)
        .load(keyOf('TextSession', id, 'id'))
        .catch(orNull),
  }),
  textMessage: t.field({
    type: TextMessage,
    description: 'A message of the legacy platform, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a TextMessage.' }) },
    resolve: (_root, { id }, context) =>
      TextMessage.getDataloader(context)
        .load(keyOf('TextMessage', id, 'id'))
        .catch(orNull),
  }),
}));
