import { CLOUDLINK_HEADER, SUBSCRIBER_HEADER } from './auth.ts';
import type { CloudlinkService } from './upstream/cloudlink/environment.ts';
import { platformTitle, platformWithin, UpstreamError, type PlatformName } from './upstream/errors.ts';

const variables: Readonly<Record<PlatformName, string>> = {
  cloudlink: 'CLOUDLINK_ENVIRONMENT',
  subscriber: 'SUBSCRIBER_API_URL',
};

const headers: Readonly<Record<PlatformName, string>> = {
  cloudlink: CLOUDLINK_HEADER,
  subscriber: SUBSCRIBER_HEADER,
};

/** Refuses to ask a platform for which its operator has given this gateway no address. */
export const notConfigured = (platform: PlatformName) =>
  new UpstreamError({
    code: 'PLATFORM_NOT_CONFIGURED',
    platform,
    message: `${platformTitle(platform)} is not configured on this gateway: set ${variables[platform]}.`,
  });

/** The same for a single service of CloudLink. */
export const serviceNotConfigured = (service: CloudlinkService) =>
  new UpstreamError({
    code: 'PLATFORM_NOT_CONFIGURED',
    platform: 'cloudlink',
    message: `The ${service} service of CloudLink is not configured on this gateway: set CLOUDLINK_${service.toUpperCase()}_URL.`,
  });

/** Refuses to ask a platform for somebody who has presented nothing that it would know them by. */
export const notPresented = (platform: PlatformName) =>
  new UpstreamError({
    code: 'UNAUTHENTICATED',
    platform,
    message:
      `${platformTitle(platform)} needs a token: send one in the header "${headers[platform]}: Bearer …", ` +
      'or sign in with the mutation signIn and send its session token in "Authorization: Bearer …".',
  });

/** Refuses what is presented as a token, but cannot be sent as one. */
export const unusable = (platform: PlatformName) =>
  new UpstreamError({
    code: 'UNAUTHENTICATED',
    platform,
    message: `This is no token of ${platformWithin(platform)}.`,
  });
