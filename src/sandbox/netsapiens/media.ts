import { createHmac, timingSafeEqual } from 'node:crypto';
import { CANARY } from '../company.ts';
import type { Reply } from '../exchange.ts';
import { required, type Media } from './operation.ts';
import { Refusal } from './refusal.ts';
import type { Parameters } from './request.ts';

const LIFETIME_SECONDS = 3_600;

/** Only the sandbox makes and checks these, so the key protects nothing and may be the same everywhere. */
const sign = (fields: readonly (readonly [string, string])[], time: string): string => {
  const text = JSON.stringify([fields.toSorted(([one], [other]) => (one < other ? -1 : 1)), time]);
  return `${CANARY}-${createHmac('sha256', 'sandbox').update(text).digest('hex').slice(0, 32)}`;
};

/** An address that is good for an hour from now, signed by `time` and `auth`. */
export const toSignedLink = (
  origin: string,
  fields: Readonly<Record<string, string>>,
  now: number,
): string => {
  const time = String(Math.floor(now / 1000));
  const query = new URLSearchParams({ ...fields, time, auth: sign(Object.entries(fields), time) });
  return `${origin}/ns-api/?${query.toString()}`;
};

/** Throws a `Refusal` unless the parameters are those of a signed link that is still good. */
export const checkSignedLink = (parameters: Parameters, now: number): void => {
  const time = required(parameters, 'time');
  const auth = Buffer.from(required(parameters, 'auth'));
  const fields = [...parameters].filter(([name]) => name !== 'time' && name !== 'auth');
  const expected = Buffer.from(sign(fields, time));
  const isGenuine = auth.length === expected.length && timingSafeEqual(auth, expected);
  if (!isGenuine) throw new Refusal(403, 'The link is invalid.');
  const age = now / 1000 - Number(time);
  if (age > LIFETIME_SECONDS) throw new Refusal(403, 'The link has expired.');
};

/** The content whole, or the one range that was asked for. */
export const toMediaReply = ({ type, content }: Media, range = ''): Reply => {
  const headers = { 'content-type': type, 'accept-ranges': 'bytes' };
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === '' && last === '') return { status: 200, headers, body: content };
  const { length } = content;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (start > end) return { status: 416, headers: { ...headers, 'content-range': `bytes */${length}` } };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${length}` },
    body: content.subarray(start, end + 1),
  };
};
