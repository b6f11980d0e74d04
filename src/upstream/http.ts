import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import got, { AbortError, RequestError, TimeoutError, type PlainResponse } from 'got';
import { platformTitle, UpstreamError, type PlatformName, type UpstreamCode } from './errors.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { TokenSource } from './token.ts';

/** One call to a platform. Whether it has an effect is said by its author: a verb does not tell (R1). */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments below the base URL, not yet encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** A body that is sent as it is. */
  readonly bytes?: { readonly contentType: string; readonly data: Buffer };
  readonly effect: 'read' | 'write';
  /** Asks upstream again even where the same read was answered before. */
  readonly isFresh?: boolean;
}

/** An answer with its body as text, whatever its status. */
export interface UpstreamReply {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A body as it arrives, whatever the status says. It is read as slowly as whoever takes it wants. */
export interface UpstreamStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of the body where nobody wants it. */
  cancel(): void;
}

/** An address that a platform has given for this one use. No token goes there: it carries its own permission. */
export interface StreamRequest {
  readonly platform: PlatformName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the stream: the client has gone. */
  readonly signal: AbortSignal;
}

/** What the calls of one principal to one platform have in common. */
export interface HttpOptions {
  readonly platform: PlatformName;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for calls that carry no token, such as the one that asks for it. */
  readonly tokens: TokenSource | null;
  /** Ends the calls: the client has gone, or the operation has run out of time. */
  readonly signal: AbortSignal;
  /** The error this answer stands for, or null when it is a good one. Knows the vendor's conventions. */
  readonly explain: (reply: UpstreamReply, request: UpstreamRequest) => UpstreamError | null;
  /** Told of every call that leaves. */
  readonly onCall?: () => void;
}

/** Sends requests to one platform as one principal. */
export interface Http {
  /**
   * The answer to `request`, or an {@link UpstreamError}. A refused token is renewed and the request repeated once;
   * a read that fails in transit is repeated once; a write leaves once. The same read is sent once and its answer
   * shared, until a write makes it stale.
   */
  send(request: UpstreamRequest): Promise<UpstreamReply>;
}

export type CreateHttp = (options: HttpOptions) => Http;

export interface TransportLimits {
  readonly tryTimeoutMs: number;
  readonly upstreamAnswerBytes: number;
  readonly upstreamConnections: number;
}

const MAX_RETRY_DELAY_MS = 200;
const statusesOfTransit = new Set([502, 503, 504]);

/** A URL below `baseUrl`. A segment stays one segment and a value one value, whatever they contain (S3, S4). */
const toUrl = (baseUrl: string, { path, query = {} }: UpstreamRequest): URL => {
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const url = [baseUrl, ...path.map(encodeURIComponent)].join('/');
  return new URL(search.length === 0 ? url : `${url}?${search.join('&')}`);
};

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

const flatten = (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

/** What happened by the code of the transport. Whatever is not listed happened to a connection that stood. */
const reasons: readonly (readonly [RegExp, UpstreamCode, string])[] = [
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH)$/,
    'UPSTREAM_UNAVAILABLE',
    'cannot be reached',
  ],
  [
    /^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/,
    'UPSTREAM_UNAVAILABLE',
    'cannot be reached securely: check its certificate, and whether its address begins with http or https',
  ],
  [/^HPE_/, 'UPSTREAM_PROTOCOL', 'sent an answer that is not HTTP'],
];

/** got knows its own time limit; the operation's shows as an aborted signal. */
const isTimeout = (error: unknown) =>
  error instanceof TimeoutError ||
  error instanceof AbortError ||
  (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'));

const toTransportError = (error: unknown, platform: PlatformName, tooLarge: boolean): UpstreamError => {
  const title = platformTitle(platform);
  const reason = error instanceof RequestError ? error.code : undefined;
  if (tooLarge) {
    return new UpstreamError({
      code: 'UPSTREAM_PROTOCOL',
      platform,
      reason,
      message: `${title} sent an answer that is too large to be read.`,
    });
  }
  if (isTimeout(error)) {
    return new UpstreamError({
      code: 'UPSTREAM_TIMEOUT',
      platform,
      reason,
      message: `${title} did not answer in time.`,
    });
  }
  const [, code, what] = reasons.find(([pattern]) => pattern.test(reason ?? '')) ?? [
    undefined,
    'UPSTREAM_UNAVAILABLE' as const,
    'ended the connection before its answer was complete',
  ];
  return new UpstreamError({ code, platform, reason, message: `${title} ${what}.` });
};

/**
 * Waits for a token no longer than the operation may last. A renewal is shared: it goes on for the others when one
 * operation has run out of time, or its client has gone.
 */
const within = <Value>({ signal, platform }: HttpOptions, wanted: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(toTransportError(signal.reason, platform, false));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

export interface Transport {
  readonly createHttp: CreateHttp;
  /**
   * Opens an address for reading, once and without a token. Throws an {@link UpstreamError} where nothing answers in
   * time; reading the body throws where upstream falls silent or breaks off.
   */
  readonly open: (request: StreamRequest) => Promise<UpstreamStream>;
  readonly close: () => void;
}

/** The pieces of a body, each of which has to come within a time; the time in which nobody asks for one does not count. */
async function* piecesOf(stream: Duplex, limitMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, void>;
  try {
    for (;;) {
      const limit = setTimeout(() => stream.destroy(new Error('upstream fell silent')), limitMs);
      const next = await pieces.next().finally(() => clearTimeout(limit));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stream.destroy();
  }
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

/** Whether a request was lost on the way, so that sending it again may help. An upstream that names a time is obeyed. */
const isLost = (result: UpstreamReply | UpstreamError): boolean =>
  result instanceof UpstreamError
    ? result.failure.code === 'UPSTREAM_UNAVAILABLE'
    : statusesOfTransit.has(result.status) && result.headers['retry-after'] === undefined;

/**
 * The one place that sends upstream requests, and the one that knows got. The connections and retry budgets it holds
 * are the process's; everything about a principal comes with {@link HttpOptions}.
 */
export const createTransport = (limits: TransportLimits): Transport => {
  const agentOptions = { keepAlive: true, maxSockets: limits.upstreamConnections };
  const agent = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const budgets = new Map<PlatformName, RetryBudget>();
  const budgetOf = (platform: PlatformName) => {
    const budget = budgets.get(platform) ?? createRetryBudget();
    budgets.set(platform, budget);
    return budget;
  };
  // got's own retries would repeat writes that the legacy API takes by GET, and wait for any Retry-After.
  const opener = got.extend({
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    decompress: false,
    throwHttpErrors: false,
  });
  const client = opener.extend({ responseType: 'buffer', timeout: { request: limits.tryTimeoutMs } });

  const exchange = async (
    request: UpstreamRequest,
    options: HttpOptions,
    token: string | null,
  ): Promise<UpstreamReply> => {
    const cut = new AbortController();
    const { method, json, form, bytes } = request;
    const hasBody = json !== undefined || form !== undefined || bytes !== undefined;
    options.onCall?.();
    try {
      const call = client(toUrl(options.baseUrl, request), {
        method,
        ...(json !== undefined && { json }),
        ...(form !== undefined && { form: { ...form } }),
        ...(bytes !== undefined && { body: bytes.data }),
        headers: {
          ...options.headers,
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...(bytes !== undefined && { 'content-type': bytes.contentType }),
          ...(method !== 'GET' && !hasBody && { 'content-length': '0' }),
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.any([options.signal, cut.signal]),
      });
      void call.on('downloadProgress', ({ transferred, total = 0 }) => {
        if (Math.max(transferred, total) > limits.upstreamAnswerBytes) cut.abort();
      });
      const { statusCode, statusMessage = '', headers, body } = await call;
      return {
        status: statusCode,
        reason: statusMessage,
        headers: flatten(headers),
        text: Buffer.from(body).toString('utf8'),
      };
    } catch (error) {
      throw toTransportError(error, options.platform, cut.signal.aborted);
    }
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
    const first = await settle(exchange(request, options, token));
    if (!isLost(first) || !mayRepeat()) return unwrap(first);
    await delay(Math.random() * MAX_RETRY_DELAY_MS, undefined, { signal: options.signal }).catch(
      () => undefined,
    );
    return exchange(request, options, token);
  };

  /** A refused request had no effect, so that even a write may follow with the new token (R14). */
  const authorized = async (request: UpstreamRequest, options: HttpOptions): Promise<UpstreamReply> => {
    if (options.tokens === null) return attempt(request, options, null);
    const token = await within(options, options.tokens.get());
    const reply = await attempt(request, options, token);
    // A 401 may also refuse the call and not the caller: then another token would change nothing (subscriber-api A-08).
    if (reply.status !== 401 || options.explain(reply, request)?.failure.code !== 'UNAUTHENTICATED')
      return reply;
    const renewed = await within(options, options.tokens.renew(token));
    return renewed === null ? reply : attempt(request, options, renewed);
  };

  const createHttp: CreateHttp = (options) => {
    const reads = new Map<string, Promise<UpstreamReply>>();
    const perform = async (request: UpstreamRequest) => {
      refuseUnsendable(request, options.platform);
      const reply = await authorized(request, options);
      const error = options.explain(reply, request);
      if (error !== null) throw error;
      return reply;
    };
    return {
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

  const open = async ({ platform, url, headers, signal }: StreamRequest): Promise<UpstreamStream> => {
    const address = URL.parse(url);
    if (address === null || !/^https?:$/.test(address.protocol)) {
      const message = `${platformTitle(platform)} gave an address that cannot be opened.`;
      throw new UpstreamError({ code: 'UPSTREAM_PROTOCOL', platform, message });
    }
    const limit = limits.tryTimeoutMs;
    const stream = opener.stream(address, {
      headers: { ...headers, 'accept-encoding': 'identity' },
      signal,
      // A body lasts as long as its reader takes; only its beginning is waited for.
      timeout: { lookup: limit, connect: limit, secureConnect: limit, response: limit },
    });
    try {
      const [response] = (await once(stream, 'response')) as [PlainResponse];
      // What goes wrong from here on is told to whoever reads.
      stream.on('error', () => undefined);
      return {
        status: response.statusCode,
        headers: flatten(response.headers),
        body: piecesOf(stream, limit),
        cancel: () => stream.destroy(),
      };
    } catch (error) {
      throw toTransportError(error, platform, false);
    }
  };

  return {
    createHttp,
    open,
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
};
