import type { Config } from './config.ts';
import type { Grants } from './sessions.ts';
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
  const common = (platform: PlatformName) =>
    ({
      platform,
      headers: identifyApp(config, platform),
      tokens: null,
      signal: AbortSignal.timeout(config.limits.operationTimeoutMs),
    }) satisfies Partial<HttpOptions>;

  const cloudlink = (
    explain: (environment: 'production' | 'sandbox' | 'custom') => HttpOptions['explain'],
  ) => {
    if (config.cloudlink === null) throw missing('cloudlink', 'CLOUDLINK_ENVIRONMENT');
    const { environment, urls, client, signIn } = config.cloudlink;
    const http = createHttp({
      ...common('cloudlink'),
      baseUrl: urls.authentication,
      explain: explain(environment),
    });
    return createCloudlinkGrants(http, client, signIn);
  };

  const subscriber = (explain: HttpOptions['explain']) => {
    if (config.subscriberApi === null) throw missing('subscriber', 'SUBSCRIBER_API_URL');
    const { url, client, timeZone } = config.subscriberApi;
    return createSubscriberGrants(createHttp({ ...common('subscriber'), baseUrl: url, explain }), {
      client,
      timeZone,
    });
  };

  return {
    cloudlink: {
      signIn: async (input) => cloudlink(explainCloudlinkSignIn).signIn(input),
      refresh: async (token) => cloudlink(() => explainCloudlinkRefresh).refresh(token),
    },
    subscriber: {
      signIn: async (input) => subscriber(explainSubscriberSignIn).signIn(input),
      refresh: async (token) => subscriber(explainSubscriberRefresh).refresh(token),
      revoke: async (token) => subscriber(explainSubscriberSignIn).revoke(token),
    },
  };
};
