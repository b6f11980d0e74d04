import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly at: number;
}

/** How a receiver answers; one that does nothing leaves the sender waiting. */
type Answer = (response: ServerResponse, post: ReceivedPost, count: number) => void;

const accept: Answer = (response) => {
  response.writeHead(204).end();
};

/** A real server that keeps what is posted to it, closed when the test is over. */
export const startReceiver = async (answer: Answer = accept) => {
  const posts: ReceivedPost[] = [];
  let waiting: (() => void)[] = [];

  const server = createServer((request, response) => {
    void (async () => {
      const { url: path = '', headers } = request;
      const post = { path, headers, text: await text(request), at: performance.now() };
      posts.push(post);
      answer(response, post, posts.length);
      const told = waiting;
      waiting = [];
      for (const tell of told) tell();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  const bodies = () => posts.map((post): unknown => JSON.parse(post.text));

  /** What a look at the posts gives, as soon as it gives anything. */
  const until = async <Value>(look: () => Value | undefined): Promise<Value> => {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    until,
    /** The bodies, once there are so many. */
    received: async (count: number) => until(() => (posts.length >= count ? bodies() : undefined)),
    /** The connections that are open. */
    connections: () =>
      new Promise<number>((resolve) => {
        server.getConnections((_error, count) => resolve(count));
      }),
  };
};

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Resolves once nothing waits to be sent by the sandbox at this URL. */
export const allDelivered = async (url: string): Promise<void> => {
  const countWaiting = async () => {
    const response = await fetch(`${url}/_sandbox/deliveries?since=999999999`);
    const { subscriptions } = (await response.json()) as { subscriptions: { waiting: number }[] };
    return subscriptions.filter(({ waiting }) => waiting > 0);
  };
  await expect.poll(countWaiting).toEqual([]);
};
