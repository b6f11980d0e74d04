import type { Interest, Seen, UpstreamSubscription } from '../upstream/change.ts';

/** What all instances know of a feed. */
export interface FeedRecord {
  readonly interest: Interest;
  /** The part of the webhook's address that nobody can guess: 256 random bits (S23). */
  readonly secret: string;
  /** The platform's subscription; null where the feed asks by itself, and before there is one. */
  readonly upstream: UpstreamSubscription | null;
  /** Whether changes arrive from now on. */
  readonly isOpen: boolean;
  /** Whether everything that there was when it was opened is known: what is told of for the first time has begun since. */
  readonly isListed: boolean;
  /** Whether the platform has a list in which to look for what was missed. */
  readonly hasList: boolean;
  /** What {@link FeedRecords.listen} answered when nothing was missing that came since. */
  readonly listenedSince: number;
  /** Whether the platform was silent for a while, or spoke to nobody, and what was missed is not told yet. */
  readonly hasLapsed: boolean;
  /** Where the feed asks by itself: what was seen by the last look at what is too long to be read whole. */
  readonly seen?: Seen;
  /** Of the lease of whoever wrote it: the one that owned the feed before may wake late, and is not listened to. */
  readonly fence: number;
}

/** What the instances share of their feeds. */
export interface FeedRecords {
  read(feed: string): Promise<FeedRecord | null>;
  /** Keeps it for as long as a platform may tell something of it. Does nothing where a later owner has written. */
  write(feed: string, record: FeedRecord): Promise<void>;
  /** Does nothing where a later owner than that of this record has written. */
  remove(feed: string, record: FeedRecord): Promise<void>;
  /** Says that somebody on this instance follows the feed, which counts for some seconds. */
  enter(feed: string, instance: string): Promise<void>;
  leave(feed: string, instance: string): Promise<void>;
  /** How many instances somebody follows it on. */
  count(feed: string): Promise<number>;
  /**
   * Says that this instance can keep what the platforms tell it, and answers since when there was always one that could, of
   * any feed: the moment is another one after nobody has said so for {@link LONGEST_SILENCE_MS}.
   */
  listen(): Promise<number>;
}

/** Platforms try again for half a minute (A-24, legacy A-18): what came after a shorter silence has not been missed. */
export const LONGEST_SILENCE_MS = 20_000;

/** The feeds of one instance that has no others beside it. */
export const createMemoryFeedRecords = (clock: () => number = Date.now): FeedRecords => {
  const records = new Map<string, FeedRecord>();
  const followers = new Map<string, Set<string>>();
  const listened = { since: clock(), last: clock() };
  const isOwn = (feed: string, { fence }: FeedRecord) => fence >= (records.get(feed)?.fence ?? -Infinity);
  return {
    read: async (feed) => records.get(feed) ?? null,
    write: async (feed, record) => {
      if (isOwn(feed, record)) records.set(feed, record);
    },
    remove: async (feed, record) => {
      if (isOwn(feed, record)) records.delete(feed);
    },
    enter: async (feed, instance) => {
      followers.set(feed, (followers.get(feed) ?? new Set()).add(instance));
    },
    leave: async (feed, instance) => {
      followers.get(feed)?.delete(instance);
      if (followers.get(feed)?.size === 0) followers.delete(feed);
    },
    count: async (feed) => followers.get(feed)?.size ?? 0,
    listen: async () => {
      const now = clock();
      // A process may have been stopped, or its machine asleep.
      if (now - listened.last > LONGEST_SILENCE_MS) listened.since = now;
      listened.last = now;
      return listened.since;
    },
  };
};
