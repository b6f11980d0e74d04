import type { EventLog } from '../state/event-log.ts';
import type { Gate, Verdict } from '../state/gate.ts';
import type { Change, Snapshot } from '../upstream/change.ts';
import { FINAL, predecessorsOf, toState } from './call-state.ts';
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

export interface Intake {
  /** Keeps changes, each once and none after a later one of the same thing, before it answers. */
  keep(feed: string, changes: readonly Change[], options?: KeepOptions): Promise<Kept>;
  /**
   * Keeps how things are that `read` finds: what else was known of a whole is told as removed. Answers what was found;
   * null where there is nothing to read.
   */
  keepSnapshot(
    feed: string,
    read: () => Promise<Snapshot | null>,
    options?: SnapshotOptions,
  ): Promise<Snapshot | null>;
  /** What was told has become doubtful: whoever owns the feed is to read how things are. */
  doubt(feed: string): Promise<void>;
  /** Says that something may have been missed that nobody can find out. */
  tellGap(feed: string): Promise<void>;
  forget(feed: string): Promise<void>;
}

const keyOf = ({ noun, key }: Change): string => `${noun}/${key}`;

const toGate = (change: Change, mayBeOld: boolean): Gate => {
  const state = change.state === null ? null : toState(change.state);
  return {
    key: keyOf(change),
    order: change.order,
    digest: digestOf(change),
    state,
    after: state === null ? null : predecessorsOf(state),
    isFinal: state !== null && (change.kind === 'REMOVED' || state === FINAL),
    mayBeOld,
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

/** How often things are read once more because news came while they were being read. */
const MOST_READS = 3;

export const createIntake = (log: EventLog): Intake => {
  /** What has no state, as it was when it was last read whole, by feed: a platform may not tell that it was removed. */
  const wholes = new Map<string, ReadonlyMap<string, Change>>();

  const tell = async (feed: string, type: 'gap' | 'doubt') => {
    await log.appendAll(feed, [{ id: null, data: encode({ type }) }]);
  };

  const keep = async (
    feed: string,
    changes: readonly Change[],
    {
      isListed = false,
      isSilent = false,
      mayBeOld = true,
    }: SnapshotOptions & { readonly mayBeOld?: boolean } = {},
  ): Promise<Kept> => {
    const counts = { kept: 0, learnt: 0, duplicate: 0, late: 0, illegal: 0, doubtful: 0 };
    const events = changes.map((change) => ({
      id: change.id,
      data: encode({ type: 'change', change, ...(isListed && { mayBegin: true }) }),
      gate: toGate(change, mayBeOld),
      isSilent,
    }));
    for (const { kind } of await log.admitAll(feed, events)) counts[kind] += 1;
    if (counts.doubtful > 0) await tell(feed, 'doubt');
    return counts;
  };

  /** What goes on as far as the log knows, which another instance may have told it. */
  const readKnown = async (feed: string): Promise<ReadonlyMap<string, Change>> => {
    const entries = (await log.unfinished(feed)).map(decode);
    const changes = entries.flatMap((entry) => (entry?.type === 'change' ? [entry.change] : []));
    return new Map(changes.map((change) => [keyOf(change), change]));
  };

  /** Reads how things are, until nothing has come in between that would be newer. */
  const readQuietly = async (feed: string, read: () => Promise<Snapshot | null>) => {
    for (let reads = 1; ; reads += 1) {
      const before = await log.end(feed);
      const snapshot = await read();
      if (snapshot === null || reads >= MOST_READS || (await log.end(feed)) === before) return snapshot;
    }
  };

  return {
    keep,
    keepSnapshot: async (feed, read, options = {}) => {
      const snapshot = await readQuietly(feed, read);
      if (snapshot === null) return null;
      const { changes, isWhole } = snapshot;
      const going = await readKnown(feed);
      const isNews = (change: Change) =>
        options.comparesStates !== true ||
        change.state === null ||
        change.state !== going.get(keyOf(change))?.state;
      const found = new Map(changes.map((change) => [keyOf(change), change]));
      const gone = isWhole ? [...going, ...(wholes.get(feed) ?? [])].filter(([key]) => !found.has(key)) : [];
      await keep(feed, [...gone.map(([, change]) => toRemoved(change)), ...changes.filter(isNews)], {
        ...options,
        mayBeOld: false,
      });
      if (isWhole) wholes.set(feed, new Map([...found].filter(([, { state }]) => state === null)));
      return snapshot;
    },
    doubt: (feed) => tell(feed, 'doubt'),
    tellGap: (feed) => tell(feed, 'gap'),
    forget: async (feed) => {
      wholes.delete(feed);
      await log.remove(feed);
    },
  };
};
