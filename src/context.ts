import {
  principalKeyOf,
  principalOf,
  CLOUDLINK_HEADER,
  SUBSCRIBER_HEADER,
  type Credentials,
} from './auth.ts';
import { createCallerOf } from './caller.ts';
import type { Config } from './config.ts';
import type { Idempotency } from './idempotency.ts';
import type { Sessions, SignedIn, SignIn } from './sessions.ts';
import { createAllowance } from './upstream/allowance.ts';
import type { CloudlinkService } from './upstream/cloudlink/environment.ts';
import { createCloudlink, type Cloudlink } from './upstream/cloudlink/index.ts';
import { explain as explainCloudlink } from './upstream/cloudlink/reply.ts';
import { platformTitle, UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { CreateHttp, HttpOptions } from './upstream/http.ts';
import { createNetsapiens, type Netsapiens } from './upstream/netsapiens/index.ts';
import { explain as explainNetsapiens } from './upstream/netsapiens/reply.ts';
import { identifyApp } from './upstream/identify.ts';
import { noToken, passThrough, type TokenSource } from './upstream/token.ts';

/** Something that did not keep a query from being answered, but that its reader should know. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  /** Empty where it is of no field alone. */
  readonly path: readonly (string | number)[];
}

/** What a resolver may use. Made once for each operation, for one principal; nothing in it outlives the operation. */
export interface Context {
  readonly cloudlink: Cloudlink;
  readonly netsapiens: Netsapiens;
  /** Sign-in and sign-out on behalf of this operation. */
  readonly sessions: {
    signIn(input: SignIn): Promise<SignedIn>;
    signOut(token: string): Promise<boolean>;
  };
  /** The session token that was presented, for signing out. */
  readonly sessionToken: string | null;
  readonly settings: Pick<Config, 'accountDomains' | 'linkBy' | 'homeCountry' | 'cloudlink'>;
  readonly principal: string;
  /** The principal in full, for the keys of what outlives an operation. */
  readonly principalKey: string;
  /** Who is asking, as a platform knows them; see {@link createCallerOf}. */
  readonly callerOf: (platform: PlatformName) => Promise<string>;
  readonly idempotency: Idempotency;
  readonly requestId: string;
  /** Requests sent upstream so far. */
  readonly upstreamCalls: Record<PlatformName, number>;
  /** Changes sent upstream so far, and those of them that a platform has accepted. */
  readonly writes: { readonly left: number; readonly accepted: number };
  readonly warnings: Warning[];
}

export interface ContextRequest {
  readonly credentials: Credentials;
  readonly requestId: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export interface ContextOptions {
  readonly config: Config;
  readonly createHttp: CreateHttp;
  readonly sessions: Sessions;
  readonly idempotency: Idempotency;
}

const variables: Readonly<Record<PlatformName, string>> = {
  cloudlink: 'CLOUDLINK_ENVIRONMENT',
  subscriber: 'SUBSCRIBER_API_URL',
};

const headers: Readonly<Record<PlatformName, string>> = {
  cloudlink: CLOUDLINK_HEADER,
  subscriber: SUBSCRIBER_HEADER,
};

const notConfigured = (platform: PlatformName) => () =>
  new UpstreamError({
    code: 'PLATFORM_NOT_CONFIGURED',
    platform,
    message: `${platformTitle(platform)} is not configured on this gateway: set ${variables[platform]}.`,
  });

const serviceNotConfigured = (service: CloudlinkService) => () =>
  new UpstreamError({
    code: 'PLATFORM_NOT_CONFIGURED',
    platform: 'cloudlink',
    message: `The ${service} service of CloudLink is not configured on this gateway: set CLOUDLINK_${service.toUpperCase()}_URL.`,
  });

const notPresented = (platform: PlatformName) => () =>
  new UpstreamError({
    code: 'UNAUTHENTICATED',
    platform,
    message:
      `${platformTitle(platform)} needs a token: send one in the header "${headers[platform]}: Bearer …", ` +
      'or sign in with the mutation signIn and send its session token in "Authorization: Bearer …".',
  });

/** Requests are answered from nowhere else than these addresses (S7); an unused one leads nowhere. */
const NOWHERE = 'http://unconfigured.invalid';

/** Makes the context of an operation. Making it sends nothing: tokens and clients act when a field needs them. */
export const createContextFactory = ({ config, createHttp, sessions, idempotency }: ContextOptions) => {
  const choose = (
    platform: PlatformName,
    presented: string | null,
    session: TokenSource | null,
  ): TokenSource => {
    const isConfigured = platform === 'cloudlink' ? config.cloudlink !== null : config.subscriberApi !== null;
    if (!isConfigured) return noToken(notConfigured(platform));
    if (presented !== null) return passThrough(presented);
    return session ?? noToken(notPresented(platform));
  };

  return async ({ credentials, requestId, signal }: ContextRequest): Promise<Context> => {
    const upstreamCalls = { cloudlink: 0, subscriber: 0 };
    const onCall = (platform: PlatformName) => {
      upstreamCalls[platform] += 1;
    };
    const spend = createAllowance(config.limits.upstreamCalls);
    const writes = { left: 0, accepted: 0 };
    const warnings: Warning[] = [];
    const onOddity = (message: string) => {
      if (!warnings.some((warning) => warning.message === message))
        warnings.push({ code: 'ROW_LEFT_OUT', message, path: [] });
    };
    const caller = { requestId, onCall };
    const open = credentials.session === null ? null : await sessions.open(credentials.session, caller);
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(config.limits.operationTimeoutMs)]);
    const common = (platform: PlatformName, tokens: TokenSource) =>
      ({
        platform,
        tokens,
        headers: { ...identifyApp(config, platform), 'x-request-id': requestId },
        signal: deadline,
        onCall: (effect) => {
          spend(platform);
          onCall(platform);
          if (effect === 'write') writes.left += 1;
        },
        onAccepted: () => {
          writes.accepted += 1;
        },
        onOddity,
      }) satisfies Partial<HttpOptions>;

    const cloudlinkTokens = choose('cloudlink', credentials.cloudlink, open?.tokens.cloudlink ?? null);
    const cloudlinkHttp = (service: CloudlinkService) => {
      const isMissing = config.cloudlink !== null && config.cloudlink.urls[service] === null;
      return createHttp({
        ...common('cloudlink', isMissing ? noToken(serviceNotConfigured(service)) : cloudlinkTokens),
        baseUrl: config.cloudlink?.urls[service] ?? NOWHERE,
        explain: explainCloudlink,
      });
    };
    const subscriberTokens = choose('subscriber', credentials.subscriber, open?.tokens.subscriber ?? null);
    const subscriberHttp = createHttp({
      ...common('subscriber', subscriberTokens),
      baseUrl: config.subscriberApi?.url ?? NOWHERE,
      explain: explainNetsapiens,
    });

    const cloudlink = createCloudlink(cloudlinkHttp, cloudlinkTokens, deadline);
    const netsapiens = createNetsapiens(subscriberHttp, {
      timeZone: config.subscriberApi?.timeZone ?? 'UTC',
      signal: deadline,
      knownIdentity: () => (credentials.subscriber === null ? (open?.subscriberIdentity ?? null) : null),
    });

    return {
      cloudlink,
      netsapiens,
      sessions: {
        signIn: (input) => sessions.signIn(input, caller),
        signOut: (token) => sessions.signOut(token, caller),
      },
      sessionToken: credentials.session,
      settings: config,
      principal: principalOf(credentials),
      principalKey: principalKeyOf(credentials),
      callerOf: createCallerOf({
        credentials,
        tokens: { cloudlink: cloudlinkTokens, subscriber: subscriberTokens },
        cloudlink,
        netsapiens,
        subscriberIdentity: open?.subscriberIdentity ?? null,
      }),
      idempotency,
      requestId,
      upstreamCalls,
      writes,
      warnings,
    };
  };
};
