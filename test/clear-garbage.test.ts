import { expect, it } from 'vitest';
import { createClearGarbage } from '../src/clear-garbage.ts';

const MEGABYTE = 1024 * 1024;

/** Leaves so much behind that nobody holds. */
const litter = (megabytes: number) => {
  const heap = Array.from({ length: (megabytes * MEGABYTE) / 64 }, (_, index) => ({
    index,
    text: `${index}`,
  }));
  return heap.length;
};

it('clears what was left behind, once it has become much', () => {
  const clear = createClearGarbage();
  clear();
  const before = process.memoryUsage().heapUsed;
  expect(litter(100)).toBeGreaterThan(0);
  clear();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * MEGABYTE);
});
