import { UpstreamError, type PlatformName } from '../upstream/errors.ts';

export const changed = (platform: PlatformName) =>
  new UpstreamError({
    code: 'FORBIDDEN',
    platform,
    message: 'The credentials now belong to somebody else, or to a different role. Subscribe again.',
  });

export const nothingToReplace = (platform: PlatformName) =>
  new UpstreamError({
    code: 'FORBIDDEN',
    platform,
    message:
      'This connection was not opened with a token of this platform, so there is none to take the place of. A session renews its tokens by itself.',
  });

export const ofSomebodyElse = (platform: PlatformName) =>
  new UpstreamError({
    code: 'FORBIDDEN',
    platform,
    message: 'This token is of somebody else, or of a different role. Open another connection with it.',
  });

export const ended = (platform: PlatformName) =>
  new UpstreamError({
    code: 'UNAUTHENTICATED',
    platform,
    message: 'The token of this subscription has ended. Subscribe again with another one.',
  });

export const notRenewed = (platform: PlatformName) =>
  new UpstreamError({
    code: 'UPSTREAM_UNAVAILABLE',
    platform,
    message:
      'The token of this session has ended, and the platform does not renew it at the moment. Subscribe again, after the last event.',
  });

export const signedOut = (platform: PlatformName) =>
  new UpstreamError({
    code: 'UNAUTHENTICATED',
    platform,
    message: 'The session of this subscription was ended by signing out.',
  });
