import { StateError } from './errors.ts';
import type { FeedRecord, FeedRecords } from './feed-record.ts';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { listenByRedis } from './redis-listening.ts';
import { RedisError, type Redis, type Reply } from './redis.ts';

/** What is known of a feed is forgotten after this long without a word of it: no platform's subscription lives longer. */
const LIFE_MS = 3 * 24 * 60 * 60 * 1000;
/** An instance that has not said so for this long follows a feed no more. */
const PRESENT_MS = 10_000;

const isRecord = (value: unknown): value is FeedRecord =>
  typeof value === 'object' &&
  value !== null &&
  'secret' in value &&
  typeof value.secret === 'string' &&
  'interest' in value &&
  typeof value.interest === 'object' &&
  'isOpen' in value &&
  'upstream' in value &&
  'listenedSince' in value &&
  typeof value.listenedSince === 'number';

const unavailable = () =>
  new StateError('EVENT_LOG_UNAVAILABLE', 'Events cannot be kept or read at the moment. Try again.');

/** What all instances with this Redis know of their feeds. */
export const createRedisFeedRecords = (redis: Redis, poison: Poison): FeedRecords => {
  const available = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    try {
      return await run();
    } catch (error) {
      throw error instanceof RedisError ? unavailable() : error;
    }
  };
  const ask = (command: readonly string[]): Promise<Reply> =>
    available(async () => {
      try {
        return await redis.send(command);
      } catch (error) {
        if (error instanceof RedisError && error.isPoison) {
          poison.note('what is known of a feed');
          await redis.send(['DEL', command[1] ?? '']).catch(() => undefined);
        }
        throw error;
      }
    });
  const recordKey = (feed: string) => keyOf('feed-record', feed);
  const presenceKey = (feed: string) => keyOf('feed-present', feed);

  return {
    read: async (feed) => {
      const text = await ask(['GET', recordKey(feed)]);
      if (typeof text !== 'string') return null;
      try {
        const record: unknown = JSON.parse(text);
        if (isRecord(record)) return record;
      } catch {
        // Told below.
      }
      poison.note('what is known of a feed');
      return null;
    },
    write: async (feed, record) => {
      await ask(['SET', recordKey(feed), JSON.stringify(record), 'PX', String(LIFE_MS)]);
    },
    remove: async (feed) => {
      await ask(['DEL', recordKey(feed)]);
    },
    enter: async (feed, instance) => {
      await ask(['ZADD', presenceKey(feed), String(Date.now()), instance]);
      await ask(['PEXPIRE', presenceKey(feed), String(2 * PRESENT_MS)]);
    },
    leave: async (feed, instance) => {
      await ask(['ZREM', presenceKey(feed), instance]);
    },
    count: async (feed) =>
      Number(await ask(['ZCOUNT', presenceKey(feed), String(Date.now() - PRESENT_MS), '+inf'])),
    listen: () => available(() => listenByRedis(redis)),
  };
};
