import { oneOf, optional, readFields, text, type Field } from './input.ts';
import type { LoggedRequest } from './requests.ts';

const id: Field<string> = {
  expects: 'the id of a request',
  accepts: (value): value is string => typeof value === 'string' && /^\d+$/.test(value),
};

/** Which logged requests a query string asks for; throws an InputError that names the filters there are. */
export const parseRequestFilter = (
  query: string,
  platforms: readonly string[],
): ((request: LoggedRequest) => boolean) => {
  const { since, method, ...exact } = readFields(
    'the query',
    Object.fromEntries(new URLSearchParams(query)),
    {
      platform: optional(oneOf(platforms)),
      service: optional(text),
      route: optional(text),
      object: optional(text),
      action: optional(text),
      method: optional(text),
      since: optional(id),
    },
  );
  return (request) =>
    (since === undefined || request.id > Number(since)) &&
    (method === undefined || request.method === method.toUpperCase()) &&
    Object.entries(exact).every(([name, value]) => request[name as keyof typeof exact] === value);
};
