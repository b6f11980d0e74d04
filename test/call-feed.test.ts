import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFeed, type ReadCalls } from '../src/call-feed.ts';

interface Call {
  readonly id: string;
  readonly startedAt: Date | null;
}

const DAY = Date.UTC(2026, 10, 2);
const call = (id: string, at: number): Call => ({ id, startedAt: new Date(DAY + at) });
const query = { from: new Date(DAY), to: new Date(DAY + 100_000) };

interface Platform {
  /** Rows in one answer, however many are asked for. */
  readonly cap: number;
  /** Answers that make one page, as where a silent cap is met by asking again. */
  readonly answers?: number;
  /** What ends while the list is read: told from the answer after on. */
  readonly happen?: (answer: number) => readonly Call[];
  readonly resolution?: number;
}

/** A platform that tells these calls, newest first, and what comes in between. */
const platformOf = (calls: readonly Call[], { cap, answers = 1, happen, resolution = 1 }: Platform) => {
  let all = [...calls];
  let answered = 0;
  const bounds = { longest: 0 };
  const answer = (from: Date, to: Date, offset: number) => {
    all = [...all, ...(answered === 0 ? [] : (happen?.(answered) ?? []))];
    answered += 1;
    const end = Math.ceil(to.getTime() / resolution) * resolution;
    return all
      .filter(({ startedAt }) => startedAt === null || (startedAt >= from && startedAt.getTime() < end))
      .sort((one, other) => (other.startedAt?.getTime() ?? 0) - (one.startedAt?.getTime() ?? 0))
      .slice(offset);
  };
  const read: ReadCalls<Call> = async ({ from, to }, { offset }) => {
    const items: { value: Call; next: number }[] = [];
    let hasNextPage = true;
    for (let part = 0; part < answers && hasNextPage; part += 1) {
      const start = offset + items.length;
      const rest = answer(from, to, start);
      items.push(...rest.slice(0, cap).map((value, index) => ({ value, next: start + index + 1 })));
      hasNextPage = rest.length > cap;
    }
    bounds.longest = Math.max(bounds.longest, items.length);
    return { items, hasNextPage };
  };
  return { read, answered: () => answered };
};

const readAll = async (read: ReadCalls<Call>, told: ReadonlySet<string> = new Set()) => {
  const gaps: string[] = [];
  const ids: string[] = [];
  const options = { platform: 'cloudlink', query, first: 10, told, idOf: ({ id }: Call) => id } as const;
  for await (const { call: one } of readFeed(read, { ...options, onGap: (gap) => gaps.push(gap) }))
    ids.push(one.id);
  return { ids, gaps };
};

const old = Array.from({ length: 60 }, (_, index) => call(`old-${index}`, 60_000 - index * 500));

it.each([
  ['two at the head', 2, () => 90_000],
  ['ten at the head', 10, () => 90_000],
  ['ten at one time in the middle of what was told', 10, () => 59_000],
  ['ten with the time of what was told last', 10, (answer: number) => 60_000 - (answer * 7 - 1) * 500],
  [
    'two with the times between those of what was told last',
    2,
    (answer: number) => 60_000 - answer * 7 * 500 + 700,
  ],
])('tells every call once while others end between the answers: %s', async (_what, count, at) => {
  for (const answers of [1, 3]) {
    const happen = (answer: number) =>
      Array.from({ length: count }, (_, index) => call(`new-${answer}-${index}`, at(answer)));
    const { read } = platformOf(old, { cap: 7, answers, happen });
    const { ids } = await readAll(read);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('old'))).toEqual(old.map(({ id }) => id));
  }
});

it('tells every call once whatever comes in between, wherever it comes', async () => {
  const second = fc.integer({ min: 0, max: 40 }).map((at) => at * 1000);
  await fc.assert(
    fc.asyncProperty(
      fc.array(second, { maxLength: 40 }),
      fc.array(fc.array(second, { maxLength: 4 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 3 }),
      async (times, news, cap, answers) => {
        const calls = times.map((at, index) => call(`old-${index}`, at));
        const happen = (answer: number) =>
          (news[answer - 1] ?? []).map((at, index) => call(`new-${answer}-${index}`, at));
        const { read } = platformOf(calls, { cap, answers, happen, resolution: 1000 });
        const { ids } = await readAll(read);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => id.startsWith('old')).toSorted()).toEqual(
          calls.map(({ id }) => id).toSorted(),
        );
      },
    ),
    { numRuns: 1000 },
  );
});

it('goes on by number where more calls began at one time than an answer holds', async () => {
  const calls = Array.from({ length: 50 }, (_, index) => call(`same-${index}`, 5000));
  const { read, answered } = platformOf([...calls, call('before', 4000)], { cap: 12 });
  const { ids } = await readAll(read);
  expect([ids.length, new Set(ids).size, answered()]).toEqual([51, 51, 6]);
});

it('leaves out what has no time, and what has no id, and says so', async () => {
  const timeless = { id: 'timeless', startedAt: null };
  const { read } = platformOf([call('one', 2000), timeless], { cap: 100 });
  const { ids, gaps } = await readAll(async (...args) => ({ ...(await read(...args)), leftOut: 1 }));
  expect(ids).toEqual(['one']);
  expect(gaps).toEqual([
    'CloudLink told calls without their id, which are left out.',
    'CloudLink told calls without the time at which they began, which are left out.',
  ]);
});

it.each([
  ['ascending', [1000, 2000, 3000]],
  ['mixed', [3000, 1000, 2000, 500]],
])('refuses calls that are %s', async (_order, times) => {
  const items = times.map((at, index) => ({ value: call(`${at}`, at), next: index + 1 }));
  await expect(readAll(async () => ({ items, hasNextPage: false }))).rejects.toThrow('newest first');
});

it('refuses a list that does not go on', async () => {
  let reads = 0;
  const read: ReadCalls<Call> = async () => {
    reads += 1;
    return { items: [{ value: call('one', 1000), next: 1 }], hasNextPage: true };
  };
  await expect(readAll(read)).rejects.toThrow('again and again');
  expect(reads).toBeLessThan(10);
});
