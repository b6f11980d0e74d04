import { describe, expect, it } from 'vitest';
import { callIdOf, cursorOf, publishMany, ringing } from '../helpers/burst.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
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
