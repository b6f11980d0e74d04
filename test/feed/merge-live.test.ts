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
