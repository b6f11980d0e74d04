import { GraphQLError } from 'graphql';
import { builder } from '../builder.ts';
import { UpstreamError } from '../upstream/errors.ts';

const codes = {
  BAD_USER_INPUT: 'Something about the input; `field` tells what.',
  NOT_FOUND: 'What should be changed is not there.',
  FORBIDDEN: 'The caller may not do this.',
  CONFLICT: 'It does not go together with what is already there.',
  ACCEPTED_NOT_VISIBLE:
    'The platform accepted the change, or the first step of it, but does not show it, or could not be asked what became of it. It ' +
    'was made, or may still be: read again later, do not repeat it.',
} as const;

/** The reasons for which a change is refused that a client can do something about. */
export type RejectionCode = keyof typeof codes;

/** A change that was refused for a reason the client can do something about: a part of the result, not an error. */
export class RejectionError extends Error {
  override readonly name = 'RejectionError';
  readonly code: RejectionCode;
  readonly field: string | null;
  readonly allowedValues: readonly string[] | null;
  readonly correlationId: string | null;

  constructor(
    code: RejectionCode,
    message: string,
    details: {
      readonly field?: string | undefined;
      readonly allowedValues?: readonly string[] | undefined;
      readonly correlationId?: string | undefined;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.field = details.field ?? null;
    this.allowedValues = details.allowedValues ?? null;
    this.correlationId = details.correlationId ?? null;
  }
}

const isRejectionCode = (code: string): code is RejectionCode => Object.hasOwn(codes, code);

/** The rejection that an error stands for, or the error itself where it is no matter of the client's. */
export const toRejection = (error: unknown): unknown => {
  if (error instanceof UpstreamError && isRejectionCode(error.failure.code)) {
    const { code, message, field, allowedValues, correlationId } = error.failure;
    return new RejectionError(code, message, { field, allowedValues, correlationId });
  }
  if (error instanceof GraphQLError && error.extensions['code'] === 'BAD_USER_INPUT') {
    const argument = error.extensions['argument'];
    return new RejectionError('BAD_USER_INPUT', error.message, {
      field: typeof argument === 'string' ? argument : undefined,
    });
  }
  return error;
};

const RejectionCodeType = builder.enumType('RejectionCode', {
  description: 'Why a change was refused.',
  values: Object.fromEntries(
    Object.entries(codes).map(([name, description]) => [name, { description }]),
  ) as Record<RejectionCode, { description: string }>,
});

builder.objectType(RejectionError, {
  name: 'Rejection',
  description:
    'A change that was refused for a reason the client can do something about. Nothing was changed, unless the code is ' +
    'ACCEPTED_NOT_VISIBLE.',
  fields: (t) => ({
    message: t.exposeString('message', {
      nullable: false,
      description: 'What is wrong and what to do, for people.',
    }),
    code: t.field({
      type: RejectionCodeType,
      nullable: false,
      description: 'What is wrong, for programs.',
      resolve: ({ code }) => code,
    }),
    field: t.exposeString('field', {
      description: 'The part of the input it is about, such as `participants.0.type`.',
    }),
    allowedValues: t.exposeStringList('allowedValues', {
      description: 'What is allowed there, where it is a closed list.',
    }),
    correlationId: t.exposeString('correlationId', {
      description: "The platform's id of the exchange, for its support.",
    }),
  }),
});
