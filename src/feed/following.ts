import { GapError } from '../state/event-log.ts';
import type { Change, Interest, Notifications } from '../upstream/change.ts';
import type { PlatformName } from '../upstream/errors.ts';
import { joinCursor, splitCursor } from './cursor.ts';
import { FollowError } from './follow-error.ts';
import { nameFeed, type FeedEvent, type Hub, type Joined } from './hub.ts';
import { mergeLive } from './merge-live.ts';
import type { Rights } from './rights.ts';

/** What a client that does not keep up loses. */
export type Backlog =
  /** Nothing: it is told that it was too slow, and where to go on. For what has happened, such as messages and calls. */
  | 'every'
  /** What has been overtaken: of each thing, only how it is now. For how things are, such as presence. */
  | 'latest';

export interface FollowOptions {
  readonly interests: readonly Interest[];
  /** The cursor of the last event that was seen; from now on where there is none. */
  readonly after: string | null;
  readonly backlog: Backlog;
  /** Whether an event is wanted, of those that the interests bring. */
  readonly isWanted?: (change: Change) => boolean;
  readonly signal: AbortSignal;
}

export interface FollowingOptions {
  readonly hub: Hub;
  readonly rights: Rights;
  /** A platform's notifications, with a token that is good now. */
  readonly notificationsOf: (platform: PlatformName) => Promise<Notifications>;
  /** Whoever takes longer than this for one event, while many others wait, is too slow. */
  readonly patienceMs: number;
}

/** What is followed, one event at a time. */
export interface Followed extends AsyncIterableIterator<FeedEvent> {
  /** Whose events they are. */
  readonly platforms: ReadonlySet<PlatformName>;
  /** Aborted as soon as the right to them has ended; the reason is what to tell the client. */
  readonly right: AbortSignal;
  /** Has the platforms asked at once whether the right is still there, and resolves when they have answered. */
  readonly doubt: () => Promise<void>;
}

/** Something to follow, and the feed that it is for whoever asks. */
interface Wanted {
  readonly principal: string;
  readonly interest: Interest;
  readonly feed: string;
}

/** So many events may wait for somebody who has not taken one for a while: fewer than any log hands over at once. */
const MOST_WAITING = 64;

/** Of each thing the last event; what came to be among them is told as that. */
const coalesce = (events: readonly FeedEvent[]): readonly FeedEvent[] => {
  const keyOf = ({ change: { noun, key } }: FeedEvent) => `${noun}/${key}`;
  const created = new Set(events.filter(({ change }) => change.kind === 'CREATED').map(keyOf));
  const last = new Map(events.map((event) => [keyOf(event), event]));
  return events
    .filter((event) => last.get(keyOf(event)) === event)
    .map((event) =>
      event.change.kind === 'UPDATED' && created.has(keyOf(event))
        ? { ...event, change: { ...event.change, kind: 'CREATED' } }
        : event,
    );
};

/** Follows feeds on behalf of one principal. */
export const createFollowing = ({ hub, rights, notificationsOf, patienceMs }: FollowingOptions) => {
  /** What is to be followed, each feed once, and as whom. */
  const identify = async (interests: readonly Interest[]): Promise<readonly Wanted[]> => {
    const wanted = await Promise.all(
      interests.map(async (interest) => {
        const principal = await rights.principalOf(interest.platform);
        return { principal, interest, feed: nameFeed(principal, interest) };
      }),
    );
    return [...new Map(wanted.map((one) => [one.feed, one])).values()];
  };

  const joinAll = async (
    wanted: readonly Wanted[],
    refuse: (reason: unknown) => void,
  ): Promise<readonly Joined[]> => {
    const results = await Promise.allSettled(
      wanted.map(({ principal, interest }) =>
        hub.join(principal, interest, { notifications: () => notificationsOf(interest.platform), refuse }),
      ),
    );
    const joined = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return joined;
    for (const feed of joined) feed.leave();
    throw failed.reason;
  };

  async function* tell(
    feeds: readonly Joined[],
    start: ReadonlyMap<string, string>,
    { backlog, signal, isWanted = () => true }: FollowOptions,
  ): AsyncGenerator<FeedEvent, void, undefined> {
    const places = new Map(start);
    const sources = feeds.map((joined) => ({
      name: joined.feed,
      open: (until: AbortSignal) => joined.follow(places.get(joined.feed) ?? joined.end, until),
    }));
    /** Whether the last event of the batch before, or one since, took too long: what waited meanwhile comes now. */
    let hasStalled = false;
    try {
      for await (const { name, batch } of mergeLive(sources, signal)) {
        const wanted = batch.filter(({ change }) => isWanted(change));
        const events = backlog === 'latest' ? coalesce(wanted) : wanted;
        let stallsNow = false;
        for (const [index, { cursor, change }] of events.entries()) {
          places.set(name, cursor);
          const given = performance.now();
          yield { feed: name, cursor: joinCursor(places), change };
          stallsNow ||= backlog === 'every' && performance.now() - given > patienceMs;
          if ((hasStalled || stallsNow) && events.length - index > MOST_WAITING)
            throw new FollowError('SUBSCRIBER_TOO_SLOW', joinCursor(places));
        }
        hasStalled = stallsNow;
        const last = batch.at(-1);
        if (last !== undefined) places.set(name, last.cursor);
      }
    } catch (error) {
      if (!(error instanceof GapError)) throw error;
      // Whoever reads anew after this place, and goes on from it, has missed nothing.
      const ends = feeds.map(async ({ feed, now }) => [feed, await now()] as const);
      throw new FollowError('RESYNC_REQUIRED', joinCursor(new Map(await Promise.all(ends))));
    }
  }

  return {
    /**
     * Resolves once everything is told from then on, or from the cursor on. Rejects where a platform refuses, and with a
     * {@link FollowError} where events after the cursor are no longer kept.
     */
    follow: async (options: FollowOptions): Promise<Followed> => {
      const wanted = await identify(options.interests);
      // Before anything is joined: what cannot be told from here must not cost the platforms a subscription.
      const names = wanted.map(({ feed }) => feed);
      const after = options.after === null ? null : splitCursor(options.after, names);
      const left = new AbortController();
      const right = new AbortController();
      const refuse = (reason: unknown) => right.abort(reason);
      const feeds = await joinAll(wanted, refuse);
      const platforms = new Set(options.interests.map(({ platform }) => platform));
      const watch = rights.watch(platforms, refuse);
      const signal = AbortSignal.any([options.signal, left.signal, right.signal]);
      const leave = () => {
        watch.stop();
        for (const feed of feeds) feed.leave();
      };
      // Whoever went while the feeds were being opened is not told of it any more.
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave, { once: true });
      const start = after ?? new Map(feeds.map(({ feed, end }) => [feed, end]));
      const events = tell(feeds, start, { ...options, signal });
      const following: Followed = {
        platforms,
        right: right.signal,
        doubt: watch.doubt,
        next: async () => {
          const result = await events.next();
          // Nothing is told any more to somebody who has lost the right to it, though it was read before.
          right.signal.throwIfAborted();
          return result;
        },
        // A generator that waits for an event hears of nothing else: what it waits for is ended.
        return: async () => {
          left.abort();
          return events.return();
        },
        [Symbol.asyncIterator]: () => following,
      };
      return following;
    },
  };
};

export type Following = ReturnType<typeof createFollowing>;
