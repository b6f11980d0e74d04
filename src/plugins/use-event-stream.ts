import type { ServerResponse } from 'node:http';
import { GraphQLError, type ExecutionResult } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import { keysOfEach } from '../auth.ts';
import type { Context } from '../context.ts';
import { createCensus } from '../live/census.ts';
import { cursorOf, print } from '../live/event-result.ts';
import { spread } from '../live/spread.ts';

const MEDIA_TYPE = 'text/event-stream';

/** One principal may follow so many streams at a time, over requests of their own (R42). */
export const MOST_STREAMS = 100;

/** A client that is told to go, and does not take what it was sent, is cut off after this long. */
const CLOSE_TIMEOUT_MS = 2_000;

const headers = {
  'content-type': `${MEDIA_TYPE}; charset=utf-8`,
  'cache-control': 'no-cache, no-store, no-transform',
  // Proxies that collect an answer before they pass it on would hold events back.
  'x-accel-buffering': 'no',
};

/** One event of the stream (WHATWG): with its cursor as its id, a browser that comes back names the last one it saw. */
const toText = (result: ExecutionResult): string => {
  const cursor = cursorOf(result);
  return `${cursor === null ? '' : `id: ${cursor}\n`}event: next\ndata: ${print(result)}\n\n`;
};

const encoded = new WeakMap<object, Buffer>();

/** The same as bytes, made once for all who are sent the same result: in a burst each copy would be garbage (R23). */
const toBytes = (result: ExecutionResult): Buffer => {
  const known = encoded.get(result);
  if (known !== undefined) return known;
  const bytes = Buffer.from(toText(result));
  encoded.set(result, bytes);
  return bytes;
};

const HEARTBEAT = Buffer.from(':\n\n');
const COMPLETE = Buffer.from('event: complete\ndata:\n\n');

const isAsyncIterable = (value: unknown): value is AsyncIterable<ExecutionResult> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const accepts = (request: Request): boolean =>
  (request.headers.get('accept') ?? '')
    .toLowerCase()
    .split(',')
    .some((range) => range.trim().startsWith(MEDIA_TYPE));

const refuse = (code: string, status: number, message: string) => ({
  errors: [new GraphQLError(message, { extensions: { code, http: { status } } })],
});

const notAStream = refuse(
  'BAD_REQUEST',
  406,
  `A subscription needs \`Accept: ${MEDIA_TYPE}\`, or a WebSocket at the same address.`,
);
const tooMany = refuse('RATE_LIMITED', 429, `More than ${MOST_STREAMS} event streams of one principal.`);

/** Over a socket there is an operation of it, and the request only stands for one. */
type StreamContext = Context & { readonly request: Request; readonly operation?: unknown };

/**
 * Subscriptions as server-sent events, with the cursor of each as its id (graphql-sse, distinct connections). A
 * subscription by a request that does not take a stream is refused, and never begun.
 */
export const createEventStreams = (heartbeatMs: number) => {
  const census = createCensus(MOST_STREAMS);
  const open = new Set<() => Promise<void>>();
  let isDraining = false;

  /** Writes results as they come, and asks for the next one when the client has taken the last. */
  const toResponse = (
    stream: AsyncIterable<ExecutionResult>,
    { Response, ReadableStream }: FetchAPI,
    response: ServerResponse,
  ) => {
    const results = stream[Symbol.asyncIterator]();
    let heartbeat: NodeJS.Timeout | undefined;
    /** How often in a row a line could not be written, because the client had not taken what came before it. */
    let missed = 0;
    let isOver = false;
    let closeBody = () => {};

    const end = async () => {
      if (isOver) return;
      isOver = true;
      clearInterval(heartbeat);
      open.delete(leave);
      await results.return?.();
    };
    /** Ends it without a word: whoever reads comes back by itself, and names the last event that it saw. */
    const leave = async () => {
      const limit = setTimeout(() => response.destroy(), CLOSE_TIMEOUT_MS);
      const closed = response.closed ? null : new Promise((resolve) => response.once('close', resolve));
      await end();
      closeBody();
      await closed;
      clearTimeout(limit);
    };
    open.add(leave);
    // A body of which nothing is taken is not told that its client has gone.
    response.once('close', () => void end());

    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        closeBody = () => controller.close();
        if (isDraining) {
          void leave();
          return;
        }
        const beat = () => {
          if (!response.writableNeedDrain) {
            missed = 0;
            controller.enqueue(HEARTBEAT);
            return;
          }
          missed += 1;
          if (missed === 2) response.destroy();
        };
        beat();
        heartbeat = setInterval(beat, heartbeatMs).unref();
      },
      pull: async (controller) => {
        missed = 0;
        const { done, value } = await results.next();
        if (isOver) return;
        if (done !== true) {
          controller.enqueue(toBytes(value));
          return;
        }
        await end();
        controller.enqueue(COMPLETE);
        controller.close();
      },
      cancel: end,
    });
    return new Response(body, { status: 200, headers });
  };

  const plugin: Plugin<StreamContext> = {
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const { request, operation, client } = args.contextValue as StreamContext;
      if (operation !== undefined) return undefined;
      if (!accepts(request)) return setResultAndStopExecution(notAStream);
      const leave = census.enter(keysOfEach(client.credentials()));
      if (leave === null) return setResultAndStopExecution(tooMany);
      return {
        onSubscribeError: leave,
        onSubscribeResult: ({ result }) => {
          if (!isAsyncIterable(result)) {
            leave();
            return undefined;
          }
          return { onEnd: leave };
        },
      };
    },
    onResultProcess: (hook) => {
      if (!isAsyncIterable(hook.result)) return;
      const { res } = hook.serverContext as unknown as { readonly res: ServerResponse };
      hook.setResultProcessor(
        (stream, fetchAPI) => toResponse(stream as unknown as AsyncIterable<ExecutionResult>, fetchAPI, res),
        MEDIA_TYPE,
      );
    },
  };

  return {
    plugin,
    /**
     * Tells every client to come back, each at a moment of its own within `spreadMs`, and waits until they have gone. A
     * stream that was still beginning ends at once.
     */
    drain: (spreadMs: number): Promise<void> => {
      isDraining = true;
      return spread(open, spreadMs, async (leave) => leave());
    },
  };
};
