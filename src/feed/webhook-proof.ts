import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createIsWithin, type ClientAddress } from '../client-address.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { platformWithin, type PlatformName } from '../upstream/errors.ts';
import { isChecked, proofSettings } from './mode.ts';
import { createVerifySignature } from './signature.ts';

/** What tells a platform's deliveries from those of others who have learnt the address of a feed (S23). */
export interface WebhookProof {
  /** Where a request comes from, for those who look why it was refused. */
  addressOf(request: IncomingMessage): string;
  /** Whether the platform delivers from where a request comes from. */
  isFromNetwork(platform: PlatformName, request: IncomingMessage): boolean;
  /** Whether a delivery is signed as it must be. The legacy platform signs nothing (facts §6.4). */
  isSigned(platform: PlatformName, headers: IncomingHttpHeaders, body: string): boolean;
}

export const createWebhookProof = (
  { webhookNetworks, webhookSecrets }: Pick<Config, 'webhookNetworks' | 'webhookSecrets'>,
  clientAddress: ClientAddress,
): WebhookProof => {
  const verify = createVerifySignature(webhookSecrets);
  const isWithin = (networks: readonly string[] | null) =>
    networks === null ? () => true : createIsWithin(networks);
  const isOf = {
    cloudlink: isWithin(webhookNetworks.cloudlink),
    subscriber: isWithin(webhookNetworks.subscriber),
  };
  return {
    addressOf: clientAddress,
    isFromNetwork: (platform, request) => isOf[platform](clientAddress(request)),
    isSigned: (platform, headers, body) => platform !== 'cloudlink' || verify(headers, body),
  };
};

/** Says, at the start of each process, what it would take for deliveries to be believed. */
export const warnOfChecks = (config: Pick<Config, 'feeds' | 'cloudlink' | 'subscriberApi'>, log: Logger) => {
  const platforms = { cloudlink: config.cloudlink, subscriber: config.subscriberApi };
  for (const platform of ['cloudlink', 'subscriber'] as const) {
    if (platforms[platform] === null || !isChecked(config.feeds[platform])) continue;
    const title = platformWithin(platform);
    log.warn(
      { platform },
      `nothing proves that deliveries come from ${title}: each is checked by a read; to be told at once, set ${proofSettings[platform]}`,
    );
  }
};
