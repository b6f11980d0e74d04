import { expect, it } from 'vitest';
import { firstWhere } from '../../../src/sandbox/cloudlink/first-where.ts';

it.each([
  [0, 0],
  [5, 0],
  [5, 3],
  [5, 5],
])('finds in %i numbers the first from %i on', (length, expected) => {
  expect(firstWhere(length, (position) => position >= expected)).toBe(expected);
});
