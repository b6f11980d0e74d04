import type { Logger } from '../logger.ts';
import type { PlatformName } from '../upstream/errors.ts';

/** Why a delivery is taken for somebody else's. */
export type RefusalReason = 'network' | 'signature';

/** What its operator may have set wrong, where the delivery was the platform's after all. */
const advice: Readonly<Record<RefusalReason, (platform: PlatformName) => string>> = {
  network: (platform) =>
    `it comes from an address outside of ${platform.toUpperCase()}_WEBHOOK_NETWORKS; behind a proxy, TRUSTED_PROXIES must name it`,
  signature: () => 'it is not signed with any of WEBHOOK_SECRETS, which are only for a CloudLink that signs',
};

/** Anybody can have deliveries refused. */
const TELL_EVERY_MS = 60_000;

/** Tells the log that deliveries are refused, and why: each reason of each platform at most once a minute. */
export const createRefusalLog = (log: Logger) => {
  const toldAt = new Map<string, number>();
  return (platform: PlatformName, reason: RefusalReason, address: string): void => {
    const now = performance.now();
    const key = `${platform} ${reason}`;
    if (now - (toldAt.get(key) ?? -Infinity) < TELL_EVERY_MS) return;
    toldAt.set(key, now);
    log.warn({ platform, address, reason }, `a delivery was refused: ${advice[reason](platform)}`);
  };
};
