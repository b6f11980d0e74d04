import { getOperationAST, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { readCredentials } from '../auth.ts';
import type { Context } from '../context.ts';
import type { OperationLog } from '../operation-log.ts';

/**
 * One line for each operation: what it was, who asked, how long it took, what it cost upstream, and how it ended. One
 * that is refused before it starts has a line as well. One more for each fault of this gateway, under the id of the
 * request.
 */
export const useRequestLog = (log: OperationLog): Plugin<Context> => {
  const carriedOut = new WeakSet<Request>();

  const begin = (args: ExecutionArgs) => {
    const started = performance.now();
    const context = args.contextValue as Context & YogaInitialContext;
    carriedOut.add(context.request);
    const operation = getOperationAST(args.document, args.operationName);
    return ({ result }: { readonly result: ExecutionResult | AsyncIterable<unknown> }) => {
      const errors = Symbol.asyncIterator in result ? undefined : result.errors;
      log.done(
        {
          requestId: context.requestId,
          operation: operation?.name?.value ?? null,
          kind: operation?.operation ?? null,
          principal: context.principal,
          durationMs: Math.round(performance.now() - started),
          upstream: context.upstreamCalls,
        },
        errors,
      );
      log.faults(context.requestId, errors);
    };
  };

  return {
    onExecute: ({ args }) => ({ onExecuteDone: begin(args) }),
    onSubscribe: ({ args }) => ({ onSubscribeResult: begin(args) }),
    // What follows is for requests over HTTP that are none for GraphQL, or are refused before anything is carried out.
    onExecutionResult: ({ request, result }) => {
      const isOne = result !== undefined && !Array.isArray(result) && !(Symbol.asyncIterator in result);
      if (!isOne || carriedOut.has(request)) return;
      const header = (name: string) => request.headers.get(name);
      log.refused({ requestId: header('x-request-id'), credentials: readCredentials(header) }, result.errors);
    },
    onResultProcess: ({ request, result }) => {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      log.faults(request.headers.get('x-request-id'), result.errors);
    },
  };
};
