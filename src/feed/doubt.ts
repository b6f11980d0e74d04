import { setTimeout as delay } from 'node:timers/promises';
import { StateError } from '../state/errors.ts';
import { GapError, type EventLog } from '../state/event-log.ts';
import { encode } from './entry.ts';

/** What stands in the log of a feed where somebody doubts it. */
export const DOUBT = encode({ type: 'doubt' });

export interface HearDoubtsOptions {
  readonly log: EventLog;
  readonly feed: string;
  readonly onDoubt: () => void;
  /** Told of what is neither a gap nor a state out of reach. */
  readonly onFault: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** How long it is rested where the log has lost what it had, or is out of reach. */
const REST_MS = 1_000;

/**
 * Calls `onDoubt` for every doubt of a feed, from when it resolves until the signal is aborted: whoever owns the feed hears
 * it whether or not anybody follows. What cannot be heard may have been one.
 */
export const hearDoubts = async ({
  log,
  feed,
  onDoubt,
  onFault,
  signal,
}: HearDoubtsOptions): Promise<void> => {
  /** Null where the log has lost it. */
  let place: string | null = await log.end(feed);

  const hear = async (): Promise<void> => {
    if (place === null) {
      place = await log.end(feed);
      onDoubt();
    }
    for await (const entries of log.follow(feed, place, signal))
      if (entries.some(({ data }) => data === DOUBT)) onDoubt();
  };

  const hearOn = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        return await hear();
      } catch (error) {
        if (!(error instanceof GapError || error instanceof StateError)) onFault(error);
        place = null;
      }
      await delay(REST_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };

  void hearOn();
};
