import { toKey } from './history-place.ts';
import type { PastCallDirection } from './past-call.ts';
import { platformTitle, UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { Page, PageRequest } from './upstream/page.ts';

/** Calls that began from one instant to before another. */
export interface HistoryWindow {
  readonly from: Date;
  readonly to: Date;
}

/** Which calls of a window are wanted. */
export interface CallFilter {
  readonly direction?: PastCallDirection | undefined;
  readonly isMissed?: boolean | undefined;
}

/**
 * A part of one platform's calls in a window, newest first. A filter may be passed on to the platform as far as it leaves
 * out nothing that passes it.
 */
export type ReadCalls<Call> = (query: HistoryWindow & CallFilter, page: PageRequest) => Promise<Page<Call>>;

/** A platform's call with what it is put in order and recognised by. */
export interface Told<Call> {
  readonly time: number;
  readonly key: string;
  readonly call: Call;
}

/** As many rows as upstream gives in one answer; a page asks for up to two more to see what follows. */
export const MOST_ROWS = 998;
/** After so many answers in a row without a call that is new, a list does not go on. */
const MOST_BARREN = 5;

const refuseList = (platform: PlatformName, what: string) =>
  new UpstreamError({
    code: 'UPSTREAM_PROTOCOL',
    platform,
    message: `${platformTitle(platform)} ${what}`,
  });

const unsorted = (platform: PlatformName) =>
  refuseList(platform, 'does not give finished calls newest first, as it is assumed to.');

interface Dated {
  readonly startedAt: Date | null;
}

export interface FeedOptions<Call> {
  readonly platform: PlatformName;
  readonly query: HistoryWindow & CallFilter;
  /** How many rows are asked for at first; if they are not enough, as many as there can be. */
  readonly first: number;
  /** What has been told on earlier pages. */
  readonly told: ReadonlySet<string>;
  readonly idOf: (call: Call) => string;
  /** Told of what has to be left out. */
  readonly onGap: (message: string) => void;
}

/**
 * The calls of one platform that have not been told, newest first, one upstream answer after the other as they are needed.
 * It goes on by time and not by number: calls that come to the list, at its head or among what has been told, move nothing.
 * Throws where the list is in another order, or does not go on.
 */
export async function* readFeed<Call extends Dated>(
  read: ReadCalls<Call>,
  { platform, query, first, told, idOf, onGap }: FeedOptions<Call>,
): AsyncGenerator<Told<Call>, void, undefined> {
  /** The times of what has been told here, by its key, as far as it can be given again. */
  let seen = new Map<string, number>();
  let { to } = query;
  let time = Number.POSITIVE_INFINITY;
  let page: PageRequest = { first, offset: 0 };
  for (let barren = 0; barren < MOST_BARREN;) {
    const { items, hasNextPage, leftOut = 0 } = await read({ ...query, to }, page);
    if (leftOut > 0) onGap(`${platformTitle(platform)} told calls without their id, which are left out.`);
    let hasNews = false;
    let isPushed = false;
    for (const { value: call } of items) {
      if (call.startedAt === null) {
        onGap(
          `${platformTitle(platform)} told calls without the time at which they began, which are left out.`,
        );
        continue;
      }
      // A platform may give more than it was asked for.
      if (call.startedAt >= to) continue;
      const next = { time: call.startedAt.getTime(), key: toKey(platform, idOf(call)), call };
      if (seen.has(next.key) || told.has(next.key)) {
        isPushed = false;
        continue;
      }
      // One that came among those told while an answer was read in parts; it pushes what was told behind itself.
      if (next.time > time) isPushed = true;
      else if (isPushed) throw unsorted(platform);
      else {
        time = next.time;
        seen.set(next.key, next.time);
        hasNews = true;
        yield next;
      }
    }
    const last = items.at(-1);
    if (!hasNextPage || last === undefined) {
      if (isPushed) throw unsorted(platform);
      return;
    }
    barren = hasNews ? 0 : barren + 1;
    // Where a whole answer began at one time, only the number leads on.
    const isPast = time < to.getTime() - 1;
    if (isPast) {
      const end = time + 1;
      to = new Date(end);
      seen = new Map([...seen].filter(([, at]) => at < end));
    }
    page = { first: MOST_ROWS, offset: isPast ? 0 : last.next };
  }
  throw refuseList(platform, 'gives the same finished calls again and again.');
}
