import type { Reply } from './exchange.ts';

export const jsonReply = (status: number, value: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** An answer of the sandbox itself, in words. */
export const refusal = (status: number, message: string, headers?: Reply['headers']): Reply =>
  jsonReply(status, { message }, headers);
