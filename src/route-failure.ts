import type { ServerResponse } from 'node:http';
import { maskError } from './errors.ts';

const statuses: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  PLATFORM_NOT_CONFIGURED: 501,
  UPSTREAM_TIMEOUT: 504,
};

/** Answers a request beside GraphQL with its failure, in the form that GraphQL gives to errors; tells the code. */
export const sendFailure = (response: ServerResponse, error: unknown): string => {
  const { message, extensions } = maskError(error);
  const code = String(extensions['code']);
  const text = JSON.stringify({ errors: [{ message, extensions }] });
  const retryAfterMs = extensions['retryAfterMs'];
  response.writeHead(statuses[code] ?? 502, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(typeof retryAfterMs === 'number' && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
  });
  response.end(text);
  return code;
};
