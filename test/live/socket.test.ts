import { once } from 'node:events';
import { connect as connectRaw } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type TestGateway } from '../helpers/gateway.ts';
import { CALL, callAda, CALLS, isSubscribed, live, nextCall, ofAda } from '../helpers/live-call.ts';
import { connect, openSocket, type TestSocket } from '../helpers/subscribers.ts';

const VIEWER = '{ viewer { __typename } }';

/** Somebody who follows Ada's calls over a socket. */
const follow = async (gateway: TestGateway, headers: Readonly<Record<string, string>>, count = 1) => {
  const client = await openSocket(gateway, headers);
  const calls = client.subscribe(CALLS, ofAda);
  await isSubscribed(gateway, count);
  return { client, calls };
};

const initialise = (client: TestSocket, payload?: object) =>
  client.send({ type: 'connection_init', ...(payload && { payload }) });

describe('a socket', () => {
  it('is closed with 4408 when nobody says within 5 seconds who it is', async () => {
    const gateway = await live();
    const started = Date.now();
    const { closed } = await connect(gateway);
    expect(await closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
    expect(Date.now() - started).toBeGreaterThanOrEqual(4_900);
  });

  it.each([
    ['4401 when there is no token', undefined, 4401],
    ['4401 when what should be a token is none', { authorization: 7 }, 4401],
    ['4403 when a platform refuses the token', { authorization: 'Bearer a.b.c' }, 4403],
    ['4403 when the session is not known', { authorization: `Bearer gws_${'a'.repeat(43)}` }, 4403],
  ])('is closed with %s', async (_what, payload, code) => {
    const gateway = await live();
    const client = await connect(gateway);
    initialise(client, payload);
    expect(await client.closed).toMatchObject({ code });
    expect(client.messages.waiting).toEqual([]);
  });

  it('is told by the frame that closes it what to do where its session has ended', async () => {
    const client = await connect(await live());
    initialise(client, { authorization: `Bearer gws_${'a'.repeat(43)}` });
    const { code, reason } = await client.closed;
    expect([code, reason]).toEqual([4403, expect.stringContaining('Sign in again')]);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });

  it('is closed with 1013, to try again later, when no platform can be asked who it is', async () => {
    const gateway = await live();
    const { cloudlink } = await gateway.tokens();
    await gateway.sandbox.fail({
      match: { service: 'authentication' },
      fault: { type: 'status', status: 503 },
    });
    const client = await connect(gateway);
    initialise(client, cloudlink);
    expect(await client.closed).toMatchObject({ code: 1013 });
  });

  it('serves one platform while the other cannot be asked', async () => {
    const gateway = await live();
    const { cloudlink, subscriber } = await gateway.tokens();
    await gateway.sandbox.fail({
      match: { service: 'authentication' },
      fault: { type: 'status', status: 503 },
    });
    const client = await openSocket(gateway, { ...cloudlink, ...subscriber });
    const { data } = await client.execute('{ domains(first: 1) { nodes { name } } }');
    expect(data?.['domains'].nodes).toHaveLength(1);
  });

  it('is closed with 4401 when an operation comes before anybody was let in', async () => {
    const client = await connect(await live());
    client.subscribe(VIEWER);
    expect(await client.closed).toMatchObject({ code: 4401 });
  });

  it('takes the names of headers in any letter case', async () => {
    const gateway = await live();
    const { authorization = '' } = await gateway.signIn();
    const client = await openSocket(gateway, { Authorization: authorization });
    expect(await client.execute(VIEWER)).toEqual({ data: { viewer: { __typename: 'Viewer' } } });
  });

  it.each([
    ['a page of another origin', 'https://elsewhere.example.com', false],
    ['a page of a listed origin', 'https://app.example.com', true],
    ['a page of its own', null, true],
  ])('is opened for %s: %s', async (_what, origin, isOpen) => {
    const gateway = await live({ CORS_ORIGINS: 'https://app.example.com' });
    const opening = connect(gateway, { origin: origin ?? gateway.url });
    const result = await opening.then(
      () => true,
      (error: unknown) => String(error),
    );
    expect(result).toBe(isOpen || 'Error: Unexpected server response: 403');
  });
});

describe('whoever does not answer', () => {
  it('is cut off within two heartbeats, and those who do are not', async () => {
    const gateway = await live({ HEARTBEAT_SECONDS: '1' });
    const session = await gateway.signIn();
    const { client: dead } = await follow(gateway, session);
    const { client: alive, calls } = await follow(gateway, session, 2);
    const started = Date.now();
    dead.socket.pause();
    const ended = () => gateway.log.filter(({ msg }) => msg === 'subscription ended').length;
    await expect.poll(ended).toBe(1);
    expect(Date.now() - started).toBeLessThan(2_500);
    dead.socket.resume();
    expect(await dead.closed).toMatchObject({ code: 1006 });
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    await callAda(gateway);
    expect(await nextCall(calls)).toEqual(CALL);
  });
});

describe('a gateway that stops', () => {
  it('tells every socket with 1001 to come back, and waits for none that does not answer', async () => {
    const gateway = await live({ SHUTDOWN_TIMEOUT_MS: '6000' });
    const session = await gateway.signIn();
    const clients = await Promise.all(Array.from({ length: 10 }, () => openSocket(gateway, session)));
    const { client: dead } = await follow(gateway, session);
    dead.socket.pause();
    const times: number[] = [];
    const started = Date.now();
    for (const { closed } of clients)
      closed.then(() => times.push(Date.now() - started)).catch(() => undefined);

    expect(await gateway.stop()).toBe(true);

    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(
      clients.map(() => ({ code: 1001, reason: 'Going away: connect again' })),
    );
    expect(Math.max(...times)).toBeLessThan(2_500);
    expect(Math.max(...times) - Math.min(...times), 'each at a moment of its own').toBeGreaterThan(200);
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('waits for no connection on which nothing was said', async () => {
    const gateway = await live();
    const silent = connectRaw(Number(new URL(gateway.url).port), '127.0.0.1');
    await once(silent, 'connect');
    await gateway.execute(VIEWER);
    const started = Date.now();
    expect(await gateway.stop()).toBe(true);
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});
