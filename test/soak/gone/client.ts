import { once } from 'node:events';
import { request as send } from 'node:http';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { LiveResult } from '../../helpers/live-stream.ts';

/** What is asked, by whom and where. */
export interface Wish {
  readonly url: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Somebody who has asked something, and may go. */
export interface Client {
  /** The first result that is wanted; null where its connection ends before. */
  readonly find: (isWanted: (result: LiveResult) => boolean) => Promise<LiveResult | null>;
  /** Does not want it any more, and says so in no other way than this one's. Answers when, by the clock of the machine. */
  readonly leave: () => number;
  /** Closes what is left open. */
  readonly end: () => void;
}

/** Asks, and resolves once that has been sent; over SSE, once it is answered. */
export type Ask = (wish: Wish) => Promise<Client>;

const createResults = () => {
  const results: LiveResult[] = [];
  const looking = new Set<() => void>();
  let isOver = false;
  const look = () => {
    for (const one of looking) one();
  };
  return {
    put: (result: LiveResult) => {
      results.push(result);
      look();
    },
    end: () => {
      isOver = true;
      look();
    },
    find: (isWanted: (result: LiveResult) => boolean) =>
      new Promise<LiveResult | null>((resolve) => {
        const one = () => {
          const found = results.find(isWanted);
          if (found === undefined && !isOver) return;
          looking.delete(one);
          resolve(found ?? null);
        };
        looking.add(one);
        one();
      }),
  };
};

const at = (act: () => void): number => {
  const now = Date.now();
  act();
  return now;
};

const toRequest = ({ url, credentials, query, variables }: Wish, accept: string) => {
  const { put, end, find } = createResults();
  const request = send(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept, ...credentials },
  });
  request.on('error', end);
  request.once('close', end);
  request.once('response', (response) => {
    const lines = createInterface({ input: response });
    // Whoever has gone is not told of it by an error.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const text = line.startsWith('data: ') ? line.slice('data: '.length) : line;
      if (text.startsWith('{')) put(JSON.parse(text));
    });
  });
  request.end(JSON.stringify({ query, variables }));
  const go = () => void request.destroy();
  return { request, client: { find, leave: () => at(go), end: go } };
};

const overHttp: Ask = async (wish) => toRequest(wish, 'application/json').client;

const overSse: Ask = async (wish) => {
  const { request, client } = toRequest(wish, 'text/event-stream');
  await once(request, 'response');
  return client;
};

const overSocket = async ({ url, credentials, query, variables }: Wish) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const { put, end, find } = createResults();
  const tell = (message: object) => socket.send(JSON.stringify(message));
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  socket.on('error', () => undefined);
  socket.once('close', () => {
    end();
    resolve();
  });
  socket.once('open', () => tell({ type: 'connection_init', payload: credentials }));
  socket.on('message', (text: Buffer) => {
    const { type, payload } = JSON.parse(text.toString());
    if (type === 'connection_ack') {
      tell({ id: '1', type: 'subscribe', payload: { query, variables } });
      resolve();
    }
    if (type === 'next') put(payload);
    if (type === 'error') put({ errors: payload });
  });
  await asked;
  return { socket, tell, find, end: () => socket.terminate() };
};

/** The socket stays: its server is told that this is not wanted any more. */
const completed: Ask = async (wish) => {
  const { tell, find, end } = await overSocket(wish);
  return { find, end, leave: () => at(() => tell({ id: '1', type: 'complete' })) };
};

const cut: Ask = async (wish) => {
  const { find, end } = await overSocket(wish);
  return { find, end, leave: () => at(end) };
};

/** The ways in which a client goes. */
export const ways = {
  'over HTTP': overHttp,
  'over SSE': overSse,
  'over WebSocket, by complete': completed,
  'over WebSocket, cut': cut,
} as const satisfies Readonly<Record<string, Ask>>;

export type Way = keyof typeof ways;
