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

/** What this gateway itself ends a request for, and how that is told. */
const endings = {
  size: ['UPSTREAM_PROTOCOL', 'sent an answer that is too large to be read'],
  try: ['UPSTREAM_TIMEOUT', 'did not answer in time'],
  // What took the time may have been the other platform, or so many requests that this one came late.
  operation: [
    'UPSTREAM_TIMEOUT',
    'had not answered yet when the time for the whole operation was over: ask for less at once, or try again',
  ],
} as const;

/** Why this gateway ended a request: by its own limits for a request, or because the operation is over. */
export type Ending = keyof typeof endings;

const isTimeout = (error: unknown) => error instanceof TimeoutError || error instanceof AbortError;

/** The error that a failure below HTTP stands for; `ending` where it was this gateway that broke off. */
export const toTransportError = (
  error: unknown,
  platform: PlatformName,
  ending: Ending | null,
): UpstreamError => {
  const title = platformTitle(platform);
  const reason = error instanceof RequestError ? error.code : undefined;
  const own = ending ?? (isTimeout(error) ? 'try' : null);
  if (own !== null) {
    const [ownCode, sentence] = endings[own];
    return new UpstreamError({ code: ownCode, platform, reason, message: `${title} ${sentence}.` });
  }
  const [, code, what] = reasons.find(([pattern]) => pattern.test(reason ?? '')) ?? [
    undefined,
    'UPSTREAM_UNAVAILABLE' as const,
    'ended the connection before its answer was complete',
  ];
  return new UpstreamError({ code, platform, reason, message: `${title} ${what}.` });
};
