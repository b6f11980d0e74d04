import { expect, it, onTestFinished, vi } from 'vitest';
import { readEnded } from '../../src/upstream/ended-list.ts';
import { told } from '../../src/upstream/told.ts';

const MINUTE_MS = 60_000;
const NOON = Date.parse('2026-03-01T12:00:00Z');

interface Call {
  readonly id: string;
  readonly beganAt: number;
  readonly endedAt: number | null;
}

/** A call by when it began and ended, in minutes after noon. */
const call = (id: string, began: number, ended: number | null): Call => ({
  id,
  beganAt: NOON + began * MINUTE_MS,
  endedAt: ended === null ? null : NOON + ended * MINUTE_MS,
});

/** A list of calls, those that began last first, of which a page is as long as this. */
const createList = (calls: readonly Call[], length = 1_000) => {
  const offsets: number[] = [];
  const rows = calls.toSorted((one, other) => other.beganAt - one.beganAt);
  const toDate = (ms: number | null) => (ms === null ? null : new Date(ms));
  return {
    offsets,
    read: async ({ offset }: { readonly offset: number }) => {
      offsets.push(offset);
      const items = rows
        .slice(offset, offset + length)
        .map((value, index) => ({ value, next: offset + index + 1 }));
      return { items, hasNextPage: offset + length < rows.length };
    },
    toChange: (one: Call) => told('Call', one.id, one),
    beganAt: (one: Call) => toDate(one.beganAt),
    endedAt: (one: Call) => toDate(one.endedAt),
  };
};

const at = (minutes: number) => {
  vi.useFakeTimers({ now: NOON + minutes * MINUTE_MS });
  onTestFinished(() => void vi.useRealTimers());
};

const keysOf = ({ changes }: Awaited<ReturnType<typeof readEnded>>) => changes.map(({ key }) => key);

it('what is over is found by its end, wherever it stands, in the order in which it ended', async () => {
  at(4);
  const former = [call('old', -90, -80), call('short', -3, -2)];
  const first = await readEnded(createList(former), undefined);
  expect(keysOf(first)).toEqual(['short']);
  at(9);
  const calls = [...former, call('long', -200, 6), call('later', 3, 5), call('endless', 1, null)];
  const second = await readEnded(createList(calls), first.seen);
  expect(keysOf(second)).toEqual(['short', 'later', 'long', 'endless']);
  expect(second).toMatchObject({ hasNews: true, hasGap: false });
  expect(await readEnded(createList(calls), second.seen)).toMatchObject({ hasNews: false });
});

it('no look finds what was over before the first one could have seen it', async () => {
  for (const minutes of [0, 2.5, 4.9, 5]) {
    at(minutes);
    const calls = Array.from({ length: 60 }, (_, index) => call(`${index}`, -index - 1, -index));
    const first = await readEnded(createList(calls), undefined);
    for (const later of [0.1, 4.9, 30]) {
      at(minutes + later);
      expect(keysOf(first)).toEqual(
        expect.arrayContaining(keysOf(await readEnded(createList(calls), first.seen))),
      );
    }
  }
});

it('something is missing only where it is not read back to the last look', async () => {
  at(0);
  const { seen } = await readEnded(createList([]), undefined);
  at(30);
  const calls = Array.from({ length: 60 }, (_, index) => call(`${index}`, 30 - index, 30 - index));
  expect(await readEnded(createList(calls, 8), seen)).toMatchObject({ hasGap: true });
  const found = await readEnded(createList(calls, 10), seen);
  expect(found).toMatchObject({ hasGap: false });
  // Also where more is over in a while than is read: what was told of a moment ago is among it.
  const many = Array.from({ length: 60 }, (_, index) => call(`many ${index}`, 30.1, 30.2));
  at(30.5);
  expect(await readEnded(createList([...many, ...calls], 14), found.seen)).toMatchObject({ hasGap: false });
});

it('a list that is long is read back to what lasted longest once in five minutes, and else to the last look', async () => {
  at(0);
  const { seen } = await readEnded(createList([]), undefined);
  const calls = Array.from({ length: 300 }, (_, index) => call(`${index}`, -index, -index + 0.5));
  const long = call('long', -230, 0.1);
  at(1);
  const shallow = createList([...calls, long], 50);
  expect(keysOf(await readEnded(shallow, seen))).not.toContain('long');
  expect(shallow.offsets).toEqual([0]);
  at(5);
  const deep = createList([...calls, long], 50);
  expect(keysOf(await readEnded(deep, seen))).toContain('long');
  expect(deep.offsets).toEqual([0, 50, 100, 150, 200]);
});

it('what a former version has remembered, which tells no time, is told as a gap', async () => {
  at(0);
  expect(await readEnded(createList([]), { keys: ['x'], until: 0 })).toMatchObject({ hasGap: true });
});
