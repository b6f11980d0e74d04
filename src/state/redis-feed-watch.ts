import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { eventsKeyOf, isLater, lastIdOf, PAGE, type RawEvents } from './redis-feed.ts';
import { RedisError, type Redis, type Reply } from './redis.ts';

/** Redis is asked to wait this long for news. */
const BLOCK_MS = 2_000;
/** How long its answer may take, which comes when there are news or none. */
export const BLOCK_PATIENCE_MS = BLOCK_MS + 1_000;
/** How often it is looked whether Redis still has what it had. */
const LOOK_EVERY_MS = 2_000;
const BELL_LIFE_MS = 60_000;
const REST_AFTER_FAILURE_MS = 250;
/** Before the first event of any feed. */
const NOWHERE = '0-0';

/** Told of the events after a place, or of null where it should look by itself. */
type Listener = (events: RawEvents | null) => void;

interface Watched {
  /** Up to where the events of this feed were read. */
  id: string;
  followers: number;
  /** Who waits, by the place that it has come to. */
  readonly waiting: Map<Listener, string>;
}

/** One follower of one feed. */
export interface Watch {
  /** Up to where the events of the feed were seen in this process. */
  readonly id: string;
  /**
   * The next events after `id`, as Redis tells them, or null where the follower should read by itself: because it is
   * behind the others, or because Redis was away. Resolves to null when `signal` aborts.
   */
  next(id: string, signal: AbortSignal): Promise<RawEvents | null>;
  stop(): void;
}

export interface FeedWatch {
  watch(feed: string, id: string): Watch;
  close(): void;
}

export interface FeedWatchOptions {
  readonly redis: Redis;
  /** A connection of its own, for the one command that waits. */
  readonly waiting: Redis;
  readonly poison: Poison;
}

/**
 * Waits for news of all followed feeds by one command on one connection, and hands them out within this process. Holds no
 * events: who does not wait when they come reads them later.
 */
export const createFeedWatch = ({ redis, waiting, poison }: FeedWatchOptions): FeedWatch => {
  const watched = new Map<string, Watched>();
  /** A stream of this process alone: an entry ends the waiting so that it begins anew, for one feed more. */
  const bell = keyOf('bell', randomUUID());
  let bellId = NOWHERE;
  let isBellDue = false;
  const closing = new AbortController();

  const ring = async () => {
    await redis.send(['XADD', bell, 'MAXLEN', '1', '*', 'r', '']);
    await redis.send(['PEXPIRE', bell, String(BELL_LIFE_MS)]);
  };
  /** Once for all feeds that are asked for in the same moment. Where it fails, they are waited for a little later. */
  const ringSoon = () => {
    if (isBellDue) return;
    isBellDue = true;
    setImmediate(() => {
      isBellDue = false;
      ring().catch(() => undefined);
    });
  };

  const tell = ({ waiting: listeners }: Watched, events: RawEvents | null, from: string) => {
    for (const [listener, id] of listeners) listener(id === from ? events : null);
  };
  const tellAllToLook = () => {
    for (const feed of watched.values()) tell(feed, null, feed.id);
  };

  const receive = (key: string, events: RawEvents) => {
    const last = lastIdOf(events);
    if (key === bell) bellId = last ?? bellId;
    const feed = watched.get(key);
    if (feed === undefined) return;
    const from = feed.id;
    // Where it cannot be gone on, the followers find out what to do.
    feed.id = last ?? NOWHERE;
    tell(feed, last === null ? null : events, from);
  };

  /** A key of another kind makes the whole command fail. */
  const mend = async () => {
    for (const key of [bell, ...watched.keys()]) {
      const type = await redis.send(['TYPE', key]);
      if (type === 'stream' || type === 'none') continue;
      poison.note('a feed');
      await redis.send(['DEL', key]);
    }
  };

  /** Where the bell is gone, so is all else that Redis had; the followers find out. */
  const lookAfterBell = async () => {
    if ((await redis.send(['PEXPIRE', bell, String(BELL_LIFE_MS)])) !== 0) return;
    await ring();
    tellAllToLook();
  };

  const wait = async () => {
    const keys = [bell, ...watched.keys()];
    const ids = [bellId, ...[...watched.values()].map(({ id }) => id)];
    const command = ['XREAD', 'COUNT', String(PAGE), 'BLOCK', String(BLOCK_MS), 'STREAMS', ...keys, ...ids];
    const reply = await waiting.send(command);
    for (const stream of Array.isArray(reply) ? (reply as readonly Reply[]) : []) {
      const [key, events] = Array.isArray(stream) ? (stream as readonly Reply[]) : [];
      if (typeof key === 'string' && Array.isArray(events)) receive(key, events as RawEvents);
    }
  };

  const run = async () => {
    let lookedAt = -Infinity;
    while (!closing.signal.aborted) {
      try {
        if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
          await lookAfterBell();
          lookedAt = performance.now();
        }
        await wait();
      } catch (error) {
        if (!(error instanceof RedisError)) throw error;
        if (error.isPoison) await mend().catch(() => undefined);
        await delay(REST_AFTER_FAILURE_MS * (0.5 + Math.random()), undefined, { ref: false });
        // Redis may have lost what it had.
        lookedAt = -Infinity;
      }
    }
  };

  const stopReady = waiting.onReady(tellAllToLook);
  // Also while nobody follows anything: a connection on which nothing is ever said would be given up as a dead one.
  void run();

  return {
    watch: (name, id) => {
      const key = eventsKeyOf(name);
      const known = watched.get(key);
      const feed = known ?? { id, followers: 0, waiting: new Map() };
      feed.followers += 1;
      watched.set(key, feed);
      if (known === undefined) ringSoon();
      return {
        get id() {
          return feed.id;
        },
        next: (id, signal) =>
          new Promise((resolve) => {
            if (closing.signal.aborted || signal.aborted || isLater(feed.id, id)) {
              resolve(null);
              return;
            }
            const settle: Listener = (events) => {
              signal.removeEventListener('abort', onAbort);
              feed.waiting.delete(settle);
              resolve(events);
            };
            const onAbort = () => settle(null);
            feed.waiting.set(settle, id);
            signal.addEventListener('abort', onAbort, { once: true });
          }),
        stop: () => {
          feed.followers -= 1;
          if (feed.followers === 0) watched.delete(key);
        },
      };
    },
    close: () => {
      closing.abort();
      stopReady();
      tellAllToLook();
    },
  };
};
