import { describe, expect, it } from 'vitest';
import { CLIENT } from '../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, CHAT, GRACE, PRESENCE, acme, userIdOf } from './cloudlink.ts';
import { clientGrant } from './chat.ts';
import {
  ADMIN_TOPIC,
  CHAT_TOPIC,
  MEDIA_TOPIC,
  PRESENCE_TOPIC,
  withNotifications,
  type Received,
} from './notifications.ts';

const CALLS = '/endpoints/[^/]+/calls/';
const linesOf = (all: readonly Received[]) =>
  all.map(({ method, subject }) => `${method} ${subject.replaceAll(/[0-9a-f-]{36}/g, '{id}')}`);

describe('a call', () => {
  it('is told to each endpoint as it sees it, with all that the sample has', async () => {
    const { subscribe, ada, place, received } = await withNotifications();
    const subscriptionId = await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS });
    const id = await place(ada, '1001', { to: '1002' });
    const [outbound, inbound] = (await received(2)).toSorted((one, other) =>
      one.subject < other.subject ? -1 : 1,
    );
    expect(outbound).toMatchObject({
      subject: `/2017-09-01/endpoints/1001/calls/${id}`,
      content: { state: 'connected', direction: 'outbound' },
    });
    expect(inbound).toMatchObject({
      topic: MEDIA_TOPIC,
      method: 'PUT',
      subject: `/2017-09-01/endpoints/1002/calls/${Number(id) + 1}`,
      content: {
        callId: `endpoints/1002/calls/${Number(id) + 1}`,
        endpointId: '1002',
        accountId: acme.accountId,
        userId: userIdOf(BEN),
        principalId: userIdOf(BEN),
        callLegOwner: userIdOf(BEN),
        from: '1001',
        to: '1002',
        state: 'ringing',
        cause: 'newCall',
        direction: 'inbound',
        extraPbxData: { alertingDevice: '1002', calledDevice: '1002', eventType: 'deliveredEvent' },
        eventType: 'CallStateNotification',
        isCtiEvent: true,
        timestamp: expect.any(Number),
        mediaReceivedTimestamp: expect.any(Number),
        mediaEventProcessedTimestamp: expect.any(Number),
        deviceId: expect.stringMatching(/^platform-api-mediaservice-/),
      },
      publisher: { accountId: acme.accountId, principalId: userIdOf(BEN) },
      subscription: { subscriptionId },
      notification: { createdOn: expect.any(String), correlationId: expect.any(String) },
    });
  });

  it('is told at every transition, the side that changes alone, and as a record at the end', async () => {
    const { subscribe, ada, place, act, received, receivedAll } = await withNotifications();
    await subscribe(MEDIA_TOPIC, { subjectFilter: 'calls/' });
    const id = await place(ada, '1001', { to: '1002', record: true });
    const other = String(Number(id) + 1);
    await act(ada, '1002', other, 'answer');
    await act(ada, '1002', other, 'hold');
    await act(ada, '1002', other, 'retrieve');
    await act(ada, '1001', id, 'end');
    await received(8);
    const all = await receivedAll();
    const statesOf = (endpoint: string) =>
      all
        .filter(({ subject }) => subject.includes(`/endpoints/${endpoint}/`))
        .map(({ content }) => String(content.state));
    expect(statesOf('1001')).toEqual(['connected', 'connected', 'completed']);
    expect(statesOf('1002')).toEqual(['ringing', 'connected', 'held', 'connected', 'completed']);
    const records = all.filter(({ subject }) => subject.endsWith('/records'));
    expect(linesOf(records)).toEqual(['POST /2017-09-01/calls/{id}/records']);
    expect(records[0]?.content).toMatchObject({ completed: true, eventType: 'CallRecordNotification' });
  });

  it('that somebody answers by themselves is told without anybody asking', async () => {
    const { subscribe, ada, place, clock, receiver } = await withNotifications();
    await subscribe(MEDIA_TOPIC, { subjectFilter: '1002/calls/' });
    await place(ada, '1001', { to: '1002' });
    await receiver.received(1);
    clock.advance(3000);
    expect(await receiver.received(2)).toMatchObject([
      { content: { state: 'ringing' } },
      { content: { state: 'connected' } },
    ]);
  });

  it('makes its endpoints change as well', async () => {
    const { subscribe, ada, place, act, received } = await withNotifications();
    await subscribe(MEDIA_TOPIC, { subjectFilter: '/endpoints/1002$' });
    const other = String(Number(await place(ada, '1001', { to: '1002' })) + 1);
    await act(ada, '1002', other, 'answer');
    await act(ada, '1002', other, 'end');
    const states = (await received(3)).map(({ content }) => content.state);
    expect(states).toEqual(['ringing', 'connected', 'idle']);
  });

  it('is told to those of its endpoint and to administrators, and to nobody else', async () => {
    const { subscribe, ada, place, signIn, receivedAll, postToken } = await withNotifications();
    const { body } = await postToken(clientGrant(CLIENT.id, CLIENT.secret, acme.accountNumber));
    const ids = {
      ada: await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS }),
      ben: await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS }, await signIn(BEN)),
      grace: await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS }, await signIn(GRACE)),
      client: await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS }, String(body.access_token)),
    };
    await place(ada, '1001', { to: '1002' });
    const all = await receivedAll();
    const endpointsOf = (name: keyof typeof ids) =>
      all
        .filter(({ subscription }) => subscription.subscriptionId === ids[name])
        .map(({ content }) => String(content.endpointId))
        .toSorted();
    expect(endpointsOf('ada')).toEqual(['1001', '1002']);
    expect(endpointsOf('ben')).toEqual(['1002']);
    expect(endpointsOf('grace')).toEqual([]);
    expect(endpointsOf('client')).toEqual(['1001', '1002']);
  });
});

describe('filters', () => {
  it('let through what they say', async () => {
    const { subscribe, ada, place, act, receivedAll } = await withNotifications();
    const ringing = await subscribe(MEDIA_TOPIC, {
      publicationFilter: "$.publications[?(@.content.state == 'ringing')]",
    });
    const deleted = await subscribe(MEDIA_TOPIC, { method: 'delete' });
    const anchored = await subscribe(MEDIA_TOPIC, { subjectFilter: '^/endpoints/' });
    const id = await place(ada, '1001', { to: '1002' });
    await act(ada, '1001', id, 'end');
    const all = await receivedAll();
    const linesFor = (id: string) =>
      linesOf(all.filter(({ subscription }) => subscription.subscriptionId === id));
    expect(linesFor(ringing)).toEqual([
      `PUT /2017-09-01/endpoints/1002/calls/${Number(id) + 1}`,
      'PUT /2017-09-01/endpoints/1002',
    ]);
    expect(linesFor(deleted)).toEqual([]);
    expect(linesFor(anchored)).toEqual([]);
  });
});

describe('a conversation', () => {
  it('is told with its participants and messages to those in it', async () => {
    const { subscribe, ask, signIn, receivedAll } = await withNotifications();
    const ben = await signIn(BEN);
    await subscribe(CHAT_TOPIC);
    const theirs = await subscribe(CHAT_TOPIC, {}, ben);
    const { body } = await ask('POST', `${CHAT}/conversations`, { json: { name: 'Live' } });
    const path = `${CHAT}/conversations/${String(body.conversationId)}`;
    const participant = { type: 'USER', participantId: userIdOf(BEN) };
    await ask('POST', `${path}/participants`, { json: participant });
    const sent = await ask('POST', `${path}/messages`, { json: { body: 'Hello' } });
    const message = `${path}/messages/${String(sent.body.messageId)}`;
    await ask('PUT', message, { json: { body: 'Hello there' } });
    await ask('DELETE', message);
    await ask('DELETE', path);
    const all = await receivedAll();
    const linesFor = (isTheirs: boolean) =>
      linesOf(
        all.filter(({ subscription }) => (subscription.subscriptionId === theirs) === isTheirs),
      ).toSorted();
    const expected = [
      'DELETE /2017-09-01/conversations/{id}',
      'DELETE /2017-09-01/conversations/{id}/messages/{id}',
      'POST /2017-09-01/conversations/{id}',
      'POST /2017-09-01/conversations/{id}/messages/{id}',
      'POST /2017-09-01/conversations/{id}/participants/{id}',
      'PUT /2017-09-01/conversations/{id}',
      'PUT /2017-09-01/conversations/{id}/messages/{id}',
    ];
    expect(linesFor(false)).toEqual(expected);
    // Ben was not in it when it began.
    expect(linesFor(true)).toEqual(expected.filter((line) => line !== 'POST /2017-09-01/conversations/{id}'));
    const created = all.find(({ method, subject }) => method === 'POST' && subject.includes('/messages/'));
    expect(created?.content).toMatchObject({ body: 'Hello', eventType: 'MessageNotification' });
  });

  it('has subjects without the version and messages in their body, by switch', async () => {
    const { subscribe, ask, received } = await withNotifications({
      cloudlinkChatSubject: 'bare',
      cloudlinkChatContent: 'nested',
    });
    await subscribe(CHAT_TOPIC, { subjectFilter: '^/conversations/[^/]+/messages/[^/]+$' });
    const { body } = await ask('POST', `${CHAT}/conversations`, { json: {} });
    const json = { body: 'Hello' };
    await ask('POST', `${CHAT}/conversations/${String(body.conversationId)}/messages`, { json });
    const [publication] = await received(1);
    expect(publication?.content).toMatchObject({
      eventType: 'MessageNotification',
      body: { body: 'Hello', createdBy: userIdOf(ADA) },
    });
  });
});

it('presence is told to everybody of the account', async () => {
  const { subscribe, ask, signIn, receivedAll } = await withNotifications();
  const ben = await subscribe(PRESENCE_TOPIC, {}, await signIn(BEN));
  await subscribe(PRESENCE_TOPIC, {}, await signIn(GRACE));
  const json = { status: 'dnd', reason: 'Thinking' };
  await ask('PUT', `${PRESENCE}/users/${userIdOf(ADA)}/presence`, { json });
  const all = await receivedAll();
  expect(all).toMatchObject([
    {
      method: 'PUT',
      subject: `/2017-09-01/users/${userIdOf(ADA)}/presence`,
      content: { ...json, userId: userIdOf(ADA), eventType: 'PresenceNotification' },
      subscription: { subscriptionId: ben },
    },
  ]);
});

it('what administrators change is told to everybody of the account', async () => {
  const { subscribe, ask, signIn, receivedAll } = await withNotifications();
  await subscribe(ADMIN_TOPIC, {}, await signIn(BEN));
  await subscribe(ADMIN_TOPIC, {}, await signIn(GRACE));
  const { body } = await ask('POST', `${ACME}/users`, { json: { email: 'new@example.test' } });
  await ask('PUT', `${ACME}/users/${String(body.userId)}`, { json: { name: 'New' } });
  await ask('DELETE', `${ACME}/users/${String(body.userId)}`);
  await ask('POST', `${ACME}/sites`, { json: { name: 'Attic' } });
  await ask('PUT', `${ACME}/tags/colour`, { json: { is: 'blue' } });
  const all = await receivedAll();
  expect(linesOf(all).toSorted()).toEqual([
    'DELETE /2017-09-01/accounts/{id}/users/{id}',
    'POST /2017-09-01/accounts/{id}/sites/{id}',
    'POST /2017-09-01/accounts/{id}/users/{id}',
    'PUT /2017-09-01/accounts/{id}',
    'PUT /2017-09-01/accounts/{id}/users/{id}',
  ]);
});

it('whoever is gone, or lost the right, is told nothing more', async () => {
  const { subscribe, ask, ada, place, receivedAll, signIn } = await withNotifications();
  await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS });
  const ben = await subscribe(MEDIA_TOPIC, { subjectFilter: CALLS }, await signIn(BEN));
  await ask('DELETE', `${ACME}/users/${userIdOf(BEN)}`);
  await ask('PUT', `${ACME}/users/${userIdOf(ADA)}`, { json: { role: 'USER' } });
  await place(ada, '1001', { to: '1003' });
  const all = await receivedAll();
  expect(all.filter(({ subscription }) => subscription.subscriptionId === ben)).toEqual([]);
  expect(all.map(({ content }) => content.endpointId)).toEqual(['1001']);
});

it('every publication of a subject has a time after the one before, even within one millisecond', async () => {
  const { subscribe, control, received } = await withNotifications();
  await subscribe(MEDIA_TOPIC);
  await control('POST', '/events', { platform: 'cloudlink', topic: MEDIA_TOPIC, subject: '/x', count: 50 });
  const times = (await received(50)).map(({ content }) => Number(content.timestamp));
  expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
  expect(times).toHaveLength(50);
});

it('recordings are told where the switch says so', async () => {
  const { subscribe, ada, place, act, received } = await withNotifications({
    cloudlinkRecordingEvents: true,
  });
  await subscribe(MEDIA_TOPIC, { subjectFilter: '/recordings/' });
  const id = await place(ada, '1001', { to: '1002', record: true });
  await act(ada, '1002', String(Number(id) + 1), 'answer');
  await act(ada, '1001', id, 'end');
  const [recording] = await received(1);
  expect(linesOf(recording === undefined ? [] : [recording])).toEqual(['POST /2017-09-01/recordings/{id}']);
});
