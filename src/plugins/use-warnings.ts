import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';

/** Puts what resolvers warned of into `extensions.warnings` of the answer. */
export const useWarnings = (): Plugin<Context> => ({
  onExecute: ({ args }) => ({
    onExecuteDone: ({ result, setResult }) => {
      const { warnings } = args.contextValue as Context;
      if (warnings.length === 0 || Symbol.asyncIterator in result) return;
      setResult({ ...result, extensions: { ...result.extensions, warnings } });
    },
  }),
});
