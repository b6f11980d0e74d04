import type { Incoming } from '../exchange.ts';
import { Failure } from './failure.ts';
import type { ObjectSchema } from './validation.ts';
import { validate } from './validation.ts';

/** The body as JSON, whatever its content type says; no body is an empty object. Throws a 400. */
export const parseJson = ({ body }: Incoming): unknown => {
  const text = body.toString();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(400, 'The body is not valid JSON');
  }
};

/**
 * The body as a form or as JSON, both of which tokens are asked for in (facts §2.2). By content before label: clients
 * send either without one, or JSON with that of a form. Throws a 400.
 */
export const parseFormOrJson = (incoming: Incoming): unknown => {
  const text = incoming.body.toString();
  const isJson = /^\s*[{[]/.test(text) || /\bjson\b/i.test(incoming.headers['content-type'] ?? '');
  return isJson ? parseJson(incoming) : Object.fromEntries(new URLSearchParams(text));
};

/** The JSON body, held against its schema. Throws a 400. */
export const readBody = <T extends object>(
  { incoming }: { readonly incoming: Incoming },
  schema: ObjectSchema<T>,
): T => validate(schema, parseJson(incoming));
