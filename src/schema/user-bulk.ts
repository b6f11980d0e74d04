import { builder } from '../builder.ts';
import { badInput } from '../input.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import type { UserOperation } from '../upstream/cloudlink/user-bulk.ts';
import { userKeyOf } from './account-key.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { RejectionError, toRejection } from './rejection.ts';
import { User } from './user.ts';
import { DeleteUserInput, toUserUpdate, UpdateUserInput } from './user-change-input.ts';
import { forgetPeople } from './user-change.ts';

/** Changes in one request at most. */
const MOST_CHANGES = 100;

const UserChangeInput = builder.inputType('UserChangeInput', {
  isOneOf: true,
  description: 'One change of a user, in one of two forms.',
  fields: (t) => ({
    update: t.field({ type: UpdateUserInput, description: 'Changes a user.' }),
    delete: t.field({ type: DeleteUserInput, description: 'Deletes a user.' }),
  }),
});

const ChangeUsersInput = builder.inputType('ChangeUsersInput', {
  description: 'Changes of users of one account, each of another user.',
  fields: (t) => ({
    changes: t.field({
      type: [UserChangeInput],
      required: true,
      description: `The changes, 1 to ${MOST_CHANGES} (assumed, A-09).`,
    }),
  }),
});

/** A change as it was asked for. */
interface Wanted {
  /** The `id` of the user, and the two halves of its key. */
  readonly id: string;
  readonly accountId: string;
  readonly operation: UserOperation;
  /** Where the change stands in the input. */
  readonly argument: string;
}

interface Outcome {
  readonly wanted: Wanted;
  /** Null where CloudLink does not tell the user. */
  readonly result: UserModel | null | Error;
}

const UserChangeOutcome = builder.objectRef<Outcome>('UserChangeOutcome').implement({
  description: 'What became of one of several changes.',
  fields: (t) => ({
    givenId: t.id({
      nullable: false,
      description: 'The `id` of the User to be changed, as it was given.',
      resolve: ({ wanted }) => wanted.id,
    }),
    isDone: t.boolean({
      nullable: false,
      description: 'Whether CloudLink says that the change was made.',
      resolve: ({ result }) => !(result instanceof Error),
    }),
    user: t.field({
      type: User,
      description:
        'The user as they are now; null where they were deleted, or the change was not made. Costs nothing where CloudLink ' +
        'answers with the user, else one upstream request for every 50.',
      resolve: ({ wanted: { accountId, operation }, result }) =>
        operation.op === 'delete' || result instanceof Error
          ? null
          : (result ?? `${accountId}/${operation.userId}`),
    }),
    rejection: t.field({
      type: RejectionError,
      description:
        'Why the change was refused; null where it was made. A change that failed without being refused is an error of this ' +
        'field, and may have been made all the same.',
      resolve: ({ result }) => {
        if (!(result instanceof Error)) return null;
        const refusal = toRejection(result);
        if (!(refusal instanceof RejectionError)) throw result;
        // GraphQL takes an error that is returned for one that was thrown: this is its shape alone.
        const { message, code, field, allowedValues, correlationId } = refusal;
        return { name: 'RejectionError' as const, message, code, field, allowedValues, correlationId };
      },
    }),
  }),
});

const toWanted = (
  { update, delete: deletion }: typeof UserChangeInput.$inferInput,
  index: number,
): Wanted => {
  const argument = `changes.${index}.${update ? 'update' : 'delete'}`;
  const { user: id, ...settings } = update ?? { user: deletion?.user ?? '' };
  const { accountId, userId } = userKeyOf(id, `${argument}.user`);
  const operation: UserOperation = update
    ? { op: 'update', userId, change: toUserUpdate(accountId, settings, argument) }
    : { op: 'delete', userId };
  return { id, accountId, operation, argument };
};

/** Refuses what cannot go in one request, or would depend on the order in which upstream does it. */
const checkTogether = (all: readonly Wanted[]): void => {
  if (all.length === 0 || all.length > MOST_CHANGES)
    throw badInput('changes', `must hold 1 to ${MOST_CHANGES} changes, not ${all.length}.`);
  const seen = new Set<string>();
  for (const { argument, accountId, operation } of all) {
    if (accountId !== all[0]?.accountId)
      throw badInput(`${argument}.user`, 'must be of the same account as the first.');
    if (seen.has(operation.userId)) throw badInput(`${argument}.user`, 'must not be there twice.');
    seen.add(operation.userId);
  }
};

/** The part of the input that a refusal is about, as it stands in the input of all changes. */
const inPlace = (error: Error, argument: string): Error =>
  error instanceof UpstreamError && error.failure.field !== undefined
    ? new UpstreamError({ ...error.failure, field: `${argument}.${error.failure.field}` })
    : error;

builder.mutationField('changeUsers', (t) =>
  t.field({
    type: [UserChangeOutcome],
    errors: {
      ...rejections,
      dataField: { description: 'What became of each change, in the order in which they were given.' },
    },
    description:
      'Changes and deletes users of one account, each with a result of its own: one that is refused keeps no other from ' +
      'being made. Costs one upstream request, sent once, however many (assumed, A-09).',
    args: {
      input: t.arg({ type: ChangeUsersInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { changes } }, context) => {
      const all = changes.map(toWanted);
      checkTogether(all);
      forgetPeople(context);
      const results = await context.cloudlink.userBulk.change(
        all[0]?.accountId ?? '',
        all.map(({ operation }) => operation),
      );
      return all.map((wanted, index): Outcome => {
        const result = results[index] ?? null;
        return { wanted, result: result instanceof Error ? inPlace(result, wanted.argument) : result };
      });
    }),
  }),
);
