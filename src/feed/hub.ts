import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { GapError, type EventLog } from '../state/event-log.ts';
import type { Leases } from '../state/lease.ts';
import type { Change, Delivery, Interest, ReadDelivery } from '../upstream/change.ts';
import type { PlatformName } from '../upstream/errors.ts';
import { createDecoding } from './decoding.ts';
import { FollowError } from './follow-error.ts';
import type { FeedRecord, FeedRecords } from '../state/feed-record.ts';
import type { Follower } from './follower.ts';
import { createIntake, type Kept } from './intake.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createListening } from './listening.ts';
import { isBelieved, type FeedMode } from './mode.ts';
import { createSparing } from './sparing.ts';
import type { WebhookAddress } from './webhook-address.ts';

/** A change, and the place after it: whoever names that place gets everything that came later. */
export interface FeedEvent {
  /** The feed that it is of: by it and the cursor an event is told apart from all others. */
  readonly feed: string;
  readonly cursor: string;
  readonly change: Change;
}

/** A feed that somebody has joined. */
export interface Joined {
  readonly feed: string;
  /** The place after everything that had happened when it was joined. */
  readonly end: string;
  /** The place after everything that has happened so far. */
  readonly now: () => Promise<string>;
  /**
   * The changes after a place, in order, until the signal is aborted. Throws a `GapError` where some of them can no
   * longer be told.
   */
  follow(after: string, signal: AbortSignal): AsyncIterable<readonly FeedEvent[]>;
  leave(): void;
}

export interface HubOptions {
  readonly events: EventLog;
  readonly leases: Leases;
  readonly records: FeedRecords;
  readonly readers: Readonly<Record<PlatformName, ReadDelivery>>;
  /** Whether a platform has a list of what an interest is about. */
  readonly hasList: Readonly<Record<PlatformName, (interest: Interest) => boolean>>;
  readonly modes: Readonly<Record<PlatformName, FeedMode>>;
  /** How long an unused feed stays. */
  readonly lingerMs: number;
  /** How many feeds one principal may have open at a time, those included that nobody follows any more. */
  readonly mostFeeds: number;
  /** Whether other instances share its state. */
  readonly isShared: boolean;
  /** The address at which the platforms reach this gateway, or another instance of it. Asked for when it is needed. */
  readonly publicUrl: () => string;
  /** Names this instance among all. */
  readonly instance: string;
  readonly log: Logger;
}

/** Takes what is delivered to one feed. Answers whether it was anything that the platform would send, once it is kept. */
export type Receive = (body: unknown) => Promise<boolean>;

/** What has come so far, and what became of it. */
export type Counts = Readonly<Record<'deliveries' | 'unreadable' | 'refused' | keyof Kept, number>>;

export interface Hub {
  /**
   * Joins the feed of what `principal`, proven by the platform, wants to be told of. The first to join opens it. Rejects
   * where the platform refuses, and where the principal has as many feeds as it may have.
   */
  join(principal: string, interest: Interest, follower: Follower): Promise<Joined>;
  /** Who takes what arrives at an address; null where nobody does. Rejects where nobody can tell. */
  receiverOf(address: WebhookAddress): Promise<Receive | null>;
  /** Counts a delivery that nothing proves to be the platform's. */
  noteRefused(): void;
  /** Since this instance was started. */
  readonly counts: Counts;
  /** Gives up all feeds; other instances go on with theirs. */
  close(): Promise<void>;
}

/** Platforms are told within this time that they need not tell any more. */
const PATIENCE_MS = 3_000;

/** A feed that somebody has joined here, or that lingers. */
interface OpenFeed {
  readonly principal: string;
  readonly interest: Interest;
  readonly keeper: Keeper;
  readonly decode: ReturnType<typeof createDecoding>;
}

/** What one list of a platform's subscriptions is about: the legacy platform lists what it was asked for by domain. */
const scopeOf = ({ platform, of }: Interest): string | undefined => (platform === 'cloudlink' ? '' : of[0]);

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A feed is of one principal and one interest: nobody else's token opened it, and nobody else follows it (S1, S2). */
export const nameFeed = (principal: string, { platform, topic, subject }: Interest): string =>
  hash(JSON.stringify([principal, platform, topic, subject])).slice(0, 32);

export const createHub = ({
  events,
  leases,
  records,
  readers,
  hasList,
  modes,
  lingerMs,
  mostFeeds,
  isShared,
  publicUrl,
  instance,
  log,
}: HubOptions): Hub => {
  const opened = new Map<string, OpenFeed>();
  const intake = createIntake(events);
  const listening = createListening(records);
  /** One shape that nobody knows may come with every delivery, and no read makes it known. */
  const doubtSparingly = createSparing((feed) => intake.doubt(feed));
  const tellGapSparingly = createSparing((feed) => intake.tellGap(feed));
  const counts = {
    deliveries: 0,
    unreadable: 0,
    refused: 0,
    kept: 0,
    learnt: 0,
    duplicate: 0,
    late: 0,
    illegal: 0,
    doubtful: 0,
  };

  const feedOf = (name: string, principal: string, interest: Interest): OpenFeed => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const own = [...opened.values()].filter(
      (feed) => feed.principal === principal && feed.interest.platform === interest.platform,
    );
    if (own.length >= mostFeeds) throw new FollowError('RATE_LIMITED', null);
    const keeper = createKeeper({
      feed: name,
      interest,
      mode: modes[interest.platform],
      hasList: hasList[interest.platform](interest),
      lingerMs,
      publicUrl: publicUrl(),
      isShared,
      isFirst: !own.some((feed) => scopeOf(feed.interest) === scopeOf(interest)),
      instance,
      records,
      listen: listening.listen,
      leases,
      intake,
      log,
      onEnd: () => {
        if (opened.get(name) === feed) opened.delete(name);
      },
    });
    const feed = { principal, interest, keeper, decode: createDecoding() };
    opened.set(name, feed);
    return feed;
  };

  async function* follow(feed: string, { keeper, decode }: OpenFeed, after: string, signal: AbortSignal) {
    for await (const entries of events.follow(feed, after, signal)) {
      const told: FeedEvent[] = [];
      for (const logged of entries) {
        const { cursor } = logged;
        const entry = decode(logged);
        if (entry === null) log.warn({ feed }, 'an entry of a feed could not be read');
        if (entry?.type === 'change') {
          keeper.expect(entry.change, cursor);
          told.push({ feed, cursor, change: entry.change });
        }
        if (entry?.type === 'gap') {
          if (told.length > 0) yield told;
          throw new GapError();
        }
      }
      if (told.length > 0) yield told;
    }
  }

  const keep = async (feed: string, { isListed, hasList }: FeedRecord, { changes, unreadable }: Delivery) => {
    const kept = await intake.keep(feed, changes, { isListed });
    // What it was about is found by reading, where there is anything to read.
    if (unreadable > 0) await (hasList ? doubtSparingly : tellGapSparingly)(feed);
    for (const name of Object.keys(kept) as (keyof Kept)[]) counts[name] += kept[name];
    if (kept.kept < changes.length) log.debug({ feed, ...kept }, 'some of a delivery was no news');
  };

  /**
   * Whoever has sent it, it is only a reason to read (S23). Where there is nothing to read, deliveries are still believed by
   * the instance that owns the feed, which has not been told of this one: so it is while instances with other settings take
   * its place, and whoever knows the address can have no more told than a gap, sparingly.
   */
  const check = async (feed: string, record: FeedRecord, { changes, unreadable }: Delivery) => {
    if (changes.length + unreadable > 0) await (record.hasList ? intake.doubt(feed) : tellGapSparingly(feed));
    counts.doubtful += changes.length;
  };

  const receive = async (feed: string, record: FeedRecord, body: unknown): Promise<boolean> => {
    counts.deliveries += 1;
    const { platform } = record.interest;
    const delivery = readers[platform](record.interest, body);
    const { changes, unreadable } = delivery;
    await (isBelieved(modes[platform]) ? keep(feed, record, delivery) : check(feed, record, delivery));
    counts.unreadable += unreadable;
    if (unreadable > 0) log.warn({ feed, unreadable }, 'some of a delivery could not be read');
    return changes.length > 0 || unreadable === 0;
  };

  return {
    join: async (principal, interest, follower) => {
      const feed = nameFeed(principal, interest);
      const open = feedOf(feed, principal, interest);
      const { keeper } = open;
      await keeper.join(follower);
      try {
        return {
          feed,
          end: await events.end(feed),
          now: () => events.end(feed),
          follow: (after, signal) => follow(feed, open, after, signal),
          leave: () => keeper.leave(follower),
        };
      } catch (error) {
        keeper.leave(follower);
        throw error;
      }
    },
    receiverOf: async ({ platform, feed, secret }) => {
      const record = await records.read(feed);
      const isHere =
        record !== null &&
        record.interest.platform === platform &&
        // Who asks for changes is told of none, though the subscription of a run before may still be there.
        modes[platform].kind === 'webhook' &&
        // Equal hashes take the same time to compare as different ones do to differ.
        hash(record.secret) === hash(secret);
      if (isHere) return (body) => receive(feed, record, body);
      counts.refused += 1;
      return null;
    },
    noteRefused: () => {
      counts.refused += 1;
    },
    counts,
    close: async () => {
      listening.close();
      const stopped = Promise.all([...opened.values()].map(({ keeper }) => keeper.stop()));
      // A platform that does not answer keeps nobody from stopping.
      await Promise.race([stopped, delay(PATIENCE_MS, undefined, { ref: false })]);
    },
  };
};
