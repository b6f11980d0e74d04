import { StateError } from './errors.ts';
import type { FeedRecord, FeedRecords } from './feed-record.ts';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { listenByRedis } from './redis-listening.ts';
import { createScript, RedisError, type Redis, type Reply } from './redis.ts';

/** What is known of a feed is forgotten after this long without a word of it: no platform's subscription lives longer. */
const LIFE_MS = 3 * 24 * 60 * 60 * 1000;
/** An instance that has not said so for this long follows a feed no more. */
const PRESENT_MS = 10_000;

/** Whether the record is one's own, or of an owner before; what is no record is nobody's. */
const isOwn = `
  local text = redis.pcall('GET', KEYS[1])
  if type(text) ~= 'string' then text = '' end
  local read, known = pcall(cjson.decode, text)
  local fence = read and type(known) == 'table' and tonumber(known.fence) or 0
  if fence > tonumber(ARGV[1]) then return 0 end`;

/** What is as it was is only kept for longer, so that nothing of it goes to other copies of Redis. */
const writeScript = createScript(`${isOwn}
  if text == ARGV[2] then return redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1`);

const removeScript = createScript(`${isOwn} return redis.call('DEL', KEYS[1])`);

/** By the clock of Redis alone: those of the instances may differ. */
const now = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

const enterScript = createScript(`${now}
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
  return redis.call('PEXPIRE', KEYS[1], ${2 * PRESENT_MS})`);

const countScript = createScript(`${now}
  return redis.call('ZCOUNT', KEYS[1], string.format('%.0f', now - ${PRESENT_MS}), '+inf')`);

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
  /** Takes away what is of another kind than this gateway makes it. */
  const ask = (key: string, send: (key: string) => Promise<Reply>): Promise<Reply> =>
    available(async () => {
      try {
        return await send(key);
      } catch (error) {
        if (error instanceof RedisError && error.isPoison) {
          poison.note('what is known of a feed');
          await redis.send(['DEL', key]).catch(() => undefined);
        }
        throw error;
      }
    });
  const recordKey = (feed: string) => keyOf('feed-record', feed);
  const presenceKey = (feed: string) => keyOf('feed-present', feed);

  return {
    read: async (feed) => {
      const text = await ask(recordKey(feed), (key) => redis.send(['GET', key]));
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
      const settings = [String(record.fence), JSON.stringify(record), String(LIFE_MS)];
      await ask(recordKey(feed), (key) => redis.run(writeScript, [key], settings));
    },
    remove: async (feed, { fence }) => {
      await ask(recordKey(feed), (key) => redis.run(removeScript, [key], [String(fence)]));
    },
    enter: async (feed, instance) => {
      await ask(presenceKey(feed), (key) => redis.run(enterScript, [key], [instance]));
    },
    leave: async (feed, instance) => {
      await ask(presenceKey(feed), (key) => redis.send(['ZREM', key, instance]));
    },
    count: async (feed) => Number(await ask(presenceKey(feed), (key) => redis.run(countScript, [key], []))),
    listen: () => available(() => listenByRedis(redis)),
  };
};
