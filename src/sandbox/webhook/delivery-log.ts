import type { Clock } from '../clock.ts';

export interface Attempt {
  readonly at: string;
  /** Null where no status came. */
  readonly status: number | null;
  /** Why none came. */
  readonly error?: string;
}

/** One delivery of a webhook, with every try of it. */
export interface LoggedDelivery {
  readonly id: number;
  readonly at: string;
  readonly platform: string;
  readonly subscriptionId: string;
  /** Where it goes: path and query of the address. */
  readonly path: string;
  readonly body: string;
  readonly state: 'waiting' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: readonly Attempt[];
}

/** A delivery that is not over: its entry is filled in as things become known. */
export interface DeliveryEntry {
  /** How often it was tried. */
  attempts(): number;
  noteAttempt(attempt: Omit<Attempt, 'at'>): void;
  noteState(state: LoggedDelivery['state']): void;
}

/**
 * The latest deliveries, oldest first, at most `DELIVERY_LOG_SIZE` and as many as have `DELIVERY_LOG_LENGTH` in their
 * bodies; the count of the dropped tells what is missing.
 */
export interface DeliveryLog {
  start(delivery: Pick<LoggedDelivery, 'platform' | 'subscriptionId' | 'path' | 'body'>): DeliveryEntry;
  list(isWanted: (delivery: LoggedDelivery) => boolean): readonly LoggedDelivery[];
  dropped(): number;
  clear(): void;
}

export const DELIVERY_LOG_SIZE = 20_000;
/** Characters in all bodies together. */
export const DELIVERY_LOG_LENGTH = 64 * 1024 * 1024;

type Entry = { -readonly [Name in keyof LoggedDelivery]: LoggedDelivery[Name] } & {
  attempts: Attempt[];
};

export const createDeliveryLog = (clock: Clock): DeliveryLog => {
  let entries = new Map<number, Entry>();
  let lastId = 0;
  let dropped = 0;
  let length = 0;

  /** False where it is not too long. */
  const shorten = (): boolean => {
    const [oldest] = entries.values();
    const isTooLong = entries.size > DELIVERY_LOG_SIZE || length > DELIVERY_LOG_LENGTH;
    if (oldest === undefined || !isTooLong) return false;
    entries.delete(oldest.id);
    length -= oldest.body.length;
    dropped += 1;
    return true;
  };

  const now = () => new Date(clock.now()).toISOString();

  return {
    start: (delivery) => {
      const entry: Entry = { id: ++lastId, at: now(), ...delivery, state: 'waiting', attempts: [] };
      entries.set(entry.id, entry);
      length += entry.body.length;
      let isLonger = shorten();
      while (isLonger) isLonger = shorten();
      return {
        attempts: () => entry.attempts.length,
        noteAttempt: (attempt) => void entry.attempts.push({ at: now(), ...attempt }),
        noteState: (state) => {
          entry.state = state;
        },
      };
    },
    list: (isWanted) => [...entries.values()].filter(isWanted),
    dropped: () => dropped,
    clear: () => {
      entries = new Map();
      dropped = 0;
      length = 0;
    },
  };
};
