import { randomUUID } from 'node:crypto';
import { StateError } from './errors.ts';
import { keyOf } from './key.ts';
import type { Lease, Leases } from './lease.ts';
import { createScript, RedisError, type Redis } from './redis.ts';

/**
 * Takes a lease that nobody holds. Every lease runs out: a key that does not was not put there by this gateway, and would
 * be held for ever. The fence is the time in microseconds, or more: it grows though all that Redis kept is lost.
 */
const acquireScript = createScript(`
  if redis.call('PTTL', KEYS[1]) == -1 then redis.call('DEL', KEYS[1]) end
  if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return nil end
  local time = redis.call('TIME')
  local fence = time[1] * 1000000 + time[2]
  local last = redis.pcall('GET', KEYS[2])
  last = type(last) == 'string' and tonumber(last) or 0
  if last >= fence and last < 2^53 - 1 then fence = last + 1 end
  redis.call('SET', KEYS[2], string.format('%.0f', fence), 'PX', 86400000)
  return string.format('%.0f', fence)`);

/** Prolongs a lease that is still one's own; with 0, gives it up. */
const prolongScript = createScript(`
  if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return 1`);

/** A lease is renewed this often within its life, so that two renewals may fail. */
const RENEWALS = 3;

/** Leases in Redis, among all instances. */
export const createRedisLeases = (redis: Redis): Leases => {
  const held = new Set<Lease>();

  /** Keeps a lease that was asked for at `askedAt`, which is never later than Redis began to count. */
  const keep = (key: string, owner: string, fence: number, ttlMs: number, askedAt: number): Lease => {
    const end = new AbortController();
    const isHeld = () => held.has(lease);
    const stop = () => {
      clearInterval(renewing);
      clearTimeout(ending);
      held.delete(lease);
    };
    const lose = () => {
      stop();
      end.abort();
    };
    const endAfter = (sentAt: number) => setTimeout(lose, sentAt + ttlMs - performance.now()).unref();
    const renew = async (): Promise<boolean> => {
      const sentAt = performance.now();
      // Out of reach, it is held for as long as if nobody renewed it, and not a moment longer.
      const reply = await redis.run(prolongScript, [key], [owner, String(ttlMs)]).catch(() => null);
      if (reply === 0 && isHeld()) lose();
      if (reply !== 1 || !isHeld()) return isHeld();
      clearTimeout(ending);
      ending = endAfter(sentAt);
      return true;
    };
    const lease: Lease = {
      fence,
      lost: end.signal,
      renew,
      release: async (restMs = 0) => {
        if (!isHeld()) return;
        stop();
        // What cannot be given up runs out.
        await redis.run(prolongScript, [key], [owner, String(Math.ceil(restMs))]).catch(() => undefined);
      },
    };
    held.add(lease);
    let ending = endAfter(askedAt);
    const renewing = setInterval(() => void renew(), ttlMs / RENEWALS).unref();
    return lease;
  };

  return {
    acquire: async (name, ttlMs) => {
      const key = keyOf('lease', name);
      const owner = randomUUID();
      const askedAt = performance.now();
      try {
        const fence = await redis.run(acquireScript, [key, keyOf('fence', name)], [owner, String(ttlMs)]);
        return typeof fence === 'string' ? keep(key, owner, Number(fence), ttlMs, askedAt) : null;
      } catch (error) {
        if (!(error instanceof RedisError)) throw error;
        throw new StateError(
          'LEASE_UNAVAILABLE',
          'What this needs is not available at the moment. Try again.',
        );
      }
    },
    close: async () => {
      await Promise.all([...held].map((lease) => lease.release()));
    },
  };
};
