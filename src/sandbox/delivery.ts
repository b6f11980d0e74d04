import { once } from 'node:events';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { Reply } from './exchange.ts';

/**
 * The way one answer goes out, well or badly. Whatever waits ends when the client goes away or on
 * `interrupt`; a timer never outlives its request.
 */
export interface Delivery {
  /** Sends an answer whole. One that has begun already cannot be replaced: its connection is cut. */
  send(reply: Reply): void;
  /** Announces the whole body, sends this many bytes of it and ends the connection. */
  truncate(reply: Reply, bytes: number): void;
  /** Sends the body in slices of this many bytes, with a pause after each. */
  drip(reply: Reply, bytes: number, intervalMs: number): Promise<void>;
  /** Sends what the last of these streams yields, as fast as the client takes it, in chunks where the length is not known. */
  stream(
    reply: Reply,
    streams: readonly (Readable | NodeJS.ReadWriteStream)[],
    length?: number,
  ): Promise<void>;
  /** False where nobody is left to answer after the wait. */
  wait(ms: number): Promise<boolean>;
  hang(): Promise<void>;
  /** Resets the connection (RST), whatever has been sent so far. */
  reset(): void;
  /** Ends the connection. */
  cut(): void;
  /** Cuts a request that waits; one that is being handled goes on. */
  interrupt(): void;
}

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly onStatus?: (status: number) => void;
  /** Told the body of the answer before it goes out, unless it is a stream. */
  readonly onAnswer?: (content: Buffer) => void;
  /** The connection is done with the request; `aborted` where the client left first. */
  readonly onEnd?: (aborted: boolean) => void;
}

/** HTTP/1.1 carries Latin-1: the rest is percent-encoded, a control character becomes a blank. */
const toHeaderText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\x20-\x7e\x80-\xff]/gu, (character) =>
      character < '\u0100' ? ' ' : encodeURIComponent(character),
    );

const toContent = ({ body = '' }: Reply): Buffer => (typeof body === 'string' ? Buffer.from(body) : body);

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

export const createDelivery = (
  request: IncomingMessage,
  response: ServerResponse,
  { clock, onStatus, onAnswer, onEnd }: DeliveryOptions,
): Delivery => {
  let waiting = new AbortController();
  let isEndedHere = false;

  response.once('close', () => {
    onEnd?.(!response.writableFinished && !isEndedHere);
    waiting.abort();
  });

  /** False where the client has gone and nothing can be sent. */
  const startReply = ({ status, reason, headers = {} }: Reply, length?: number): boolean => {
    if (response.destroyed) return false;
    const cleaned = Object.entries(headers)
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name, toHeaderText(value)]);
    onStatus?.(status);
    response.setHeader('date', new Date(clock.now()).toUTCString());
    response.writeHead(status, toHeaderText(reason ?? STATUS_CODES[status] ?? ''), {
      ...Object.fromEntries(cleaned),
      ...(length !== undefined && !hasNoBody(status) && { 'content-length': length }),
    });
    return true;
  };

  /** The body whose first `bytes` are about to go out; null where the client has gone. */
  const startWhole = (reply: Reply, bytes?: number): Buffer | null => {
    const content = toContent(reply);
    if (!startReply(reply, content.length)) return null;
    if (request.method !== 'HEAD' && !hasNoBody(reply.status)) onAnswer?.(content.subarray(0, bytes));
    return content;
  };

  const end = (close: () => void) => {
    isEndedHere = true;
    close();
  };
  const cut = () => end(() => request.socket.destroy());

  const wait = async (ms: number): Promise<boolean> => {
    try {
      await delay(ms, undefined, { signal: waiting.signal });
      return true;
    } catch {
      cut();
      return false;
    }
  };

  const hang = async () => {
    const { signal } = waiting;
    if (!signal.aborted) await once(signal, 'abort');
    cut();
  };

  const send = (reply: Reply) => {
    if (response.headersSent) return cut();
    const content = startWhole(reply);
    if (content) response.end(content);
  };

  const truncate = (reply: Reply, bytes: number) => {
    const content = startWhole(reply, bytes);
    if (!content) return;
    response.flushHeaders();
    response.write(content.subarray(0, bytes));
    end(() => request.socket.destroySoon());
  };

  const drip = async (reply: Reply, bytes: number, intervalMs: number) => {
    const content = startWhole(reply);
    if (!content) return;
    for (let start = 0; start < content.length; start += bytes) {
      response.write(content.subarray(start, start + bytes));
      if (!(await wait(intervalMs))) return;
    }
    response.end();
  };

  const stream: Delivery['stream'] = async (reply, streams, length) => {
    if (!startReply(reply, length)) return;
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    try {
      await pipeline([...streams, response], { signal: waiting.signal });
    } catch {
      cut();
    }
  };

  const interrupt = () => {
    waiting.abort();
    waiting = new AbortController();
  };

  return {
    send,
    truncate,
    drip,
    stream,
    wait,
    hang,
    cut,
    reset: () => end(() => request.socket.resetAndDestroy()),
    interrupt,
  };
};
