import type { ExecutionResult, GraphQLError } from 'graphql';

/** Where a result carries the cursor of its event. No part of its text, and kept by whoever copies the result. */
const CURSOR = Symbol('cursor');

export const withCursor = (result: ExecutionResult, cursor: string | null): ExecutionResult =>
  Object.assign(result, { [CURSOR]: cursor });

/** The cursor of the event that a result tells; null for one that tells none. */
export const cursorOf = (result: ExecutionResult): string | null =>
  (result as { readonly [CURSOR]?: string | null })[CURSOR] ?? null;

/** Whether one of these platforms has refused the credentials with which the result was made. */
export const isRefused = ({ errors = [] }: ExecutionResult, platforms: ReadonlySet<string>): boolean =>
  errors.some(
    ({ extensions: { code, platform } }) =>
      code === 'UNAUTHENTICATED' && typeof platform === 'string' && platforms.has(platform),
  );

/** An error as clients get it: what is said to the server of HTTP alone, such as a status, is not for them. */
export const toWire = (error: GraphQLError): object => {
  const { extensions = {}, ...rest } = error.toJSON();
  const { http: _http, ...told } = extensions as Readonly<Record<string, unknown>>;
  return { ...rest, ...(Object.keys(told).length > 0 && { extensions: told }) };
};

const printed = new WeakMap<object, string>();

/** The result as text, made once for all who are sent the same one. */
export const print = (result: ExecutionResult): string => {
  const known = printed.get(result);
  if (known !== undefined) return known;
  const { errors, ...rest } = result;
  const text = JSON.stringify({ ...(errors !== undefined && { errors: errors.map(toWire) }), ...rest });
  printed.set(result, text);
  return text;
};
