import type { PlatformOptions } from '../exchange.ts';

/** Who a request is counted for; nobody, while it has not shown a token or a client. */
export interface Subject {
  readonly uid?: string;
  readonly clientId?: string;
}

export interface Verdict {
  /** Set when the request is one too many: the seconds until it would be answered. */
  readonly retryAfter?: number;
  /** `RateLimit-Policy` and `RateLimit`, which stand on every answer (facts §3.8). */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimiter {
  /** Counts a request, unless it is over a limit. */
  take(subject: Subject): Verdict;
  clear(): void;
}

/** SkySwitch's quotas: 60 a minute and 1800 an hour for a subscriber, 90 and 2700 for a client (facts §3.8). */
const policies = [
  { name: 'subscriber_minute', of: 'uid', quota: 60, seconds: 60 },
  { name: 'subscriber_hour', of: 'uid', quota: 1800, seconds: 3600 },
  { name: 'client_minute', of: 'clientId', quota: 90, seconds: 60 },
  { name: 'client_hour', of: 'clientId', quota: 2700, seconds: 3600 },
] as const;

interface Window {
  readonly opened: number;
  readonly taken: number;
}

/** Fixed windows that open with the first request in them, by the injected clock. */
export const createRateLimiter = ({ clock }: Pick<PlatformOptions, 'clock'>): RateLimiter => {
  const windows = new Map<string, Window>();

  const take = (subject: Subject): Verdict => {
    const now = clock.now();
    const limits = policies.flatMap((policy) => {
      const owner = subject[policy.of];
      if (owner === undefined) return [];
      const key = `${policy.name} ${owner}`;
      const { opened, taken } = current(windows.get(key), policy.seconds, now);
      const reset = Math.max(1, Math.ceil((opened + policy.seconds * 1000 - now) / 1000));
      const partition = `pk=:${Buffer.from(owner).toString('base64')}:`;
      return [{ ...policy, key, opened, taken, reset, partition }];
    });

    const exceeded = limits.filter((limit) => limit.taken >= limit.quota);
    const counted = exceeded.length === 0 ? 1 : 0;
    for (const { key, opened, taken } of limits) windows.set(key, { opened, taken: taken + counted });
    const headers = {
      'RateLimit-Policy': limits
        .map(({ name, quota, seconds, partition }) => `"${name}";q=${quota};w=${seconds};${partition}`)
        .join(', '),
      RateLimit: limits
        .map(({ name, quota, taken, reset, partition }) => {
          return `"${name}";r=${quota - taken - counted};t=${reset};${partition}`;
        })
        .join(', '),
    };
    return {
      headers: limits.length === 0 ? {} : headers,
      ...(exceeded.length > 0 && { retryAfter: Math.max(...exceeded.map((limit) => limit.reset)) }),
    };
  };

  return { take, clear: () => windows.clear() };
};

/** The window as it stands, or a new one where it is over, or where the clock has been put back before it. */
const current = (window: Window | undefined, seconds: number, now: number): Window => {
  const open = window !== undefined && now >= window.opened && now < window.opened + seconds * 1000;
  return open ? window : { opened: now, taken: 0 };
};
