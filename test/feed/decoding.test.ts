import { expect, it } from 'vitest';
import { createDecoding } from '../../src/feed/decoding.ts';
import { encode } from '../../src/feed/entry.ts';
import { told } from '../../src/upstream/told.ts';

const entryOf = (number: number) => ({
  cursor: `epoch-${number}`,
  data: encode({ type: 'change', change: told('Noun', `key ${number}`, { number }) }),
});

it('an entry is read once for all who follow its feed, and anew once many others have come', () => {
  const decode = createDecoding();
  const entry = entryOf(0);
  const first = decode(entry);
  expect(first).toMatchObject({ type: 'change', change: { key: 'key 0' } });
  for (let number = 1; number <= 100; number += 1) decode(entryOf(number));
  expect(decode(entry)).toBe(first);
  for (let number = 101; number <= 200; number += 1) decode(entryOf(number));
  const again = decode(entry);
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});
