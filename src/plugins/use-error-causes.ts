import type { Plugin } from 'graphql-yoga';
import { gatherCauses } from '../errors.ts';

/** Tells each failure once, with the paths of all the fields that it left empty, and not once for each of them. */
export const useErrorCauses = (): Plugin => ({
  onExecute: () => ({
    onExecuteDone: ({ result, setResult }) => {
      if (Symbol.asyncIterator in result || result.errors === undefined) return;
      setResult({ ...result, errors: gatherCauses(result.errors) });
    },
  }),
});
