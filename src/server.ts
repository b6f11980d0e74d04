import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config.ts';
import { createGateway, GRAPHQL_PATH } from './gateway.ts';
import { createGraphiql, type ExplorerHeaders } from './graphiql.ts';
import type { Logger } from './logger.ts';
import { BodyError, readBody } from './request-body.ts';
import { requestIdOf } from './request-id.ts';

export interface ServerOptions {
  /** Headers for GraphiQL to send; none by default. */
  readonly explorerHeaders?: () => Promise<ExplorerHeaders>;
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

/** Slow clients are cut off: their headers after this long, their bodies after twice as long (R39). */
const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 60_000;

const sendJson = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};

const sendError = (response: ServerResponse, status: number, code: string, message: string) => {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
};

const isPageRequest = ({ method, headers }: IncomingMessage, url: URL) =>
  method === 'GET' && !url.searchParams.has('query') && (headers.accept ?? '').includes('text/html');

/**
 * Starts to listen. Resolves when requests are answered; rejects when the address cannot be had.
 */
export const startServer = async (
  config: Config,
  log: Logger,
  options: ServerOptions = {},
): Promise<Server> => {
  const gateway = createGateway(config, log);
  const graphiql = createGraphiql(GRAPHQL_PATH, options.explorerHeaders ?? (async () => ({})));
  let isStopping = false;

  const answerGraphql = async (
    request: IncomingMessage & { body?: string },
    response: ServerResponse,
    url: URL,
  ) => {
    if (!config.production && isPageRequest(request, url)) {
      const page = await graphiql();
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'gzip',
        'cache-control': 'no-store',
      });
      response.end(page);
      return;
    }
    // Yoga takes an empty text for "not yet read" and would wait for a body that has already ended.
    if (request.method === 'POST') request.body = (await readBody(request, config.limits.bodyBytes)) || ' ';
    await gateway.handle(request, response);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://gateway');
    if (url.pathname === GRAPHQL_PATH) return answerGraphql(request, response, url);
    if (url.pathname === '/health') return sendJson(response, 200, { status: 'ok', version: config.version });
    if (url.pathname === '/ready') {
      return sendJson(response, isStopping ? 503 : 200, { status: isStopping ? 'stopping' : 'ready' });
    }
    return sendError(
      response,
      404,
      'NOT_FOUND',
      `There is nothing at ${url.pathname}; GraphQL is at ${GRAPHQL_PATH}.`,
    );
  };

  const listener = createHttpServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: 2 * HEADERS_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
    },
    (request, response) => {
      const requestId = requestIdOf(request.headers['x-request-id']);
      request.headers['x-request-id'] = requestId;
      response.setHeader('x-request-id', requestId);
      if (isStopping) response.setHeader('connection', 'close');
      answer(request, response).catch((error: unknown) => {
        if (error instanceof BodyError && !response.headersSent) {
          // What is left of the body is not read, so the connection cannot be used again.
          response.setHeader('connection', 'close');
          sendError(response, error.status, 'BAD_REQUEST', error.message);
          return;
        }
        if (!request.destroyed || !response.closed) log.error({ err: error, requestId }, 'a request failed');
        if (response.headersSent) response.destroy();
        else sendError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong in the gateway.');
      });
    },
  );

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(config.port, config.host, () => {
      listener.off('error', reject);
      resolve();
    });
  });
  const { port } = listener.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;

  return {
    url: `http://${host}:${port}`,
    stop: async () => {
      isStopping = true;
      const closed = new Promise<void>((resolve) => {
        listener.close(() => resolve());
      });
      let isForced = false;
      const limit = setTimeout(() => {
        isForced = true;
        listener.closeAllConnections();
      }, config.limits.shutdownTimeoutMs);
      await closed;
      clearTimeout(limit);
      gateway.close();
      return !isForced;
    },
  };
};
