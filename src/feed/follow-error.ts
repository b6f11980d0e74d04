/** Why a client has to do something before it can go on. */
export type FollowCode = 'RESYNC_REQUIRED' | 'SUBSCRIBER_TOO_SLOW' | 'CURSOR_UNKNOWN' | 'RATE_LIMITED';

const sentences: Readonly<Record<FollowCode, string>> = {
  RESYNC_REQUIRED:
    'Some events after this cursor can no longer be told. Read what you show anew, and subscribe again from `extensions.cursor`.',
  SUBSCRIBER_TOO_SLOW:
    'Events came faster than they were taken. Subscribe again with `after` set to `extensions.cursor`: nothing is lost.',
  CURSOR_UNKNOWN: '`after` is not a cursor of this subscription: take the `cursor` of one of its own events.',
  RATE_LIMITED:
    'So much is followed already by the same person that nothing else can be: end other subscriptions first, whose feeds are given up a minute later, or follow more by one of them.',
};

/** The end of following, with the place from which to go on. Shown to clients as it is. */
export class FollowError extends Error {
  override readonly name = 'FollowError';
  readonly code: FollowCode;
  readonly cursor: string | null;

  constructor(code: FollowCode, cursor: string | null) {
    super(sentences[code]);
    this.code = code;
    this.cursor = cursor;
  }

  /** Whether subscribing again, as the message says, helps. */
  get retryable(): boolean {
    return this.code !== 'CURSOR_UNKNOWN';
  }
}
