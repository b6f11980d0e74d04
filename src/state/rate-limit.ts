import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { createScript, RedisError, type Redis, type Script } from './redis.ts';

/** How often something may happen within a time that begins with the first. */
export interface RateLimit {
  /** Keeps the counts of this limit apart from those of others. */
  readonly name: string;
  readonly most: number;
  readonly seconds: number;
}

export interface RateLimiter {
  /** How many milliseconds there is no room for `key`, as far as is known here without asking anybody; 0 where there is. */
  wait(key: string): number;
  /**
   * Counts one of `key`, on all instances together. Answers how many milliseconds there was no room for it; 0 where there
   * was. Never rejects: while Redis is out of reach it counts here alone.
   */
  count(key: string): Promise<number>;
}

export type CreateRateLimiter = (limit: RateLimit) => RateLimiter;

/** Keys that are known to be full are looked through when there are more of them than this. */
const MANY_KEYS = 1_000;

/** What counts, of the two limiters of the library. */
type Counter = Pick<RateLimiterMemory, 'consume'>;

const createLimiter = (name: string, counter: Counter): RateLimiter => {
  const fullUntil = new Map<string, number>();

  const noteFull = (key: string, ms: number) => {
    const now = performance.now();
    if (fullUntil.size >= MANY_KEYS)
      for (const [other, until] of fullUntil) if (until <= now) fullUntil.delete(other);
    fullUntil.set(key, now + ms);
  };

  const wait = (key: string) => Math.max(0, Math.ceil((fullUntil.get(key) ?? 0) - performance.now()));

  return {
    wait,
    count: async (key) => {
      const known = wait(key);
      if (known > 0) return known;
      try {
        const { remainingPoints, msBeforeNext } = await counter.consume(keyOf('rate', name, key));
        // So that the next one is refused though nobody is asked then.
        if (remainingPoints === 0) noteFull(key, msBeforeNext);
        return 0;
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        noteFull(key, error.msBeforeNext);
        return wait(key);
      }
    },
  };
};

const createMemoryCounter = ({ most, seconds }: RateLimit) =>
  new RateLimiterMemory({ keyPrefix: '', points: most, duration: seconds });

/** Limits of an instance that works alone. */
export const createMemoryRateLimiter: CreateRateLimiter = (limit) =>
  createLimiter(limit.name, createMemoryCounter(limit));

/** What the library calls of a client of Redis. */
interface Client {
  readonly eval: (
    text: string,
    options: { readonly keys: readonly string[]; readonly arguments: readonly string[] },
  ) => Promise<unknown>;
}

const createClient = (redis: Redis, poison: Poison): Client => {
  const scripts = new Map<string, Script>();
  return {
    eval: async (text, { keys, arguments: args }) => {
      const script = scripts.get(text) ?? createScript(text);
      scripts.set(text, script);
      try {
        return await redis.run(script, keys, args);
      } catch (error) {
        if (error instanceof RedisError && error.isPoison) {
          poison.note('a count');
          await redis.send(['DEL', ...keys]);
        }
        throw error;
      }
    },
  };
};

/** Limits that all instances with this Redis have in common. */
export const createRedisRateLimiter = (redis: Redis, poison: Poison): CreateRateLimiter => {
  const storeClient = createClient(redis, poison);
  return (limit) =>
    createLimiter(
      limit.name,
      new RateLimiterRedis({
        storeClient,
        useRedisPackage: true,
        keyPrefix: '',
        points: limit.most,
        duration: limit.seconds,
        insuranceLimiter: createMemoryCounter(limit),
      }),
    );
};
