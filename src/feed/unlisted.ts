import { platformTitle, UpstreamError, type PlatformName } from '../upstream/errors.ts';
import { proofSettings, type FeedMode } from './mode.ts';

/** What there is no list of can only be told, by somebody who is believed. Nobody but the operator can change that. */
export const unlisted = (platform: PlatformName, { kind }: FeedMode): UpstreamError => {
  const isTold = kind === 'webhook';
  return new UpstreamError({
    code: 'PLATFORM_NOT_CONFIGURED',
    platform,
    message:
      `${platformTitle(platform)} has no list of these in which to look for changes, and this gateway cannot ` +
      `${isTold ? 'believe what it is told' : 'be told'} of them: its operator must set ` +
      `${isTold ? proofSettings[platform] : 'PUBLIC_URL'}.`,
  });
};
