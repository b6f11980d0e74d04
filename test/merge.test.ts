import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { merge } from '../src/merge.ts';

interface Told {
  readonly call: number;
  readonly at: number;
}

const TOLERANCE = 2;

async function* stream<Item>(items: readonly Item[]) {
  yield* items;
}

const newestFirst = (items: readonly Told[]) => [...items].sort((one, other) => other.at - one.at);

const mergeAll = async (lefts: readonly Told[], rights: readonly Told[]) =>
  Array.fromAsync(
    merge(stream(newestFirst(lefts)), stream(newestFirst(rights)), {
      timeOf: ({ at }) => at,
      isSame: (left, right) => left.call === right.call,
      toleranceMs: TOLERANCE,
    }),
  );

const calls = fc.uniqueArray(
  fc.record({
    at: fc.integer({ min: 0, max: 60 }),
    skew: fc.integer({ min: -TOLERANCE, max: TOLERANCE }),
    side: fc.constantFrom('left', 'right', 'both'),
  }),
  { maxLength: 40, selector: ({ at, skew, side }) => `${at} ${skew} ${side}` },
);

it('tells every call once, newest first, whoever told it', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (drawn) => {
      const lefts = drawn.flatMap(({ at, side }, call) => (side === 'right' ? [] : [{ call, at }]));
      const rights = drawn.flatMap(({ at, skew, side }, call) =>
        side === 'left' ? [] : [{ call, at: at + skew }],
      );

      const merged = await mergeAll(lefts, rights);

      expect(
        merged
          .map(({ left, right }) => left?.call ?? right?.call ?? -1)
          .toSorted((one, other) => one - other),
      ).toEqual([...drawn.keys()]);
      expect(merged.filter(({ left, right }) => left && right)).toHaveLength(
        drawn.filter(({ side }) => side === 'both').length,
      );
      const times = merged.map(({ left, right }) => Math.max(left?.at ?? -1e9, right?.at ?? -1e9));
      expect(times).toEqual([...times].sort((one, other) => other - one));
    }),
    { numRuns: 500 },
  );
});

it('reads neither side further than the next item and its window', async () => {
  let read = 0;
  async function* endless(offset: number) {
    for (let at = 1e9; ; at -= 10) {
      read += 1;
      yield { call: at + offset, at };
    }
  }
  const merged = merge(endless(0), endless(1), {
    timeOf: ({ at }) => at,
    isSame: () => false,
    toleranceMs: TOLERANCE,
  });
  for (let taken = 0; taken < 10; taken += 1) await merged.next();
  await merged.return(undefined);
  expect(read).toBeLessThanOrEqual(14);
});
