import { describe, expect, it } from 'vitest';
import { type TestGateway } from '../helpers/gateway.ts';
import {
  CALL,
  callAda,
  CALLS,
  codesOf,
  isSubscribed,
  live,
  nextCall,
  ofAda,
  stateOf,
} from '../helpers/live-call.ts';
import { legacySubscriptions } from '../helpers/feed.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { atTheEndOfLife, shortToken } from '../helpers/short-token.ts';
import { openSocket } from '../helpers/subscribers.ts';

const VIEWER = '{ viewer { __typename } }';

/** Somebody who follows Ada's calls over a socket. */
const follow = async (gateway: TestGateway, headers: Readonly<Record<string, string>>, count = 1) => {
  const client = await openSocket(gateway, headers);
  const calls = client.subscribe(CALLS, ofAda);
  await isSubscribed(gateway, count);
  return { client, calls };
};

describe('what is followed over a socket', () => {
  it('ends within a second of its token, with a code that says so, and nothing comes after', async () => {
    const gateway = await live();
    const { headers, endsAt } = await shortToken(gateway, 3);
    const { client, calls } = await follow(gateway, headers);
    await callAda(gateway);
    expect(await nextCall(calls)).toEqual(CALL);

    const [last] = await calls.take(1);
    const endedAt = Date.now();
    expect(codesOf(last)).toEqual(['UNAUTHENTICATED']);
    expect(endedAt).toBeGreaterThanOrEqual(endsAt);
    expect(endedAt - endsAt).toBeLessThan(1_000);
    await callAda(gateway);
    expect(await calls.rest()).toEqual([]);
    expect(codesOf(await client.execute('{ users(first: 1) { nodes { name } } }'))).toEqual([
      'UNAUTHENTICATED',
    ]);
  });

  it('ends within a second of its token, though the platform does not answer', async () => {
    const gateway = await live();
    const { headers, endsAt } = await shortToken(gateway, 3);
    const { calls } = await follow(gateway, headers);
    await gateway.sandbox.fail({ match: { service: 'authentication' }, fault: { type: 'hang' } });
    expect(codesOf((await calls.take(1))[0])).toEqual(['UNAUTHENTICATED']);
    expect(Date.now() - endsAt).toBeLessThan(1_000);
  });

  it('ends within a second of its token, though an event is still being read, which is not told any more', async () => {
    const gateway = await live();
    const { headers, endsAt } = await shortToken(gateway, 3);
    const client = await openSocket(gateway, headers);
    const calls = client.subscribe(CALLS.replace('pbxCallId', 'endpoint { name }'), ofAda);
    await isSubscribed(gateway);
    await gateway.sandbox.fail({ match: { service: 'media' }, fault: { type: 'hang' } });
    await callAda(gateway);
    await expect.poll(async () => (await gateway.sandbox.requests('service=media')).length).toBe(2);
    const results = await calls.rest();
    expect(results.map(codesOf)).toEqual([['UNAUTHENTICATED']]);
    expect(results[0]?.data).toBeUndefined();
    expect(Date.now() - endsAt).toBeLessThan(1_000);
  });

  it('goes on unnoticed when a session renews its token', async () => {
    const gateway = await live();
    const session = await atTheEndOfLife(gateway, 3, () => gateway.signIn());
    const { calls } = await follow(gateway, session);
    const renewals = async () =>
      (await gateway.sandbox.requests('service=authentication')).filter(({ body }) =>
        body.includes('grant_type=refresh_token'),
      ).length;
    await expect.poll(renewals).toBe(1);
    await callAda(gateway);
    expect(await nextCall(calls)).toEqual(CALL);
  });

  it.each([
    ['refuses to', { type: 'status', status: 503 }],
    ['does not answer', { type: 'hang' }],
  ] as const)(
    'ends soon after the token of its session where the platform %s when it is to be renewed',
    async (_how, fault) => {
      const gateway = await live();
      const session = await atTheEndOfLife(gateway, 3, () => gateway.signIn());
      const { calls } = await follow(gateway, session);
      await gateway.sandbox.fail({ match: { service: 'authentication' }, fault });
      const [last] = await calls.take(1);
      expect(codesOf(last)).toEqual(['UPSTREAM_UNAVAILABLE']);
      await callAda(gateway);
      expect(await calls.rest()).toEqual([]);
    },
  );

  it('ends when its session is signed out, over any connection', async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    const other = await gateway.signIn();
    const { calls } = await follow(gateway, session);
    const { calls: kept } = await follow(gateway, other, 2);
    const started = Date.now();
    await gateway.execute('mutation { signOut }', session);
    expect((await calls.rest()).map(codesOf)).toEqual([['UNAUTHENTICATED']]);
    expect(Date.now() - started).toBeLessThan(1_000);
    await callAda(gateway);
    expect(await nextCall(kept)).toEqual(CALL);
  });

  it('misses nothing when its client hands a new token over before the old one ends', async () => {
    const gateway = await live();
    const { headers, endsAt } = await shortToken(gateway, 4);
    const { client, calls } = await follow(gateway, headers);
    const [, token] = (await gateway.tokens()).cloudlink['authorization']?.split(' ') ?? [];

    const renewed = await client.execute(
      'mutation ($token: String!) { renewConnection(input: { cloudlinkToken: $token }) { expiresAt } }',
      { token },
    );

    expect(Date.parse(renewed.data?.['renewConnection'].expiresAt)).toBeGreaterThan(endsAt + 3_000_000);
    await expect
      .poll(
        async () => (await gateway.execute('{ users(first: 1) { nodes { name } } }', headers)).errors.length,
      )
      .toBe(1);
    await callAda(gateway);
    expect(await nextCall(calls)).toEqual(CALL);
    expect((await client.execute('{ users(first: 1) { nodes { name } } }')).errors).toBeUndefined();
  });

  it.each([
    ['of somebody else', 'ben', 'cloudlinkToken', 'FORBIDDEN'],
    ['of a platform that it came without', 'ada', 'subscriberToken', 'FORBIDDEN'],
    ['that is none', null, 'cloudlinkToken', 'UNAUTHENTICATED'],
  ] as const)('goes on as before when a token is handed over %s', async (_what, person, field, code) => {
    const gateway = await live();
    const { cloudlink } = await gateway.tokens();
    const { client, calls } = await follow(gateway, cloudlink);
    const { cloudlink: one, subscriber: other } = await gateway.tokens(person ?? 'ada');
    const header = field === 'cloudlinkToken' ? one['authorization'] : other['x-subscriber-authorization'];
    const token = person === null ? 'a.b.c' : header?.replace('Bearer ', '');
    const handed = await client.execute(
      `mutation ($token: String!) { renewConnection(input: { ${field}: $token }) { expiresAt } }`,
      { token },
    );
    expect(codesOf(handed)).toEqual([code]);
    await callAda(gateway);
    expect(await nextCall(calls)).toEqual(CALL);
  });

  it('is shared by nobody with somebody else whom the platform does not name', async () => {
    const gateway = await live();
    const [ada, ben] = [await gateway.tokens('ada'), await gateway.tokens('ben')];
    const body = JSON.stringify({ domain: ACME, scope: 'Basic User' });
    await gateway.sandbox.fail({
      match: { object: 'oauth2', action: 'read' },
      fault: { type: 'status', status: 200, body },
    });
    const TEXTS = `subscription ($subscriber: ID!) {
      messageEvents(subscriber: $subscriber) { message { ... on TextMessage { text } } }
    }`;
    const ofAdaAlone = { subscriber: globalId('subscriber', 'Subscriber', `${ACME}/1001`) };
    (await openSocket(gateway, ada.subscriber)).subscribe(TEXTS, ofAdaAlone);
    await expect.poll(async () => (await legacySubscriptions(gateway)).length).toBe(1);
    const toBen = (await openSocket(gateway, ben.subscriber)).subscribe(TEXTS, ofAdaAlone);
    expect(codesOf((await toBen.take(1))[0])).toEqual(['FORBIDDEN']);
  });

  it('begins or fails within 5 seconds', async () => {
    const gateway = await live({ TRY_TIMEOUT_MS: '6000' });
    const client = await openSocket(gateway, await gateway.signIn());
    await gateway.sandbox.fail({ match: { service: 'notifications' }, fault: { type: 'hang' } });
    const started = Date.now();
    const calls = client.subscribe(CALLS, ofAda);
    expect((await calls.rest()).map(codesOf)).toEqual([['UPSTREAM_TIMEOUT']]);
    expect(Date.now() - started).toBeLessThan(5_500);
    expect(await client.execute(VIEWER)).toHaveProperty('data.viewer');
  });

  it('is resumed after the last event that was seen, over another socket', async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    const { client, calls } = await follow(gateway, session);
    await callAda(gateway);
    const [first] = await calls.take(1);
    client.socket.terminate();
    await callAda(gateway);
    const next = await openSocket(gateway, session);
    const rest = next.subscribe(CALLS, { ...ofAda, after: first?.data?.['callEvents'].cursor });
    expect((await rest.take(5)).map(stateOf)).toEqual([...CALL.slice(1), ...CALL]);
  });
});
