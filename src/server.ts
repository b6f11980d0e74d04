import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from './config.ts';
import { createCors, isOwnOrListed } from './cors.ts';
import { exportPaths } from './export-route.ts';
import { WEBHOOKS_PATH } from './feed/webhook-address.ts';
import { createGateway, GRAPHQL_PATH } from './gateway.ts';
import { createGraphiql, type ExplorerHeaders } from './graphiql.ts';
import type { Logger } from './logger.ts';
import { BodyError, discardBody, readBody } from './request-body.ts';
import { requestIdOf } from './request-id.ts';
import { sendFailure } from './route-failure.ts';
import { RECORDINGS_PATH, UPLOADS_PATH } from './schema/media-path.ts';
import { openState } from './state/index.ts';

export interface ServerOptions {
  /** Headers for GraphiQL to send, made at each visit to the page of the server at `url`; none by default. */
  readonly explorerHeaders?: (url: string) => Promise<ExplorerHeaders>;
}

/** The running gateway. */
export interface Server {
  readonly url: string;
  /**
   * Lets requests under way finish, then closes. Answers false when some had to be cut because they took longer than
   * the configured limit.
   */
  stop(): Promise<boolean>;
}

/** Slow clients are cut off (R39): their headers after this long, and whatever they send, even a large file, after that. */
const HEADERS_TIMEOUT_MS = 10_000;
const UPLOAD_TIMEOUT_MS = 600_000;
const IDLE_TIMEOUT_MS = 60_000;
/** How often it is looked for them; node's own 30 seconds would make the limits above three times as long. */
const SLOW_CLIENT_CHECK_MS = 1_000;

/** Clients that stay are told to go within this time, each at a moment of its own: they all come back. */
const CLIENT_SPREAD_MS = 5_000;

/** The page is one document with its scripts inside; should it ever ask for more, the browser refuses. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; " +
    "font-src data:; img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
};

/** Addresses that stand for all of a machine's, and where it finds itself there. */
const anyAddress: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const sendJson = (response: ServerResponse, status: number, body: unknown) => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
};

const sendError = (response: ServerResponse, status: number, code: string, message: string) => {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
};

/** The address of a page that was edited holds its query, so that a query does not make it another request. */
const isPageRequest = ({ method, headers }: IncomingMessage) =>
  (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');

/** The target of a request in either of its forms, `/path` and `http://host/path`. */
const parseTarget = (target = '/'): URL | null =>
  URL.parse(target.startsWith('/') ? `http://gateway${target}` : target);

const reads = new Set(['GET', 'HEAD']);

/**
 * Starts to listen. Resolves when requests are answered; rejects when the address cannot be had.
 */
export const startServer = async (
  config: Config,
  log: Logger,
  options: ServerOptions = {},
): Promise<Server> => {
  const state = await openState(config, log);
  const gateway = createGateway(config, log, state, () => toUrl());
  const graphiql = createGraphiql(GRAPHQL_PATH, async () => options.explorerHeaders?.(toUrl()) ?? {});
  const allowOrigin = createCors(config.corsOrigins);
  let isStopping = false;
  /** Whether connections on which nothing is under way are to be closed. */
  let isDrained = false;

  const answerGraphql = async (
    request: IncomingMessage & { body?: string },
    response: ServerResponse,
    { pathname, search }: URL,
  ) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { allow: 'GET, POST' }).end();
      return;
    }
    if (!config.production && isPageRequest(request)) {
      const { body, headers } = await graphiql(request.headers['accept-encoding'] ?? '');
      response.writeHead(200, { ...pageHeaders, ...headers }).end(body);
      return;
    }
    // Yoga takes an empty text for "not yet read" and would wait for a body that has already ended.
    if (request.method === 'POST') request.body = (await readBody(request, config.limits.bodyBytes)) || ' ';
    // Yoga makes a URL of these two, and answers with a stack trace where the client's cannot be one.
    request.headers.host = 'gateway';
    request.url = `${pathname}${search}`;
    await gateway.handle(request, response);
  };

  const answerRecording = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { allow: 'GET, HEAD' }).end();
      return;
    }
    if (reads.has(request.method ?? '')) return gateway.recordings(request, response, url);
    response.setHeader('allow', 'GET, HEAD');
    sendError(response, 405, 'BAD_REQUEST', 'A recording can only be read.');
  };

  const answerUpload = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { allow: 'PUT' }).end();
      return;
    }
    if (request.method === 'PUT') return gateway.uploads(request, response, url);
    response.setHeader('allow', 'PUT');
    sendError(response, 405, 'BAD_REQUEST', 'A file is sent by PUT; it can be read below /recordings/.');
  };

  const answerExport = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { allow: 'GET' }).end();
      return;
    }
    if (request.method === 'GET') return gateway.calls(request, response, url);
    response.setHeader('allow', 'GET');
    sendError(response, 405, 'BAD_REQUEST', 'An export can only be read.');
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = parseTarget(request.url);
    const path = url?.pathname;
    if (url !== null && path === GRAPHQL_PATH) {
      allowOrigin(request, response);
      return answerGraphql(request, response, url);
    }
    if (url !== null && path?.startsWith(`${WEBHOOKS_PATH}/`) === true)
      return gateway.webhooks(request, response, url);
    if (url !== null && path?.startsWith(RECORDINGS_PATH) === true) {
      allowOrigin(request, response);
      return answerRecording(request, response, url);
    }
    if (url !== null && path?.startsWith(UPLOADS_PATH) === true) {
      allowOrigin(request, response);
      return answerUpload(request, response, url);
    }
    if (url !== null && path !== undefined && exportPaths.has(path)) {
      allowOrigin(request, response);
      return answerExport(request, response, url);
    }
    if (path === '/' && !config.production && isPageRequest(request)) {
      response.writeHead(302, { location: GRAPHQL_PATH }).end();
      return;
    }
    if (path !== '/health' && path !== '/ready') {
      return sendError(
        response,
        404,
        'NOT_FOUND',
        `There is nothing at ${path ?? 'this address'}; GraphQL is at ${GRAPHQL_PATH}.`,
      );
    }
    if (!reads.has(request.method ?? '')) {
      response.setHeader('allow', 'GET, HEAD');
      return sendError(response, 405, 'BAD_REQUEST', `${path} can only be read.`);
    }
    if (path === '/health')
      return sendJson(response, 200, { status: 'ok', version: config.version, events: gateway.counts });
    return sendJson(response, isStopping ? 503 : 200, { status: isStopping ? 'stopping' : 'ready' });
  };

  /** Connections on which nothing was said yet, such as browsers open ahead of time: node does not count them as idle. */
  const silent = new Set<Duplex>();

  const listener = createHttpServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: UPLOAD_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: SLOW_CLIENT_CHECK_MS,
    },
    (request, response) => {
      silent.delete(request.socket);
      const requestId = requestIdOf(request.headers['x-request-id']);
      request.headers['x-request-id'] = requestId;
      response.setHeader('x-request-id', requestId);
      if (isStopping) response.setHeader('connection', 'close');
      // Whatever was answered before its body had come: nobody reads the rest.
      response.once('finish', () => !request.complete && discardBody(request));
      // A connection that becomes idle while the server stops would keep it from closing until it times out.
      response.once('close', () => isDrained && listener.closeIdleConnections());
      answer(request, response).catch((error: unknown) => {
        // The client has gone: nobody is there to be told.
        if (request.socket.destroyed) return;
        if (error instanceof BodyError) {
          sendFailure(response, error);
          return;
        }
        log.error({ err: error, requestId }, 'a request failed');
        if (response.headersSent) response.destroy();
        else sendError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong in the gateway.');
      });
    },
  );

  listener.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });

  /** The status, and perhaps a header, for whoever gets no socket. */
  const whyNoSocket = (request: IncomingMessage): string | null => {
    if (parseTarget(request.url)?.pathname !== GRAPHQL_PATH) return '404 Not Found';
    if (isStopping) return '503 Service Unavailable';
    if (!isOwnOrListed(config.corsOrigins, request)) return '403 Forbidden';
    const waitMs = gateway.sockets.wait(request);
    return waitMs === 0 ? null : `429 Too Many Requests\r\nRetry-After: ${Math.ceil(waitMs / 1000)}`;
  };

  listener.on('upgrade', (request, socket, head) => {
    silent.delete(request.socket);
    const refusal = whyNoSocket(request);
    if (refusal === null) {
      gateway.sockets.upgrade(request, socket, head);
      return;
    }
    // Nobody else looks after it any more: a client that resets it would end the process, and one that keeps it would have it.
    socket.on('error', () => undefined);
    socket.once('finish', () => socket.destroy());
    socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });

  /** Where a client on this machine finds the listener, whichever addresses it listens on. */
  const toUrl = () => {
    const { port } = listener.address() as AddressInfo;
    const host = anyAddress[config.host] ?? config.host;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  };

  try {
    // The system shares connections out among the workers, better than one of them could.
    await once(
      listener.listen({ port: config.port, host: config.host, reusePort: config.workers > 1 }),
      'listening',
    );
  } catch (error) {
    await state.close();
    throw error;
  }

  return {
    url: toUrl(),
    stop: async () => {
      isStopping = true;
      const closed = new Promise<void>((resolve) => {
        // That of node:http closes connections at once that are idle, though a request may be on its way over them (R21).
        NetServer.prototype.close.call(listener, () => resolve());
      });
      let isForced = false;
      const limit = setTimeout(() => {
        isForced = true;
        gateway.sockets.close();
        listener.closeAllConnections();
      }, config.limits.shutdownTimeoutMs);
      await gateway.drain(Math.min(CLIENT_SPREAD_MS, config.limits.shutdownTimeoutMs / 3));
      isDrained = true;
      for (const socket of silent) socket.destroy();
      listener.closeIdleConnections();
      await closed;
      clearTimeout(limit);
      // There is nobody left to be looked for.
      listener.close();
      await gateway.close();
      await state.close();
      return !isForced;
    },
  };
};
