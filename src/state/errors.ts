/** What can go wrong with what the instances of this gateway share. */
export type StateCode =
  | 'SESSION_STORE_UNAVAILABLE'
  | 'IDEMPOTENCY_STORE_UNAVAILABLE'
  | 'EVENT_LOG_UNAVAILABLE'
  | 'LEASE_UNAVAILABLE'
  | 'CHANGE_UNDER_WAY'
  | 'OUTCOME_UNKNOWN';

/**
 * The shared state could not do what was asked of it. Shown to clients as it is: the message is a sentence for them and
 * holds neither an address nor what the store said, which the log has.
 */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: StateCode;

  constructor(code: StateCode, message: string) {
    super(message);
    this.code = code;
  }

  /** Whether the same request may succeed if it is sent again unchanged. */
  get retryable(): boolean {
    return this.code !== 'OUTCOME_UNKNOWN';
  }
}
