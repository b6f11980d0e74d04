import type { Config } from './config.ts';
import type { Caller, Grants } from './sessions.ts';
import {
  createCloudlinkGrants,
  explainRefresh as explainCloudlinkRefresh,
  explainSignIn as explainCloudlinkSignIn,
} from './upstream/cloudlink/token.ts';
import { platformTitle, UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { CreateHttp, HttpOptions } from './upstream/http.ts';
import { identifyApp } from './upstream/identify.ts';
import {
  createSubscriberGrants,
  explainRefresh as explainSubscriberRefresh,
  explainSignIn as explainSubscriberSignIn,
} from './upstream/netsapiens/token.ts';

const missing = (platform: PlatformName, variable: string) =>
  new UpstreamError({
    code: 'PLATFORM_NOT_CONFIGURED',
    platform,
    message: `${platformTitle(platform)} is not configured on this gateway: set ${variable}.`,
  });

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
    if (config.cloudlink === null) throw missing('cloudlink', 'CLOUDLINK_ENVIRONMENT');
    const { environment, urls, client, signIn } = config.cloudlink;
    const http = createHttp({
      ...common('cloudlink', caller),
      baseUrl: urls.authentication,
      explain: explain(environment),
    });
    return createCloudlinkGrants(http, client, signIn);
  };

  const subscriber = (caller: Caller, explain: HttpOptions['explain']) => {
    if (config.subscriberApi === null) throw missing('subscriber', 'SUBSCRIBER_API_URL');
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
