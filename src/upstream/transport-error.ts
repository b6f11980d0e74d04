import { AbortError, RequestError, TimeoutError } from 'got';
import { platformTitle, UpstreamError, type PlatformName, type UpstreamCode } from './errors.ts';

/** What happened by the code of the transport. Whatever is not listed happened to a connection that stood. */
const reasons: readonly (readonly [RegExp, UpstreamCode, string])[] = [
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH)$/,
    'UPSTREAM_UNAVAILABLE',
    'cannot be reached',
  ],
  [
    /^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/,
    'UPSTREAM_UNAVAILABLE',
    'cannot be reached securely: check its certificate, and whether its address begins with http or https',
  ],
  [/^HPE_/, 'UPSTREAM_PROTOCOL', 'sent an answer that is not HTTP'],
];

/** got knows its own time limit; the operation's shows as an aborted signal. */
const isTimeout = (error: unknown) =>
  error instanceof TimeoutError ||
  error instanceof AbortError ||
  (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'));

/** The error that a failure below HTTP stands for; `tooLarge` where this gateway broke off an answer. */
export const toTransportError = (
  error: unknown,
  platform: PlatformName,
  tooLarge: boolean,
): UpstreamError => {
  const title = platformTitle(platform);
  const reason = error instanceof RequestError ? error.code : undefined;
  if (tooLarge) {
    return new UpstreamError({
      code: 'UPSTREAM_PROTOCOL',
      platform,
      reason,
      message: `${title} sent an answer that is too large to be read.`,
    });
  }
  if (isTimeout(error)) {
    return new UpstreamError({
      code: 'UPSTREAM_TIMEOUT',
      platform,
      reason,
      message: `${title} did not answer in time.`,
    });
  }
  const [, code, what] = reasons.find(([pattern]) => pattern.test(reason ?? '')) ?? [
    undefined,
    'UPSTREAM_UNAVAILABLE' as const,
    'ended the connection before its answer was complete',
  ];
  return new UpstreamError({ code, platform, reason, message: `${title} ${what}.` });
};
