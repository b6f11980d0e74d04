import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, expect, it } from 'vitest';
import { socketLimits } from '../../src/live/socket-guard.ts';
import { withGateway } from '../helpers/gateway.ts';
import { callAda, CALL, CALLS, codesOf, isSubscribed, nextCall, ofAda } from '../helpers/live-call.ts';
import { connect, openSocket, webhooks, type TestSocket } from '../helpers/subscribers.ts';

const live = () => withGateway({ env: webhooks });

const VIEWER = '{ viewer { __typename } }';

const initialise = (client: TestSocket, payload: object) => client.send({ type: 'connection_init', payload });

describe('a client that does too much over a socket', () => {
  it('is closed with 1009 for a message of more than 64 KB', async () => {
    const gateway = await live();
    const client = await openSocket(gateway, await gateway.signIn());
    const room = socketLimits.messageBytes - JSON.stringify({ type: 'ping', payload: { x: '' } }).length;
    client.send({ type: 'ping', payload: { x: 'x'.repeat(room) } });
    expect(await client.messages.take(1)).toMatchObject([{ type: 'pong' }]);
    client.send({ type: 'ping', payload: { x: 'x'.repeat(room + 1) } });
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  it('is refused the operation after 100, and keeps those', async () => {
    const gateway = await live();
    const client = await openSocket(gateway, await gateway.signIn());
    const streams = Array.from({ length: socketLimits.operations }, () => client.subscribe(CALLS, ofAda));
    await isSubscribed(gateway, streams.length);
    expect(codesOf(await client.execute(VIEWER))).toEqual(['RATE_LIMITED']);
    await callAda(gateway);
    expect(await Promise.all(streams.map(nextCall))).toEqual(streams.map(() => CALL));
    streams[0]?.leave();
    await expect.poll(async () => codesOf(await client.execute(VIEWER))).toEqual([]);
  });

  it('is closed with 1008 for the socket after 20 of one principal, however it signed in', async () => {
    const gateway = await live();
    const { cloudlink, subscriber } = await gateway.tokens();
    const open = (headers: Record<string, string>) => openSocket(gateway, headers);
    const session = await gateway.signIn();
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        open(index % 2 === 0 ? session : { ...cloudlink, ...subscriber }),
      ),
    );
    const another = await connect(gateway);
    initialise(another, session);
    expect(await another.closed).toMatchObject({ code: 1008 });
    await open(await gateway.signIn('ben'));

    clients[0]?.socket.terminate();
    await expect
      .poll(async () => {
        const next = await connect(gateway);
        initialise(next, session);
        return Promise.race([next.closed, next.messages.take(1)]);
      })
      .toEqual([{ type: 'connection_ack' }]);
  });

  it.each([
    ['messages', (client: TestSocket) => client.send({ type: 'ping' })],
    ['pings of the protocol below', ({ socket }: TestSocket) => socket.ping()],
  ])('is closed with 1008 for a flood of %s, while others are served', async (_what, flood) => {
    const gateway = await live();
    const session = await gateway.signIn();
    const client = await openSocket(gateway, session);
    for (let count = 0; count < 2_000; count += 1) flood(client);
    const [closed, beside] = await Promise.all([client.closed, gateway.execute(VIEWER, session)]);
    expect(closed).toMatchObject({ code: 1008 });
    expect(beside.data).toEqual({ viewer: { __typename: 'Viewer' } });
    expect(client.messages.waiting.length).toBeLessThanOrEqual(socketLimits.messages.atOnce);
  });

  it('is closed with 1003 for bytes, and 4400 for what is no message', async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    const [one, other] = [await openSocket(gateway, session), await openSocket(gateway, session)];
    one.socket.send(Buffer.from([1, 2, 3]));
    other.socket.send('nothing');
    expect([(await one.closed).code, (await other.closed).code]).toEqual([1003, 4400]);
  });

  it.each([20, 300])('is closed with 4409 for an id of %i characters that is in use', async (length) => {
    const gateway = await live();
    const client = await openSocket(gateway, await gateway.signIn());
    const id = 'x'.repeat(length);
    const subscribe = () =>
      client.send({ type: 'subscribe', id, payload: { query: CALLS, variables: ofAda } });
    subscribe();
    await isSubscribed(gateway);
    subscribe();
    const { code, reason } = await client.closed;
    expect([code, reason.slice(0, 30)]).toEqual([4409, `Subscriber for ${'x'.repeat(15)}`]);
    expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is closed with 1008 when it goes on after a thousand operations were refused, and gets no more sockets', async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    for (let count = 0; count < 9; count += 1) {
      const client = await openSocket(gateway, session);
      const refused = Array.from({ length: 110 }, () => client.execute('{ nothing }'));
      expect((await Promise.all(refused)).flatMap(codesOf)).toEqual(
        refused.map(() => 'GRAPHQL_VALIDATION_FAILED'),
      );
      client.socket.close();
    }
    const last = await openSocket(gateway, session);
    for (let count = 0; count < 20; count += 1) last.subscribe('{ nothing }');
    expect(await last.closed).toMatchObject({ code: 1008 });
    await expect(connect(gateway)).rejects.toThrow('429');
    const told = gateway.log.find(({ msg }) => msg === 'an address gets no more sockets for a while');
    expect(told).toMatchObject({ source: '127.0.0.1', waitMs: expect.any(Number) });
  });

  it('gets no compression, though it offers it', async () => {
    const client = await connect(await live(), { perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  });

  it('is closed with 1008 for more than 10 messages before anybody knows who it is', async () => {
    const gateway = await live();
    const client = await connect(gateway);
    const { atOnce } = socketLimits.messagesOfStrangers;
    const ping = () => client.send({ type: 'ping' });
    for (let count = 0; count < atOnce; count += 1) ping();
    expect(await client.messages.take(atOnce)).toEqual(
      Array.from({ length: atOnce }, () => ({ type: 'pong' })),
    );
    // What is filled up meanwhile is less than as much again.
    for (let count = 0; count < atOnce; count += 1) ping();
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  const abuses: readonly (readonly [string, (client: TestSocket) => void])[] = [
    ['floods', (client) => Array.from({ length: 20 }, () => client.send({ type: 'ping' }))],
    ['bytes', ({ socket }) => socket.send(Buffer.from([1]))],
    ['large messages', ({ socket }) => socket.send('x'.repeat(socketLimits.messageBytes + 1))],
  ];

  it.each(abuses)(
    'gets no more sockets for a minute after 10 were closed for %s, while others where it is are served',
    async (_what, abuse) => {
      const gateway = await withGateway({ env: { ...webhooks, TRUSTED_PROXIES: 'loopback' } });
      const session = await gateway.signIn();
      const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
      const before = await openSocket(gateway, session, from('192.0.2.1'));
      for (let count = 0; count < 10; count += 1) {
        const client = await connect(gateway, from('192.0.2.1'));
        abuse(client);
        await client.closed;
      }
      await expect(connect(gateway, from('192.0.2.1'))).rejects.toThrow('429');
      const messages = gateway.log.map(({ msg, source }) => (source === '192.0.2.1' ? msg : null));
      expect(
        messages.filter((msg) => msg === 'a socket was closed because of what came over it'),
      ).toHaveLength(10);
      expect(messages.filter((msg) => msg === 'an address gets no more sockets for a while')).toHaveLength(1);
      await openSocket(gateway, session, from('192.0.2.2'));
      expect(codesOf(await before.execute(VIEWER))).toEqual([]);
      const beside = await gateway.execute(VIEWER, { ...session, 'x-forwarded-for': '192.0.2.1' });
      expect(beside.data).toEqual({ viewer: { __typename: 'Viewer' } });
    },
  );
});

describe('a connection that asks for a socket where there is none', () => {
  it.each([
    ['at another path', '/nothing', '', '404'],
    ['from another origin', '/graphql', 'Origin: https://elsewhere.example\r\n', '403'],
    ['from where too much came', '/graphql', '', '429 Too Many Requests\r\nRetry-After: \\d+'],
  ])('is refused %s, and does no harm when its client resets it', async (_where, path, header, status) => {
    const gateway = await live();
    for (let count = 0; status.startsWith('429') && count < 10; count += 1) {
      const client = await connect(gateway);
      client.socket.send(Buffer.from([1]));
      await client.closed;
    }
    const connection = connectTcp(Number(new URL(gateway.url).port), '127.0.0.1');
    connection.write(
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${header}\r\n`,
    );
    const [answer] = (await once(connection, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status}\\b`));
    connection.resetAndDestroy();
    // An error that nobody looks after would end the process, and this run.
    expect((await gateway.fetch('/health')).status).toBe(200);
    expect(await gateway.stop()).toBe(true);
  });
});
