import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { conversationGuid } from '../helpers/chat.ts';
import { playCall } from '../helpers/feed.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';
import { openStream } from '../helpers/subscribers.ts';

const ACCOUNT = guid(1, 1);
const personId = (user: string, subscriber: string) => globalId('both', 'Person', `${user},${subscriber}`);
const ADA = personId(`${ACCOUNT}/${guid(2, 1)}`, `${ACME}/1001`);
const BEN = personId(`${ACCOUNT}/${guid(2, 2)}`, `${ACME}/1002`);

const FOLLOW = `subscription ($person: ID!, $kinds: [PersonEventKind!]) {
  personEvents(person: $person, kinds: $kinds) {
    type: __typename
    ... on Event { cursor change }
    ... on CallEvent { call { from: __typename ... on LiveCall { state } ... on ActiveCall { answeredAt { text } } } }
    ... on PresenceEvent { presence { from: __typename ... on UserPresence { status } ... on PresenceEntry { extension presence } } }
    ... on MessageEvent { message { from: __typename ... on Message { body } ... on TextMessage { text } } }
    ... on CallRecordEvent { call { sources isMissed } }
  }
}`;

const USER = 'GET /accounts/{accountId}/users/{userId}';
const PROOFS = ['GET /token', 'oauth2 read'];
const times = (count: number, request: string) => Array.from({ length: count }, () => request);

/** Slow enough for the legacy platform not to tell several steps at once. */
const call = { from: '1003', to: '1001', steps: ['connected', 'completed'], stepMs: 400 };

describe('what happens to a person', () => {
  it('is told by both platforms as one list: calls, presence, messages and records', async () => {
    const { gateway, follow, platforms, bill } = await withLive();
    const stream = await follow(FOLLOW, { person: ADA });
    const opening = await bill();
    expect(opening.filter((request) => request !== 'message read')).toEqual(
      [
        USER,
        ...PROOFS,
        ...times(4, 'GET /subscriptions'),
        ...times(4, 'POST /subscriptions'),
        ...times(4, 'event read'),
        ...times(4, 'event create'),
        'GET /endpoints/{endpointId}/calls',
        'GET /users/{userId}/presence',
        'GET /conversations',
        'GET /calls/records',
        'call read',
        'presence list',
        'messagesession read',
        'cdr2 read',
      ].toSorted(),
    );

    // One call of hers, and one in which she has no part.
    await playCall(gateway.sandbox, { ...call, from: '1003', to: '1004', stepMs: 0 });
    await playCall(gateway.sandbox, call);
    await platforms.cloudlink('PUT', `presence/users/${guid(2, 1)}/presence`, { status: 'away' });
    await platforms.cloudlink('POST', `chat/conversations/${conversationGuid(0)}/messages`, {
      body: 'Hello',
    });
    await platforms.legacy('message create', {
      domain: ACME,
      user: '1001',
      session_id: 'lunch',
      type: 'private',
      destination: `1002@${ACME}`,
      message: 'Hungry?',
    });

    const words = ({ type, change, call: told = {}, presence = {}, message = {} }: Record<string, any>) =>
      [type, told.from ?? presence.from ?? message.from ?? told.sources?.[0], change].join(' ');
    const events = (await stream.take(13)).map(eventOf);
    const expected = [
      ...['CREATED', 'UPDATED', 'REMOVED'].map((change) => `CallEvent LiveCall ${change}`),
      ...['CREATED', 'UPDATED', 'REMOVED'].map((change) => `CallEvent ActiveCall ${change}`),
      ...times(3, 'PresenceEvent PresenceEntry UPDATED'),
      'PresenceEvent UserPresence UPDATED',
      'MessageEvent Message CREATED',
      'CallRecordEvent CLOUDLINK CREATED',
      'CallRecordEvent SUBSCRIBER CREATED',
    ];
    expect(events.map(words).toSorted()).toEqual(expected.toSorted());
    expect((await stream.take(1)).map(eventOf).map(words)).toEqual(['MessageEvent TextMessage CREATED']);
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(13);
  });

  it('goes on after any of its events, whichever platform told it', async () => {
    const { gateway, session, follow, bill } = await withLive();
    const stream = await follow(FOLLOW, { person: ADA, kinds: ['CALLS'] });
    await bill();
    await playCall(gateway.sandbox, call);
    const events = (await stream.take(6)).map(eventOf);
    const place = { ...session, 'last-event-id': events[2]?.['cursor'] };
    const again = await openStream(gateway, FOLLOW, place, { variables: { person: ADA, kinds: ['CALLS'] } });
    const rest = (await again.take(3)).map(eventOf);
    const wordOf = ({ change, call: told }: Record<string, any>) => `${told.from} ${change}`;
    expect(rest.map(wordOf).toSorted()).toEqual(events.slice(3).map(wordOf).toSorted());
    expect(await bill()).toEqual([USER]);
  });

  it('is told of the kinds that are asked for, and costs no more', async () => {
    const { gateway, follow, bill } = await withLive();
    const stream = await follow(FOLLOW, { person: BEN, kinds: ['CALL_RECORDS'] });
    expect(await bill()).toEqual(
      [
        ...PROOFS,
        'GET /subscriptions',
        'POST /subscriptions',
        'event read',
        'event create',
        'GET /calls/records',
        'cdr2 read',
      ].toSorted(),
    );
    await playCall(gateway.sandbox, { from: '1003', to: '1002', steps: ['completed'] });
    const events = (await stream.take(2)).map(eventOf);
    expect(events.map(({ call: { sources, isMissed } }) => `${sources[0]} ${isMissed}`).toSorted()).toEqual([
      'CLOUDLINK true',
      'SUBSCRIBER true',
    ]);
  });

  it('is told by the one platform that the caller has a token of', async () => {
    const { gateway, bill } = await withLive();
    const { cloudlink } = await gateway.tokens();
    await bill();
    const variables = { person: ADA, kinds: ['CALLS'] };
    const stream = await openStream(gateway, FOLLOW, cloudlink, { variables });
    expect((await bill()).filter((request) => !request.includes('/'))).toEqual([]);
    await playCall(gateway.sandbox, { ...call, stepMs: 0 });
    const events = (await stream.take(3)).map(eventOf);
    expect(events.map(({ call: told }) => told.state)).toEqual(['RINGING', 'CONNECTED', 'COMPLETED']);
  });

  it('is not told where a platform does not let the caller', async () => {
    const { follow } = await withLive({}, 'ben');
    const stream = await follow(FOLLOW, { person: ADA });
    expect((await stream.take(1))[0]?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const presence = await follow(FOLLOW, { person: ADA, kinds: ['PRESENCE'] });
    expect(presence.response.headers['content-type']).toMatch(/^text\/event-stream/);
  });

  it('cannot be told while one of the platforms fails, so that nothing of it is missed unnoticed', async () => {
    const { gateway, follow } = await withLive();
    await gateway.sandbox.fail({ match: { object: 'event' }, fault: { type: 'status', status: 503 } });
    const stream = await follow(FOLLOW, { person: ADA });
    expect((await stream.take(1))[0]?.errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'subscriber' } },
    ]);
  });
});

it.each([
  [{ person: 'nobody' }, 'person', 'is no id of this gateway'],
  [{ person: ADA, kinds: [] }, 'kinds', 'must hold at least one'],
])('%j is refused', async (variables, argument, words) => {
  const { follow } = await withLive();
  const [{ errors } = {}] = await (await follow(FOLLOW, variables)).take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
  expect(errors?.[0]?.message).toContain(words);
});
