import { createYoga } from 'graphql-yoga';
import { readCredentials } from './auth.ts';
import type { Config } from './config.ts';
import { createContextFactory, type Context } from './context.ts';
import { maskError } from './errors.ts';
import { createExportRoute } from './export-route.ts';
import { createGrants } from './grants.ts';
import { createMemoryIdempotency } from './idempotency.ts';
import type { Logger } from './logger.ts';
import { withinMediaHosts } from './media-host.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useDocumentRules } from './plugins/use-document-rules.ts';
import { useErrorCauses } from './plugins/use-error-causes.ts';
import { useErrorCodes } from './plugins/use-error-codes.ts';
import { useProductionRules } from './plugins/use-production-rules.ts';
import { useRequestLog } from './plugins/use-request-log.ts';
import { useStrictRequests } from './plugins/use-strict-requests.ts';
import { useWarnings } from './plugins/use-warnings.ts';
import { findMedia } from './recording-media.ts';
import { createRecordingRoute } from './recording-route.ts';
import { requestIdOf } from './request-id.ts';
import { schema } from './schema/index.ts';
import { createMemorySessionStore } from './session-store.ts';
import { createSessions } from './sessions.ts';
import { createTransport } from './upstream/http.ts';

/** The path of the one endpoint. */
export const GRAPHQL_PATH = '/graphql';

/** GraphQL over HTTP: schema, context and plugins, in the order in which they act. Listens to nothing by itself. */
export const createGateway = (config: Config, log: Logger) => {
  const transport = createTransport(config.limits);
  const grants = createGrants(config, transport.createHttp);
  const sessions = createSessions(createMemorySessionStore(config.limits.sessions), grants, log);
  const createContext = createContextFactory({
    config,
    createHttp: transport.createHttp,
    sessions,
    idempotency: createMemoryIdempotency(config.limits.rememberedChanges),
  });

  const yoga = createYoga<object, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    context: ({ request }) =>
      createContext({
        credentials: readCredentials((name) => request.headers.get(name)),
        requestId: requestIdOf(request.headers.get('x-request-id')),
        signal: request.signal,
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
      useDocumentLimits(config.limits),
      useDocumentRules(),
      useErrorCodes(),
      ...(config.production ? [useProductionRules()] : []),
      useWarnings(),
      useErrorCauses(),
      useRequestLog(log),
    ],
  });

  const downloads = { log, stalledMs: config.limits.stalledDownloadTimeoutMs };
  const recordings = createRecordingRoute({
    createContext,
    open: withinMediaHosts(config, transport.open),
    findMedia,
    ...downloads,
  });

  const calls = createExportRoute({ createContext, ...downloads });

  return { handle: yoga, recordings, calls, close: transport.close };
};

export type Gateway = ReturnType<typeof createGateway>;
