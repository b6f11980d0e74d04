import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createPoison } from './poison.ts';
import { createRedisRateLimiter } from './rate-limit.ts';
import { createRedisEventLog } from './redis-event-log.ts';
import { BLOCK_PATIENCE_MS } from './redis-feed-watch.ts';
import { createRedisFeedRecords } from './redis-feed-record.ts';
import { createRedisIdempotency } from './redis-idempotency.ts';
import { createRedisLeases } from './redis-lease.ts';
import { createRedisSessionStore } from './redis-session-store.ts';
import { openRedis } from './redis.ts';
import type { State } from './state.ts';

/**
 * The state that all instances with this Redis have in common, on two connections. Redis need not be there yet: what
 * cannot do without it is refused until it is, and all else works.
 */
export const openRedisState = (url: string, { resumeWindow: window }: Config, log: Logger): State => {
  const redis = openRedis(url, log);
  const waiting = openRedis(url, log, { patienceMs: BLOCK_PATIENCE_MS });
  const poison = createPoison(log);
  const leases = createRedisLeases(redis);
  const events = createRedisEventLog({ redis, waiting, poison, window });
  return {
    sessions: createRedisSessionStore(redis, poison),
    idempotency: createRedisIdempotency({ redis, leases, poison, log }),
    leases,
    events,
    feeds: createRedisFeedRecords(redis, poison),
    createRateLimiter: createRedisRateLimiter(redis, poison),
    poisonCount: () => poison.count,
    close: async () => {
      await events.close();
      await leases.close();
      waiting.close();
      redis.close();
    },
  };
};
