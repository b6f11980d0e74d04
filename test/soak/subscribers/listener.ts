import { once } from 'node:events';
import { request as send, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

/** Somebody who follows the calls of one telephone. */
export interface Listener {
  /** Which calls it was told of, in order. */
  readonly ids: readonly string[];
  /** The code with which its subscription was ended; null as long as it goes on. */
  readonly ending: () => string | null;
  /** Whether its connection is closed. */
  readonly isClosed: () => boolean;
  /** Reads nothing any more, and lets the connection be. */
  pause(): void;
  resume(): void;
  /** Goes without a word. */
  leave(): void;
}

export interface Subscription {
  readonly url: string;
  readonly authorization: string;
  readonly query: string;
  readonly variables: object;
}

/** What a client has been told, of results in either protocol. */
const createMemory = () => {
  const ids: string[] = [];
  let ending: string | null = null;
  const take = ({ data, errors }: any) => {
    if (errors === undefined) ids.push(data.callEvents.call.pbxCallId);
    else ending = errors[0].extensions.code;
  };
  return { ids, take, ending: () => ending };
};

const overSocket = async ({ url, authorization, query, variables }: Subscription): Promise<Listener> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const { ids, take, ending } = createMemory();
  socket.on('message', (message: Buffer) => {
    const { type, payload } = JSON.parse(message.toString());
    if (type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
    if (type === 'next') take(payload);
  });
  // Whoever is cut off is asked how much it was told, not why.
  socket.on('error', () => undefined);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
  return {
    ids,
    ending,
    isClosed: () => socket.readyState === socket.CLOSED,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    leave: () => socket.terminate(),
  };
};

const overStream = async ({ url, authorization, query, variables }: Subscription): Promise<Listener> => {
  const request = send(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
  });
  request.end(JSON.stringify({ query, variables }));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the stream was answered ${response.statusCode}`);
  const { ids, take, ending } = createMemory();
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const events = `${rest}${text}`.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const [, data = ''] = /^data: (.+)$/m.exec(event) ?? [];
      if (data !== '') take(JSON.parse(data));
    }
  });
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return {
    ids,
    ending,
    isClosed: () => response.closed,
    pause: () => response.pause(),
    resume: () => response.resume(),
    leave: () => request.destroy(),
  };
};

/** Begins a subscription over either transport. */
export const listenOver = { websocket: overSocket, sse: overStream } as const;

export type Transport = keyof typeof listenOver;

/** How a transport is called in tables. */
export const titleOf: Readonly<Record<Transport, string>> = { websocket: 'WebSocket', sse: 'SSE' };
