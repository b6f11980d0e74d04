import { once } from 'node:events';
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address in front of several instances, as operators have it. */
export interface Balancer {
  readonly url: string;
  /** How many requests each instance has answered. */
  readonly answered: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/**
 * Hands every request to the next instance in turn. One that does not take it is passed over; a request that its instance
 * left unanswered is answered 502: whether it had an effect nobody knows, and its sender comes again.
 */
export const startBalancer = async (instances: readonly string[]): Promise<Balancer> => {
  const agent = new Agent({ keepAlive: true });
  const answered = new Map<string, number>();
  let turn = 0;

  const hand = (request: IncomingMessage, body: Buffer, response: ServerResponse, tries: number): void => {
    const instance = instances[turn % instances.length] ?? '';
    turn += 1;
    const { method = 'GET', url = '/', headers } = request;
    const onward = send(new URL(url, instance), { method, headers, agent });
    onward.once('response', (reply) => {
      answered.set(instance, (answered.get(instance) ?? 0) + 1);
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.once('error', () => response.destroy());
      reply.pipe(response);
    });
    onward.once('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent) return response.destroy();
      if (error.code === 'ECONNREFUSED' && tries > 1) return hand(request, body, response, tries - 1);
      response.writeHead(502).end();
    });
    onward.end(body);
  };

  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.once('end', () => hand(request, Buffer.concat(pieces), response, instances.length));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
