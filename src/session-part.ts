import type { Caller, Grants } from './grants.ts';
import type { Session } from './state/session-store.ts';
import type { CloudlinkGrant } from './upstream/cloudlink/token.ts';
import { UpstreamError, type PlatformName } from './upstream/errors.ts';
import { mergeIdentity, type SubscriberGrant } from './upstream/netsapiens/token.ts';

/** What a platform's part of a session is called. */
export const partTitle: Readonly<Record<PlatformName, string>> = {
  cloudlink: 'CloudLink',
  subscriber: 'subscriber API',
};

/** Says that a platform's part of a session is of no use any more. */
export const refused = (platform: PlatformName, message: string) =>
  new UpstreamError({ code: 'UNAUTHENTICATED', platform, message });

/** When the last part of a session ends, in milliseconds since the epoch. */
export const lifeOf = ({ cloudlink, subscriber }: Session): number =>
  Math.max(cloudlink?.refreshExpiresAt ?? cloudlink?.expiresAt ?? 0, subscriber?.refreshExpiresAt ?? 0);

/** A refresh answer says less than the first one did; what it leaves out stays as it was (facts §2.2). */
const mergeCloudlink = (known: CloudlinkGrant, news: CloudlinkGrant): CloudlinkGrant => ({
  ...news,
  refreshToken: news.refreshToken ?? known.refreshToken,
  refreshExpiresAt: news.refreshExpiresAt ?? known.refreshExpiresAt,
});

const mergeSubscriber = (known: SubscriberGrant, news: SubscriberGrant): SubscriberGrant => ({
  ...news,
  refreshToken: news.refreshToken ?? known.refreshToken,
  refreshExpiresAt: news.refreshToken === null ? known.refreshExpiresAt : news.refreshExpiresAt,
  identity: mergeIdentity(known.identity, news.identity),
});

/** What a session's part becomes when upstream renews its tokens. Throws an `UpstreamError` where it does not. */
export const refreshPart = async (
  grants: Grants,
  platform: PlatformName,
  { cloudlink, subscriber }: Session,
  caller: Caller,
): Promise<Partial<Session>> => {
  if (platform === 'cloudlink' && cloudlink?.refreshToken) {
    const news = await grants.cloudlink.refresh(cloudlink.refreshToken, caller);
    return { cloudlink: mergeCloudlink(cloudlink, news) };
  }
  if (platform === 'subscriber' && subscriber?.refreshToken) {
    const news = await grants.subscriber.refresh(subscriber.refreshToken, caller);
    return { subscriber: mergeSubscriber(subscriber, news) };
  }
  throw refused(
    platform,
    `The ${partTitle[platform]} part of this session has ended and cannot be renewed. Sign in again.`,
  );
};
