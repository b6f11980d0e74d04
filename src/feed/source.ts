import { randomBytes } from 'node:crypto';
import type { Logger } from '../logger.ts';
import { StateError } from '../state/errors.ts';
import type { FeedRecord, FeedRecords } from '../state/feed-record.ts';
import type { Interest, UpstreamSubscription } from '../upstream/change.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { Followers } from './follower.ts';
import type { Intake, KeptSnapshot } from './intake.ts';
import { removeLeftovers, type LeftoverOptions } from './leftover.ts';
import { isBelieved, isChecked, type FeedMode } from './mode.ts';
import type { Outcome } from './pace.ts';
import { isRefusal } from './rights.ts';
import { unlisted } from './unlisted.ts';
import { toWebhookPath } from './webhook-address.ts';

export interface SourceOptions {
  readonly feed: string;
  readonly interest: Interest;
  readonly mode: FeedMode;
  /** Whether the platform has a list of what the interest is about. */
  readonly hasList: boolean;
  /** The address at which the platforms reach this gateway. */
  readonly publicUrl: string;
  /** Whether nothing of its principal is open here: a crash may have left more behind than this feed. */
  readonly isFirst: boolean;
  readonly records: FeedRecords;
  /** As {@link FeedRecords.listen}, for all feeds of the process together. */
  readonly listen: FeedRecords['listen'];
  readonly intake: Intake;
  readonly log: Logger;
  /** Asks the platform as one of those who follow. */
  readonly ask: Followers['ask'];
  /** Tells all who follow why nobody can go on. */
  readonly refuse: Followers['refuse'];
}

/** Why a platform does not tell what a feed is about, and never will to this follower. */
const hopeless: ReadonlySet<string> = new Set(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED']);

/** Whether the same may succeed later. */
const mayPass = (error: unknown) =>
  error instanceof StateError || (error instanceof UpstreamError && error.retryable);

/** A subscription is renewed at half of its life. */
const renewalOf = ({ expiresAt }: UpstreamSubscription, now: number) => now + (expiresAt - now) / 2;

/** Where the changes of one feed come from: the platform tells them, or is asked for them, and is read where that is not enough. */
export const createSource = ({
  feed,
  interest,
  mode,
  hasList,
  publicUrl,
  isFirst,
  records,
  listen: askListening,
  intake,
  log,
  ask,
  refuse,
}: SourceOptions) => {
  let isDoubtful = false;

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

  const tellGap = async () => {
    await intake.tellGap(feed);
    log.warn({ feed }, 'what may have been missed cannot be found out: all who follow are told');
  };

  /** Finds by reading what was missed; what nobody can find out is told as a gap. Answers the record as it is then. */
  const readMissed = async (record: FeedRecord): Promise<readonly [FeedRecord, Outcome]> => {
    const { isListed } = record;
    const listenedSince = await askListening();
    const read = () => ask((api) => api.snapshot(interest));
    let found: KeptSnapshot | null = null;
    let outcome: Outcome = 'nothing';
    isDoubtful = false;
    try {
      found = await intake.keepSnapshot(feed, read, { isListed, comparesStates: true });
    } catch (error) {
      log.warn({ err: error, feed }, 'a feed could not be reconciled');
      outcome = isRefusal(error) ? 'refused' : 'failed';
      // Nothing else finds what is doubtful. But who follows is not kept waiting for a read that may never succeed.
      if (!record.hasLapsed || mayPass(error)) {
        isDoubtful = true;
        return [record, outcome];
      }
    }
    if (found?.hasNews === true) outcome = 'news';
    if (record.hasLapsed && found?.isWhole !== true) await tellGap();
    const next = { ...record, listenedSince, hasLapsed: false };
    // At once, for whoever owns the feed next: what was told is not to be told again.
    await records.write(feed, next);
    return [next, outcome];
  };

  /** Says that deliveries are taken here, and notices where they were not for a while, by anybody. */
  const listen = async (record: FeedRecord): Promise<FeedRecord> => {
    if ((await askListening()) === record.listenedSince) return record;
    isDoubtful = true;
    return { ...record, hasLapsed: true };
  };

  /** How things are at the beginning is no news, but what is told later is judged by it. Answers whether all is known. */
  const learn = async (): Promise<Pick<FeedRecord, 'isListed'>> => {
    try {
      const read = () => ask((api) => api.snapshot(interest));
      const found = await intake.keepSnapshot(feed, read, { isSilent: true });
      return { isListed: found?.isWhole === true };
    } catch (error) {
      // Whoever may not read it would be told nothing of it either, and wait for ever.
      if (error instanceof UpstreamError && hopeless.has(error.failure.code)) throw error;
      log.warn({ err: error, feed }, 'how things are when a feed begins could not be read');
      return { isListed: false };
    }
  };

  /** Looks for what is different from the last time; at the first time nothing is. Answers the record as it is then. */
  const look = async (record: FeedRecord): Promise<readonly [FeedRecord, Outcome]> => {
    const { isOpen, isListed } = record;
    const listenedSince = await askListening();
    const seen = isOpen ? record.seen : undefined;
    const read = () => ask((api) => api.snapshot(interest, seen), { isVital: isOpen });
    const found = await intake.keepSnapshot(feed, read, { isSilent: !isOpen, isListed });
    if (found === null) throw unlisted(interest.platform, mode);
    // What is read back to where the last look ended has no gap, however long ago that was.
    const hasMissed = found.hasGap === true || (record.hasLapsed && !found.isWhole && seen === undefined);
    if (isOpen && hasMissed) await tellGap();
    const next = {
      ...record,
      listenedSince,
      hasLapsed: false,
      isListed: isOpen ? isListed : found.isWhole,
      isOpen: true,
      ...(found.seen && { seen: found.seen }),
    };
    return [next, found.hasNews ? 'news' : 'nothing'];
  };

  /** The same, written down for whoever owns the feed next. */
  const poll = async (record: FeedRecord): Promise<readonly [FeedRecord, Outcome]> => {
    const [next, outcome] = await look(record);
    if (JSON.stringify(next) !== JSON.stringify(record)) await records.write(feed, next);
    return [next, outcome];
  };

  /**
   * Looks because somebody says that something has changed. Who does not succeed has not looked, and does it again, whatever
   * the reason was: nothing else finds what was said.
   */
  const check = async (record: FeedRecord): Promise<readonly [FeedRecord, Outcome]> => {
    isDoubtful = false;
    try {
      return await poll(record);
    } catch (error) {
      log.warn({ err: error, feed }, 'a feed could not be checked');
      isDoubtful = true;
      // Whoever was refused leaves, and another one who follows is asked for.
      return [record, isRefusal(error) ? 'refused' : 'failed'];
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
        return isChecked(mode) ? (await look(record))[0] : await learn();
      } catch (error) {
        await unsubscribe(upstream);
        throw error;
      }
    };
    const learnt = record.isOpen ? {} : await learnOnce();
    let { hasLapsed } = record;
    if (former !== null && former.id !== upstream.id) {
      // One that was not there any more had ended before its time.
      const wasThere = await unsubscribe(former);
      hasLapsed ||= !wasThere || former.expiresAt <= Date.now();
      isDoubtful ||= hasLapsed;
    }
    const next = { ...record, ...learnt, upstream, hasLapsed, isOpen: true };
    // Once, and not before it is known what was missed: an owner that dies until then leaves a subscription to be removed.
    await records.write(feed, next);
    return next;
  };

  /** What an earlier owner has left behind at the platform tells everything twice. */
  const tidy = async (options: Pick<LeftoverOptions, 'keeps' | 'isThorough'>) => {
    await ask((api) => removeLeftovers(api, { feed, interest, publicUrl, records, ...options })).catch(
      (error: unknown) => {
        log.warn({ err: error, feed }, 'what an earlier run left behind could not be removed');
      },
    );
  };

  const remove = async (record: FeedRecord) => {
    if (record.upstream !== null) await unsubscribe(record.upstream);
    await records.remove(feed, record);
  };

  /** From now on it is asked for what was told before: of what was told meanwhile nobody knows, unless it was looked for already. */
  const untold = async (record: FeedRecord): Promise<FeedRecord> => {
    const { upstream } = record;
    if (upstream === null) return listen(record);
    const next = { ...record, upstream: null, hasLapsed: true };
    await records.write(feed, next);
    await unsubscribe(upstream);
    return next;
  };

  /** The record of the feed, taken over from whoever owned it last, or a new one. */
  const begin = async (fence: number): Promise<FeedRecord> => {
    const found = await records.read(feed);
    if (!hasList && !isBelieved(mode)) {
      const error = unlisted(interest.platform, mode);
      // Also to those who were let in while deliveries were believed.
      refuse(error);
      if (found !== null) {
        // Where they are believed again, or still, it is begun anew: nobody knows what came meanwhile.
        await tellGap();
        await remove({ ...found, fence });
      }
      throw error;
    }
    if (found?.isOpen === true) {
      // Nobody knows what came while nobody owned it.
      isDoubtful = true;
      if (mode.kind === 'poll') return untold({ ...found, fence });
      await tidy({ keeps: found.upstream?.id ?? null, isThorough: false });
      return listen({ ...found, fence });
    }
    if (mode.kind === 'webhook') await tidy({ keeps: null, isThorough: isFirst });
    else if (found !== null) await remove({ ...found, fence });
    const record: FeedRecord = {
      interest,
      secret: randomBytes(32).toString('base64url'),
      upstream: null,
      isOpen: false,
      isListed: false,
      hasList,
      listenedSince: await askListening(),
      hasLapsed: false,
      fence,
    };
    // What is told while the platform is still answering must find it.
    await records.write(feed, record);
    return record;
  };

  /** Opens the feed, or goes on with one that is open. Answers when it is to be done again, and the record as it is then. */
  const refresh = async (record: FeedRecord): Promise<readonly [FeedRecord, number]> => {
    if (mode.kind === 'poll') return [(await poll(record))[0], Date.now() + mode.everyMs];
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
    /** How everything is now. Answers the record as it is then, and what came of it. */
    reconcile: (record: FeedRecord) => (isChecked(mode) ? check(record) : readMissed(record)),
    /** The platform need not tell any more. */
    end: async ({ upstream }: FeedRecord): Promise<void> => {
      if (upstream !== null) await unsubscribe(upstream);
    },
  };
};
