import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { conversationGuid, conversationId } from '../helpers/chat.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, platformsOf, withLive, type Live } from '../helpers/live.ts';

const FOLLOW = `subscription ($conversation: ID, $mine: Boolean, $subscriber: ID) {
  messageEvents(conversation: $conversation, mine: $mine, subscriber: $subscriber) {
    id cursor occurredAt change
    message {
      __typename
      ... on Message { id messageId body author { name } conversation { id } }
      ... on TextMessage { id messageId text sender { extension } session { id } }
    }
  }
}`;

const CONVERSATION = conversationGuid(0);
const messages = `chat/conversations/${CONVERSATION}/messages`;

const say = ({ platforms }: Live, body: string) => platforms.cloudlink('POST', messages, { body });

const said = ({ change, message }: Readonly<Record<string, any>>) => `${change} ${message.body}`;

describe('messages of a conversation', () => {
  it('are told as they are sent, edited and deleted, each with what it leads to', async () => {
    const live = await withLive();
    const stream = await live.follow(FOLLOW, { conversation: conversationId(0) });
    expect(await live.bill()).toEqual([
      'GET /conversations/{conversationId}/messages',
      'GET /subscriptions',
      'GET /token',
      'POST /subscriptions',
    ]);

    const { messageId, createdOn } = await say(live, 'Hello');
    const [first] = (await stream.take(1)).map(eventOf);
    expect(first).toMatchObject({
      change: 'CREATED',
      message: {
        __typename: 'Message',
        messageId,
        body: 'Hello',
        author: { name: 'Ada Example' },
        conversation: { id: conversationId(0) },
      },
    });
    expect(Date.parse(first?.['occurredAt']) - Date.parse(createdOn)).toBeLessThan(1_000);
    expect(await live.bill()).toEqual([
      'GET /accounts/{accountId}/users/{userId}',
      'GET /conversations/{conversationId}',
    ]);

    await live.platforms.cloudlink('PUT', `${messages}/${messageId}`, { body: 'Hello!' });
    await live.platforms.cloudlink('DELETE', `${messages}/${messageId}`);
    const events = (await stream.take(2)).map(eventOf);
    expect(events.map(said)).toEqual(['UPDATED Hello!', 'REMOVED Hello!']);
    expect(new Set([first, ...events].map((event) => event?.['message'].id)).size).toBe(1);
    expect(new Set([first, ...events].map((event) => event?.['id'])).size).toBe(3);
  });

  it.each([
    ['with and without its version', { cloudlinkChatSubject: 'bare' }],
    ['flat and nested', { cloudlinkChatContent: 'nested' }],
    ['one by one and in lists', { cloudlinkPublications: 'list' }],
  ] as const)('are understood %s', async (_forms, switches) => {
    const live = await withLive({ switches });
    const stream = await live.follow(FOLLOW, { conversation: conversationId(0) });
    await say(live, 'Hello');
    const [event] = (await stream.take(1)).map(eventOf);
    expect(event).toMatchObject({
      change: 'CREATED',
      message: { body: 'Hello', author: { name: 'Ada Example' } },
    });
  });

  it('are those of no other conversation, though the platform may send them', async () => {
    const live = await withLive();
    const stream = await live.follow(FOLLOW, { conversation: conversationId(0) });
    const other = `/2017-09-01/conversations/${conversationGuid(1)}/messages/m1`;
    const content = { messageId: 'm1', conversationId: conversationGuid(1), body: 'Not for here' };
    await live.gateway.sandbox.control('POST', '/events', {
      platform: 'cloudlink',
      topic: 'platform-api-conversations',
      subject: other,
      method: 'POST',
      content,
      all: true,
    });
    await say(live, 'For here');
    expect((await stream.take(1)).map(eventOf).map(said)).toEqual(['CREATED For here']);
  });

  it('are not told to whoever does not take part, and the platform need not tell them either', async () => {
    const live = await withLive({}, 'ben');
    const ada = await platformsOf(live.gateway, 'ada');
    const { conversationId: id } = await ada.cloudlink('POST', 'chat/conversations', {
      originalParticipants: [{ type: 'USER', participantId: guid(2, 3) }],
      stream: false,
    });
    const conversation = globalId('cloudlink', 'Conversation', id);
    const stream = await live.follow(FOLLOW, { conversation });
    const [{ errors } = {}] = await stream.take(1);
    expect(errors).toMatchObject([{ path: ['messageEvents'], extensions: { code: 'FORBIDDEN' } }]);
    expect(await live.bill()).toContain('DELETE /subscriptions/{subscriptionId}');
  });
});

it('messages of all conversations of the caller come as one', async () => {
  const live = await withLive();
  const stream = await live.follow(FOLLOW, { mine: true });
  expect(await live.bill()).toEqual([
    'GET /conversations',
    'GET /subscriptions',
    'GET /token',
    'POST /subscriptions',
  ]);
  await say(live, 'Here');
  await live.platforms.cloudlink('POST', `chat/conversations/${conversationGuid(1)}/messages`, {
    body: 'There',
  });
  expect((await stream.take(2)).map(eventOf).map(said)).toEqual(['CREATED Here', 'CREATED There']);
});

it('text messages of a subscriber are told as they come and as they are deleted', async () => {
  const live = await withLive();
  const stream = await live.follow(FOLLOW, {
    subscriber: globalId('subscriber', 'Subscriber', `${ACME}/1001`),
  });
  const opening = await live.bill();
  expect(opening.filter((request) => request !== 'message read')).toEqual([
    'event create',
    'event read',
    'messagesession read',
    'oauth2 read',
  ]);
  expect(opening.length).toBeLessThanOrEqual(9);

  const session = { domain: ACME, user: '1001', session_id: 'meeting-morning' };
  await live.platforms.legacy('message create', {
    ...session,
    type: 'private',
    destination: `1002@${ACME}`,
    message: 'Good morning',
  });
  const [event] = (await stream.take(1)).map(eventOf);
  expect(event).toMatchObject({
    change: 'CREATED',
    message: {
      __typename: 'TextMessage',
      text: 'Good morning',
      sender: { extension: '1001' },
      session: { id: globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`) },
    },
  });
  expect(await live.bill()).toEqual(['messagesession read', 'subscriber read']);

  const id = event?.['message'].messageId;
  await live.platforms.legacy('message delete', { ...session, id });
  const [gone] = (await stream.take(1)).map(eventOf);
  expect(gone).toMatchObject({ change: 'REMOVED', message: { id: event?.['message'].id } });
});

it.each([
  [{}, 'messageEvents', 'needs exactly one of `conversation`, `mine` and `subscriber`'],
  [{ mine: false }, 'messageEvents', 'needs exactly one of'],
  [{ mine: true, conversation: conversationId(0) }, 'messageEvents', 'needs exactly one of'],
  [
    { conversation: globalId('cloudlink', 'Endpoint', '1001') },
    'conversation',
    'must be the id of a Conversation',
  ],
  [{ subscriber: 'nobody' }, 'subscriber', 'is no id of this gateway'],
])('%j names nothing to follow, and nothing is asked for', async (variables, argument, words) => {
  const live = await withLive();
  const stream = await live.follow(FOLLOW, variables);
  const [{ errors } = {}] = await stream.take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
  expect(errors?.[0]?.message).toContain(words);
  expect(await live.bill()).toEqual([]);
});
