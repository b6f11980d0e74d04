import { parseFormOrJson } from './body.ts';
import type { OpenCall } from './service.ts';
import type { ObjectSchema, Schema } from './validation.ts';
import { validate } from './validation.ts';

const text: Schema = { type: 'string' };
const anything: ObjectSchema<object> = { type: 'object', properties: {}, additionalProperties: true };

type Fields<R extends string, O extends string> = Readonly<Record<R, string> & Partial<Record<O, string>>>;

/** The text fields of a grant. Others are let through: clients send `scope` and more (facts §2.2). */
export const fieldsOf = <const R extends string, const O extends string = never>(
  required: readonly R[],
  optional: readonly O[] = [],
): ObjectSchema<Fields<R, O>> => {
  const properties = Object.fromEntries([...required, ...optional].map((name) => [name, text]));
  return {
    type: 'object',
    properties: properties as ObjectSchema<Fields<R, O>>['properties'],
    required,
    additionalProperties: true,
  };
};

// What no grant needs always; forms with fixed fields send them empty.
const optional: ReadonlySet<string> = new Set(['account_id', 'client_id', 'client_secret']);

const isLeftEmpty = ([name, value]: readonly [string, unknown]): boolean =>
  optional.has(name) && (value === '' || value === null);

/**
 * The body every grant reads, form or JSON, without the fields that were left empty. JSON may carry the account's
 * number as a number, and old clients send a refresh token as `token` (facts §2.2).
 */
export const readGrantBody = ({ incoming }: OpenCall): Readonly<Record<string, unknown>> => {
  const sent = Object.entries(validate(anything, parseFormOrJson(incoming)));
  const body: Record<string, unknown> = Object.fromEntries(sent.filter((field) => !isLeftEmpty(field)));
  const { account_id: account, refresh_token: refreshToken = body.token } = body;
  return {
    ...body,
    ...(account !== undefined && { account_id: typeof account === 'number' ? String(account) : account }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
};
