/** The two platforms, as clients see them named. */
export type PlatformName = 'cloudlink' | 'subscriber';

/** What can go wrong with an upstream call, in the words of this field. */
export type UpstreamCode =
  | 'UNAUTHENTICATED'
  | 'SECOND_FACTOR_REQUIRED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'ACCEPTED_NOT_VISIBLE'
  | 'RATE_LIMITED'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_PROTOCOL'
  | 'PLATFORM_NOT_CONFIGURED'
  | 'COST_LIMIT';

export interface UpstreamFailure {
  readonly code: UpstreamCode;
  readonly platform: PlatformName;
  /** A sentence for the client. Never holds a credential, a host or a piece of an upstream body that was not chosen. */
  readonly message: string;
  /** Upstream's HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** Upstream's id of the exchange, for its support. */
  readonly correlationId?: string | undefined;
  /** The input field upstream complained about, such as `participants.0.type`. */
  readonly field?: string | undefined;
  /** What is allowed there, where it is a closed list. */
  readonly allowedValues?: readonly string[] | undefined;
  readonly retryAfterMs?: number | undefined;
  /** What the transport reported, such as `ECONNRESET`: for the log only. */
  readonly reason?: string | undefined;
}

/**
 * A call to a platform that gave no usable answer. Made where the fact is known, shown to clients as it is. It keeps no
 * cause: the errors of an HTTP client hold the request, and the request holds the token.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure) {
    super(failure.message);
    this.failure = failure;
  }

  /** Whether the same request may succeed if it is sent again unchanged. */
  get retryable(): boolean {
    return ['RATE_LIMITED', 'UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE'].includes(this.failure.code);
  }
}

/** How a platform is called where a sentence begins with it. */
export const platformTitle = (platform: PlatformName): string =>
  platform === 'cloudlink' ? 'CloudLink' : 'The subscriber API';

/** How a platform is called within a sentence. */
export const platformWithin = (platform: PlatformName): string =>
  platform === 'cloudlink' ? 'CloudLink' : 'the subscriber API';
