import { randomBytes } from 'node:crypto';
import type { Logger } from '../logger.ts';
import { StateError } from '../state/errors.ts';
import type { FeedRecord, FeedRecords } from '../state/feed-record.ts';
import type { Lease, Leases } from '../state/lease.ts';
import type { Change, Interest, UpstreamSubscription } from '../upstream/change.ts';
import { platformTitle, UpstreamError } from '../upstream/errors.ts';
import { createAlarm } from './alarm.ts';
import { createFollowers, type Follower } from './follower.ts';
import type { Intake } from './intake.ts';
import { removeLeftovers } from './leftover.ts';
import { toWebhookPath } from './webhook-address.ts';

/** How the changes of a platform come here. */
export type FeedMode = { readonly kind: 'webhook' } | { readonly kind: 'poll'; readonly everyMs: number };

export interface KeeperOptions {
  readonly feed: string;
  readonly interest: Interest;
  readonly mode: FeedMode;
  /** How long an unused feed stays, so that a client that reconnects finds it. */
  readonly lingerMs: number;
  /** The address at which the platforms reach this gateway. */
  readonly publicUrl: string;
  readonly instance: string;
  /** Whether other instances may go on with what this one leaves. */
  readonly isShared: boolean;
  /** Whether nothing of its principal was opened here before: a crash may have left more behind than this feed. */
  readonly isFirst: boolean;
  readonly records: FeedRecords;
  readonly leases: Leases;
  readonly intake: Intake;
  readonly log: Logger;
  /** Told when nobody follows the feed here any more, and nothing of it is left to be done. */
  readonly onEnd: () => void;
}

/** The part of a feed that one instance has in it. */
export interface Keeper {
  /** Resolves once changes arrive from now on; rejects where the platform does not allow it to this follower. */
  join(follower: Follower): Promise<void>;
  leave(follower: Follower): void;
  /** What was told at this place is doubtful: whoever owns the feed reads once how things are. */
  doubt(cursor: string): void;
  /** What was told at this place may be followed by something that is not told: whoever owns the feed looks for it. */
  expect(change: Change, cursor: string): void;
  /** Gives the feed up: other instances go on with it; where there are none, the platform need not tell any more. */
  stop(): Promise<void>;
}

/** A dead owner is replaced after this long, and the time until somebody looks (R30 allows 10 s). */
const LEASE_MS = 6_000;
/** How often it is looked whether there still is an owner, and said that somebody is there. */
const WATCH_MS = 2_000;
/** However doubtful things are, they are read at most this often. */
const READ_EVERY_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** Places of doubt, and of what is followed by something, that are remembered: all who follow come by each of them. */
const MOST_PLACES = 1_000;
/** What follows several things that came together is looked for together. */
const TOGETHER_MS = 500;

/** Why a platform does not tell what a feed is about, and never will to this follower. */
const hopeless: ReadonlySet<string> = new Set(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED']);

/** A subscription is renewed at half of its life. */
const renewalOf = ({ expiresAt }: UpstreamSubscription, now: number) => now + (expiresAt - now) / 2;

export const createKeeper = ({
  feed,
  interest,
  mode,
  lingerMs,
  publicUrl,
  instance,
  isShared,
  isFirst,
  records,
  leases,
  intake,
  log,
  onEnd,
}: KeeperOptions): Keeper => {
  const followers = createFollowers(lingerMs);
  const { ask } = followers;
  const alarm = createAlarm();
  const ended = new AbortController();
  const places = new Set<string>();
  let isDoubtful = false;
  let expectedAt = -Infinity;
  /** Whether the platform may have been silent for a while, or have spoken to nobody. */
  let hasLapsed = false;

  const isNewPlace = (cursor: string): boolean => {
    if (places.has(cursor)) return false;
    if (places.size >= MOST_PLACES) places.clear();
    places.add(cursor);
    return true;
  };

  const look = () => {
    isDoubtful = true;
    alarm.ring();
  };

  /** Waited for by those who join. Nobody need wait for it: a refusal is told to whoever does. */
  const awaitOpening = () => {
    const opening = Promise.withResolvers<void>();
    opening.promise.catch(() => undefined);
    return opening;
  };
  let opened = awaitOpening();

  const urlOf = ({ secret }: FeedRecord) =>
    `${publicUrl}${toWebhookPath({ platform: interest.platform, feed, secret })}`;

  const unsubscribe = async ({ id }: UpstreamSubscription): Promise<boolean> => {
    try {
      return await ask((api) => api.unsubscribe(id));
    } catch (error) {
      log.warn({ err: error, feed }, 'a subscription could not be removed; it ends by itself');
      return true;
    }
  };

  /** How everything is now; what nobody can find out is told as a gap. Answers the record as it is then. */
  const reconcile = async (record: FeedRecord): Promise<FeedRecord> => {
    const { isListed } = record;
    const listenedSince = await records.listen();
    const read = () => ask((api) => api.snapshot(interest));
    let isWhole = false;
    isDoubtful = false;
    try {
      const found = await intake.keepSnapshot(feed, read, { isListed, comparesStates: true });
      isWhole = found?.isWhole === true;
    } catch (error) {
      log.warn({ err: error, feed }, 'a feed could not be reconciled');
      // Tried again when the next look is due, unless it can never succeed.
      isDoubtful = error instanceof StateError || (error instanceof UpstreamError && error.retryable);
      if (isDoubtful) return record;
    }
    if (hasLapsed && !isWhole) {
      await intake.tellGap(feed);
      log.warn({ feed }, 'what may have been missed cannot be found out: all who follow are told');
    }
    hasLapsed = false;
    const next = { ...record, listenedSince };
    // At once, for whoever owns the feed next: what was told is not to be told again.
    await records.write(feed, next);
    return next;
  };

  /** Says that deliveries are taken here, and notices where they were not for a while, by anybody. */
  const listen = async (record: FeedRecord): Promise<void> => {
    if ((await records.listen()) === record.listenedSince) return;
    hasLapsed = true;
    isDoubtful = true;
  };

  /** How things are at the beginning is no news, but what is told later is judged by it. Answers whether all is known. */
  const learn = async (): Promise<boolean> => {
    try {
      const read = () => ask((api) => api.snapshot(interest));
      return (await intake.keepSnapshot(feed, read, { isSilent: true }))?.isWhole === true;
    } catch (error) {
      // Whoever may not read it would be told nothing of it either, and wait for ever.
      if (error instanceof UpstreamError && hopeless.has(error.failure.code)) throw error;
      log.warn({ err: error, feed }, 'how things are when a feed begins could not be read');
      return false;
    }
  };

  /** Makes sure that the platform tells us, and answers the record as it is then. */
  const subscribe = async (record: FeedRecord): Promise<FeedRecord> => {
    const former = record.upstream;
    const upstream = await ask((api) => api.subscribe(interest, urlOf(record)), {
      isVital: record.isOpen,
    });
    const learnOnce = async () => {
      try {
        return await learn();
      } catch (error) {
        await unsubscribe(upstream);
        throw error;
      }
    };
    const isListed = record.isOpen ? record.isListed : await learnOnce();
    const next = { ...record, upstream, isListed, isOpen: true };
    await records.write(feed, next);
    if (former !== null && former.id !== upstream.id) {
      // One that was not there any more had ended before its time.
      const wasThere = await unsubscribe(former);
      hasLapsed ||= !wasThere || former.expiresAt <= Date.now();
      isDoubtful ||= hasLapsed;
    }
    return next;
  };

  /** Looks for what is different from the last time. */
  const poll = async (record: FeedRecord): Promise<FeedRecord> => {
    const { isOpen, isListed } = record;
    const read = () => ask((api) => api.snapshot(interest), { isVital: isOpen });
    const found = await intake.keepSnapshot(feed, read, { isSilent: !isOpen, isListed });
    if (found === null)
      throw new UpstreamError({
        code: 'PLATFORM_NOT_CONFIGURED',
        platform: interest.platform,
        message:
          `${platformTitle(interest.platform)} has no list of these in which to look for changes, and this gateway cannot be ` +
          'told of them: its operator must set PUBLIC_URL.',
      });
    if (isOpen) return record;
    const next = { ...record, isListed: found.isWhole, isOpen: true };
    await records.write(feed, next);
    return next;
  };

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
    if (record.upstream !== null) await unsubscribe(record.upstream);
    await records.remove(feed);
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

  const begin = async (): Promise<FeedRecord> => {
    const found = await records.read(feed);
    if (found?.isOpen === true) {
      // Nobody knows what came while nobody owned it.
      isDoubtful = true;
      await listen(found);
      return found;
    }
    if (mode.kind === 'webhook') {
      const options = { feed, interest, publicUrl, records, isThorough: isFirst };
      await ask((api) => removeLeftovers(api, options)).catch((error: unknown) => {
        log.warn({ err: error, feed }, 'what an earlier run left behind could not be removed');
      });
    }
    const record: FeedRecord = {
      interest,
      secret: randomBytes(32).toString('base64url'),
      upstream: null,
      isOpen: false,
      isListed: false,
      listenedSince: await records.listen(),
    };
    // What is told while the platform is still answering must find it.
    await records.write(feed, record);
    return record;
  };

  /** Opens the feed, or goes on with one that is open. Answers when it is to be done again, and the record as it is then. */
  const refresh = async (record: FeedRecord): Promise<readonly [FeedRecord, number]> => {
    if (mode.kind === 'poll') return [await poll(record), Date.now() + mode.everyMs];
    const next = await subscribe(record);
    return [next, next.upstream === null ? Infinity : renewalOf(next.upstream, Date.now())];
  };

  /** What the owner does, until it is not any more, or somebody elsewhere has more use for it. Answers whether the feed is gone. */
  const own = async (lease: Lease): Promise<boolean> => {
    lease.lost.addEventListener('abort', () => alarm.ring(), { once: true });
    const isOwner = () => !lease.lost.aborted && !ended.signal.aborted;
    if (await beat()) return false;
    let record = await begin();
    let retryMs = FIRST_RETRY_MS;
    let dueAt = 0;
    let beatAt = Date.now() + WATCH_MS;
    let readAt = -Infinity;
    while (isOwner()) {
      if (Date.now() >= beatAt) {
        if (await beat()) return false;
        await listen(record);
        await records.write(feed, record);
        beatAt = Date.now() + WATCH_MS;
      }
      if (followers.msUntilUnused() <= 0) {
        if (await close(record)) return true;
        beatAt = 0;
        continue;
      }
      if (Date.now() >= dueAt) {
        try {
          [record, dueAt] = await refresh(record);
          opened.resolve();
          retryMs = FIRST_RETRY_MS;
        } catch (error) {
          if (!record.isOpen) {
            await records.remove(feed);
            throw error;
          }
          log.warn({ err: error, feed }, 'a feed could not be renewed');
          dueAt = Date.now() + retryMs;
          retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
        }
      }
      const msUntilRead = isDoubtful && mode.kind === 'webhook' ? readAt - performance.now() : Infinity;
      if (msUntilRead <= 0) {
        readAt = performance.now() + READ_EVERY_MS;
        record = await reconcile(record);
        continue;
      }
      await alarm.wait(
        Math.min(Math.min(dueAt, beatAt) - Date.now(), msUntilRead, followers.msUntilUnused()),
      );
    }
    if (ended.signal.aborted && !isShared && record.upstream !== null) await unsubscribe(record.upstream);
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
        try {
          if (await own(lease)) return;
        } finally {
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
    doubt: (cursor) => {
      if (isNewPlace(cursor)) look();
    },
    expect: ({ noun }, cursor) => {
      const { of, afterMs = [] } = interest.sequel ?? {};
      if (noun !== of || !isNewPlace(cursor) || Date.now() - expectedAt < TOGETHER_MS) return;
      expectedAt = Date.now();
      for (const ms of afterMs) setTimeout(look, ms).unref();
    },
    stop: async () => {
      ended.abort();
      alarm.ring();
      await running;
      await records.leave(feed, instance).catch(() => undefined);
    },
  };
};
