import type { Config } from './config.ts';
import {
  createCloudlinkGrants,
  explainRefresh as explainCloudlinkRefresh,
  explainSignIn as explainCloudlinkSignIn,
  type CloudlinkGrant,
  type CloudlinkSignIn,
} from './upstream/cloudlink/token.ts';
import { notConfigured } from './refusals.ts';
import type { PlatformName } from './upstream/errors.ts';
import type { CreateHttp, HttpOptions } from './upstream/http.ts';
import { identifyApp } from './upstream/identify.ts';
import {
  createSubscriberGrants,
  explainRefresh as explainSubscriberRefresh,
  explainSignIn as explainSubscriberSignIn,
  type SubscriberGrant,
  type SubscriberSignIn,
} from './upstream/netsapiens/token.ts';

/** The operation for which a token is asked: its id goes upstream, and it is told of every request. */
export interface Caller {
  readonly requestId: string;
  readonly onCall: (platform: PlatformName) => void;
}

/** The platforms' token endpoints. */
export interface Grants {
  readonly cloudlink: {
    signIn(input: CloudlinkSignIn, caller: Caller): Promise<CloudlinkGrant>;
    refresh(refreshToken: string, caller: Caller): Promise<CloudlinkGrant>;
  };
  readonly subscriber: {
    signIn(input: SubscriberSignIn, caller: Caller): Promise<SubscriberGrant>;
    refresh(refreshToken: string, caller: Caller): Promise<SubscriberGrant>;
    revoke(token: string, caller: Caller): Promise<void>;
  };
}

/**
 * The platforms' token endpoints, as sessions use them. A refresh is shared by every operation that waits for it, so it
 * has a time limit of its own and does not end with the client that happened to start it.
 */
export const createGrants = (config: Config, createHttp: CreateHttp): Grants => {
  const common = (platform: PlatformName, { requestId, onCall }: Caller) =>
    ({
      platform,
      headers: { ...identifyApp(config, platform), 'x-request-id': requestId },
      tokens: null,
      signal: AbortSignal.timeout(config.limits.operationTimeoutMs),
      onCall: () => onCall(platform),
    }) satisfies Partial<HttpOptions>;

  const cloudlink = (
    caller: Caller,
    explain: (environment: 'production' | 'sandbox' | 'custom') => HttpOptions['explain'],
  ) => {
    if (config.cloudlink === null) throw notConfigured('cloudlink');
    const { environment, urls, client, signIn } = config.cloudlink;
    const http = createHttp({
      ...common('cloudlink', caller),
      baseUrl: urls.authentication,
      explain: explain(environment),
    });
    return createCloudlinkGrants(http, client, signIn);
  };

  const subscriber = (caller: Caller, explain: HttpOptions['explain']) => {
    if (config.subscriberApi === null) throw notConfigured('subscriber');
    const { url, client, timeZone } = config.subscriberApi;
    const http = createHttp({ ...common('subscriber', caller), baseUrl: url, explain });
    return createSubscriberGrants(http, { client, timeZone });
  };

  return {
    cloudlink: {
      signIn: async (input, caller) => cloudlink(caller, explainCloudlinkSignIn).signIn(input),
      refresh: async (token, caller) => cloudlink(caller, () => explainCloudlinkRefresh).refresh(token),
    },
    subscriber: {
      signIn: async (input, caller) => subscriber(caller, explainSubscriberSignIn).signIn(input),
      refresh: async (token, caller) => subscriber(caller, explainSubscriberRefresh).refresh(token),
      revoke: async (token, caller) => subscriber(caller, explainSubscriberSignIn).revoke(token),
    },
  };
};
