import { createHash } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput } from '../input.ts';
import { UpstreamError, type PlatformName, type UpstreamCode } from '../upstream/errors.ts';
import { RejectionError, toRejection } from './rejection.ts';

/** The argument by which a client makes its retries safe. Part of every mutation that changes something upstream. */
export const keyArgument = builder.args((t) => ({
  clientMutationKey: t.string({
    description:
      'Makes a retry safe: the same key with the same input from the same caller answers the same result for 24 hours, with one ' +
      'effect upstream. The caller is the user of the platform that is changed, whatever session or token they come with. A ' +
      'session knows the user; about a token that is passed through the platform is asked, which costs one upstream request. ' +
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

/** With these a change is refused before anything is done. After any other it may have been made, or may still come. */
const refusals: ReadonlySet<UpstreamCode> = new Set([
  'UNAUTHENTICATED',
  'SECOND_FACTOR_REQUIRED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'CONFLICT',
  'RATE_LIMITED',
  'COST_LIMIT',
]);

const isRefusal = (error: unknown) => error instanceof UpstreamError && refusals.has(error.failure.code);

/** A failure after a platform had accepted the change must not look as if the change had been refused. */
const toMade = (error: unknown): unknown => {
  if (!(error instanceof UpstreamError) || error.failure.code === 'ACCEPTED_NOT_VISIBLE') return error;
  const { platform, correlationId, message } = error.failure;
  return new UpstreamError({
    code: 'ACCEPTED_NOT_VISIBLE',
    platform,
    correlationId,
    message: `The change was accepted, but then something went wrong: ${message} It may be incomplete. Read again later; do not repeat it.`,
  });
};

/** How a change ended that was made, or may have been. */
type Ending<Result> = { readonly result: Result } | { readonly failure: unknown };

/**
 * Makes a change. Throws where surely nothing was done: where no write has left, or the first that did was refused.
 * Everything else is an ending, and to be remembered as one.
 */
const make = async <Result>(
  run: () => Promise<Result>,
  writes: Context['writes'],
): Promise<Ending<Result>> => {
  const { left, accepted } = writes;
  try {
    return { result: await run() };
  } catch (error) {
    if (writes.accepted > accepted) return { failure: toMade(error) };
    if (writes.left === left || isRefusal(error)) throw error;
    return { failure: error };
  }
};

/** Fields of a mutation run one after the other, so that the writes of the operation since its start are its own. */
const changeOf =
  (platform: PlatformName) =>
  <Arguments extends KeyArgument, Result>(
    run: (args: Arguments, context: Context, info: GraphQLResolveInfo) => Promise<Result>,
  ) =>
  async (_root: unknown, args: Arguments, context: Context, info: GraphQLResolveInfo): Promise<Result> => {
    const { clientMutationKey: key, ...input } = args;
    const attempt = () => make(async () => run(args, context, info), context.writes);
    const remembered = async (name: string) => {
      if (!keyPattern.test(name)) {
        throw badInput(
          'clientMutationKey',
          'must be 1 to 128 letters, digits, dots, dashes, colons or underscores.',
        );
      }
      const principal = await context.callerOf(platform);
      const id = { principal, mutation: info.fieldName, key: name, input: digest(input) };
      return context.idempotency.once(id, attempt);
    };
    try {
      const ending = await (key === null || key === undefined ? attempt() : remembered(key));
      if ('failure' in ending) throw ending.failure;
      return ending.result;
    } catch (error) {
      throw toRejection(error);
    }
  };

/**
 * The resolver of a mutation of CloudLink: runs once for each key of a caller, and turns what upstream refused for a
 * reason the client can do something about into a {@link RejectionError}, which is part of the result.
 */
export const change = changeOf('cloudlink');

/** The same for a mutation of the legacy platform. */
export const legacyChange = changeOf('subscriber');

/** What a mutation field says about its failures; see {@link RejectionError}. */
export const rejections = {
  types: [RejectionError],
  dataField: { description: 'What was changed, as it is now; of what was removed, its `id`.' },
};
