import type { Change, SeenList } from './change.ts';
import type { Found } from './long-list.ts';
import { SCAN_ROWS, type Page, type PageRequest } from './page.ts';

/** Nothing that lasted longer is looked for: platforms can be asked only by when things began. */
const LONGEST_MS = 4 * 60 * 60 * 1000;
/** A platform writes down what is over some time later, by a clock of its own. */
const LATE_MS = 15 * 60 * 1000;
/** It is remembered no more exactly when it was looked, so that what is remembered seldom changes. */
const GRAIN_MS = 5 * 60 * 1000;
/** So much is looked at in any case; most often that is all there is. */
const FIRST_PAGE = 200;
/** One row more is asked for, and makes as many as an answer has. */
const PAGE = SCAN_ROWS - 1;
/** Who was away for longer than it takes to fill these pages is told that something is missing. */
const MOST_PAGES = 5;
const MOST_KEYS = 100;

/**
 * A list of what is over, such as calls, of which those that began last come first: it holds a thing from its end on, so
 * that something new may stand anywhere in it.
 */
export interface EndedList<Model> {
  /** A page, at least of what began since then. */
  readonly read: (page: PageRequest, from: Date) => Promise<Page<Model>>;
  readonly toChange: (model: Model) => Change;
  readonly beganAt: (model: Model) => Date | null;
  /** Null where nobody can tell: then it counts as if it had ended just now. */
  readonly endedAt: (model: Model) => Date | null;
}

/**
 * What has ended since the last look, and for a while before it: what was told of that already is known to whoever keeps
 * the changes. The first look is one like any other. A list that is too long for one page is read back to what lasted
 * longest only every now and then, and else to where the last look ended.
 */
export const readEnded = async <Model>(
  { read, toChange, beganAt, endedAt }: EndedList<Model>,
  last: SeenList | undefined,
): Promise<Found> => {
  const now = Date.now();
  const until = now - (now % GRAIN_MS);
  // What a former version has written down tells no time.
  const isUntimed = last?.until === 0;
  const since = Math.min(until, last?.until || until) - LATE_MS;
  const longAgo = since - LONGEST_MS;
  const isDeep = last === undefined || until > last.until;
  const models: Model[] = [];
  const hasReached = (time: number) => models.some((model) => (beganAt(model)?.getTime() ?? now) <= time);
  let hasMore = true;
  for (let pages = 0, offset = 0; hasMore && pages < MOST_PAGES; pages += 1) {
    const page = await read({ first: pages === 0 ? FIRST_PAGE : PAGE, offset }, new Date(longAgo));
    models.push(...page.items.map(({ value }) => value));
    offset = page.items.at(-1)?.next ?? offset;
    hasMore = page.hasNextPage && !hasReached(isDeep ? longAgo : since);
  }
  const endOf = (model: Model) => endedAt(model)?.getTime() ?? now;
  const changes = models
    .filter((model) => endOf(model) >= since)
    .toSorted((one, other) => endOf(one) - endOf(other))
    .map(toChange);
  const known = new Set(last?.keys);
  const isKnown = ({ key }: Change) => known.has(key);
  return {
    changes,
    seen: { keys: changes.slice(-MOST_KEYS).map(({ key }) => key), until },
    hasNews: !changes.every(isKnown),
    // Behind what began before the last look there are only calls that have lasted since then.
    hasGap: isUntimed || (hasMore && !hasReached(since) && !changes.some(isKnown)),
  };
};
