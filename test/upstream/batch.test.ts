import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settleEach } from '../../src/upstream/batch.ts';
import { failure, groups, ids, keysOf, nameOf, someOf, type Key } from '../helpers/batch.ts';

/** With those of the loaders, in loader.test.ts, 50,000. */
const RUNS = 14_000;

/** How one request ends: for some keys with an error or nothing, too early, too late, or not at all. */
const well = { fails: false, cut: 0, extra: 0, holes: new Set<string>(), errors: new Set<string>() };

const endings = fc.oneof(
  fc.constant(well),
  fc.record({
    fails: fc.boolean(),
    cut: fc.nat(5),
    extra: fc.nat(3),
    holes: someOf(ids, 6),
    errors: someOf(ids, 6),
  }),
);

describe('settleEach', () => {
  it('keeps each answer with its key, whatever any of its requests answers', async () => {
    const runs = fc.record({
      keys: fc.array(keysOf(groups), { maxLength: 40 }),
      size: fc.integer({ min: 1, max: 45 }),
      ends: fc.array(endings, { minLength: 8, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ keys, size, ends }) => {
        const wanted = new Map<Key, string>();
        const sizes: number[] = [];
        const load = async (group: string, members: readonly Key[]): Promise<readonly (string | Error)[]> => {
          const { fails, cut, extra, holes, errors } = ends[sizes.length % ends.length] ?? well;
          sizes.push(members.length);
          const length = members.length - cut;
          for (const [index, key] of members.entries()) {
            const isAnswered = !fails && index < length && !holes.has(key.id) && !errors.has(key.id);
            wanted.set(key, isAnswered && key.group === group ? nameOf(key) : 'error');
          }
          if (fails) throw failure(group);
          const rows = members.map(({ id, group: own }) => {
            if (errors.has(id)) return failure(id);
            return holes.has(id) ? undefined : nameOf({ id, group: own });
          }) as (string | Error)[]; // A list with holes is what a careless loader gives.
          return cut > 0
            ? rows.slice(0, Math.max(length, 0))
            : [...rows, ...Array<string>(extra).fill('stranger')];
        };
        const answers = await settleEach(keys, { groupOf: ({ group }) => group, size, load });
        expect(answers.map((answer) => (answer instanceof Error ? 'error' : answer))).toEqual(
          keys.map((key) => wanted.get(key)),
        );
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(size);
      }),
      { numRuns: RUNS, seed: 42 },
    );
  });
});
