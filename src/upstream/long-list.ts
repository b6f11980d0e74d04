import type { Change, Seen, SeenList, Snapshot } from './change.ts';
import type { Page, PageRequest } from './page.ts';

/** A list of which the newest come first. */
export interface LongList<Model> {
  readonly read: (page: PageRequest) => Promise<Page<Model>>;
  readonly toChange: (model: Model) => Change;
  /** When something came to be, in lists that are ordered by it; where there is none, only keys tell what is known. */
  readonly timeOf?: (model: Model) => Date | null;
  /** Who was away for longer than it takes to fill these pages is told that something is missing. */
  readonly mostPages?: number;
}

/** What is new in a list, and what was seen of it. */
export interface Found {
  /** The oldest first. */
  readonly changes: readonly Change[];
  readonly seen: SeenList;
  /** Whether anything came since the last look. */
  readonly hasNews: boolean;
  /** Whether there may be more of it than was read. */
  readonly hasGap: boolean;
}

/** So much is looked at in any case, and so many at once of what came since the last look. */
const FIRST_PAGE = 20;
const PAGE = 100;
const MOST_PAGES = 5;
/** What is shown this much later than what came after it is found all the same. */
const LATE_MS = 60_000;
/** What is remembered of a list, so that something that is deleted takes not all of it away. */
const MOST_KEYS = 100;

/**
 * Nothing was seen yet of a list that is new; what is in it and is older than everything seen elsewhere is no news. Where
 * `isNew` is false the list may also have been there before, unseen: then nothing that is the least bit older is.
 */
export const unseen = (seen: Seen, isNew: boolean): SeenList => {
  const until = Math.max(0, ...Object.values(seen).map((list) => list.until));
  return { keys: [], until, ...(!isNew && { from: until }) };
};

/**
 * What came since the last look at a list: it is read back to where that one ended. The first look takes what there is on
 * the first page.
 */
export const readSince = async <Model>(
  { read, toChange, timeOf = () => null, mostPages = MOST_PAGES }: LongList<Model>,
  last: SeenList | undefined,
  first = FIRST_PAGE,
): Promise<Found> => {
  const keys = new Set(last?.keys);
  const horizon = last && Math.max(last.until - LATE_MS, last.from ?? 0);
  const toItem = (model: Model) => {
    const change = toChange(model);
    const time = timeOf(model)?.getTime() ?? null;
    const isSeen = keys.has(change.key);
    const isBehind = time === null || horizon === undefined ? isSeen : time < horizon;
    return { change, time, isSeen, isBehind };
  };
  const items: ReturnType<typeof toItem>[] = [];
  let hasMore = true;
  for (let pages = 0, offset = 0; hasMore && pages < mostPages; pages += 1) {
    const page = await read({ first: pages === 0 ? first : PAGE, offset });
    items.push(...page.items.map(({ value }) => toItem(value)));
    offset = page.items.at(-1)?.next ?? offset;
    hasMore = page.hasNextPage && last !== undefined && !items.some(({ isBehind }) => isBehind);
  }
  // What is behind everything known is older: it came into sight because something was deleted.
  const end = items.findLastIndex(({ isBehind }) => isBehind);
  const inSight = end < 0 ? items : items.slice(0, end + 1);
  const told = inSight.filter(({ isSeen, isBehind }) => isSeen || !isBehind);
  const times = items.flatMap(({ time }) => time ?? []);
  const from = last === undefined ? Math.min(...times) : last.from;
  return {
    changes: told.map(({ change }) => change).toReversed(),
    seen: {
      keys: told.slice(0, MOST_KEYS).map(({ change }) => change.key),
      until: Math.max(last?.until ?? 0, ...times),
      ...(from !== undefined && Number.isFinite(from) && { from }),
    },
    hasNews: told.some(({ isSeen }) => !isSeen),
    hasGap: hasMore && !items.some(({ isSeen }) => isSeen),
  };
};

/** What was found in several lists, by their names. */
export const joinFound = (lists: readonly (readonly [name: string, found: Found])[]): Snapshot => ({
  changes: lists.flatMap(([, { changes }]) => changes),
  isWhole: false,
  seen: Object.fromEntries(lists.map(([name, { seen }]) => [name, seen])),
  hasGap: lists.some(([, { hasGap }]) => hasGap),
});
