import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { createSchema, createYoga } from 'graphql-yoga';
import { createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { maskError } from '../../src/errors.ts';
import { createMemoryRateLimiter } from '../../src/state/rate-limit.ts';
import { createSockets } from '../../src/live/socket.ts';
import { createLogger } from '../../src/logger.ts';
import { createOperationLog } from '../../src/operation-log.ts';
import { useRequestLog } from '../../src/plugins/use-request-log.ts';
import { withGateway } from '../helpers/gateway.ts';
import { codesOf } from '../helpers/live-call.ts';
import { openSocket, type TestSocket } from '../helpers/subscribers.ts';

const listen = async (server: Server): Promise<string> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Sockets over a schema of which one field is broken, with the plugins of the gateway that tell of it. */
const withBrokenField = async () => {
  const lines: Record<string, any>[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const log = createLogger('info', destination);
  const operations = createOperationLog(log);
  const yoga = createYoga({
    schema: createSchema({
      typeDefs: 'type Query { good: Int bad: Int }',
      resolvers: {
        Query: {
          good: () => 1,
          bad: () => {
            throw new TypeError('broken at 10.0.0.1');
          },
        },
      },
    }),
    context: { requestId: 'request-1', principal: 'somebody', upstreamCalls: {} },
    maskedErrors: { maskError },
    logging: false,
    plugins: [useRequestLog(operations)],
  });
  const sockets = createSockets({
    enveloped: (operation) => {
      const request = new Request('http://gateway/graphql', { method: 'POST' });
      return yoga.getEnveloped({ ...operation, request, params: operation.payload } as never);
    },
    admitFrom: () => undefined,
    admit: async () => 'somebody',
    isRefusal: () => false,
    onRefused: () => undefined,
    sourceOf: () => 'somewhere',
    abuse: createMemoryRateLimiter({ name: 'abuse', most: 1, seconds: 60 }),
    heartbeatMs: 15_000,
    log,
  });
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    sockets.upgrade(request, socket, head),
  );
  const url = await listen(server);
  onTestFinished(() => sockets.close());
  return { url, lines };
};

describe('an operation over a socket', () => {
  it('tells a fault of the gateway to the log, and nothing of it to the client of graphql-ws', async () => {
    const { url, lines } = await withBrokenField();
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'a.b.c' },
    });
    onTestFinished(() => client.dispose());
    const results = client.iterate({ query: '{ good bad }' });
    expect((await results.next()).value).toEqual({
      errors: [
        {
          message: expect.stringContaining('Something went wrong in the gateway'),
          locations: expect.any(Array),
          path: ['bad'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
      data: { good: 1, bad: null },
    });
    expect(lines.map(({ msg }) => msg)).toEqual(['operation', 'unexpected error']);
    expect(lines[1]?.['err'].message).toBe('broken at 10.0.0.1');
  });

  it.each([
    ['is not wanted any more', (client: TestSocket) => client.send({ id: '1', type: 'complete' })],
    ['has lost its client', (client: TestSocket) => client.socket.terminate()],
  ])('that %s ends what it asked upstream for', async (_what, leave) => {
    const gateway = await withGateway();
    const client = await openSocket(gateway, await gateway.signIn());
    await gateway.sandbox.fail({ match: { service: 'admin' }, fault: { type: 'latency', ms: 60_000 } });
    client.subscribe('{ users(first: 1) { nodes { name } } }');
    await expect.poll(() => gateway.sandbox.requests('service=admin')).toHaveLength(1);
    leave(client);
    const done = () =>
      gateway.log.filter(({ kind, errors }) => kind === 'query' && errors !== undefined).length;
    await expect.poll(done).toBe(1);
  });

  it('does not end others when it is not wanted any more', async () => {
    const gateway = await withGateway();
    const client = await openSocket(gateway, await gateway.signIn());
    await gateway.sandbox.fail({
      match: { service: 'admin' },
      times: 2,
      fault: { type: 'latency', ms: 300 },
    });
    client.subscribe('{ users(first: 1) { nodes { name } } }').leave();
    const result = await client.execute('{ users(first: 2) { nodes { name } } }');
    expect(codesOf(result)).toEqual([]);
    expect(result.data?.['users'].nodes).toHaveLength(2);
  });
});
