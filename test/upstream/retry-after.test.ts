import { expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/upstream/retry-after.ts';

const now = Date.parse('2026-11-02T09:20:00.000Z');

it.each([
  ['0', 0],
  ['1', 1_000],
  ['3600', 3_600_000],
  [' 5 ', 5_000],
  ['Mon, 02 Nov 2026 09:20:30 GMT', 30_000],
  ['Monday, 02-Nov-26 09:21:00 GMT', 60_000],
  ['Mon, 02 Nov 2026 09:00:00 GMT', 0],
])('reads %j', (header, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});

it.each([
  undefined,
  '',
  ' ',
  '-1',
  '1.5',
  '1e3',
  'soon',
  'Infinity',
  'NaN',
  '99999999999',
  'Mon, 99 Foo 2026',
])('makes nothing of %j', (header) => {
  expect(parseRetryAfter(header, now)).toBeUndefined();
});
