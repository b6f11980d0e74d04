import { request as send } from 'node:http';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** One result of a subscription, as a client gets it. */
export interface LiveResult {
  readonly data?: Record<string, any> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, any>>;
  }[];
}

export interface StreamWish {
  readonly url: string;
  /** What proves who it is, by the names of headers. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The cursor of the last event that was seen. */
  readonly after: string | null;
  readonly onResult: (result: LiveResult) => void;
  /** Cuts the connection without a word. */
  readonly signal: AbortSignal;
}

/** Follows a subscription; resolves when it is over, for whatever reason, and never rejects. */
export type Stream = (wish: StreamWish) => Promise<void>;

const toSocket: Stream = ({ url, credentials, query, variables, after, onResult, signal }) =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const cut = () => socket.terminate();
    const tell = (message: object) => socket.send(JSON.stringify(message));
    signal.addEventListener('abort', cut, { once: true });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      signal.removeEventListener('abort', cut);
      resolve();
    });
    socket.once('open', () => tell({ type: 'connection_init', payload: credentials }));
    socket.on('message', (text: Buffer) => {
      // What was on its way when the client was cut off, it has not seen.
      if (signal.aborted) return;
      const { type, payload } = JSON.parse(text.toString());
      if (type === 'connection_ack')
        tell({ id: '1', type: 'subscribe', payload: { query, variables: { ...variables, after } } });
      if (type === 'ping') tell({ type: 'pong' });
      if (type === 'next') onResult(payload);
      if (type === 'error') onResult({ errors: payload });
      if (type === 'error' || type === 'complete') socket.close(1000);
    });
    if (signal.aborted) cut();
  });

/** The events of a stream come line by line; one is over at its empty line. */
const toEvents: Stream = ({ url, credentials, query, variables, after, onResult, signal }) =>
  new Promise((resolve) => {
    const request = send(`${url}/graphql`, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...credentials,
        ...(after !== null && { 'last-event-id': after }),
      },
    });
    request.on('error', () => resolve());
    request.once('close', () => resolve());
    request.once('response', (response) => {
      const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
      let data = '';
      const lines = createInterface({ input: response });
      // A connection that was cut is an end like any other.
      lines.on('error', () => resolve());
      lines.on('line', (line) => {
        if (signal.aborted) return;
        if (!isStream) return onResult(JSON.parse(line));
        if (line.startsWith('data:')) data = line.slice('data:'.length).trim();
        if (line !== '' || data === '') return;
        const result: LiveResult = JSON.parse(data);
        data = '';
        onResult(result);
      });
    });
    request.end(JSON.stringify({ query, variables }));
  });

export const streams = { websocket: toSocket, sse: toEvents } as const;

export type StreamName = keyof typeof streams;
