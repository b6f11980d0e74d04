import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { withoutValue } from '../errors.ts';

const mark = (error: unknown, code: string): unknown => {
  if (!(error instanceof GraphQLError)) return error;
  const { nodes, source, positions, extensions } = error;
  return new GraphQLError(withoutValue(error.message), {
    nodes,
    source,
    positions,
    extensions: { code, ...extensions },
  });
};

/**
 * Gives a code to the errors that graphql makes without one, those of parsing and of validation, and takes the values
 * out that they quote.
 */
export const useErrorCodes = (): Plugin => ({
  onParse:
    () =>
    ({ result, replaceParseResult }) => {
      if (result instanceof GraphQLError) replaceParseResult(mark(result, 'GRAPHQL_PARSE_FAILED'));
    },
  onValidate:
    () =>
    ({ result, setResult }) => {
      setResult(result.map((error) => mark(error, 'GRAPHQL_VALIDATION_FAILED')));
    },
});
