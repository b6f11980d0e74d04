import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const mark = (errors: readonly unknown[], code: string) => {
  for (const error of errors) {
    if (error instanceof GraphQLError) error.extensions['code'] ??= code;
  }
};

/** Gives a code to the errors that graphql makes without one: those of parsing and of validation. */
export const useErrorCodes = (): Plugin => ({
  onParse:
    () =>
    ({ result }) => {
      mark([result], 'GRAPHQL_PARSE_FAILED');
    },
  onValidate:
    () =>
    ({ result }) => {
      mark(result, 'GRAPHQL_VALIDATION_FAILED');
    },
});
