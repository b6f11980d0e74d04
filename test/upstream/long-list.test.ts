import { describe, expect, it } from 'vitest';
import type { Seen } from '../../src/upstream/change.ts';
import { readSince, unseen } from '../../src/upstream/long-list.ts';
import { told } from '../../src/upstream/told.ts';

interface Row {
  readonly id: string;
  readonly at: number;
}

/** A list of which the newest come first, and what was asked of it. */
const createList = (rows: readonly Row[]) => {
  const asked: number[] = [];
  return {
    asked,
    read: async ({ first, offset }: { readonly first: number; readonly offset: number }) => {
      asked.push(first);
      const items = rows
        .slice(offset, offset + first)
        .map((value, index) => ({ value, next: offset + index + 1 }));
      return { items, hasNextPage: offset + first < rows.length };
    },
    toChange: (row: Row) => told('Row', row.id, row),
    timeOf: (row: Row) => new Date(row.at),
  };
};

const MINUTE_MS = 60_000;

/** The rows of these numbers, the one with the highest first, each of another minute. */
const rowsOf = (last: number, first = 1): readonly Row[] =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    id: `r${last - index}`,
    at: (last - index) * MINUTE_MS,
  }));

const keysOf = ({ changes }: Awaited<ReturnType<typeof readSince>>) => changes.map(({ key }) => key);

describe('a list that is too long to be read whole', () => {
  it('is read on one page by the first look, and then back to where the last one ended', async () => {
    const first = await readSince(createList(rowsOf(500)), undefined);
    expect(keysOf(first)).toEqual(
      rowsOf(500, 481)
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(first.hasGap).toBe(false);
    const list = createList(rowsOf(650));
    const second = await readSince(list, first.seen);
    expect(keysOf(second).filter((key) => Number(key.slice(1)) > 500)).toEqual(
      rowsOf(650, 501)
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(second).toMatchObject({ hasNews: true, hasGap: false });
    expect(list.asked).toEqual([20, 100, 100]);
    const third = createList(rowsOf(650));
    expect(await readSince(third, second.seen)).toMatchObject({ hasNews: false, hasGap: false });
    expect(third.asked).toEqual([20]);
  });

  it('says that something is missing where more came than it is read back', async () => {
    const { seen } = await readSince(createList(rowsOf(20)), undefined);
    expect(await readSince(createList(rowsOf(439)), seen)).toMatchObject({ hasGap: false });
    expect(await readSince(createList(rowsOf(440)), seen)).toMatchObject({ hasGap: true });
  });

  it('brings nothing old to light where something is deleted', async () => {
    const { seen } = await readSince(createList(rowsOf(40)), undefined);
    const rows = rowsOf(40).filter(({ id }) => id !== 'r40' && id !== 'r30');
    const after = await readSince(createList(rows), seen);
    expect(after).toMatchObject({ hasNews: false, hasGap: false });
    expect(keysOf(after)).not.toContain('r20');
    // Also where it was all that was known.
    const only = await readSince(createList(rowsOf(40, 40)), undefined);
    expect(keysOf(await readSince(createList(rowsOf(39)), only.seen))).toEqual([]);
  });

  it('that was not seen before has news only of what is newer than all that was seen of others', async () => {
    const seen: Seen = { other: { keys: ['x'], until: 30 * MINUTE_MS } };
    // That of the minute before may only be shown now.
    expect(keysOf(await readSince(createList(rowsOf(32)), unseen(seen, true)))).toEqual([
      'r29',
      'r30',
      'r31',
      'r32',
    ]);
    // Unless it may have been there before, and was not looked at.
    const found = await readSince(createList(rowsOf(32)), unseen(seen, false));
    expect(keysOf(found)).toEqual(['r30', 'r31', 'r32']);
  });

  it('has news of what is shown some seconds after something newer was', async () => {
    const rows = rowsOf(40);
    const { seen } = await readSince(createList(rows), undefined);
    const late = { id: 'late', at: 40 * MINUTE_MS - 10_000 };
    const found = await readSince(createList([...rows.slice(0, 1), late, ...rows.slice(1)]), seen);
    expect(found).toMatchObject({ hasNews: true, hasGap: false });
    expect(keysOf(found).slice(-2)).toEqual(['late', 'r40']);
  });

  it('has no news of what was there before the first look, however shortly', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({ id: `r${60 - index}`, at: 60_000 - index }));
    const { seen } = await readSince(createList(rows), undefined);
    const found = await readSince(createList([{ id: 'new', at: 60_001 }, ...rows]), seen);
    expect(keysOf(found).filter((key) => !seen.keys.includes(key))).toEqual(['new']);
    expect(found.hasGap).toBe(false);
  });
});
