import { GraphQLError } from 'graphql';
import type { Logger } from './logger.ts';
import { UpstreamError } from './upstream/errors.ts';

/**
 * The codes an error may carry in `extensions.code`, beside those of upstream calls (`UpstreamCode`):
 * `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `BAD_USER_INPUT`, `BAD_REQUEST` for what is no GraphQL request,
 * and `INTERNAL_SERVER_ERROR` for a fault of this gateway.
 */
const INTERNAL = 'INTERNAL_SERVER_ERROR';

const compact = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const locate = (error: GraphQLError) => ({
  nodes: error.nodes,
  source: error.source,
  positions: error.positions,
  path: error.path,
});

/** What an upstream error tells a client: which platform, its own id for the exchange, and whether to try again. */
const toUpstreamExtensions = (error: UpstreamError) => {
  const { code, platform, status, correlationId, field, retryAfterMs } = error.failure;
  return compact({ code, platform, status, correlationId, field, retryable: error.retryable, retryAfterMs });
};

const originOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined && error.originalError !== null
    ? originOf(error.originalError)
    : error;

/**
 * The one place that decides what a client learns of an error. What was thrown on purpose goes through with its code;
 * everything else becomes one neutral sentence and is logged.
 */
export const createMaskError =
  (log: Logger) =>
  (error: unknown): GraphQLError => {
    const located = error instanceof GraphQLError ? error : undefined;
    const origin = originOf(error);
    if (origin instanceof UpstreamError) {
      return new GraphQLError(origin.message, {
        ...(located && locate(located)),
        extensions: toUpstreamExtensions(origin),
      });
    }
    if (origin instanceof GraphQLError) {
      if (typeof origin.extensions['code'] === 'string') return located ?? origin;
      // Without a path it is about the request, such as a variable that cannot be coerced; with one, about an answer.
      if (origin.path === undefined) {
        return new GraphQLError(origin.message, {
          ...locate(origin),
          extensions: {
            ...origin.extensions,
            code: 'http' in origin.extensions ? 'BAD_REQUEST' : 'BAD_USER_INPUT',
          },
        });
      }
    }
    log.error({ err: origin, path: located?.path?.join('.') }, 'unexpected error');
    return new GraphQLError(
      'Something went wrong in the gateway. Its log tells more under the id of this request.',
      {
        ...(located && locate(located)),
        extensions: { code: INTERNAL },
      },
    );
  };
