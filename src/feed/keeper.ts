import { StateError } from '../state/errors.ts';
import type { FeedRecord } from '../state/feed-record.ts';
import type { Lease, Leases } from '../state/lease.ts';
import type { Change } from '../upstream/change.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { createAlarm } from './alarm.ts';
import { createFollowers, type Follower } from './follower.ts';
import { isChecked } from './mode.ts';
import { createPace } from './pace.ts';
import { createSource, type SourceOptions } from './source.ts';

export interface KeeperOptions extends Omit<SourceOptions, 'ask' | 'refuse'> {
  /** How long an unused feed stays, so that a client that reconnects finds it. */
  readonly lingerMs: number;
  readonly instance: string;
  /** Whether other instances may go on with what this one leaves. */
  readonly isShared: boolean;
  readonly leases: Leases;
  /** Told when nobody follows the feed here any more, and nothing of it is left to be done. */
  readonly onEnd: () => void;
}

/** The part of a feed that one instance has in it. */
export interface Keeper {
  /** Resolves once changes arrive from now on; rejects where the platform does not allow it to this follower. */
  join(follower: Follower): Promise<void>;
  leave(follower: Follower): void;
  /** What was told at this place may be followed by something that is not told: whoever owns the feed looks for it. */
  expect(change: Change, cursor: string): void;
  /** Gives the feed up: other instances go on with it; where there are none, the platform need not tell any more. */
  stop(): Promise<void>;
}

/** A dead owner is replaced after this long, and the time until somebody looks (R30 allows 10 s). */
const LEASE_MS = 6_000;
/** How often it is looked whether there still is an owner. */
const WATCH_MS = 2_000;
/** How often the owner says that somebody is there, and keeps what is known of the feed. */
const BEAT_MS = 4_000;
/** How often what is known of the things of a feed is kept for longer, which lives for days. */
const PROLONG_MS = 60 * 60 * 1000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/**
 * Where nothing but a read is believed, things are read once more after this long: a platform may tell of a change before
 * it shows it (legacy facts §7).
 */
const SHOWN_MS = 4_000;
/** Places of what is followed by something that are remembered: all who follow come by each of them. */
const MOST_PLACES = 1_000;
/** What follows several things that came together is looked for together. */
const TOGETHER_MS = 500;

export const createKeeper = ({
  lingerMs,
  instance,
  isShared,
  leases,
  onEnd,
  ...options
}: KeeperOptions): Keeper => {
  const { feed, interest, mode, records, intake, log } = options;
  const followers = createFollowers(lingerMs);
  const source = createSource({ ...options, ask: followers.ask, refuse: followers.refuse });
  const alarm = createAlarm();
  const pace = createPace();
  /** Whether it is time to look for what may only be shown by now. */
  let isLookDue = false;
  const ended = new AbortController();
  const { of: expected, afterMs: expectedMs = [] } = interest.sequel ?? {};
  const places = new Set<string>();
  let expectedAt = -Infinity;

  const isNewPlace = (cursor: string): boolean => {
    if (places.has(cursor)) return false;
    if (places.size >= MOST_PLACES) places.clear();
    places.add(cursor);
    return true;
  };

  const look = () => {
    isLookDue = true;
    alarm.ring();
  };

  const lookAfter = (times: readonly number[]) => {
    for (const ms of times) setTimeout(look, ms).unref();
  };

  const onDoubt = () => {
    source.doubt();
    alarm.ring();
  };

  const onFault = (error: unknown) => {
    log.error({ err: error, feed }, 'doubts could not be heard');
  };

  /** Reads how things are. What asks for it may only be shown later, and may be what something follows. */
  const reconcile = async (record: FeedRecord): Promise<FeedRecord> => {
    const isAsked = source.isDoubtful;
    isLookDue = false;
    pace.begin();
    // From here on, since a doubt may have waited for this read, and whoever heard it may be gone.
    if (isAsked && isChecked(mode)) lookAfter([SHOWN_MS, ...expectedMs]);
    const [next, outcome] = await source.reconcile(record);
    pace.end(outcome, isAsked);
    return next;
  };

  const msUntilRead = (): number => {
    const isDue = source.isDoubtful || (isLookDue && mode.kind === 'webhook');
    return isDue ? pace.msUntilNext(followers.count > 0) : Infinity;
  };

  /** Waited for by those who join. Nobody need wait for it: a refusal is told to whoever does. */
  const awaitOpening = () => {
    const opening = Promise.withResolvers<void>();
    opening.promise.catch(() => undefined);
    return opening;
  };
  let opened = awaitOpening();

  /**
   * Ends the feed unless somebody follows it. It is said to be closed before it is looked who is there: whoever joins says
   * so first and looks then, so that one of the two sees the other.
   */
  const close = async (record: FeedRecord): Promise<boolean> => {
    opened = awaitOpening();
    await records.write(feed, { ...record, isOpen: false });
    await records.leave(feed, instance);
    if (followers.count > 0 || (await records.count(feed)) > 0) {
      await records.write(feed, record);
      opened.resolve();
      return false;
    }
    await source.end(record);
    await records.remove(feed, record);
    await intake.forget(feed);
    log.debug({ feed }, 'a feed is over');
    return true;
  };

  /** Says that somebody is there. Answers whether nobody is here, but somebody elsewhere. */
  const beat = async (): Promise<boolean> => {
    if (followers.count > 0) {
      await records.enter(feed, instance);
      return false;
    }
    await records.leave(feed, instance);
    return (await records.count(feed)) > 0;
  };

  /** What the owner does, until it is not any more, or somebody elsewhere has more use for it. Answers whether the feed is gone. */
  const own = async (lease: Lease): Promise<boolean> => {
    lease.lost.addEventListener('abort', () => alarm.ring(), { once: true });
    const isOwner = () => !lease.lost.aborted && !ended.signal.aborted;
    if (await beat()) return false;
    let record = await source.begin(lease.fence);
    let retryMs = FIRST_RETRY_MS;
    let dueAt = 0;
    let beatAt = Date.now() + BEAT_MS;
    let prolongAt = 0;
    while (isOwner()) {
      if (Date.now() >= beatAt) {
        if (await beat()) return false;
        record = await source.listen(record);
        await records.write(feed, record);
        if (Date.now() >= prolongAt) {
          await intake.prolong(feed);
          prolongAt = Date.now() + PROLONG_MS;
        }
        beatAt = Date.now() + BEAT_MS;
      }
      if (followers.msUntilUnused() <= 0) {
        if (await close(record)) return true;
        beatAt = 0;
        continue;
      }
      if (Date.now() >= dueAt) {
        try {
          [record, dueAt] = await source.refresh(record);
          opened.resolve();
          retryMs = FIRST_RETRY_MS;
        } catch (error) {
          if (!record.isOpen) {
            await records.remove(feed, record);
            throw error;
          }
          log.warn({ err: error, feed }, 'a feed could not be renewed');
          dueAt = Date.now() + retryMs;
          retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
        }
      }
      if (msUntilRead() <= 0) {
        record = await reconcile(record);
        continue;
      }
      const msUntilDue = Math.min(dueAt, beatAt) - Date.now();
      await alarm.wait(Math.min(msUntilDue, msUntilRead(), followers.msUntilUnused()));
    }
    if (ended.signal.aborted && !isShared) await source.end(record);
    return false;
  };

  const run = async () => {
    while (!ended.signal.aborted) {
      if (followers.count > 0) await records.enter(feed, instance);
      const lease = await leases.acquire(`feed ${feed}`, LEASE_MS);
      if (lease === null) {
        if ((await records.read(feed))?.isOpen === true) opened.resolve();
        if (followers.count === 0) {
          // Whoever has it looks after it.
          await records.leave(feed, instance);
          return;
        }
      } else {
        const owned = new AbortController();
        try {
          // From before the first read, so that each doubt is followed by one.
          if (mode.kind === 'webhook')
            await intake.hearDoubts({ feed, onDoubt, onFault, signal: owned.signal });
          if (await own(lease)) return;
        } finally {
          owned.abort();
          await lease.release();
        }
      }
      // Somebody else is given the time to take what was left to them.
      if (!ended.signal.aborted) await alarm.wait(followers.count > 0 ? WATCH_MS : 1.5 * WATCH_MS);
    }
  };

  /** Goes on until there is nothing left to do: what fails is told to those who wait, and tried again for the others. */
  const keep = async () => {
    while (!ended.signal.aborted) {
      try {
        await run();
      } catch (error) {
        // What a platform refuses is told to the client; that Redis is away is told once, by whoever notices.
        const isTold = error instanceof UpstreamError || error instanceof StateError;
        log[isTold ? 'info' : 'error']({ err: error, feed }, 'a feed failed');
        opened.reject(error);
        opened = awaitOpening();
        // Those who were refused leave now.
        await alarm.wait(FIRST_RETRY_MS);
      }
      // Somebody may have joined while the feed was being closed.
      if (followers.count === 0) break;
    }
    onEnd();
  };

  let running: Promise<void> | null = null;

  return {
    join: async (follower) => {
      followers.add(follower);
      const { promise } = opened;
      try {
        if (running === null) running = keep();
        else {
          await records.enter(feed, instance);
          pace.renew();
          alarm.ring();
        }
        await promise;
      } catch (error) {
        followers.remove(follower, false);
        alarm.ring();
        throw error;
      }
    },
    leave: (follower) => {
      followers.remove(follower, true);
      alarm.ring();
    },
    expect: ({ noun }, cursor) => {
      if (noun !== expected || !isNewPlace(cursor) || Date.now() - expectedAt < TOGETHER_MS) return;
      expectedAt = Date.now();
      lookAfter(expectedMs);
    },
    stop: async () => {
      ended.abort();
      alarm.ring();
      await running;
      await records.leave(feed, instance).catch(() => undefined);
    },
  };
};
