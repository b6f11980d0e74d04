import type { ServerResponse } from 'node:http';
import { maskError } from './errors.ts';
import { BodyError } from './request-body.ts';

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

interface Failure {
  readonly status: number;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

const toAnswer = (error: unknown): Failure => {
  if (error instanceof BodyError)
    return { status: error.status, message: error.message, extensions: { code: 'BAD_REQUEST' } };
  const { message, extensions } = maskError(error);
  return { status: statuses[String(extensions['code'])] ?? 502, message, extensions };
};

/** Answers a request beside GraphQL with its failure, in the form that GraphQL gives to errors; tells the code. */
export const sendFailure = (response: ServerResponse, error: unknown): string => {
  const { status, message, extensions } = toAnswer(error);
  const text = JSON.stringify({ errors: [{ message, extensions }] });
  const retryAfterMs = extensions['retryAfterMs'];
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(typeof retryAfterMs === 'number' && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
  });
  response.end(text);
  return String(extensions['code']);
};
