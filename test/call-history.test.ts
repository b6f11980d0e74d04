import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTORY_PLACE, readCallHistory, type HistorySides } from '../src/call-history.ts';
import type { PastCall } from '../src/past-call.ts';
import { UpstreamError } from '../src/upstream/errors.ts';
import type { PageRequest } from '../src/upstream/page.ts';
import {
  DAY,
  detailOf,
  numberOf,
  platformOf,
  recordOf,
  sidesOf,
  timeOf,
  window,
  type Happening,
  type Timed,
} from './helpers/happening.ts';

/** Reads a history page by page; something may happen before each. */
const readAll = async (
  happen: (page: number) => HistorySides,
  first: number,
  query: Partial<Parameters<typeof readCallHistory>[1]> = {},
): Promise<PastCall[]> => {
  const calls: PastCall[] = [];
  let after: string | null = null;
  for (let page = 0; ; page += 1) {
    const read = await readCallHistory(happen(page), { ...window, ...query }, { first, after });
    calls.push(...read.items.map(({ value }) => value));
    const last = read.items.at(-1);
    if (last !== undefined) expect(last.place).toMatch(HISTORY_PLACE);
    if (!read.hasNextPage) return calls;
    after = read.end;
  }
};

const happenings = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 20_000 }),
      skew: fc.integer({ min: -900, max: 1900 }),
      side: fc.constantFrom('left' as const, 'right' as const, 'both' as const),
    }),
    { maxLength: 30 },
  )
  .map((drawn) => drawn.map((one, call): Happening => ({ call, ...one })));

describe('a history of both platforms', () => {
  it('tells each call once, newest first, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.integer({ min: 1, max: 12 }), async (drawn, first) => {
        const calls = await readAll(() => sidesOf(drawn), first);
        expect(calls.map(numberOf).toSorted((one, other) => one - other)).toEqual([...drawn.keys()]);
        expect(calls.filter(({ record, detail }) => record && detail)).toHaveLength(
          drawn.filter(({ side }) => side === 'both').length,
        );
        const times = calls.map(timeOf);
        expect(times).toEqual(times.toSorted((one, other) => other - one));
      }),
      { numRuns: 500 },
    );
  });

  it('does not shift while calls come at its head', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.integer({ min: 1, max: 6 }), async (drawn, first) => {
        const newer = (page: number) =>
          Array.from({ length: page * 3 }, (_, index): Happening => ({
            call: 500 + index,
            at: 30_000 + index * 1000,
            skew: 0,
            side: 'both',
          }));
        const calls = await readAll((page) => sidesOf([...newer(page), ...drawn]), first);
        expect(calls.map(numberOf).toSorted((one, other) => one - other)).toEqual([...drawn.keys()]);
      }),
      { numRuns: 200 },
    );
  });

  it.each([2, 10])(
    'does not shift, nor accuses anybody, while %i calls end between the answers of one page',
    async (count) => {
      const drawn = Array.from({ length: 40 }, (_, call): Happening => ({
        call,
        at: call * 500,
        skew: 0,
        side: 'both',
      }));
      const ended: Happening[] = [];
      // At the head, and among what has been told, as a long call does.
      const end = () => {
        for (let index = 0; index < count; index += 1) {
          const at = index % 2 === 0 ? 30_000 : 19_400;
          ended.push({ call: 500 + ended.length, at, skew: 0, side: 'both' });
        }
      };
      const platform =
        <Call extends Timed>(toCall: (happening: Happening) => Call) =>
        async () =>
        async (query: { from: Date; to: Date }, { offset }: PageRequest) => {
          const read = await platformOf([...drawn, ...ended].map(toCall))();
          const page = await read(query, { first: 5, offset });
          end();
          return page;
        };
      const sides = { cloudlink: platform(recordOf), subscriber: platform(detailOf) };
      const { items } = await readCallHistory(sides, window, { first: 100, after: null });
      const calls = items.map(({ value }) => numberOf(value));
      expect(calls.filter((call) => call < 500)).toEqual([...drawn.keys()].toReversed());
      expect(new Set(calls).size).toBe(calls.length);
    },
  );

  it('that is filtered looks through two answers of each platform, and says where it goes on', async () => {
    const drawn = Array.from({ length: 5000 }, (_, call): Happening => ({
      call,
      at: 50_000 - call * 120_000,
      skew: 0,
      side: 'both',
    }));
    let reads = 0;
    const count = () => {
      reads += 1;
    };
    const missed = (call: number) => call % 1000 === 999;
    const sides = {
      cloudlink: platformOf(
        drawn.map((one) => ({
          ...recordOf(one),
          ...(missed(one.call) && { completed: false, talkSeconds: 0 }),
        })),
        count,
      ),
      subscriber: platformOf(
        drawn.map((one) => ({
          ...detailOf(one),
          ...(missed(one.call) && { answeredAt: null, talkSeconds: 0 }),
        })),
        count,
      ),
    };
    const query = { ...window, from: new Date(DAY - 1e9), isMissed: true };
    const found: number[] = [];
    let after: string | null = null;
    let pages = 0;
    for (let hasNextPage = true; hasNextPage; pages += 1) {
      const page = await readCallHistory(sides, query, { first: 100, after });
      found.push(...page.items.map(({ value }) => numberOf(value)));
      ({ end: after, hasNextPage } = page);
      expect(after).toMatch(HISTORY_PLACE);
      expect(reads).toBeLessThanOrEqual(4);
      reads = 0;
    }
    expect([found, pages]).toEqual([[999, 1999, 2999, 3999, 4999], 4]);
  });

  it('is narrowed by the platform itself where it is asked alone, and by none of two', async () => {
    const happening: Happening = { call: 1, at: 5000, skew: 0, side: 'both' };
    const queries: object[] = [];
    const platform =
      <Call extends Timed>(calls: readonly Call[]) =>
      async () =>
      async (query: { from: Date; to: Date }, page: PageRequest) => {
        queries.push(query);
        return (await platformOf(calls)())(query, page);
      };
    // CloudLink says that it was answered; the legacy platform does not, and would tell it as a missed call alone.
    const sides = {
      cloudlink: platform([{ ...recordOf(happening), talkSeconds: 1 }]),
      subscriber: platform([{ ...detailOf(happening), answeredAt: null, talkSeconds: 0 }]),
    };
    const query = { ...window, direction: 'INBOUND', isMissed: true } as const;
    const { items } = await readCallHistory(sides, query, { first: 10, after: null });
    expect([items, queries.some((asked) => 'isMissed' in asked || 'direction' in asked)]).toEqual([
      [],
      false,
    ]);
    const one = await readCallHistory({ ...sides, cloudlink: null }, query, { first: 10, after: null });
    expect(one.items).toHaveLength(1);
    expect(queries.at(-1)).toMatchObject({ direction: 'INBOUND', isMissed: true });
  });

  it('is cut in windows that hold every call once between them, however the platforms tell its time', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.integer({ min: 0, max: 20_000 }), async (drawn, cut) => {
        const middle = new Date(DAY + cut);
        const parts = await Promise.all([
          readAll(() => sidesOf(drawn), 50, { from: middle }),
          readAll(() => sidesOf(drawn), 50, { to: middle }),
        ]);
        expect(
          parts
            .flat()
            .map(numberOf)
            .toSorted((one, other) => one - other),
        ).toEqual([...drawn.keys()]);
      }),
      { numRuns: 300 },
    );
  });

  it('tells once what the legacy platform tells for each of its sides', async () => {
    const detail = detailOf({ call: 1, at: 5000, skew: 0, side: 'right' });
    const other = { ...detail, cdrId: 'detail-2', origin: { ...detail.origin, number: '12125550000' } };
    const { items } = await readCallHistory(
      { cloudlink: null, subscriber: platformOf([detail, other, detail]) },
      window,
      { first: 10, after: null },
    );
    expect(items.map(({ value }) => value.detail?.cdrId)).toEqual(['detail-1', 'detail-2']);
  });

  it.each([
    [
      'another number',
      { from: { number: '+12125559999', name: null, principalId: null, isE164: true, isClaimed: true } },
    ],
    ['a longer talk', { talkSeconds: 64 }],
    ['a talk of which nothing is told', { talkSeconds: null }],
    ['a beginning 3 seconds later', { startedAt: new Date(DAY + 8000) }],
  ])('keeps calls apart that differ in %s', async (_what, change) => {
    const happening: Happening = { call: 1, at: 5000, skew: 0, side: 'both' };
    const sides = {
      cloudlink: platformOf([{ ...recordOf(happening), ...change }]),
      subscriber: platformOf([detailOf(happening)]),
    };
    const { items } = await readCallHistory(sides, window, { first: 10, after: null });
    expect(items).toHaveLength(2);
  });

  it.each([10, 100])('reads each platform once for a page of %i', async (first) => {
    const drawn = Array.from({ length: 2000 }, (_, call): Happening => ({
      call,
      at: 50_000 - call * 120_000,
      skew: 0,
      side: (['left', 'right', 'both'] as const)[call % 3] ?? 'both',
    }));
    let reads = 0;
    const count = () => {
      reads += 1;
    };
    const sides = {
      cloudlink: platformOf(drawn.filter(({ side }) => side !== 'right').map(recordOf), count),
      subscriber: platformOf(drawn.filter(({ side }) => side !== 'left').map(detailOf), count),
    };
    const wide = { ...window, from: new Date(DAY - 1e9) };
    const { items, hasNextPage } = await readCallHistory(sides, wide, { first, after: null });
    expect([items.length, hasNextPage, reads]).toEqual([first, true, 2]);
  });

  it('refuses a platform that does not give the newest first', async () => {
    const [one, other] = [1, 2].map((call) => recordOf({ call, at: call * 1000, skew: 0, side: 'left' }));
    const unsorted = async () => async () => ({
      items: [one, other].flatMap((value) => (value ? [{ value, next: 1 }] : [])),
      hasNextPage: false,
    });
    await expect(
      readCallHistory({ cloudlink: unsorted, subscriber: null }, window, { first: 10, after: null }),
    ).rejects.toThrow('newest first');
  });

  it('names the platform that failed, and fails where it must be whole', async () => {
    const failure = new UpstreamError({ code: 'UPSTREAM_TIMEOUT', platform: 'subscriber', message: 'Late.' });
    const sides: HistorySides = {
      ...sidesOf([{ call: 1, at: 0, skew: 0, side: 'both' }]),
      subscriber: () => Promise.reject(failure),
    };
    const page = await readCallHistory(sides, window, { first: 10, after: null });
    expect(page.items).toHaveLength(1);
    expect(page.sources).toEqual([
      { platform: 'cloudlink', failure: null, gaps: [] },
      { platform: 'subscriber', failure, gaps: [] },
    ]);
    await expect(
      readCallHistory(sides, { ...window, isStrict: true }, { first: 10, after: null }),
    ).rejects.toBe(failure);
    await expect(
      readCallHistory({ ...sides, cloudlink: null }, window, { first: 10, after: null }),
    ).rejects.toBe(failure);
  });
});
