import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { Logger } from '../logger.ts';

const codesOf = (errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[]) => [
  ...new Set(errors.map(({ extensions }) => extensions?.['code'])),
];

/** One line for each operation: what it was, who asked, how long it took, what it cost upstream, and how it ended. */
export const useRequestLog = (log: Logger): Plugin<Context> => ({
  onExecute: ({ args }) => {
    const started = performance.now();
    const context = args.contextValue as Context;
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
            ...(errors !== undefined && { errors: codesOf(errors) }),
          },
          'operation',
        );
      },
    };
  },
});
