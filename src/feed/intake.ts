import { isOversize, type EventLog } from '../state/event-log.ts';
import type { Gate, Verdict } from '../state/gate.ts';
import type { Change, Snapshot } from '../upstream/change.ts';
import { FINAL, predecessorsOf, toState } from './call-state.ts';
import { DOUBT, hearDoubts, type HearDoubtsOptions } from './doubt.ts';
import { decode, digestOf, encode } from './entry.ts';

/** What became of changes that were told: how many were kept, and why others were not. */
export type Kept = Readonly<Record<Verdict['kind'], number>>;

export interface KeepOptions {
  /** Whether all that there was at the beginning of the feed is known: what is told for the first time has begun since. */
  readonly isListed?: boolean;
}

export interface SnapshotOptions extends KeepOptions {
  /** Nobody is told, and later changes are judged by it. */
  readonly isSilent?: boolean;
  /** Of what has a state, only another one is news: the rest may be worded otherwise by events than by a read. */
  readonly comparesStates?: boolean;
}

/** How things are, and whether anybody is told something by it. */
export interface KeptSnapshot extends Snapshot {
  readonly hasNews: boolean;
}

export interface Intake {
  /** Keeps changes, each once and none after a later one of the same thing, before it answers. */
  keep(feed: string, changes: readonly Change[], options?: KeepOptions): Promise<Kept>;
  /**
   * Keeps how things are that `read` finds, except what was told while it was reading, which is newer: what else was known
   * of a whole is told as removed. Where nothing is known of what was read before, because the state has lost it, a gap is
   * told instead. Answers what was found; null where there is nothing to read.
   */
  keepSnapshot(
    feed: string,
    read: () => Promise<Snapshot | null>,
    options?: SnapshotOptions,
  ): Promise<KeptSnapshot | null>;
  /**
   * What was told has become doubtful: whoever owns the feed is to read how things are. Answers once that is kept, or
   * would be kept for the same read.
   */
  doubt(feed: string): Promise<void>;
  /** Calls `onDoubt` for every doubt, from when it resolves until the signal is aborted. */
  hearDoubts(options: Omit<HearDoubtsOptions, 'log'>): Promise<void>;
  /** Says that something may have been missed that nobody can find out. */
  tellGap(feed: string): Promise<void>;
  /** Keeps what is known of a feed of which nothing is told. */
  prolong(feed: string): Promise<void>;
  forget(feed: string): Promise<void>;
}

const keyOf = ({ noun, key }: Change): string => `${noun}/${key}`;

/** The read by which a change was found, and whether such a read finds everything; null where the platform has told it. */
type FoundBy = { readonly read: number; readonly isWhole: boolean } | null;

const toGate = (change: Change, foundBy: FoundBy): Gate => {
  const state = change.state === null ? null : toState(change.state);
  return {
    key: keyOf(change),
    order: change.order,
    digest: digestOf(change),
    state,
    after: state === null ? null : predecessorsOf(state),
    isFinal: state !== null && (change.kind === 'REMOVED' || state === FINAL),
    isListed: state !== null || foundBy?.isWhole === true,
    read: foundBy?.read ?? null,
  };
};

/** What is told of something that was there and is not any more; a model that has a state of its own says so as well. */
const toRemoved = (change: Change): Change => {
  const state = change.state === null ? null : FINAL;
  return {
    ...change,
    id: null,
    kind: 'REMOVED',
    order: null,
    state,
    occurredAt: new Date(),
    model: state !== null && 'state' in change.model ? { ...change.model, state } : change.model,
  };
};

/** How often things are read because others were told of them while they were being read. */
const MOST_READS = 3;

export const createIntake = (log: EventLog): Intake => {
  const tellGap = async (feed: string) => {
    await log.append(feed, { id: null, data: encode({ type: 'gap' }) });
  };

  const doubt = async (feed: string) => {
    await log.append(feed, { id: null, data: DOUBT, awaitsRead: true });
  };

  const keep = async (
    feed: string,
    changes: readonly Change[],
    { isListed = false, isSilent = false }: SnapshotOptions = {},
    foundBy: FoundBy = null,
  ): Promise<Kept> => {
    const counts = { kept: 0, learnt: 0, duplicate: 0, late: 0, illegal: 0, doubtful: 0 };
    const events = changes.map((change) => {
      const data = encode({ type: 'change', change, ...(isListed && { mayBegin: true }) });
      return {
        id: change.id,
        // What nobody can be told must not pass unnoticed, nor take with it what has come together with it.
        data: isOversize(data) ? encode({ type: 'gap' }) : data,
        gate: toGate(change, foundBy),
        // What had begun before anybody was told how things are is told to its end.
        isSilent: isSilent && change.kind !== 'REMOVED',
      };
    });
    for (const { kind } of await log.admitAll(feed, events)) counts[kind] += 1;
    if (counts.doubtful > 0) await doubt(feed);
    return counts;
  };

  /** What goes on as far as the log knows, which another instance may have told it. */
  const readKnown = async (feed: string): Promise<ReadonlyMap<string, Change>> => {
    const entries = (await log.unfinished(feed)).map(decode);
    const changes = entries.flatMap((entry) => (entry?.type === 'change' ? [entry.change] : []));
    return new Map(changes.map((change) => [keyOf(change), change]));
  };

  /** What differs from what is known: changes to keep, and what has gone. */
  const compare = (
    { changes, isWhole }: Snapshot,
    known: ReadonlyMap<string, Change>,
    comparesStates: boolean,
  ): readonly Change[] => {
    const isNews = (change: Change) =>
      !comparesStates || change.state === null || change.state !== known.get(keyOf(change))?.state;
    const found = new Set(changes.map(keyOf));
    const gone = isWhole ? [...known].filter(([key]) => !found.has(key)) : [];
    return [...gone.map(([, change]) => toRemoved(change)), ...changes.filter(isNews)];
  };

  const keepSnapshot: Intake['keepSnapshot'] = async (feed, read, options = {}) => {
    const { isSilent = false, comparesStates = false } = options;
    let hasNews = false;
    for (let reads = 1; ; reads += 1) {
      // Both before it is read: what begins meanwhile is neither found nor gone.
      const { number, isFirst } = await log.beginRead(feed);
      const known = await readKnown(feed);
      const snapshot = await read();
      if (snapshot === null) return null;
      const isForgotten = isFirst && !isSilent;
      const { late, kept } = await keep(
        feed,
        compare(snapshot, known, comparesStates),
        { ...options, isSilent: isSilent || isForgotten },
        { read: number, isWhole: snapshot.isWhole },
      );
      if (isForgotten) await tellGap(feed);
      if (isFirst) await log.endRead(feed);
      hasNews ||= kept > 0;
      if (late === 0 || reads >= MOST_READS) return { ...snapshot, hasNews };
    }
  };

  return {
    keep: (feed, changes, options) => keep(feed, changes, options),
    keepSnapshot,
    doubt,
    hearDoubts: (options) => hearDoubts({ log, ...options }),
    tellGap,
    prolong: async (feed) => {
      await log.end(feed);
    },
    forget: (feed) => log.remove(feed),
  };
};
