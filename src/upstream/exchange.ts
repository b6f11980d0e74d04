import { once } from 'node:events';
import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable, type Duplex } from 'node:stream';
import got, { type PlainResponse } from 'got';
import { platformTitle, UpstreamError, type PlatformName } from './errors.ts';
import { toTransportError, type Ending } from './transport-error.ts';

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
  /** A body that is passed on as it comes. */
  readonly upload?: Upload;
  readonly effect: 'read' | 'write';
  /** Asks upstream again even where the same read was answered before. */
  readonly isFresh?: boolean;
}

/** A body that a client is still sending. It may last longer than an operation: it ends with `signal` alone. */
export interface Upload {
  readonly contentType: string;
  /** How many bytes it will have been. */
  readonly length: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends it: the client has gone. */
  readonly signal: AbortSignal;
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

/** An address to open. One that a platform has given for one use carries its own permission: no token goes there. */
export interface StreamRequest {
  readonly platform: PlatformName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the stream: the client has gone. */
  readonly signal: AbortSignal;
}

export interface TransportLimits {
  readonly tryTimeoutMs: number;
  readonly upstreamAnswerBytes: number;
  readonly upstreamConnections: number;
}

/** Where a request goes and what goes with it. */
export interface Route {
  readonly platform: PlatformName;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the exchange: the client has gone, or the operation has run out of time. */
  readonly signal: AbortSignal;
}

/** A URL below `baseUrl`. A segment stays one segment and a value one value, whatever they contain (S3, S4). */
export const toUrl = (baseUrl: string, { path, query = {} }: UpstreamRequest): URL => {
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const url = [baseUrl, ...path.map(encodeURIComponent)].join('/');
  return new URL(search.length === 0 ? url : `${url}?${search.join('&')}`);
};

const flatten = (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

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

/** How long upstream may take: begun anew with each thing that it is to do next, and stopped while it waits for us. */
interface Patience {
  readonly begin: () => void;
  readonly stop: () => void;
  /** There is a connection. One that is waited for is none of upstream's: its time must not run out in our queue. */
  readonly connect: () => void;
}

const createPatience = (limitMs: number, onEnd: () => void): Patience => {
  let limit: NodeJS.Timeout | undefined;
  let isConnected = false;
  let isDue = false;
  const stop = () => {
    isDue = false;
    clearTimeout(limit);
  };
  const begin = () => {
    stop();
    isDue = true;
    if (isConnected) limit = setTimeout(onEnd, limitMs);
  };
  return {
    begin,
    stop,
    connect: () => {
      isConnected = true;
      if (isDue) begin();
    },
  };
};

/** The pieces of a body, each of which upstream has to take within a time; while the client sends none it has time. */
async function* passOn(
  { body }: Upload,
  { begin, stop }: Patience,
  onPassed: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  stop();
  for await (const piece of body) {
    begin();
    yield piece;
    stop();
  }
  onPassed();
  begin();
}

/** The body of a request in the words of got, which knows by itself what to tell of JSON and of forms. */
const contentOf = (
  { method, json, form, bytes, upload }: UpstreamRequest,
  patience: Patience,
  onPassed: () => void,
) => {
  if (json !== undefined) return { options: { json }, headers: {} };
  if (form !== undefined) return { options: { form: { ...form } }, headers: {} };
  if (bytes !== undefined)
    return { options: { body: bytes.data }, headers: { 'content-type': bytes.contentType } };
  if (upload === undefined)
    return { options: {}, headers: method === 'GET' ? {} : { 'content-length': '0' } };
  return {
    options: { body: Readable.from(passOn(upload, patience, onPassed), { objectMode: false }) },
    headers: { 'content-type': upload.contentType, 'content-length': String(upload.length) },
  };
};

/** What leaves this process, each request once. */
export interface Exchanges {
  /** The answer to one request, whatever its status. Throws an {@link UpstreamError} where there is none. */
  readonly exchange: (request: UpstreamRequest, route: Route, token: string | null) => Promise<UpstreamReply>;
  /**
   * Opens an address for reading, once, with these headers alone. Throws an {@link UpstreamError} where nothing answers
   * in time; reading the body throws where upstream falls silent or breaks off.
   */
  readonly open: (request: StreamRequest) => Promise<UpstreamStream>;
  readonly close: () => void;
}

/** The one place where requests leave, and the one that knows got. The connections it holds are the process's. */
export const createExchanges = (limits: TransportLimits): Exchanges => {
  const agentOptions = { keepAlive: true, maxSockets: limits.upstreamConnections };
  const createAgent = () => ({ http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) });
  const agent = createAgent();
  // What clients upload takes as long as they do: nothing else is to wait for a connection until they are done.
  const uploadAgent = createAgent();
  // got's own retries would repeat writes that the legacy API takes by GET, and wait for any Retry-After.
  const opener = got.extend({
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    decompress: false,
    throwHttpErrors: false,
  });
  const client = opener.extend({ responseType: 'buffer' });

  const exchange = async (
    request: UpstreamRequest,
    route: Route,
    token: string | null,
  ): Promise<UpstreamReply> => {
    const cut = new AbortController();
    const end = (ending: Ending) => cut.abort(ending);
    const patience = createPatience(limits.tryTimeoutMs, () => end('try'));
    let isPassedOn = request.upload === undefined;
    const { options, headers: contentHeaders } = contentOf(request, patience, () => {
      isPassedOn = true;
    });
    patience.begin();
    const signal = request.upload?.signal ?? route.signal;
    try {
      const call = client(toUrl(route.baseUrl, request), {
        method: request.method,
        ...options,
        ...(request.upload !== undefined && { agent: uploadAgent }),
        headers: {
          ...route.headers,
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...contentHeaders,
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.any([signal, cut.signal]),
      });
      void call.on('request', (outgoing: ClientRequest) => {
        if (outgoing.socket === null) outgoing.once('socket', patience.connect);
        else patience.connect();
      });
      void call.on('downloadProgress', ({ transferred, total = 0 }) => {
        if (Math.max(transferred, total) > limits.upstreamAnswerBytes) end('size');
      });
      const { statusCode, statusMessage = '', headers, body } = await call;
      // Whoever is content before the end has kept a part at most.
      if (!isPassedOn && statusCode < 300) {
        const message = `${platformTitle(route.platform)} answered before it was sent all of a file: it may have kept a part.`;
        throw new UpstreamError({ code: 'UPSTREAM_PROTOCOL', platform: route.platform, message });
      }
      return {
        status: statusCode,
        reason: statusMessage,
        headers: flatten(headers),
        text: Buffer.from(body).toString('utf8'),
      };
    } catch (error) {
      const ownEnding = cut.signal.aborted ? (cut.signal.reason as Ending) : null;
      throw toTransportError(error, route.platform, ownEnding ?? (signal.aborted ? 'operation' : null));
    } finally {
      patience.stop();
    }
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
      throw toTransportError(error, platform, null);
    }
  };

  return {
    exchange,
    open,
    close: () => {
      for (const { http, https } of [agent, uploadAgent]) {
        http.destroy();
        https.destroy();
      }
    },
  };
};
