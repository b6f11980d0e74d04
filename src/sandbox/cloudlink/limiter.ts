import type { PlatformOptions } from '../exchange.ts';
import { Failure } from './failure.ts';

const WINDOW_MS = 1000;

export interface Limiter {
  /** Counts one request of this token or username; throws the 429 of facts §3.7 once there are too many. */
  admit(key: string): void;
}

/** Counts requests per key and second, as far as `cloudlinkRateLimit` asks for it (facts A-08). */
export const createLimiter = ({ clock, switches }: Pick<PlatformOptions, 'clock' | 'switches'>): Limiter => {
  const counts = new Map<string, number>();
  let start = 0;

  const retryAfter = (): string => {
    if (switches.cloudlinkRetryAfter === 'seconds') return '1';
    // An HTTP date has no milliseconds: rounded up, so that whoever waits for it is let in.
    return new Date(Math.ceil((start + WINDOW_MS) / 1000) * 1000).toUTCString();
  };

  return {
    admit(key) {
      if (switches.cloudlinkRateLimit === 0) return;
      const now = clock.now();
      if (Math.abs(now - start) >= WINDOW_MS) {
        counts.clear();
        start = now;
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count <= switches.cloudlinkRateLimit) return;
      throw new Failure(429, 'Too Many Requests', { 'Retry-After': retryAfter() });
    },
  };
};
