import { GraphQLError, NoSchemaIntrospectionCustomRule, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { maskError } from '../errors.ts';

/** An error with a path comes from a field and speaks of what a platform said, not of this schema. */
const withoutSuggestion = (error: GraphQLError): GraphQLError => {
  if (error.path !== undefined || !error.message.includes('Did you mean')) return error;
  const { message, nodes, source, positions, extensions } = maskError(error);
  return new GraphQLError(message.replace(/ ?Did you mean[\s\S]*$/, ''), {
    nodes,
    source,
    positions,
    extensions,
  });
};

interface Done {
  readonly result: ExecutionResult | AsyncIterable<unknown>;
  readonly setResult: (result: ExecutionResult) => void;
}

/** What cannot be carried out because of its variables. */
const silence = ({ result, setResult }: Done): void => {
  if (Symbol.asyncIterator in result || result.errors === undefined) return;
  setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
};

/**
 * In production the schema is not told: no introspection, and no names in "did you mean", whether it is a document or
 * its variables that are misspelt (S15, S16).
 */
export const useProductionRules = (): Plugin => ({
  onValidate: ({ addValidationRule }) => {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    return ({ result, setResult }) => {
      setResult(result.map((error) => (error instanceof GraphQLError ? withoutSuggestion(error) : error)));
    };
  },
  onExecute: () => ({ onExecuteDone: silence }),
  onSubscribe: () => ({ onSubscribeResult: silence }),
});
