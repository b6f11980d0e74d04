import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context, Warning } from '../context.ts';

/** The result with warnings in its `extensions`. */
export const addWarnings = (result: ExecutionResult, warnings: readonly Warning[]): ExecutionResult =>
  warnings.length === 0 ? result : { ...result, extensions: { ...result.extensions, warnings } };

/** Puts what resolvers warned of into `extensions.warnings` of the answer. */
export const useWarnings = (): Plugin<Context> => ({
  onExecute: ({ args }) => ({
    onExecuteDone: ({ result, setResult }) => {
      const { warnings } = args.contextValue as Context;
      if (warnings.length > 0 && !(Symbol.asyncIterator in result)) setResult(addWarnings(result, warnings));
    },
  }),
});
