import type { Credentials } from './auth.ts';
import type { Config } from './config.ts';
import { notConfigured, notPresented, serviceNotConfigured } from './refusals.ts';
import type { OpenSession } from './sessions.ts';
import type { CloudlinkService } from './upstream/cloudlink/environment.ts';
import { createCloudlink } from './upstream/cloudlink/index.ts';
import { explain as explainCloudlink } from './upstream/cloudlink/reply.ts';
import type { PlatformName } from './upstream/errors.ts';
import type { CreateHttp, HttpOptions, UpstreamRequest } from './upstream/http.ts';
import { identifyApp } from './upstream/identify.ts';
import { createNetsapiens } from './upstream/netsapiens/index.ts';
import { explain as explainNetsapiens } from './upstream/netsapiens/reply.ts';
import { noToken, passThrough, type TokenSource } from './upstream/token.ts';

export interface ClientsOptions extends Required<Pick<HttpOptions, 'onAccepted' | 'onOddity'>> {
  readonly config: Config;
  readonly createHttp: CreateHttp;
  readonly credentials: Credentials;
  /** The session that was presented, where there was one. */
  readonly session: OpenSession | null;
  readonly requestId: string;
  /** Aborted when nothing more is to be asked. */
  readonly signal: AbortSignal;
  /** Told of every request before it leaves, which it does not where this throws. */
  readonly onCall: (platform: PlatformName, effect: UpstreamRequest['effect']) => void;
}

/** Requests are answered from nowhere else than these addresses (S7); an unused one leads nowhere. */
const NOWHERE = 'http://unconfigured.invalid';

/** The clients of both platforms for one operation of one principal. Making them sends nothing. */
export const createClients = ({
  config,
  createHttp,
  credentials,
  session,
  requestId,
  signal,
  onCall,
  onAccepted,
  onOddity,
}: ClientsOptions) => {
  const isConfigured = (platform: PlatformName): boolean =>
    platform === 'cloudlink' ? config.cloudlink !== null : config.subscriberApi !== null;

  /** A token that was presented for the platform itself comes before that of a session. */
  const tokensOf = (platform: PlatformName): TokenSource => {
    const presented = credentials[platform];
    if (!isConfigured(platform)) return noToken(() => notConfigured(platform));
    if (presented !== null) return passThrough(presented);
    return session?.tokens[platform] ?? noToken(() => notPresented(platform));
  };
  const tokens = { cloudlink: tokensOf('cloudlink'), subscriber: tokensOf('subscriber') };

  const common = (platform: PlatformName) =>
    ({
      platform,
      tokens: tokens[platform],
      headers: { ...identifyApp(config, platform), 'x-request-id': requestId },
      signal,
      onCall: (effect) => onCall(platform, effect),
      onAccepted,
      onOddity,
    }) satisfies Partial<HttpOptions>;

  const cloudlinkHttp = (service: CloudlinkService) => {
    const isMissing = config.cloudlink !== null && config.cloudlink.urls[service] === null;
    return createHttp({
      ...common('cloudlink'),
      ...(isMissing && { tokens: noToken(() => serviceNotConfigured(service)) }),
      baseUrl: config.cloudlink?.urls[service] ?? NOWHERE,
      explain: explainCloudlink,
    });
  };
  const subscriberHttp = createHttp({
    ...common('subscriber'),
    baseUrl: config.subscriberApi?.url ?? NOWHERE,
    explain: explainNetsapiens,
  });

  return {
    tokens,
    cloudlink: createCloudlink(cloudlinkHttp, tokens.cloudlink, signal, config.name),
    netsapiens: createNetsapiens(subscriberHttp, {
      timeZone: config.subscriberApi?.timeZone ?? 'UTC',
      signal,
      knownIdentity: () => (credentials.subscriber === null ? (session?.subscriberIdentity ?? null) : null),
    }),
    /** Whether the caller has a token of this platform, and the gateway an address for it. */
    hasToken: (platform: PlatformName): boolean =>
      isConfigured(platform) && (credentials[platform] !== null || session !== null),
  };
};
