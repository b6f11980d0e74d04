import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** An error with a path comes from a field and speaks of what a platform said, not of this schema. */
const withoutSuggestion = (error: GraphQLError): GraphQLError =>
  error.path === undefined && error.message.includes('Did you mean')
    ? new GraphQLError(error.message.replace(/ ?Did you mean[\s\S]*$/, ''), {
        nodes: error.nodes,
        source: error.source,
        positions: error.positions,
        extensions: error.extensions,
      })
    : error;

/**
 * In production the schema is not told: no introspection, and no names in "did you mean", whether it is a document or
 * its variables that are misspelt (S15, S16).
 */
export const useProductionRules = (): Plugin => ({
  onValidate: ({ addValidationRule }) => {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
  onExecutionResult: (hook) => {
    const { result } = hook;
    if (result === undefined || Array.isArray(result) || Symbol.asyncIterator in result || !result.errors)
      return;
    hook.setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
  },
});
