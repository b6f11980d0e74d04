import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { createScript, RedisError, type Redis } from './redis.ts';

/** How often something may happen within a time that begins with the first. */
export interface RateLimit {
  /** Keeps the counts of this limit apart from those of others. */
  readonly name: string;
  readonly most: number;
  readonly seconds: number;
}

/** Every function answers how many milliseconds there is no room for `key`; 0 where there is. None of them rejects. */
export interface RateLimiter {
  /** Counts nothing, and goes by what is known here. */
  wait(key: string): number;
  /**
   * Counts as many `points` of `key` where there is room, and lets nobody wait for it: what other instances counted is
   * known a moment later, so that for that moment each of them may let so many in as all together may.
   */
  take(key: string, points?: number): number;
  /** The same, exactly: it is looked first what others have counted. Those to whom there was no room count as well. */
  count(key: string): Promise<number>;
}

export type CreateRateLimiter = (limit: RateLimit) => RateLimiter;

/** What is known of a key: what was counted, what of ours is on its way to be, and when it begins anew. */
interface Entry {
  counted: number;
  pending: number;
  until: number;
}

interface Counted {
  readonly total: number;
  readonly leftMs: number;
}

/** Adds points to what all have counted; null where that is out of reach. */
type Share = (key: string, points: number, ms: number) => Promise<Counted | null>;

const createLimiter = ({ name, most, seconds }: RateLimit, share: Share | null): RateLimiter => {
  const ms = seconds * 1000;
  /** In the order in which they end, but for those that others began earlier. */
  const entries = new Map<string, Entry>();

  const find = (key: string): Entry | undefined => {
    const found = entries.get(key);
    return found !== undefined && found.until > performance.now() ? found : undefined;
  };

  const open = (key: string): Entry => {
    const found = find(key);
    if (found !== undefined) return found;
    const now = performance.now();
    for (const [other, { until }] of entries) {
      if (until > now) break;
      entries.delete(other);
    }
    const entry = { counted: 0, pending: 0, until: now + ms };
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  };

  const waitOf = (entry: Entry, isFull: boolean) =>
    isFull ? Math.max(1, Math.ceil(entry.until - performance.now())) : 0;
  const isFull = ({ counted, pending }: Entry) => counted + pending >= most;

  /** Answers what all have counted then, as far as can be known. */
  const add = async (key: string, entry: Entry, points: number): Promise<number> => {
    entry.pending += points;
    const told = share === null ? null : await share(key, points, ms);
    entry.pending -= points;
    entry.counted = Math.max(entry.counted + points, told?.total ?? 0);
    if (told !== null) entry.until = performance.now() + told.leftMs;
    return told?.total ?? entry.counted;
  };

  // Names of people may be long and are nobody's business: all that is kept is what stands for them.
  const named = (key: string) => keyOf('rate', name, key);

  return {
    wait: (key) => {
      const entry = find(named(key));
      return entry === undefined ? 0 : waitOf(entry, isFull(entry));
    },
    take: (key, points = 1) => {
      const own = named(key);
      const entry = open(own);
      if (isFull(entry)) return waitOf(entry, true);
      void add(own, entry, points);
      return 0;
    },
    count: async (key) => {
      const own = named(key);
      const entry = open(own);
      if (isFull(entry)) return waitOf(entry, true);
      return waitOf(entry, (await add(own, entry, 1)) > most);
    },
  };
};

/** Limits of an instance that works alone. */
export const createMemoryRateLimiter: CreateRateLimiter = (limit) => createLimiter(limit, null);

const addScript = createScript(`
  local total = redis.call('INCRBY', KEYS[1], ARGV[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return {total, redis.call('PTTL', KEYS[1])}`);

/** Limits that all instances with this Redis have in common; while it is out of reach each counts alone. */
export const createRedisRateLimiter = (redis: Redis, poison: Poison): CreateRateLimiter => {
  const heal = async (key: string) => {
    poison.note('a count');
    await redis.send(['DEL', key]).catch(() => undefined);
  };

  const share: Share = async (key, points, ms) => {
    try {
      const reply = await redis.run(addScript, [key], [String(points), String(ms)]);
      const [total, leftMs] = Array.isArray(reply) ? reply : [];
      return { total: Number(total), leftMs: Number(leftMs) };
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (error.isPoison) await heal(key);
      return null;
    }
  };
  return (limit) => createLimiter(limit, share);
};
