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

/**
 * The body every grant reads, form or JSON. JSON may carry the account's number as a number, and old clients
 * send a refresh token as `token` (facts §2.2).
 */
export const readGrantBody = ({ incoming }: OpenCall): Readonly<Record<string, unknown>> => {
  const body: Record<string, unknown> = { ...validate(anything, parseFormOrJson(incoming)) };
  const { account_id: account, refresh_token: refreshToken = body.token } = body;
  return {
    ...body,
    ...(account !== undefined && { account_id: typeof account === 'number' ? String(account) : account }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  };
};
