import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const withoutSuggestion = (error: unknown): unknown =>
  error instanceof GraphQLError && error.message.includes('Did you mean')
    ? new GraphQLError(error.message.replace(/ ?Did you mean[\s\S]*$/, ''), {
        nodes: error.nodes,
        extensions: error.extensions,
      })
    : error;

/** In production the schema is not told: no introspection, and no names in "did you mean" (S15, S16). */
export const useProductionRules = (): Plugin => ({
  onValidate: ({ addValidationRule }) => {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    return ({ result, setResult }) => {
      setResult(result.map(withoutSuggestion));
    };
  },
});
