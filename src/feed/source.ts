import { randomBytes } from 'node:crypto';
import type { Logger } from '../logger.ts';
import { StateError } from '../state/errors.ts';
import type { FeedRecord, FeedRecords } from '../state/feed-record.ts';
import type { Interest, UpstreamSubscription } from '../upstream/change.ts';
import { platformTitle, UpstreamError } from '../upstream/errors.ts';
import type { Followers } from './follower.ts';
import type { Intake } from './intake.ts';
import { removeLeftovers } from './leftover.ts';
import { toWebhookPath } from './webhook-address.ts';

/** How the changes of a platform come here. */
export type FeedMode = { readonly kind: 'webhook' } | { readonly kind: 'poll'; readonly everyMs: number };

export interface SourceOptions {
  readonly feed: string;
  readonly interest: Interest;
  readonly mode: FeedMode;
  /** The address at which the platforms reach this gateway. */
  readonly publicUrl: string;
  /** Whether nothing of its principal was opened here before: a crash may have left more behind than this feed. */
  readonly isFirst: boolean;
  readonly records: FeedRecords;
  readonly intake: Intake;
  readonly log: Logger;
  /** Asks the platform as one of those who follow. */
  readonly ask: Followers['ask'];
}

/** Why a platform does not tell what a feed is about, and never will to this follower. */
const hopeless: ReadonlySet<string> = new Set(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED']);

/** A subscription is renewed at half of its life. */
const renewalOf = ({ expiresAt }: UpstreamSubscription, now: number) => now + (expiresAt - now) / 2;

/** Where the changes of one feed come from: the platform tells them, or is asked for them, and is read where that is not enough. */
export const createSource = ({
  feed,
  interest,
  mode,
  publicUrl,
  isFirst,
  records,
  intake,
  log,
  ask,
}: SourceOptions) => {
  let isDoubtful = false;
  /** Whether the platform may have been silent for a while, or have spoken to nobody. */
  let hasLapsed = false;

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

  /** The record of the feed, taken over from whoever owned it last, or a new one. */
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

  return {
    /** Whether how things are is to be read. Who polls reads it before long anyway. */
    get isDoubtful() {
      return isDoubtful && mode.kind === 'webhook';
    },
    doubt: () => {
      isDoubtful = true;
    },
    begin,
    refresh,
    listen,
    reconcile,
    /** The platform need not tell any more. */
    end: async ({ upstream }: FeedRecord): Promise<void> => {
      if (upstream !== null) await unsubscribe(upstream);
    },
  };
};
