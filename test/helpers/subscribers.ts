import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Answer, TestGateway } from './gateway.ts';
import { createInbox, type Inbox } from './inbox.ts';

/** Settings with which a gateway in a test is told things by the sandbox. */
export const webhooks = { CLOUDLINK_FEEDS: 'webhook', SUBSCRIBER_FEEDS: 'webhook' } as const;

/** One result of an operation, as a client gets it. */
export type Result = Pick<Answer, 'data'> & Partial<Pick<Answer, 'errors' | 'extensions'>>;

/** The results of one operation, as they come. */
export interface TestStream extends Inbox<Result> {
  /** Tells the gateway that no more is wanted. */
  leave(): void;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client of graphql-transport-ws of which a test sees every message. */
export interface TestSocket {
  readonly socket: WebSocket;
  /** Resolves when the socket has been closed, by whomever. */
  readonly closed: Promise<Closed>;
  /** Messages that are not about an operation, such as `connection_ack`. */
  readonly messages: Inbox<Readonly<Record<string, unknown>>>;
  send(message: object): void;
  /** Begins an operation. Its inbox ends when the gateway has completed it. */
  subscribe(query: string, variables?: object, operationName?: string): TestStream;
  /** Carries out an operation that has one result, or is refused. */
  execute(query: string, variables?: object, operationName?: string): Promise<Result>;
}

const toUrl = ({ url }: TestGateway) => `${url.replace('http', 'ws')}/graphql`;

/** A socket on which nothing has been said yet. Closed when the test is over. */
export const connect = async (gateway: TestGateway, options: ClientOptions = {}): Promise<TestSocket> => {
  const socket = new WebSocket(toUrl(gateway), 'graphql-transport-ws', options);
  const streams = new Map<string, TestStream>();
  const messages = createInbox<Readonly<Record<string, unknown>>>('messages of a socket');
  const { promise: closed, resolve: close } = Promise.withResolvers<Closed>();
  let last = 0;

  const send = (message: object) => socket.send(JSON.stringify(message));

  socket.on('message', (data) => {
    const text = (data as Buffer).toString();
    gateway.record(text);
    const message = JSON.parse(text);
    const stream = streams.get(message.id);
    if (stream === undefined) messages.put(message);
    else if (message.type === 'next') stream.put(message.payload);
    else {
      if (message.type === 'error') stream.put({ data: undefined, errors: message.payload });
      stream.end();
    }
  });
  socket.once('close', (code, reason) => {
    for (const stream of streams.values()) stream.end();
    messages.end();
    close({ code, reason: String(reason) });
  });
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());

  const subscribe: TestSocket['subscribe'] = (query, variables = {}, operationName) => {
    last += 1;
    const id = String(last);
    const inbox = createInbox<Result>(`operation ${id}`);
    const stream = Object.assign(inbox, { leave: () => send({ id, type: 'complete' }) });
    streams.set(id, stream);
    send({ id, type: 'subscribe', payload: { query, variables, ...(operationName && { operationName }) } });
    return stream;
  };

  await once(socket, 'open');
  return {
    socket,
    closed,
    messages,
    send,
    subscribe,
    execute: async (...operation) => (await subscribe(...operation).take(1))[0] as Result,
  };
};

/** A socket whose client has been let in with these headers. */
export const openSocket = async (
  gateway: TestGateway,
  headers: Readonly<Record<string, string>>,
  options?: ClientOptions,
): Promise<TestSocket> => {
  const client = await connect(gateway, options);
  client.send({ type: 'connection_init', payload: headers });
  const [message] = await client.messages.take(1);
  if (message?.['type'] !== 'connection_ack') throw new Error(JSON.stringify(message));
  return client;
};

/** One event of an event stream. */
export interface StreamEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A client of server-sent events. */
export interface TestEventStream extends TestStream {
  readonly response: IncomingMessage;
  /** Every event as it stood in the stream, those that were taken too. */
  readonly events: readonly StreamEvent[];
  /** The lines by which the gateway says that it is still there. */
  readonly heartbeats: () => number;
  /** Resolves when the stream is over; whether the gateway said that nothing more comes. */
  readonly closed: Promise<boolean>;
}

const parseEvent = (text: string): StreamEvent => {
  const fields = Object.fromEntries(
    text.split('\n').map((line) => {
      const [, name = '', value = ''] = /^(\w*): ?(.*)$/s.exec(line) ?? [];
      return [name, value];
    }),
  );
  return { id: fields['id'] ?? null, event: fields['event'] ?? 'message', data: fields['data'] ?? '' };
};

export interface StreamOptions {
  readonly variables?: object;
  readonly operationName?: string;
  /** By GET, as the EventSource of a browser asks. */
  readonly method?: 'GET' | 'POST';
}

/** An operation over an event stream, read as it comes. Left when the test is over. */
export const openStream = async (
  gateway: TestGateway,
  query: string,
  headers: Readonly<Record<string, string>> = {},
  { variables = {}, operationName, method = 'POST' }: StreamOptions = {},
): Promise<TestEventStream> => {
  const body = { query, variables, ...(operationName !== undefined && { operationName }) };
  const search = new URLSearchParams({ ...body, variables: JSON.stringify(variables) });
  const request = requestHttp(`${gateway.url}/graphql${method === 'GET' ? `?${search}` : ''}`, {
    method,
    agent: false,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  request.on('error', () => undefined);
  request.end(method === 'POST' ? JSON.stringify(body) : undefined);
  onTestFinished(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];

  const inbox = createInbox<Result>('an event stream');
  const events: StreamEvent[] = [];
  const { promise: closed, resolve: close } = Promise.withResolvers<boolean>();
  let heartbeats = 0;
  let isComplete = false;
  let text = '';

  const read = (part: string) => {
    if (part.startsWith(':')) {
      heartbeats += 1;
      return;
    }
    const event = parseEvent(part);
    events.push(event);
    if (event.event === 'next') inbox.put(JSON.parse(event.data));
    if (event.event === 'complete') isComplete = true;
  };

  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    gateway.record(chunk);
    const parts = `${text}${chunk}`.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) read(part);
  });
  response.on('error', () => undefined);
  response.once('close', () => {
    // An answer that is no stream is the one result.
    if (text.startsWith('{')) inbox.put(JSON.parse(text));
    inbox.end();
    close(isComplete);
  });
  return Object.assign(inbox, {
    response,
    events,
    closed,
    heartbeats: () => heartbeats,
    leave: () => void request.destroy(),
  });
};
