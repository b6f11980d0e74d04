import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { readCredentials } from './auth.ts';
import { createClientAddress, toSource } from './client-address.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { createContexts } from './contexts.ts';
import { maskError } from './errors.ts';
import { createExportRoute } from './export-route.ts';
import { isRefusal } from './feed/rights.ts';
import { createWebhookProof, warnOfChecks } from './feed/webhook-proof.ts';
import { createWebhookRoute } from './feed/webhook-route.ts';
import { createSockets, type SocketOperation } from './live/socket.ts';
import type { Logger } from './logger.ts';
import { createOperationLog } from './operation-log.ts';
import { withinMediaHosts } from './media-host.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useDocumentRules } from './plugins/use-document-rules.ts';
import { useErrorCauses } from './plugins/use-error-causes.ts';
import { useErrorCodes } from './plugins/use-error-codes.ts';
import { createEventStreams } from './plugins/use-event-stream.ts';
import { useLiveEvents } from './plugins/use-live-events.ts';
import { useProductionRules } from './plugins/use-production-rules.ts';
import { useRateLimit } from './plugins/use-rate-limit.ts';
import { useRequestLog } from './plugins/use-request-log.ts';
import { useStrictRequests } from './plugins/use-strict-requests.ts';
import { useWarnings } from './plugins/use-warnings.ts';
import { findMedia } from './recording-media.ts';
import { createRateLimits, type Asker } from './rate-limits.ts';
import { createRecordingRoute } from './recording-route.ts';
import { requestIdOf } from './request-id.ts';
import { schema } from './schema/index.ts';
import type { State } from './state/state.ts';
import type { StreamRouteOptions } from './stream-route.ts';
import { createUploadRoute } from './upload-route.ts';
import { createTransport } from './upstream/http.ts';

/** The path of the one endpoint. */
export const GRAPHQL_PATH = '/graphql';

/** What brings an operation: a request over HTTP, or a message over a socket. */
interface Incoming {
  readonly req?: IncomingMessage;
  readonly operation?: SocketOperation;
}

/** Who sends requests over HTTP. Asked for before a request is looked at and again by its context, and looked up once. */
const createAskerOf = (sourceOf: (request: IncomingMessage) => string) => {
  const askers = new WeakMap<Request, Asker>();
  return (request: Request, incoming: IncomingMessage | undefined): Asker => {
    const asker = askers.get(request) ?? {
      credentials: readCredentials((name) => request.headers.get(name)),
      source: incoming === undefined ? '' : sourceOf(incoming),
    };
    askers.set(request, asker);
    return asker;
  };
};

/** GraphQL over HTTP: schema, context and plugins, in the order in which they act. Listens to nothing by itself. */
export const createGateway = (config: Config, log: Logger, state: State, ownUrl: () => string) => {
  const transport = createTransport(config.limits);
  let isStrangerTold = false;
  const clientAddress = createClientAddress(config.trustedProxies, (address) => {
    if (isStrangerTold) return;
    isStrangerTold = true;
    log.warn(
      { address },
      'requests come through somebody who passes them on; if that is a proxy of yours, name it in TRUSTED_PROXIES: without it, all who come through it count as one client',
    );
  });
  const sourceOf = (request: IncomingMessage) => toSource(clientAddress(request));
  const askerOf = createAskerOf(sourceOf);
  const rateLimits = createRateLimits(state.createRateLimiter, config.limits);
  const { createContext, hub, rightsOf, endings } = createContexts({
    config,
    log,
    state,
    createHttp: transport.createHttp,
    rateLimits,
    ownUrl,
  });
  const operations = createOperationLog(log);
  const streams = createEventStreams(config.heartbeatMs);

  const yoga = createYoga<Incoming, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: ({ request, req, operation }) =>
      createContext({
        ...(operation === undefined
          ? { ...askerOf(request, req), signal: request.signal }
          : { ...operation, credentials: operation.connection.credentials() }),
        requestId: requestIdOf(request.headers.get('x-request-id')),
        lastEventId: request.headers.get('last-event-id'),
      }),
    maskedErrors: { maskError },
    logging: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    // The server answers for other origins: what Yoga would say to an origin that is not listed lets some of them in.
    cors: false,
    // The body was read, and its size checked, before it came here.
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    graphiql: false,
    landingPage: false,
    plugins: [
      useStrictRequests(),
      useRateLimit((request, incoming) => rateLimits.admitOperation(askerOf(request, incoming))),
      useDocumentLimits(config.limits),
      useDocumentRules(),
      useErrorCodes(),
      ...(config.production ? [useProductionRules()] : []),
      useWarnings(),
      useLiveEvents(operations),
      streams.plugin,
      useErrorCauses(),
      useRequestLog(operations),
    ],
  });

  const streamed: StreamRouteOptions = {
    log,
    admit: (request, credentials) => rateLimits.admitOperation({ credentials, source: sourceOf(request) }),
    stalledMs: config.limits.stalledClientTimeoutMs,
  };
  const recordings = createRecordingRoute({
    createContext,
    open: withinMediaHosts(config, transport.open),
    findMedia,
    ...streamed,
  });

  const uploads = createUploadRoute({
    createContext,
    leases: state.leases,
    maxBytes: config.limits.uploadBytes,
    ...streamed,
  });

  const calls = createExportRoute({ createContext, ...streamed });

  const webhooks = createWebhookRoute({ hub, proof: createWebhookProof(config, clientAddress), log });
  warnOfChecks(config, log);
  const sockets = createSockets({
    // Plugins see a request, as they do over HTTP; what it stands for comes beside it.
    enveloped: (operation) => {
      const { connection, source } = operation;
      rateLimits.admitOperation({ credentials: connection.credentials(), source });
      const headers = { 'x-request-id': randomUUID() };
      const request = new Request(`http://gateway${GRAPHQL_PATH}`, { method: 'POST', headers });
      return yoga.getEnveloped({ operation, request, params: operation.payload } as never);
    },
    admitFrom: (source) => rateLimits.admitConnection(source),
    admit: (connection) => rightsOf(connection).admit(),
    isRefusal,
    onRefused: (connection, errors) => {
      const requestId = randomUUID();
      operations.refused({ requestId, credentials: connection.credentials() }, errors);
      operations.faults(requestId, errors);
    },
    sourceOf,
    abuse: rateLimits.abuse,
    heartbeatMs: config.heartbeatMs,
    log,
  });

  return {
    handle: yoga,
    recordings,
    uploads,
    calls,
    webhooks,
    counts: hub.counts,
    sockets,
    /** Tells clients that stay to come back, elsewhere: each at a moment of its own within `spreadMs`. */
    drain: async (spreadMs: number): Promise<void> => {
      await Promise.all([sockets.drain(spreadMs), streams.drain(spreadMs)]);
    },
    close: async () => {
      sockets.close();
      endings.close();
      await hub.close();
      transport.close();
    },
  };
};

export type Gateway = ReturnType<typeof createGateway>;
