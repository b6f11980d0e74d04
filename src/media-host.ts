import type { Config } from './config.ts';
import { platformTitle, UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { Transport } from './upstream/http.ts';

/** Every host of CloudLink, whatever its service, region and cloud (facts §1.1). */
const CLOUDLINK_HOSTS = '*.api.mitel.io';

const hostOf = (url: string): string => new URL(url).host;

/** The hosts of a platform itself: those that are configured, and for CloudLink their siblings. */
const hostsOf = ({ cloudlink, subscriberApi }: Config, platform: PlatformName): readonly string[] => {
  if (platform === 'subscriber') return subscriberApi === null ? [] : [hostOf(subscriberApi.url)];
  const urls = Object.values(cloudlink?.urls ?? {}).filter((url) => url !== null);
  return cloudlink === null ? [] : [...urls.map(hostOf), CLOUDLINK_HOSTS];
};

const isOneOf = (hosts: readonly string[], host: string): boolean =>
  hosts.some((known) => (known.startsWith('*.') ? host.endsWith(known.slice(1)) : host === known));

/**
 * Opens only addresses on the platform's own hosts and on those that MEDIA_HOSTS names: what a platform answers must not
 * lead this gateway into a network that only it can reach (S7). Throws UPSTREAM_PROTOCOL for any other, unopened.
 */
export const withinMediaHosts = (config: Config, open: Transport['open']): Transport['open'] => {
  const hosts = {
    cloudlink: [...hostsOf(config, 'cloudlink'), ...config.mediaHosts],
    subscriber: [...hostsOf(config, 'subscriber'), ...config.mediaHosts],
  };
  return async (request) => {
    const { platform, url } = request;
    const host = URL.parse(url)?.host ?? '';
    if (isOneOf(hosts[platform], host)) return open(request);
    throw new UpstreamError({
      code: 'UPSTREAM_PROTOCOL',
      platform,
      message:
        `${platformTitle(platform)} keeps this on the host ${JSON.stringify(host.slice(0, 255))}, which is none of its own: ` +
        'name it in MEDIA_HOSTS if it is to be trusted.',
    });
  };
};
