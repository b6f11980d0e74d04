import { createHash } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput } from '../input.ts';
import { RejectionError, toRejection } from './rejection.ts';

/** The argument by which a client makes its retries safe. Part of every mutation that changes something upstream. */
export const keyArgument = builder.args((t) => ({
  clientMutationKey: t.string({
    description:
      'Makes a retry safe: the same key with the same input answers the same result for 24 hours, with one effect upstream. ' +
      '1 to 128 letters, digits, dots, dashes, colons or underscores.',
  }),
}));

interface KeyArgument {
  readonly clientMutationKey?: string | null | undefined;
}

/** Stands for an input in what is remembered for a day: an input may hold a whole file. */
const digest = (input: object): string =>
  createHash('sha256').update(JSON.stringify(input)).digest('base64url');

const keyPattern = /^[\w.:-]{1,128}$/;

/**
 * The resolver of a mutation: runs once for each key of a principal, and turns what upstream refused for a reason the
 * client can do something about into a {@link RejectionError}, which is part of the result.
 */
export const change =
  <Arguments extends KeyArgument, Result>(
    run: (args: Arguments, context: Context, info: GraphQLResolveInfo) => Promise<Result>,
  ) =>
  async (_root: unknown, args: Arguments, context: Context, info: GraphQLResolveInfo): Promise<Result> => {
    const { clientMutationKey: key, ...input } = args;
    const attempt = async () => run(args, context, info);
    try {
      if (key === null || key === undefined) return await attempt();
      if (!keyPattern.test(key)) {
        throw badInput(
          'clientMutationKey',
          'must be 1 to 128 letters, digits, dots, dashes, colons or underscores.',
        );
      }
      return await context.idempotency.once(
        { principal: context.principalKey, mutation: info.fieldName, key, input: digest(input) },
        attempt,
      );
    } catch (error) {
      throw toRejection(error);
    }
  };

/** What a mutation field says about its failures; see {@link RejectionError}. */
export const rejections = {
  types: [RejectionError],
  dataField: { description: 'What was changed, as it is now; of what was removed, its `id`.' },
};
