/** The words of RFC 6455 for how a socket ends that is not as it should be: come back, never like this, later. */
export const closing = {
  goingAway: 1001,
  unsupportedData: 1003,
  policyViolation: 1008,
  tryAgainLater: 1013,
} as const;

/** So much of a sentence fits into the frame that closes a socket. */
const MOST_BYTES = 123;

export const toReason = (text: string): string =>
  Buffer.from(text)
    .subarray(0, MOST_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
