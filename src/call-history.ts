import { MOST_ROWS, readFeed, type CallFilter, type HistoryWindow, type ReadCalls } from './call-feed.ts';
import { createMemory, readPlace } from './history-place.ts';
import { merge } from './merge.ts';
import { isSameCall, toPastCall, TOLERANCE_MS, type PastCall } from './past-call.ts';
import type { Country } from './phone-number.ts';
import type { CallRecord } from './upstream/cloudlink/call-record.ts';
import { UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { CallDetail } from './upstream/netsapiens/call-detail.ts';
import type { PlacedPageRequest } from './upstream/page.ts';

export type { CallFilter, HistoryWindow, ReadCalls } from './call-feed.ts';
export { HISTORY_PLACE } from './history-place.ts';

/** Finds out how to read the calls of whoever is asked for; null where the platform does not know them. */
type OpenCalls<Call> = () => Promise<ReadCalls<Call> | null>;

/** Whose calls, on each platform; null for one that is not asked. */
export interface HistorySides {
  readonly cloudlink: OpenCalls<CallRecord> | null;
  readonly subscriber: OpenCalls<CallDetail> | null;
  /** Throws where there is nobody to have calls. Asked where none were found. */
  readonly requireSomebody?: () => Promise<void>;
}

export interface HistoryQuery extends HistoryWindow, CallFilter {
  /** Where numbers are dialled that do not tell. */
  readonly homeCountry: Country;
  /** Fails as a whole where one platform fails, so that nothing is passed over. */
  readonly isStrict?: boolean;
}

/** A platform that was asked, and why it has not told everything. */
export interface HistorySource {
  readonly platform: PlatformName;
  readonly failure: UpstreamError | null;
  /** What it told, but not so that it could be used: a sentence for each kind. */
  readonly gaps: readonly string[];
}

export interface HistoryPage {
  readonly items: readonly { readonly value: PastCall; readonly place: string }[];
  readonly hasNextPage: boolean;
  /** How far was looked, which is where the next page goes on; null where nothing was there to look at. */
  readonly end: string | null;
  readonly sources: readonly HistorySource[];
}

/** Rows beyond a page, among which the twins of its last calls are. */
const SLACK = 10;
/** How many rows are looked through at first for one that passes the filter. */
const ROWS_FOR_ONE = 6;

/** The longest page that costs one request to each platform, where no more than a few calls begin at a time. */
export const LONGEST_PAGE = MOST_ROWS - 2 * SLACK;

/**
 * A page of what both platforms tell, newest first, each call once. Neither side is read further than the page and the
 * 2 seconds in which a twin could be. Windows that meet hold every call in one of them, also where a platform tells it
 * in the other. A page of a filtered history looks through what two answers of each platform hold, and is short where
 * that is not enough. A platform that fails leaves its calls out and is named among `sources`; where all fail, or one of
 * a strict query, the failure is thrown.
 */
export const readCallHistory = async (
  sides: HistorySides,
  { from, to, direction, isMissed, homeCountry, isStrict = false }: HistoryQuery,
  { first, after }: PlacedPageRequest,
): Promise<HistoryPage> => {
  const { time, keys: told } = readPlace(after);
  const isFiltered = direction !== undefined || isMissed !== undefined;
  const rows = Math.min((isFiltered ? ROWS_FOR_ONE : 1) * first + SLACK + told.size, MOST_ROWS);
  const mostLooked = isFiltered ? rows - told.size + MOST_ROWS - 2 * SLACK : Number.POSITIVE_INFINITY;
  const asked = (['cloudlink', 'subscriber'] as const).filter((platform) => sides[platform] !== null);
  const window = {
    from: new Date(from.getTime() - TOLERANCE_MS),
    to: new Date(time === null ? to.getTime() + TOLERANCE_MS : time + 1),
  };
  // What one platform leaves out, the other may tell as its twin, and otherwise: then both have to be seen to know.
  const query = asked.length === 1 ? { ...window, direction, isMissed } : window;
  const failures = new Map<PlatformName, UpstreamError>();
  const gaps = { cloudlink: new Set<string>(), subscriber: new Set<string>() };

  async function* callsOf<Call extends { readonly startedAt: Date | null }>(
    platform: PlatformName,
    open: OpenCalls<Call> | null,
    idOf: (call: Call) => string,
  ) {
    const onGap = (message: string) => void gaps[platform].add(message);
    try {
      const read = await open?.();
      if (read) yield* readFeed(read, { platform, query, first: rows, told, idOf, onGap });
    } catch (error) {
      if (isStrict || !(error instanceof UpstreamError)) throw error;
      failures.set(platform, error);
    }
  }

  const memory = createMemory(time, told);
  const items: { value: PastCall; place: string }[] = [];
  let end = after;
  let looked = 0;
  let hasNextPage = false;
  const calls = merge(
    callsOf('cloudlink', sides.cloudlink, ({ id }) => id),
    callsOf('subscriber', sides.subscriber, ({ cdrId }) => cdrId),
    {
      timeOf: (one) => one.time,
      isSame: (left, right) => isSameCall(left.call, right.call, homeCountry),
      toleranceMs: TOLERANCE_MS,
    },
  );
  for await (const { left, right } of calls) {
    const startedAt = Math.max(left?.time ?? 0, right?.time ?? 0);
    if (startedAt < from.getTime()) break;
    const value = toPastCall(left?.call ?? null, right?.call ?? null, new Date(startedAt), homeCountry);
    const isWanted =
      startedAt < to.getTime() &&
      (direction === undefined || value.direction === direction) &&
      (isMissed === undefined || value.isMissed === isMissed);
    if ((isWanted && items.length === first) || looked === mostLooked) {
      hasNextPage = true;
      break;
    }
    looked += 1;
    end = memory.add(startedAt, left, right);
    if (isWanted) items.push({ value, place: end });
  }
  const [failure] = failures.values();
  if (failure !== undefined && failures.size === asked.length) throw failure;
  if (looked === 0 && after === null && failure === undefined) await sides.requireSomebody?.();
  return {
    items,
    hasNextPage,
    end,
    sources: asked.map((platform) => ({
      platform,
      failure: failures.get(platform) ?? null,
      gaps: [...gaps[platform]],
    })),
  };
};
