import { setTimeout as delay } from 'node:timers/promises';
import { createBatching, type Batching } from './batching.ts';
import { StateError } from './errors.ts';
import { refuseOversize, type EventLog, type LogEntry, type LogEvent, type LogWindow } from './event-log.ts';
import type { Verdict } from './gate.ts';
import type { Poison } from './poison.ts';
import { createFeedWatch } from './redis-feed-watch.ts';
import { createRedisFeeds, isLater, parseCursor, toCursor, type Page, type Place } from './redis-feed.ts';
import { RedisError, type Redis } from './redis.ts';

/** What is sent to Redis at once, so that nobody else waits long behind it. */
const BATCH_EVENTS = 500;
const BATCH_CHARACTERS = 1_000_000;
/** More events than this wait for nobody: those who send them are told to come again. */
const MOST_WAITING = 50_000;
/** How often it is tried to go on reading while Redis is out of reach. */
const TRY_AGAIN_MS = 1_000;

const unavailable = () =>
  new StateError('EVENT_LOG_UNAVAILABLE', 'Events cannot be kept or read at the moment. Try again.');

export interface RedisEventLogOptions {
  readonly redis: Redis;
  /** A connection of its own, for the one command that waits. */
  readonly waiting: Redis;
  readonly poison: Poison;
  readonly window: LogWindow;
}

/** Events in Redis, for all instances: whichever takes an event, any may follow it. */
export const createRedisEventLog = ({ redis, waiting, poison, window }: RedisEventLogOptions): EventLog => {
  const feeds = createRedisFeeds(redis, poison, window);
  const news = createFeedWatch({ redis, waiting, poison });
  let isClosed = false;

  const available = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof RedisError ? unavailable() : error;
    }
  };

  /** Events on their way to Redis, by feed: those that come while others are on their way go together. */
  const batches = new Map<string, Batching<LogEvent, Verdict>>();
  let waitingCount = 0;

  const batchingOf = (feed: string) => {
    const known = batches.get(feed);
    if (known !== undefined) return known;
    const run = async (events: readonly LogEvent[]) => (await feeds.append(feed, events)).verdicts;
    const batching = createBatching(run, {
      items: BATCH_EVENTS,
      size: BATCH_CHARACTERS,
      sizeOf: ({ data }) => data.length,
    });
    batches.set(feed, batching);
    return batching;
  };

  const admitAll: EventLog['admitAll'] = async (feed, events) => {
    refuseOversize(events);
    if (waitingCount + events.length > MOST_WAITING) throw unavailable();
    waitingCount += events.length;
    try {
      return await available(() => batchingOf(feed).add(events));
    } finally {
      waitingCount -= events.length;
      if (waitingCount === 0) batches.clear();
    }
  };

  const appendAll: EventLog['appendAll'] = async (feed, events) =>
    (await admitAll(feed, events)).map((verdict) => (verdict.kind === 'kept' ? verdict.cursor : null));

  /** The next page; null while Redis is out of reach, after a moment. */
  const tryRead = async (feed: string, place: Place): Promise<Page | null> => {
    try {
      return await feeds.read(feed, place);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (error.isPoison) await feeds.mend(feed).catch(() => undefined);
      else await delay(TRY_AGAIN_MS * (0.5 + Math.random()), undefined, { ref: false });
      return null;
    }
  };

  async function* follow(
    feed: string,
    after: string,
    signal: AbortSignal,
  ): AsyncGenerator<readonly LogEntry[]> {
    let place = parseCursor(after);
    const watch = news.watch(feed, place.id);
    const isOver = () => signal.aborted || isClosed;
    try {
      while (!isOver()) {
        // First what is kept: by itself, until there is nothing more, and then whatever comes for all followers.
        const seen = watch.id;
        let page = await tryRead(feed, place);
        // Nothing follows, also not up to where others have read: only what was passed over.
        if (page?.place.id === place.id && isLater(seen, place.id)) place = { ...place, id: seen };
        else if (page !== null) place = page.place;
        while (page !== null && !isOver()) {
          if (page.entries.length > 0) yield page.entries;
          const events = await watch.next(place.id, signal);
          if (events === null) break;
          page = feeds.toLivePage(events, place);
          place = page?.place ?? place;
        }
      }
    } finally {
      watch.stop();
    }
  }

  return {
    append: async (feed, event) => (await appendAll(feed, [event]))[0] ?? null,
    appendAll,
    admitAll,
    unfinished: (feed) => available(() => feeds.unfinished(feed)),
    beginRead: (feed) => available(() => feeds.beginRead(feed)),
    endRead: (feed) => available(() => feeds.endRead(feed)),
    end: async (feed) => toCursor((await available(() => feeds.append(feed, []))).end),
    follow,
    remove: (feed) => available(() => feeds.remove(feed)),
    close: async () => {
      isClosed = true;
      news.close();
    },
  };
};
