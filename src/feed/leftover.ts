import type { FeedRecords } from '../state/feed-record.ts';
import type { Interest, Notifications } from '../upstream/change.ts';
import { parseWebhookPath, WEBHOOKS_PATH } from './webhook-address.ts';

export interface LeftoverOptions {
  readonly feed: string;
  readonly interest: Interest;
  /** The address at which the platforms reach this gateway. */
  readonly publicUrl: string;
  readonly records: FeedRecords;
  /** The one at the address of this feed that is in use; null where none is. */
  readonly keeps: string | null;
  /** Whether to look for those of other feeds as well, which this gateway knows nothing of any more. */
  readonly isThorough: boolean;
}

/**
 * Removes the subscriptions that a run before this one has left behind after a crash: those of a feed that it does not use,
 * and of others that nobody knows. What belongs to another gateway has another address.
 */
export const removeLeftovers = async (
  notifications: Notifications,
  { feed, interest, publicUrl, records, keeps, isThorough }: LeftoverOptions,
): Promise<void> => {
  const prefix = `${publicUrl}${WEBHOOKS_PATH}/${interest.platform}/${isThorough ? '' : `${feed}/`}`;
  const known = await notifications.list(interest, prefix);
  for (const { id, url } of known) {
    const address = parseWebhookPath(url.slice(publicUrl.length));
    if (address === null || id === keeps) continue;
    const isLeft = address.feed === feed || (await records.read(address.feed)) === null;
    if (isLeft) await notifications.unsubscribe(id);
  }
};
