import { setTimeout as delay } from 'node:timers/promises';
import { UpstreamError, type PlatformName } from './errors.ts';

/** When to look, in milliseconds after the change was accepted (subscriber-api facts §7). */
const PAUSES_MS = [0, 500, 500, 1000, 1500];

export interface ReadBackOptions<Model> {
  readonly platform: PlatformName;
  /** Reads upstream anew: never the answer of an earlier read. */
  readonly read: () => Promise<Model>;
  readonly isVisible: (model: Model) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads until an accepted change shows: upstream answers before it has acted. Throws ACCEPTED_NOT_VISIBLE when it does
 * not show in time, or cannot be looked at: the change may still come, and must not look as if it had been refused.
 */
export const readBack = async <Model>({
  platform,
  read,
  isVisible,
  signal,
}: ReadBackOptions<Model>): Promise<Model> => {
  for (const pause of PAUSES_MS) {
    if (pause > 0) await delay(pause, undefined, { signal }).catch(() => undefined);
    try {
      const model = await read();
      if (isVisible(model)) return model;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (!error.retryable || signal.aborted) break;
    }
  }
  throw new UpstreamError({
    code: 'ACCEPTED_NOT_VISIBLE',
    platform,
    message:
      'The platform accepted the change, but does not show it yet. Read again later; do not repeat it.',
  });
};
