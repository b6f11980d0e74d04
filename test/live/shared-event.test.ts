import { describe, expect, it } from 'vitest';
import { callIdOf, cursorOf, publishMany, ringing } from '../helpers/burst.ts';
import { conversationGuid, conversationId } from '../helpers/chat.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { eventOf, withLive } from '../helpers/live.ts';
import { CALLS, isSubscribed, ofAda } from '../helpers/live-call.ts';
import { openSocket, webhooks, type Result } from '../helpers/subscribers.ts';

describe('five hundred equal subscribers', () => {
  const RELATED = `subscription ($endpoint: ID!) {
    callEvents(endpoints: [$endpoint]) {
      call { ... on LiveCall { pbxCallId endpoint { name calls { pbxCallId } } } }
    }
  }`;

  it('cost one upstream subscription, and one upstream request for what an event leads to, read anew for each', async () => {
    const gateway = await withGateway({ env: webhooks });
    const session = await gateway.signIn();
    const clients = await Promise.all(Array.from({ length: 5 }, () => openSocket(gateway, session)));
    const streams = clients.flatMap((client) =>
      Array.from({ length: 100 }, () => client.subscribe(RELATED, ofAda)),
    );
    await isSubscribed(gateway, 500);
    const opened = await gateway.bill();
    expect(opened.filter((line) => line === 'POST /subscriptions')).toHaveLength(1);

    const relatedCalls = (results: readonly Result[]) =>
      results.map(({ data }) => data?.['callEvents'].call.endpoint.calls);
    const next = async () =>
      relatedCalls((await Promise.all(streams.map((stream) => stream.take(1)))).flat());

    await publishMany(gateway, ringing('1001', '0'), 1);
    const first = await next();
    expect(first).toEqual(streams.map(() => []));
    expect((await gateway.bill()).toSorted()).toEqual([
      'GET /endpoints/{endpointId}',
      'GET /endpoints/{endpointId}/calls',
    ]);

    const call = { scenario: 'call', from: '1002', to: '1001', stepMs: 3_600_000 };
    await gateway.sandbox.control('POST', '/events', call);
    const second = await next();
    expect(second).toEqual(streams.map(() => [{ pbxCallId: expect.any(String) }]));
    expect((await gateway.bill()).toSorted()).toEqual([
      'GET /endpoints/{endpointId}',
      'GET /endpoints/{endpointId}/calls',
    ]);
  });

  it('lose nothing when the one for whom an event is being read goes', async () => {
    const gateway = await withGateway({ env: webhooks });
    const session = await gateway.signIn();
    const clients = await Promise.all(Array.from({ length: 3 }, () => openSocket(gateway, session)));
    const streams = clients.map((client) => client.subscribe(RELATED, ofAda));
    await isSubscribed(gateway, 3);
    await gateway.sandbox.control('DELETE', '/requests');
    await gateway.sandbox.fail({
      match: { service: 'media' },
      times: 1,
      fault: { type: 'latency', ms: 500 },
    });
    await publishMany(gateway, ringing('1001', '0'), 1);
    await expect.poll(() => gateway.sandbox.requests('service=media')).toHaveLength(1);
    // Whoever came first reads for all.
    clients[0]?.socket.terminate();
    for (const stream of streams.slice(1)) {
      const [result] = await stream.take(1);
      expect(result?.errors).toBeUndefined();
      expect(result?.data?.['callEvents'].call.endpoint.name).toEqual(expect.any(String));
    }
  });
});

describe('equal subscribers who began at different places', () => {
  const NAMED = `subscription ($endpoint: ID!, $after: String) {
    callEvents(endpoints: [$endpoint], after: $after) { ...Named }
  } fragment Named on CallEvent { cursor call { ... on LiveCall { endpoint { name } } } }`;
  const IN_FRAGMENT = `subscription ($endpoint: ID!, $after: String) { ...Named }
  fragment Named on Subscription {
    callEvents(endpoints: [$endpoint], after: $after) { cursor call { ... on LiveCall { endpoint { name } } } }
  }`;

  it.each([
    ['the operation', NAMED],
    ['a fragment', IN_FRAGMENT],
  ])('share what is read for an event, where the place stands in %s', async (_where, query) => {
    const gateway = await withGateway({ env: webhooks });
    const client = await openSocket(gateway, await gateway.signIn());
    const first = client.subscribe(query, ofAda);
    await isSubscribed(gateway);
    await publishMany(gateway, ringing('1001', '0'), 1);
    const [begin] = await first.take(1);
    const second = client.subscribe(query, { ...ofAda, after: cursorOf(begin) });
    await isSubscribed(gateway, 2);
    await gateway.bill();
    await publishMany(gateway, ringing('1001', '1'), 1);
    expect(await second.take(1)).toEqual(await first.take(1));
    expect(await gateway.bill()).toEqual(['GET /endpoints/{endpointId}']);
  });

  it('get each the page that they asked for below the event', async () => {
    const { gateway, session, platforms } = await withLive();
    const say = (body: string) =>
      platforms.cloudlink('POST', `chat/conversations/${conversationGuid(0)}/messages`, { body });
    for (const body of ['one', 'two', 'three']) await say(body);
    const conversation = conversationId(0);
    const PAGE = `query ($id: ID!, $first: Int, $page: String) {
      node(id: $id) {
        ... on Conversation { messages(first: $first, after: $page) { pageInfo { endCursor } nodes { body } } }
      }
    }`;
    const read = async (variables: object) =>
      (await gateway.execute(PAGE, session, { id: conversation, ...variables })).data?.['node'].messages;
    const places = await Promise.all([1, 2].map(async (first) => (await read({ first })).pageInfo.endCursor));
    const client = await openSocket(gateway, session);
    const FOLLOW = `subscription ($conversation: ID!, $page: String) {
      messageEvents(conversation: $conversation) {
        message { ... on Message { conversation { messages(first: 1, after: $page) { nodes { body } } } } }
      }
    }`;
    const streams = places.map((page) => client.subscribe(FOLLOW, { conversation, page }));
    await isSubscribed(gateway, 2);
    await say('four');
    const results = (await Promise.all(streams.map((stream) => stream.take(1)))).flat().map(eventOf);
    const pages = results.map(({ message }) => message.conversation.messages.nodes);
    const expected = await Promise.all(places.map(async (page) => (await read({ first: 1, page })).nodes));
    expect(pages).toEqual(expected);
    expect(pages[0]).not.toEqual(pages[1]);
  });
});

describe('whoever follows several telephones', () => {
  const BOTH = CALLS.replace('($endpoint: ID!', '($endpoint: ID!, $other: ID!').replace(
    '[$endpoint]',
    '[$endpoint, $other]',
  );

  const ring = (gateway: TestGateway, telephone: string, call: string) =>
    publishMany(gateway, ringing(telephone, call), 1);

  it.each([
    ['1001', '1002'],
    ['1002', '1001'],
  ])('gets each call once, though another has got them in another order: %s, %s', async (first, second) => {
    const gateway = await withGateway({ env: webhooks });
    const client = await openSocket(gateway, await gateway.signIn());
    const variables = { ...ofAda, other: globalId('cloudlink', 'Endpoint', '1002') };
    const live = client.subscribe(BOTH, variables);
    await isSubscribed(gateway);
    await ring(gateway, '1001', 'a');
    const [begin] = await live.take(1);
    await ring(gateway, first, 'b');
    await live.take(1);
    await ring(gateway, second, 'c');
    await live.take(1);

    const back = client.subscribe(BOTH, { ...variables, after: cursorOf(begin) });
    expect((await back.take(2)).map(callIdOf).toSorted()).toEqual(['b', 'c']);
  });
});
