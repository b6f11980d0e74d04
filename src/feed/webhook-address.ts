import type { PlatformName } from '../upstream/errors.ts';

/** Where the platforms' deliveries arrive. */
export const WEBHOOKS_PATH = '/webhooks';

/** Which feed a delivery is for, and what proves that the platform was told so. */
export interface WebhookAddress {
  readonly platform: PlatformName;
  readonly feed: string;
  readonly secret: string;
}

const pathPattern = new RegExp(`^${WEBHOOKS_PATH}/(cloudlink|subscriber)/([\\w-]{1,64})/([\\w-]{1,64})$`);

export const toWebhookPath = ({ platform, feed, secret }: WebhookAddress): string =>
  `${WEBHOOKS_PATH}/${platform}/${feed}/${secret}`;

/** What a path names; null for any other path. */
export const parseWebhookPath = (path: string): WebhookAddress | null => {
  const [, platform, feed, secret] = pathPattern.exec(path) ?? [];
  if (platform === undefined || feed === undefined || secret === undefined) return null;
  return { platform: platform as PlatformName, feed, secret };
};
