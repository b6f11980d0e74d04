import type { ExecutionArgs, GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { maskError } from '../errors.ts';

/** What Yoga makes of one operation: its plugins, the same for every transport. */
export interface Enveloped {
  readonly schema: ExecutionArgs['schema'];
  readonly parse: (text: string) => ExecutionArgs['document'];
  readonly validate: (
    schema: ExecutionArgs['schema'],
    document: ExecutionArgs['document'],
  ) => readonly GraphQLError[];
  readonly contextFactory: () => unknown;
  readonly execute: (args: ExecutionArgs) => unknown;
  readonly subscribe: (args: ExecutionArgs) => unknown;
}

/** An operation that is ready to be carried out, by functions that belong to it. */
export interface Prepared extends ExecutionArgs {
  readonly rootValue: Pick<Enveloped, 'execute' | 'subscribe'>;
}

/**
 * Makes an operation of another transport than HTTP ready: the same parser, limits, rules and context (S27). Answers the
 * errors for which it is refused, in the words that are for clients; `envelop` may refuse it before it is looked at.
 */
export const prepareOperation = async (
  { query, operationName, variables }: SubscribePayload,
  envelop: () => Enveloped,
): Promise<Prepared | readonly GraphQLError[]> => {
  try {
    const { schema, parse, validate, contextFactory, execute, subscribe } = envelop();
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return errors.map(maskError);
    return {
      schema,
      document,
      variableValues: variables ?? {},
      contextValue: await contextFactory(),
      rootValue: { execute, subscribe },
      ...(typeof operationName === 'string' && { operationName }),
    };
  } catch (error) {
    return [maskError(error)];
  }
};
