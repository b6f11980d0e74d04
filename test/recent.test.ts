import { expect, it } from 'vitest';
import { createRecent } from '../src/recent.ts';

it('keeps at least so many of the last things, and at most twice as many', () => {
  const recent = createRecent<number>(3);
  for (let number = 0; number < 10; number += 1) {
    recent.add(`${number}`, number);
    const kept = Array.from({ length: 10 }, (_, index) => recent.get(`${index}`)).filter(
      (value) => value !== undefined,
    );
    expect(kept).toEqual(kept.map((_, index) => number - kept.length + 1 + index));
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(3, number + 1));
    expect(kept.length).toBeLessThanOrEqual(6);
  }
});

it('forgets what is deleted, however long ago it came', () => {
  const recent = createRecent<string>(1);
  recent.add('one', 'old');
  recent.add('two', 'young');
  recent.delete('one');
  recent.delete('two');
  expect([recent.get('one'), recent.get('two')]).toEqual([undefined, undefined]);
});
