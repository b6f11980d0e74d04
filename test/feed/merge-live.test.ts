import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { mergeLive, type Source } from '../../src/feed/merge-live.ts';

type Batch = readonly { readonly number: number }[];

const source = (name: string, batches: () => AsyncIterable<Batch>): Source<Batch[number]> => ({
  name,
  open: batches,
});

/** Tells nothing until it is ended. */
const silent: Source<Batch[number]> = {
  name: 'silent',
  open: async function* (signal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve());
    await promise;
    yield* [];
  },
};

it('what was taken is kept by nobody, however long another source is silent', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const batches: WeakRef<Batch>[] = [];
  const busy = source('busy', async function* () {
    for (let number = 0; number < 100; number += 1) {
      const batch = [{ number }];
      batches.push(new WeakRef(batch));
      yield batch;
    }
  });
  const ending = new AbortController();
  const merged = mergeLive([silent, busy], ending.signal);
  for (let taken = 0; taken < 100; taken += 1) await merged.next();
  await turn();
  collect();
  // The last ones may still stand somewhere on the way.
  expect(batches.filter((batch) => batch.deref() !== undefined).length).toBeLessThan(5);
  ending.abort();
  expect(await merged.next()).toEqual({ done: true, value: undefined });
});

it('all sources are told until the last has ended, and what one throws ends them all', async () => {
  const count = (to: number) =>
    async function* () {
      for (let number = 0; number < to; number += 1) yield [{ number }];
    };
  const told: string[] = [];
  const both = [source('a', count(2)), source('b', count(3))];
  for await (const { name, batch } of mergeLive(both, new AbortController().signal))
    told.push(`${name}${batch[0]?.number}`);
  expect(told.toSorted()).toEqual(['a0', 'a1', 'b0', 'b1', 'b2']);

  const broken = source('broken', async function* () {
    yield [{ number: 0 }];
    throw new Error('broken');
  });
  const failing = mergeLive([silent, broken], new AbortController().signal);
  expect(await failing.next()).toMatchObject({ value: { name: 'broken' } });
  await expect(failing.next()).rejects.toThrow('broken');
});

it('a source is asked for the next batch only when its last one was taken', async () => {
  let given = 0;
  const busy = source('busy', async function* () {
    for (;;) yield [{ number: (given += 1) }];
  });
  const merged = mergeLive([busy], new AbortController().signal);
  await merged.next();
  for (let turns = 0; turns < 5; turns += 1) await turn();
  expect(given).toBe(1);
  await merged.next();
  expect(given).toBe(2);
  await merged.return();
});

it('what ended it is told, though another source cannot be ended', async () => {
  const stubborn: Source<Batch[number]> = {
    name: 'stubborn',
    open: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => Promise.reject(new Error('of return')),
      }),
    }),
  };
  const broken: Source<Batch[number]> = {
    name: 'broken',
    open: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the cause')) }),
    }),
  };
  await expect(mergeLive([stubborn, broken], new AbortController().signal).next()).rejects.toThrow(
    'the cause',
  );
});
