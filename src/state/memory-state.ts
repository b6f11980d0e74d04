import type { Config } from '../config.ts';
import { createMemoryFeedRecords } from './feed-record.ts';
import { createMemoryIdempotency } from './idempotency.ts';
import { createMemoryLeases } from './lease.ts';
import { createMemoryEventLog } from './memory-event-log.ts';
import { createMemoryRateLimiter } from './rate-limit.ts';
import { createMemorySessionStore } from './session-store.ts';
import type { State } from './state.ts';

/** The state of an instance that works alone: it ends with the process. */
export const createMemoryState = ({ limits, resumeWindow }: Config): State => {
  const leases = createMemoryLeases();
  const events = createMemoryEventLog(resumeWindow);
  return {
    sessions: createMemorySessionStore(limits.sessions),
    idempotency: createMemoryIdempotency(limits.rememberedChanges),
    leases,
    events,
    feeds: createMemoryFeedRecords(),
    createRateLimiter: createMemoryRateLimiter,
    poisonCount: () => 0,
    close: async () => {
      await events.close();
      await leases.close();
    },
  };
};
