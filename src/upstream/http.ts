import { setTimeout as delay } from 'node:timers/promises';
import { UpstreamError, type PlatformName } from './errors.ts';
import {
  createExchanges,
  toUrl,
  type Exchanges,
  type Route,
  type StreamRequest,
  type TransportLimits,
  type UpstreamReply,
  type UpstreamRequest,
  type UpstreamStream,
} from './exchange.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { TokenSource } from './token.ts';
import { toTransportError } from './transport-error.ts';

export type {
  StreamRequest,
  TransportLimits,
  Upload,
  UpstreamReply,
  UpstreamRequest,
  UpstreamStream,
} from './exchange.ts';

/** What the calls of one principal to one platform have in common. */
export interface HttpOptions extends Route {
  /** Null for calls that carry no token, such as the one that asks for it. */
  readonly tokens: TokenSource | null;
  /** The error this answer stands for, or null when it is a good one. Knows the vendor's conventions. */
  readonly explain: (reply: UpstreamReply, request: UpstreamRequest) => UpstreamError | null;
  /** Told of every call before it leaves, which it does not where this throws. */
  readonly onCall?: (effect: UpstreamRequest['effect']) => void;
  /** Told of every write that the platform has accepted: from then on it was made, whatever becomes of the rest. */
  readonly onAccepted?: () => void;
  /** Told of what is odd in an answer that is used all the same. */
  readonly onOddity?: (message: string) => void;
}

/** Sends requests to one platform as one principal. */
export interface Http {
  /**
   * The answer to `request`, or an {@link UpstreamError}. A refused token is renewed and the request repeated once;
   * a read that fails in transit is repeated once; a write leaves once. The same read is sent once and its answer
   * shared, until a write makes it stale.
   */
  send(request: UpstreamRequest): Promise<UpstreamReply>;
  /**
   * The body of a read as it comes, for whoever passes it on, or an {@link UpstreamError}. It is neither shared nor
   * repeated, except with a renewed token.
   */
  open(request: UpstreamRequest, passage: Passage): Promise<UpstreamStream>;
  /** Tells the reader of the answer what is odd about it, though it is used. */
  warn(message: string): void;
}

/** What a body is opened for. It may last longer than an operation: it ends with `signal` alone. */
export type Passage = Pick<StreamRequest, 'headers' | 'signal'>;

export type CreateHttp = (options: HttpOptions) => Http;

const MAX_RETRY_DELAY_MS = 200;
const statusesOfTransit = new Set([502, 503, 504]);

/** Refuses what cannot be sent as it is: half a surrogate pair, or a path segment that would climb out of its place. */
const refuseUnsendable = ({ path, query = {}, form = {} }: UpstreamRequest, platform: PlatformName) => {
  const values = [...path, ...Object.values(query), ...Object.values(form)];
  const climbs = path.some((segment) => segment === '.' || segment === '..');
  if (climbs || !values.every((value) => value.isWellFormed())) {
    const message = climbs
      ? 'An id must not be "." or "..".'
      : 'A text holds half of a surrogate pair, which is not valid Unicode.';
    throw new UpstreamError({ code: 'BAD_USER_INPUT', platform, message });
  }
};

/**
 * Waits for a token no longer than the operation may last. A renewal is shared: it goes on for the others when one
 * operation has run out of time, or its client has gone.
 */
const within = <Value>({ signal, platform }: HttpOptions, wanted: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(toTransportError(signal.reason, platform, 'operation'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

export interface Transport extends Pick<Exchanges, 'open' | 'close'> {
  readonly createHttp: CreateHttp;
}

const settle = (exchange: Promise<UpstreamReply>): Promise<UpstreamReply | UpstreamError> =>
  exchange.catch((error: unknown) => {
    if (error instanceof UpstreamError) return error;
    throw error;
  });

const unwrap = (result: UpstreamReply | UpstreamError): UpstreamReply => {
  if (result instanceof UpstreamError) throw result;
  return result;
};

/**
 * Whether the request may be sent again with another token. A 401 may also refuse the call and not the caller: then that
 * would change nothing (subscriber-api A-08); and what a client uploads comes once.
 */
const isTokenRefused = (reply: UpstreamReply, request: UpstreamRequest, { explain }: HttpOptions): boolean =>
  reply.status === 401 &&
  request.upload === undefined &&
  explain(reply, request)?.failure.code === 'UNAUTHENTICATED';

/** What `attempt` gives with a token; a refused one had no effect, so that even a write may follow with the new one (R14). */
const authorized = async <Answer>(
  options: HttpOptions,
  attempt: (token: string | null) => Promise<Answer>,
  isRefused: (answer: Answer) => boolean,
): Promise<Answer> => {
  if (options.tokens === null) return attempt(null);
  const token = await within(options, options.tokens.get());
  const answer = await attempt(token);
  if (!isRefused(answer)) return answer;
  const renewed = await within(options, options.tokens.renew(token));
  return renewed === null ? answer : attempt(renewed);
};

/** An answer whose body is left where it is. */
const withoutBody = ({ status, headers }: UpstreamStream): UpstreamReply => ({
  status,
  reason: '',
  headers,
  text: '',
});

/** Whether a request was lost on the way, so that sending it again may help. An upstream that names a time is obeyed. */
const isLost = (result: UpstreamReply | UpstreamError): boolean =>
  result instanceof UpstreamError
    ? result.failure.code === 'UPSTREAM_UNAVAILABLE'
    : statusesOfTransit.has(result.status) && result.headers['retry-after'] === undefined;

/**
 * What is sent upstream, and how often. The connections and retry budgets it holds are the process's; everything about
 * a principal comes with {@link HttpOptions}.
 */
export const createTransport = (limits: TransportLimits): Transport => {
  const { exchange, open, close } = createExchanges(limits);
  const budgets = new Map<PlatformName, RetryBudget>();
  const budgetOf = (platform: PlatformName) => {
    const budget = budgets.get(platform) ?? createRetryBudget();
    budgets.set(platform, budget);
    return budget;
  };

  const leave = (request: UpstreamRequest, options: HttpOptions, token: string | null) => {
    options.onCall?.(request.effect);
    return exchange(request, options, token);
  };

  /** One try for a write, two for a read whose first was lost in transit. */
  const attempt = async (
    request: UpstreamRequest,
    options: HttpOptions,
    token: string | null,
  ): Promise<UpstreamReply> => {
    const budget = budgetOf(options.platform);
    budget.earn();
    const mayRepeat = () => request.effect === 'read' && !options.signal.aborted && budget.spend();
    const first = await settle(leave(request, options, token));
    if (!isLost(first) || !mayRepeat()) return unwrap(first);
    await delay(Math.random() * MAX_RETRY_DELAY_MS, undefined, { signal: options.signal }).catch(
      () => undefined,
    );
    return leave(request, options, token);
  };

  const createHttp: CreateHttp = (options) => {
    const reads = new Map<string, Promise<UpstreamReply>>();
    const perform = async (request: UpstreamRequest) => {
      refuseUnsendable(request, options.platform);
      const reply = await authorized(
        options,
        (token) => attempt(request, options, token),
        (answer) => isTokenRefused(answer, request, options),
      );
      const error = options.explain(reply, request);
      if (error !== null) throw error;
      if (request.effect === 'write') options.onAccepted?.();
      return reply;
    };
    const openOnce = (request: UpstreamRequest, passage: Passage, token: string | null) => {
      options.onCall?.(request.effect);
      const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
      return open({
        platform: options.platform,
        url: toUrl(options.baseUrl, request).href,
        headers: { ...options.headers, ...passage.headers, ...authorization },
        signal: passage.signal,
      });
    };
    return {
      warn: (message) => options.onOddity?.(message),
      open: async (request, passage) => {
        refuseUnsendable(request, options.platform);
        const stream = await authorized(
          options,
          (token) => openOnce(request, passage, token),
          (answer) => {
            const isRefused = isTokenRefused(withoutBody(answer), request, options);
            if (isRefused) answer.cancel();
            return isRefused;
          },
        );
        // 416 is no failure: it tells how long the body is.
        const error = stream.status === 416 ? null : options.explain(withoutBody(stream), request);
        if (error === null) return stream;
        stream.cancel();
        throw error;
      },
      send: (request) => {
        if (request.effect === 'write') {
          return perform(request).finally(() => reads.clear());
        }
        const key = JSON.stringify([request.method, request.path, request.query, request.form, request.json]);
        const known = reads.get(key);
        if (known !== undefined && request.isFresh !== true) return known;
        const reply = perform(request);
        reads.set(key, reply);
        return reply;
      },
    };
  };

  return { createHttp, open, close };
};
