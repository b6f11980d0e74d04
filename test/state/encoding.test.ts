import { anything, assert, constantFrom, oneof, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { decode, encode } from '../../src/state/encoding.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';

it('gives back what JSON alone would change', () => {
  const failure = { code: 'NOT_FOUND', platform: 'cloudlink', message: 'No.', status: 404 } as const;
  const value = {
    at: new Date('2026-01-02T03:04:05.678Z'),
    never: new Date(Number.NaN),
    nothing: undefined,
    list: [undefined, null, 1n, Infinity, -Infinity],
    map: new Map<unknown, unknown>([[new Date(0), new Set(['a'])]]),
    looksLikeAMark: { $: 'date', value: 0 },
    deeper: { $: { $: ['$'] } },
  };
  expect(decode(encode(value))).toEqual(value);
  expect(decode(encode(Number.NaN))).toBeNaN();
  const [error] = decode(encode([new UpstreamError(failure)])) as [UpstreamError];
  expect(error).toBeInstanceOf(UpstreamError);
  expect(error.failure).toEqual(failure);
});

it('gives back any plain value, with any key', () => {
  const key = oneof(string(), constantFrom('$', 'value', '__proto__', 'constructor', 'toJSON', 'then'));
  const plain = anything({ key, withDate: true, withMap: true, withSet: true, withBigInt: true });
  assert(
    property(plain, (value) => {
      // An object without a prototype comes back with one.
      const expected = structuredClone(value);
      expect(decode(encode(expected))).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
  expect({}).not.toHaveProperty('polluted');
});

it.each([
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a promise', Promise.resolve()],
  ['bytes', Buffer.from('x')],
  ['an error of another kind', new TypeError('x')],
  ['one of them inside', { list: [new Map([['a', { b: () => 1 }]])] }],
])('refuses %s rather than keep half of it', (_title, value) => {
  expect(() => encode(value)).toThrow(TypeError);
});

it.each([
  '',
  '{',
  '{"$":"nothing"}',
  '{"$":"__proto__"}',
  '{"$":["date"],"value":1}',
  '{"$":"map","value":7}',
])('throws for %j, which it never wrote', (text) => {
  expect(() => decode(text)).toThrow(Error);
});
