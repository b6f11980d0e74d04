import { getOperationAST, GraphQLError } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { principalOf, readCredentials } from '../auth.ts';
import type { Context } from '../context.ts';
import { isUnexpected, maskError, originOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { UpstreamError } from '../upstream/errors.ts';

const unique = <Value>(values: readonly Value[], keyOf: (value: Value) => unknown): readonly Value[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

/** What went wrong upstream, each failure once: also what clients are not told, such as `ECONNRESET`. */
const failuresOf = (errors: readonly unknown[]) =>
  unique(
    errors
      .map(originOf)
      .filter((origin) => origin instanceof UpstreamError)
      .map(({ failure: { code, platform, status, correlationId, reason } }) => ({
        code,
        platform,
        status,
        correlationId,
        reason,
      })),
    (failure) => JSON.stringify(failure),
  );

const describe = (errors: readonly unknown[] | undefined) => {
  if (errors === undefined) return {};
  const failures = failuresOf(errors);
  return {
    errors: unique(
      errors.map((error) => maskError(error).extensions['code']),
      (code) => code,
    ),
    ...(failures.length > 0 && { failures }),
  };
};

/**
 * One line for each operation: what it was, who asked, how long it took, what it cost upstream, and how it ended. One
 * that is refused before it starts has a line as well, without a word of its document. One more for each fault of this
 * gateway, with what was thrown, under the id of the request.
 */
export const useRequestLog = (log: Logger): Plugin<Context> => {
  const executed = new WeakSet<Request>();
  return {
    onExecute: ({ args }) => {
      const started = performance.now();
      const context: Context & YogaInitialContext = args.contextValue;
      executed.add(context.request);
      const operation = getOperationAST(args.document, args.operationName);
      return {
        onExecuteDone: ({ result }) => {
          const errors = Symbol.asyncIterator in result ? undefined : result.errors;
          log.info(
            {
              requestId: context.requestId,
              operation: operation?.name?.value ?? null,
              kind: operation?.operation ?? null,
              principal: context.principal,
              durationMs: Math.round(performance.now() - started),
              upstream: context.upstreamCalls,
              ...describe(errors),
            },
            'operation',
          );
        },
      };
    },
    onExecutionResult: ({ request, result }) => {
      if (
        executed.has(request) ||
        result === undefined ||
        Array.isArray(result) ||
        Symbol.asyncIterator in result
      )
        return;
      const header = (name: string) => request.headers.get(name);
      const requestId = header('x-request-id');
      const principal = principalOf(readCredentials(header));
      log.info(
        { requestId, operation: null, kind: null, principal, ...describe(result.errors) },
        'operation',
      );
    },
    onResultProcess: ({ request, result }) => {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      for (const error of result.errors ?? []) {
        if (!(error instanceof GraphQLError) || !isUnexpected(error)) continue;
        const requestId = request.headers.get('x-request-id');
        log.error({ requestId, path: error.path?.join('.'), err: error.originalError }, 'unexpected error');
      }
    },
  };
};
