import { networkInterfaces } from 'node:os';
import type { FeedMode } from './feed/mode.ts';
import { refuse, type Values } from './settings.ts';

/** None are all networks. */
export type Networks = readonly string[] | null;

/** How the changes of both platforms come here, and who is believed to tell them. */
export interface FeedSettings {
  readonly feeds: Readonly<Record<'cloudlink' | 'subscriber', FeedMode>>;
  /** The networks from which each platform delivers. */
  readonly webhookNetworks: Readonly<Record<'cloudlink' | 'subscriber', Networks>>;
}

/** Whether an address is on this machine, as a sandbox is, which reaches the address on which this process listens. */
const isOnThisMachine = (url: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/**
 * Platforms can only send to where they can reach: without such an address they are asked. Each process knows the one on
 * which it listens, which leads nowhere from another machine, and to itself alone where several share their state.
 */
const readMode = (
  name: 'CLOUDLINK_FEEDS' | 'SUBSCRIBER_FEEDS',
  platformUrl: string | undefined,
  isChecked: boolean,
  values: Values,
): FeedMode => {
  const kind = values[name] ?? (values.PUBLIC_URL === undefined ? 'poll' : 'webhook');
  if (kind === 'poll') return { kind, everyMs: values.POLL_SECONDS * 1000 };
  const isElsewhere = platformUrl !== undefined && !isOnThisMachine(platformUrl);
  if (values.PUBLIC_URL === undefined && (values.NODE_ENV === 'production' || isElsewhere))
    refuse(
      'PUBLIC_URL',
      `is missing, but ${name}=webhook needs an address at which the platform reaches every instance: without it each names the one on which it listens`,
    );
  return { kind, isChecked };
};

/** All addresses of this machine, by whichever of them a platform on it comes. */
const ownAddresses = (): readonly string[] => [
  'loopback',
  ...Object.values(networkInterfaces()).flatMap((own = []) => own.map(({ address }) => address)),
];

/** Where a platform delivers from; undefined where nothing tells its deliveries from those of others. */
const readNetworks = (
  name: 'CLOUDLINK_WEBHOOK_NETWORKS' | 'SUBSCRIBER_WEBHOOK_NETWORKS',
  platformUrl: string | undefined,
  isSigned: boolean,
  values: Values,
): Networks | undefined => {
  const given = values[name];
  if (given !== undefined) return given;
  if (isSigned) return null;
  const isHere = [platformUrl, values.PUBLIC_URL ?? platformUrl].every(
    (url) => url !== undefined && isOnThisMachine(url),
  );
  // In production whatever is on this machine may be a proxy, and a public address elsewhere leads here through one.
  return isHere && values.NODE_ENV !== 'production' ? ownAddresses() : undefined;
};

/** Throws a `ConfigError` where a platform is to tell what nobody could reach. */
export const readFeedSettings = (
  values: Values,
  urls: Readonly<Record<'cloudlink' | 'subscriber', string | undefined>>,
): FeedSettings => {
  const isSigned = values.WEBHOOK_SECRETS.length > 0;
  const cloudlink = readNetworks('CLOUDLINK_WEBHOOK_NETWORKS', urls.cloudlink, isSigned, values);
  const subscriber = readNetworks('SUBSCRIBER_WEBHOOK_NETWORKS', urls.subscriber, false, values);
  return {
    feeds: {
      cloudlink: readMode('CLOUDLINK_FEEDS', urls.cloudlink, cloudlink === undefined, values),
      subscriber: readMode('SUBSCRIBER_FEEDS', urls.subscriber, subscriber === undefined, values),
    },
    webhookNetworks: { cloudlink: cloudlink ?? null, subscriber: subscriber ?? null },
  };
};
