import type { EventLog } from './event-log.ts';
import type { FeedRecords } from './feed-record.ts';
import type { Idempotency } from './idempotency.ts';
import type { Leases } from './lease.ts';
import type { CreateRateLimiter } from './rate-limit.ts';
import type { SessionStore } from './session-store.ts';

/** What outlives an operation. */
export interface State {
  readonly sessions: SessionStore;
  readonly idempotency: Idempotency;
  readonly leases: Leases;
  readonly events: EventLog;
  readonly feeds: FeedRecords;
  readonly createRateLimiter: CreateRateLimiter;
  /** How much was found so far that this gateway cannot have put there. */
  poisonCount(): number;
  close(): Promise<void>;
}
