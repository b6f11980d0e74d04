import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a delivery comes from whoever knows a key. Without keys none has to: then its network proves it, or nothing does. */
export type VerifySignature = (headers: IncomingHttpHeaders, body: string) => boolean;

/** A signature is good for so long before and after its own time (S24). */
const TOLERANCE_SECONDS = 300;

const equals = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const headerOf = (headers: IncomingHttpHeaders, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** A key as Standard Webhooks hands it out, `whsec_` and base64; anything else is the key itself. */
const toKey = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);

/** The signature of Standard Webhooks: over id, time and body, so that neither can be put to another use. */
const isStandard = (
  headers: IncomingHttpHeaders,
  body: string,
  keys: readonly Buffer[],
  now: number,
): boolean => {
  const id = headerOf(headers, 'webhook-id');
  const time = headerOf(headers, 'webhook-timestamp');
  const given = headerOf(headers, 'webhook-signature');
  if (id === null || time === null || given === null || !/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(now / 1000 - Number(time)) > TOLERANCE_SECONDS) return false;
  const expected = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`,
  );
  return given.split(' ').some((signature) => expected.some((known) => equals(known, signature)));
};

/** The one hint at a signature of CloudLink's: of the body alone, in hexadecimal digits (A-23). */
const isOfBody = (headers: IncomingHttpHeaders, body: string, keys: readonly Buffer[]): boolean => {
  const given = headerOf(headers, 'x-mitel-signature')?.toLowerCase() ?? null;
  return (
    given !== null && keys.some((key) => equals(createHmac('sha256', key).update(body).digest('hex'), given))
  );
};

/** Several keys are good at once, so that one can take the place of another without a loss. */
export const createVerifySignature = (
  secrets: readonly string[],
  clock: () => number = Date.now,
): VerifySignature => {
  const keys = secrets.map(toKey);
  return (headers, body) =>
    keys.length === 0 || isStandard(headers, body, keys, clock()) || isOfBody(headers, body, keys);
};
