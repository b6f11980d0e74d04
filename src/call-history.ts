import { hash } from 'node:crypto';
import { merge } from './merge.ts';
import { isSameCall, toPastCall, TOLERANCE_MS, type PastCall, type PastCallDirection } from './past-call.ts';
import type { CallRecord } from './upstream/cloudlink/call-record.ts';
import { platformTitle, UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { CallDetail } from './upstream/netsapiens/call-detail.ts';
import type { Page, PageRequest, PlacedPageRequest } from './upstream/page.ts';

/** Calls that began from one instant to before another. */
export interface HistoryWindow {
  readonly from: Date;
  readonly to: Date;
}

/** A part of one platform's calls in a window, newest first. */
export type ReadCalls<Call> = (window: HistoryWindow, page: PageRequest) => Promise<Page<Call>>;

/** Finds out how to read the calls of whoever is asked for; null where the platform does not know them. */
type OpenCalls<Call> = () => Promise<ReadCalls<Call> | null>;

/** Whose calls, on each platform; null for one that is not asked. */
export interface HistorySides {
  readonly cloudlink: OpenCalls<CallRecord> | null;
  readonly subscriber: OpenCalls<CallDetail> | null;
}

export interface HistoryQuery extends HistoryWindow {
  readonly direction?: PastCallDirection | undefined;
  readonly isMissed?: boolean | undefined;
  /** Fails as a whole where one platform fails, so that nothing is passed over. */
  readonly isStrict?: boolean;
}

/** A platform that was asked, and why it has not told everything. */
export interface HistorySource {
  readonly platform: PlatformName;
  readonly failure: UpstreamError | null;
}

export interface HistoryPage {
  readonly items: readonly { readonly value: PastCall; readonly place: string }[];
  readonly hasNextPage: boolean;
  readonly sources: readonly HistorySource[];
}

/** A platform's call with what it is put in order and recognised by. */
interface Told<Call> {
  readonly time: number;
  readonly key: string;
  readonly call: Call;
}

/**
 * `{time}.{key}.{key}…`: when the last call began, and which calls of that time and shortly before have been told. It
 * stays where it is whatever comes at the head of the list.
 */
export const HISTORY_PLACE = /^\d{1,15}(?:\.[\w-]{8}){0,1000}$/;

const readPlace = (place: string | null) => {
  if (place === null) return { time: null, keys: new Set<string>() };
  const [time, ...keys] = place.split('.');
  return { time: Number(time), keys: new Set(keys) };
};

/** A call has an id for each platform, which may be of any length; a cursor holds several. */
const toKey = (platform: PlatformName, id: string): string =>
  hash('sha256', `${platform} ${id}`, 'base64url').slice(0, 8);

/** As many rows as upstream gives in one answer; a page asks for up to two more to see what follows. */
const MOST_ROWS = 998;
/** Rows beyond a page, among which the twins of its last calls are. */
const SLACK = 10;
/** How many rows are looked through for one that passes the filter. */
const ROWS_FOR_ONE = 6;

/** The longest page that costs one request to each platform, where no more than a few calls begin at a time. */
export const LONGEST_PAGE = MOST_ROWS - 2 * SLACK;

const unsorted = (platform: PlatformName) =>
  new UpstreamError({
    code: 'UPSTREAM_PROTOCOL',
    platform,
    message: `${platformTitle(platform)} does not give finished calls newest first, as it is assumed to.`,
  });

interface Dated {
  readonly startedAt: Date | null;
}

/** How to read on: how many rows at a time, which of them to leave out, and what a call is called. */
interface ReadOptions<Call> {
  readonly first: number;
  readonly before: Date;
  readonly told: ReadonlySet<string>;
  readonly idOf: (call: Call) => string;
}

/** The calls of one platform that have not been told, one upstream page after the other as they are needed. */
async function* readUntold<Call extends Dated>(
  platform: PlatformName,
  read: (page: PageRequest) => Promise<Page<Call>>,
  { first, before, told, idOf }: ReadOptions<Call>,
): AsyncGenerator<Told<Call>, void, undefined> {
  let time = Number.POSITIVE_INFINITY;
  let seen = new Set<string>();
  for (let offset = 0; ;) {
    const { items, hasNextPage } = await read({ first, offset });
    for (const { value: call } of items) {
      // A call without a time has no place in the history, and a platform may give more than it was asked for.
      if (call.startedAt === null || call.startedAt >= before) continue;
      const next = { time: call.startedAt.getTime(), key: toKey(platform, idOf(call)), call };
      if (next.time > time) throw unsorted(platform);
      if (next.time < time) [time, seen] = [next.time, new Set()];
      // The legacy platform may tell a call twice (facts §5.5), and so does any list that grows while it is read.
      if (seen.has(next.key) || told.has(next.key)) continue;
      seen.add(next.key);
      yield next;
    }
    const end = items.at(-1);
    if (!hasNextPage || end === undefined) return;
    offset = end.next;
  }
}

/** The times and keys of what has been told, as far as a later page could be given it again. */
const createMemory = (time: number | null, keys: ReadonlySet<string>) => {
  // When they began is not known any more, but one that was told as a twin began no earlier than this.
  let told = [...keys].map((key) => ({ key, time: (time ?? 0) - TOLERANCE_MS }));
  return {
    /** The place after these, which were told as one that began at `now`. */
    add: (now: number, ...calls: readonly (Told<unknown> | null)[]): string => {
      told = [...told, ...calls.flatMap((call) => call ?? [])].filter((one) => one.time <= now);
      return [now, ...told.map(({ key }) => key)].join('.');
    },
  };
};

/**
 * A page of what both platforms tell, newest first, each call once. Neither side is read further than the page and the
 * 2 seconds in which a twin could be. Windows that meet hold every call in one of them, also where a platform tells it
 * in the other. A platform that fails leaves its calls out and is named among `sources`; where all fail, or one of a
 * strict query, the failure is thrown.
 */
export const readCallHistory = async (
  sides: HistorySides,
  { from, to, direction, isMissed, isStrict = false }: HistoryQuery,
  { first, after }: PlacedPageRequest,
): Promise<HistoryPage> => {
  const { time, keys: told } = readPlace(after);
  const isFiltered = direction !== undefined || isMissed !== undefined;
  const rows = (isFiltered ? ROWS_FOR_ONE : 1) * first + SLACK + told.size;
  const window = {
    from: new Date(from.getTime() - TOLERANCE_MS),
    to: new Date(time === null ? to.getTime() + TOLERANCE_MS : time + 1),
  };
  const failures = new Map<PlatformName, UpstreamError>();

  async function* callsOf<Call extends Dated>(
    platform: PlatformName,
    open: OpenCalls<Call> | null,
    idOf: (call: Call) => string,
  ): AsyncGenerator<Told<Call>, void, undefined> {
    try {
      const read = await open?.();
      if (!read) return;
      const options = { first: Math.min(rows, MOST_ROWS), before: window.to, told, idOf };
      yield* readUntold(platform, (page) => read(window, page), options);
    } catch (error) {
      if (isStrict || !(error instanceof UpstreamError)) throw error;
      failures.set(platform, error);
    }
  }

  const memory = createMemory(time, told);
  const items: { value: PastCall; place: string }[] = [];
  let hasNextPage = false;
  const calls = merge(
    callsOf('cloudlink', sides.cloudlink, ({ id }) => id),
    callsOf('subscriber', sides.subscriber, ({ cdrId }) => cdrId),
    {
      timeOf: (one) => one.time,
      isSame: (left, right) => isSameCall(left.call, right.call),
      toleranceMs: TOLERANCE_MS,
    },
  );
  for await (const { left, right } of calls) {
    const startedAt = Math.max(left?.time ?? 0, right?.time ?? 0);
    if (startedAt < from.getTime()) break;
    const value = toPastCall(left?.call ?? null, right?.call ?? null, new Date(startedAt));
    const isWanted =
      startedAt < to.getTime() &&
      (direction === undefined || value.direction === direction) &&
      (isMissed === undefined || value.isMissed === isMissed);
    if (isWanted && items.length === first) {
      hasNextPage = true;
      break;
    }
    const place = memory.add(startedAt, left, right);
    if (isWanted) items.push({ value, place });
  }
  const asked = (['cloudlink', 'subscriber'] as const).filter((platform) => sides[platform] !== null);
  const [failure] = failures.values();
  if (failure !== undefined && failures.size === asked.length) throw failure;
  return {
    items,
    hasNextPage,
    sources: asked.map((platform) => ({ platform, failure: failures.get(platform) ?? null })),
  };
};
