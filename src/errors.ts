import { GraphQLError } from 'graphql';
import { StateError } from './state/errors.ts';
import { FollowError } from './feed/follow-error.ts';
import { UpstreamError } from './upstream/errors.ts';

/**
 * The codes an error may carry in `extensions.code`, beside those of upstream calls (`UpstreamCode`) and of what the
 * instances share (`StateCode`):
 * `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `OPERATION_RESOLUTION_FAILURE` for a document whose operation is
 * not named, `BAD_USER_INPUT`, `BAD_REQUEST` for what is no GraphQL request, and `INTERNAL_SERVER_ERROR` for a fault of
 * this gateway.
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

/** A refusal of this gateway's own: somebody has too much under way, or asks too often. */
export const refuseForNow = (message: string, retryAfterMs: number): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs } });

/** What was thrown in the first place, without what graphql put around it. */
export const originOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined && error.originalError !== null
    ? originOf(error.originalError)
    : error;

/** One error for several that were thrown as one: at the first field that it left empty, with the paths of all. */
const toCause = (errors: readonly [GraphQLError, ...GraphQLError[]]): GraphQLError => {
  const [first] = errors;
  if (errors.length === 1) return first;
  const { message, path, originalError, extensions } = first;
  return new GraphQLError(message, {
    nodes: [...new Set(errors.flatMap(({ nodes }) => nodes ?? []))],
    path,
    originalError,
    extensions: { ...extensions, paths: errors.flatMap((error) => (error.path ? [error.path] : [])) },
  });
};

/**
 * Each cause once. A request that failed for a whole batch, or for many aliases, is thrown at every field that waited for
 * it; it is one failure all the same. No path is left out: each stands for a null in the data, which is as long.
 */
export const gatherCauses = (errors: readonly GraphQLError[]): readonly GraphQLError[] =>
  [...Map.groupBy(errors, originOf).values()].map((group) =>
    toCause(group as [GraphQLError, ...GraphQLError[]]),
  );

/** graphql quotes the value that it cannot take, and that may be a password or a whole input with one. */
export const withoutValue = (message: string): string =>
  message
    .replace(/((?:found|Unexpected) (?:String|BlockString|Name|Int|Float)) "[\s\S]*"/, '$1')
    .replace(/(escape sequence): "[\s\S]*"/, '$1')
    .replace(/,? found: [\s\S]*$/i, '.')
    .replace(/(cannot represent [^:]*): [\s\S]*$/, '$1.')
    .replace(/Value "(?:[^"\\]|\\.)*" does not exist/, 'The value does not exist')
    .replace(/\?\.$/, '?');

/** A variable that cannot be coerced: which one, where in it and why, but not its value. */
const toVariableMessage = ({ message }: GraphQLError, { message: reason }: GraphQLError): string => {
  const [, name] = /^Variable "(\$\w+)" got invalid value /.exec(message) ?? [];
  if (name === undefined) return withoutValue(message);
  const head = message.endsWith(`; ${reason}`) ? message.slice(0, -reason.length - 2) : '';
  const [place = ''] = / at "[\w.[\]]+"$/.exec(head) ?? [];
  return `Variable "${name}" has an invalid value${place}${head === '' ? '.' : `: ${withoutValue(reason)}`}`;
};

/**
 * The one place that decides what a client learns of an error. What was thrown on purpose goes through with its code;
 * everything else becomes one neutral sentence, and keeps what was thrown as its `originalError`, for the log.
 */
export const maskError = (error: unknown): GraphQLError => {
  const located = error instanceof GraphQLError ? error : undefined;
  const origin = originOf(error);
  const paths = located?.extensions['paths'];
  if (origin instanceof UpstreamError) {
    return new GraphQLError(origin.message, {
      ...(located && locate(located)),
      extensions: compact({ ...toUpstreamExtensions(origin), paths }),
    });
  }
  if (origin instanceof StateError) {
    return new GraphQLError(origin.message, {
      ...(located && locate(located)),
      extensions: { code: origin.code, retryable: origin.retryable },
    });
  }
  if (origin instanceof FollowError) {
    const { code, message, cursor, retryable } = origin;
    return new GraphQLError(message, {
      ...(located && locate(located)),
      extensions: compact({ code, cursor: cursor ?? undefined, retryable }),
    });
  }
  if (origin instanceof GraphQLError) {
    if (typeof origin.extensions['code'] === 'string') return located ?? origin;
    // Without a path it is about the request, such as a variable that cannot be coerced; with one, about an answer.
    if (origin.path === undefined) {
      const { message, extensions } = origin;
      const isInput = message.startsWith('Variable ') || !('http' in extensions);
      return new GraphQLError(toVariableMessage(located ?? origin, origin), {
        ...locate(located ?? origin),
        // `spec`: 400, but for clients that accept application/json alone and expect 200 from a server that speaks GraphQL.
        extensions: isInput
          ? { ...extensions, code: 'BAD_USER_INPUT', http: { spec: true, status: 400 } }
          : { ...extensions, code: 'BAD_REQUEST' },
      });
    }
  }
  return new GraphQLError(
    'Something went wrong in the gateway. Its log tells more under the id of this request.',
    {
      ...(located && locate(located)),
      extensions: compact({ code: INTERNAL, paths }),
      originalError: origin instanceof Error ? origin : new Error(String(origin)),
    },
  );
};

/** Whether a masked error is a fault of this gateway, which nobody but its log will ever tell. */
export const isUnexpected = (error: GraphQLError): boolean => error.extensions['code'] === INTERNAL;
