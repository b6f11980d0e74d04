import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTORY_PLACE, readCallHistory, type HistorySides } from '../src/call-history.ts';
import type { PastCall } from '../src/past-call.ts';
import type { CallRecord } from '../src/upstream/cloudlink/call-record.ts';
import { UpstreamError } from '../src/upstream/errors.ts';
import type { CallDetail } from '../src/upstream/netsapiens/call-detail.ts';
import type { Page, PageRequest } from '../src/upstream/page.ts';

/** One call that happened, and which platforms tell it. */
interface Happening {
  readonly call: number;
  readonly at: number;
  readonly skew: number;
  readonly side: 'left' | 'right' | 'both';
}

const DAY = Date.UTC(2026, 10, 2);

const recordOf = ({ call, at }: Happening): CallRecord => ({
  id: `record-${call}`,
  from: { number: `+1212555${1000 + call}`, name: null, principalId: null, isE164: true },
  to: { number: '1001', name: null, principalId: 'ada', isE164: false },
  state: 'completed',
  cause: 'newCall',
  direction: 'inbound',
  siteId: null,
  startedAt: new Date(DAY + at),
  endedAt: null,
  completed: true,
  ringSeconds: 3,
  talkSeconds: 60,
});

const detailOf = ({ call, at, skew }: Happening): CallDetail => ({
  cdrId: `detail-${call}`,
  domain: 'acme.12345.service',
  type: '1',
  isOnNet: false,
  origin: { extension: null, number: `1212555${1000 + call}`, name: 'Customer', uri: null },
  destination: { extension: '1001', number: '1001', name: null, uri: null },
  dialledNumber: null,
  byExtension: null,
  // The legacy platform tells whole seconds.
  startedAt: new Date(Math.floor((DAY + at + skew) / 1000) * 1000),
  answeredAt: new Date(DAY + at + 4000),
  releasedAt: new Date(DAY + at + 65_000),
  durationSeconds: 65,
  talkSeconds: 61,
  isHidden: null,
  tag: null,
  originCallId: null,
  destinationCallId: null,
  releaseText: null,
});

interface Timed {
  readonly startedAt: Date | null;
}

const timeOf = ({ startedAt }: Timed) => startedAt?.getTime() ?? 0;

/** A platform that has these calls, newest first, as far as `read` is told to count. */
const platformOf =
  <Call extends Timed>(calls: readonly Call[], onRead = () => undefined as void) =>
  async () =>
  async ({ from, to }: { from: Date; to: Date }, { first, offset }: PageRequest): Promise<Page<Call>> => {
    onRead();
    const rows = calls
      .filter((call) => timeOf(call) >= from.getTime() && timeOf(call) < to.getTime())
      .sort((one, other) => timeOf(other) - timeOf(one));
    return {
      items: rows.slice(offset, offset + first).map((value, index) => ({ value, next: offset + index + 1 })),
      hasNextPage: rows.length > offset + first,
    };
  };

const sidesOf = (happenings: readonly Happening[]): HistorySides => ({
  cloudlink: platformOf(happenings.filter(({ side }) => side !== 'right').map(recordOf)),
  subscriber: platformOf(happenings.filter(({ side }) => side !== 'left').map(detailOf)),
});

const window = { from: new Date(DAY - 1000), to: new Date(DAY + 60_000) };

const numberOf = ({ record, detail }: PastCall): number =>
  Number((record?.id ?? detail?.cdrId ?? '').split('-')[1]);

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
    after = last?.place ?? null;
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
    ['another number', { from: { number: '+12125559999', name: null, principalId: null, isE164: true } }],
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
    const wide = { from: new Date(DAY - 1e9), to: window.to };
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
      { platform: 'cloudlink', failure: null },
      { platform: 'subscriber', failure },
    ]);
    await expect(
      readCallHistory(sides, { ...window, isStrict: true }, { first: 10, after: null }),
    ).rejects.toBe(failure);
    await expect(
      readCallHistory({ ...sides, cloudlink: null }, window, { first: 10, after: null }),
    ).rejects.toBe(failure);
  });
});
