import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const FOLLOW = `subscription ($subscriber: ID) {
  conversationEvents(subscriber: $subscriber) {
    change
    conversation {
      __typename
      ... on Conversation { id conversationId name participants { participantId } }
      ... on TextSession { id sessionId isMuted name lastMessageText }
    }
  }
}`;

it('conversations are told as they begin and are deleted', async () => {
  const { follow, platforms, bill } = await withLive();
  const stream = await follow(FOLLOW);
  expect(await bill()).toEqual([
    'GET /conversations',
    'GET /subscriptions',
    'GET /token',
    'POST /subscriptions',
  ]);

  const { conversationId } = await platforms.cloudlink('POST', 'chat/conversations', {
    originalParticipants: [{ type: 'USER', participantId: guid(2, 2) }],
    stream: true,
    name: 'Harbour',
  });
  await platforms.cloudlink('DELETE', `chat/conversations/${conversationId}`);
  const [begun, deleted] = (await stream.take(2)).map(eventOf);
  expect(begun).toMatchObject({
    change: 'CREATED',
    conversation: { __typename: 'Conversation', conversationId, name: 'Harbour' },
  });
  expect(deleted).toMatchObject({ change: 'REMOVED', conversation: { conversationId, name: 'Harbour' } });
});

it('sessions of a subscriber are told as they begin, change and are left', async () => {
  const { follow, platforms, bill } = await withLive();
  const stream = await follow(FOLLOW, { subscriber: globalId('subscriber', 'Subscriber', `${ACME}/1001`) });
  expect(await bill()).toEqual(['event create', 'event read', 'messagesession read', 'oauth2 read']);

  const session = { domain: ACME, user: '1001', session_id: 'lunch' };
  await platforms.legacy('message create', {
    ...session,
    type: 'private',
    destination: `1002@${ACME}`,
    message: 'Hungry?',
  });
  const [begun] = (await stream.take(1)).map(eventOf);
  expect(begun).toMatchObject({
    change: 'CREATED',
    conversation: {
      __typename: 'TextSession',
      id: globalId('subscriber', 'TextSession', `${ACME}/1001 lunch`),
      lastMessageText: 'Hungry?',
    },
  });

  await platforms.legacy('messagesession update', { ...session, muted: 'yes' });
  await platforms.legacy('messagesession leave', session);
  const [muted, left] = (await stream.take(2)).map(eventOf);
  expect(muted).toMatchObject({ change: 'UPDATED', conversation: { sessionId: 'lunch', isMuted: true } });
  expect(left).toMatchObject({ change: 'REMOVED', conversation: { sessionId: 'lunch' } });
  expect(await bill()).toEqual([]);
});
