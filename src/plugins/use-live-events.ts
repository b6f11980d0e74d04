import {
  createSourceEventStream,
  executeSubscriptionEvent,
  GraphQLError,
  validateSubscriptionArgs,
  type ExecutionArgs,
  type ExecutionResult,
  type ValidatedSubscriptionArgs,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { principalKeyOf, type Credentials } from '../auth.ts';
import type { Context } from '../context.ts';
import { maskError } from '../errors.ts';
import type { Followed } from '../feed/following.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { createEventMemory, nameGroup } from '../live/event-memory.ts';
import { isRefused, withCursor } from '../live/event-result.ts';
import { createUnlessAborted } from '../live/unless-aborted.ts';
import type { OperationLog } from '../operation-log.ts';
import { addWarnings } from './use-warnings.ts';

/** A subscription begins or fails within this time (R41). */
const BEGIN_MS = 5_000;

/** What a field of the subscription answers is handed on as it is. */
const isFollowed = (value: object): value is Followed => Symbol.asyncIterator in value;

interface Opened {
  readonly validated: ValidatedSubscriptionArgs;
  readonly events: Followed;
}

const tookTooLong = new GraphQLError(
  'The platforms did not begin to tell in time. Subscribe again in a moment.',
  { extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true } },
);

/** What ends a stream is its last result; where that says from where to go on, whoever comes back by itself does. */
const toLast = (error: unknown): ExecutionResult => {
  const masked = maskError(error);
  const { cursor } = masked.extensions;
  return withCursor({ errors: [masked] }, typeof cursor === 'string' ? cursor : null);
};

/** The events of a subscription, or why there are none. What takes too long is ended as soon as it has begun. */
const open = async (args: ExecutionArgs): Promise<Opened | ExecutionResult> => {
  const context = args.contextValue as Context;
  const isLate = new AbortController();
  const signal = AbortSignal.any([context.signal, isLate.signal]);
  const validated = validateSubscriptionArgs({ ...args, contextValue: { ...context, signal } });
  if (!('schema' in validated)) return { errors: validated };
  const opening = (async (): Promise<Opened | ExecutionResult> => {
    const found = await createSourceEventStream(validated);
    return isFollowed(found) ? { validated, events: found } : (found as ExecutionResult);
  })();
  const { promise: limit, resolve } = Promise.withResolvers<ExecutionResult>();
  const timer = setTimeout(() => {
    isLate.abort();
    resolve({ errors: [tookTooLong] });
  }, BEGIN_MS);
  try {
    return await Promise.race([opening, limit]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * How subscriptions are carried out: each event with a context of its own, so that what it leads to is read anew and not
 * answered from what the event before it had loaded; once for all equal subscriptions of a principal; and what ends the
 * stream is its last result, with a code that says why.
 */
export const useLiveEvents = (log: OperationLog): Plugin<Context> => {
  const memory = createEventMemory();

  const subscribe = async (
    args: ExecutionArgs,
  ): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> => {
    const context = args.contextValue as Context;
    const opened = await open(args);
    if (!('events' in opened)) return opened;
    const { validated, events } = opened;
    const started = performance.now();
    const groupOf = (credentials: Credentials) =>
      nameGroup(
        principalKeyOf(credentials),
        args.document,
        args.operationName ?? null,
        args.variableValues ?? {},
      );
    let presented = context.client.credentials();
    let membership = memory.enter(groupOf(presented));
    const unlessLost = createUnlessAborted(events.right);
    let count = 0;
    let isOver = false;
    const end = async (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      membership.leave();
      const { requestId, principal } = context;
      const durationMs = Math.round(performance.now() - started);
      log.ended({ requestId, principal, durationMs, events: count }, error);
      await events.return?.();
    };

    /** Whoever has handed other tokens over is answered with those, and shares with those who present them too. */
    const regroup = () => {
      const now = context.client.credentials();
      if (now === presented) return;
      presented = now;
      membership.leave();
      membership = memory.enter(groupOf(now));
    };

    const tell = async (event: FeedEvent, until: AbortSignal): Promise<ExecutionResult> => {
      const contextValue = { ...context, ...(await context.again(until)) };
      const result = await executeSubscriptionEvent({ ...validated, rootValue: event, contextValue });
      const { errors, ...rest } = addWarnings(result, contextValue.warnings);
      log.faults(context.requestId, errors);
      const told = errors === undefined ? rest : { errors: errors.map(maskError), ...rest };
      return withCursor(told, event.cursor);
    };

    /** A refusal is for whoever was refused: others may present what is good. */
    const isKept = (result: ExecutionResult) => !isRefused(result, events.platforms);

    const resolve = async (event: FeedEvent): Promise<ExecutionResult> => {
      regroup();
      // One who was told of something late may be told that it is new, and another only that it has changed.
      const name = `${event.feed} ${event.cursor} ${event.change.kind}`;
      const told = await membership.once(name, (until) => tell(event, until), isKept);
      if (isOver || isKept(told)) return told;
      // Refused as somebody whose place another token has taken meanwhile.
      if (context.client.credentials() !== presented) return resolve(event);
      await events.doubt();
      return told;
    };

    const results: AsyncIterableIterator<ExecutionResult> = {
      next: async () => {
        if (isOver) return { done: true, value: undefined };
        try {
          const { done, value } = await events.next();
          if (done === true || isOver) {
            await end();
            return { done: true, value: undefined };
          }
          count += 1;
          return { done: false, value: await unlessLost(resolve(value)) };
        } catch (error) {
          await end(error);
          const last = toLast(error);
          log.faults(context.requestId, last.errors);
          return { done: false, value: last };
        }
      },
      return: async () => {
        await end();
        return { done: true, value: undefined };
      },
      throw: async (error) => {
        await end(error);
        throw error;
      },
      [Symbol.asyncIterator]: () => results,
    };
    return results;
  };

  return {
    onSubscribe: ({ setSubscribeFn }) => {
      setSubscribeFn(subscribe);
    },
  };
};
