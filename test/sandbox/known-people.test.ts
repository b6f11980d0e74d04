import { expect, test } from 'vitest';
import { knownPeople } from '../../src/sandbox/known-people.ts';

test('the list of the known people has no blank at the end of a line', () => {
  expect(knownPeople.split('\n').filter((line) => /\s$/.test(line))).toEqual([]);
});
