/**
 * What an event tells of one thing, for the log to decide in the same step in which it would keep it whether it is news:
 * two instances that get two events of one thing must not keep them in the wrong order (R25).
 */
export interface Gate {
  /** Names the thing in its feed. */
  readonly key: string;
  /** Orders the events of the thing; null where nothing does. */
  readonly order: number | null;
  /** Stands for what the event says: the same for two that say the same. */
  readonly digest: string;
  /** What the thing is now, for those that are state machines, and the states after which that may come; null for any. */
  readonly state: string | null;
  readonly after: readonly string[] | null;
  /** Whether nothing may come after it. */
  readonly isFinal: boolean;
  /** Whether a read of everything finds the thing for as long as it is there. */
  readonly isListed: boolean;
  /** The number of the read that has found it; null where the platform has told it, and may tell it once more later. */
  readonly read: number | null;
}

/** What became of an event. */
export type Verdict =
  | { readonly kind: 'kept'; readonly cursor: string }
  /** Known from now on, though nobody is told. */
  | { readonly kind: 'learnt' }
  /** It was told before. */
  | { readonly kind: 'duplicate' }
  /** A later one of the same thing was told before. */
  | { readonly kind: 'late' }
  /** The thing cannot have come to be like this from how it was. */
  | { readonly kind: 'illegal' }
  /** Whether it comes late, or has come to be so since, can only be found out by reading how things are. */
  | { readonly kind: 'doubtful' };

/** What the log remembers of a thing. */
export interface KnownThing {
  readonly order: number | null;
  readonly digest: string;
  readonly state: string | null;
  readonly isFinal: boolean;
  /** What was told before that, and until when it may still be told again by mistake. */
  readonly before: string;
  readonly beforeUntil: number;
  /** How many reads had begun when it was known to be so: what these find may be older. */
  readonly reads: number;
  /** Whether it was found by a read, rather than told by the platform. */
  readonly isRead: boolean;
  /** The last event, for things that go on, and of which a read of everything would find that they do not any more. */
  readonly data: string | null;
}

/** When something is told: the time, and how many reads of the feed have begun. */
export interface Moment {
  readonly now: number;
  readonly reads: number;
}

/** For so long after something has changed, what was before may come once more: platforms repeat what they could not deliver. */
export const REPEAT_MS = 40_000;

/** Things that are remembered of one feed: of more, those are forgotten that were told of longest ago. */
export const MOST_THINGS = 20_000;

/**
 * Put before the data of the first event of a thing, or of the first after it was gone: whoever reads it knows that the
 * thing was not there before, as far as is known.
 */
export const FIRST = '+';

/** Begins the digest of an event that says that the thing is gone. */
export const GONE = '!';

const isGone = (digest: string): boolean => digest.startsWith(GONE);

export const isFirst = (known: KnownThing | undefined): boolean =>
  known === undefined || isGone(known.digest);

/** Whether an event says what was so before the last one, as far as can be told, and as platforms repeat it. */
const mayBeRepeated = (known: KnownThing, { order, digest, state }: Gate): boolean => {
  const isOrdered = order !== null && known.order !== null;
  // With a later order it is not old: things may come to be as they were.
  if (digest === known.before) return !isOrdered || order === known.order;
  // Nothing tells when what was read came to be so, except that it was before the read. Calls are kept from going back by their states.
  return known.isRead && isOrdered && state === null && order < known.beforeUntil - REPEAT_MS;
};

/** Why an event is no news; null where it is. */
export const judge = (
  known: KnownThing | undefined,
  gate: Gate,
  now: number,
): Exclude<Verdict['kind'], 'kept' | 'learnt'> | null => {
  if (known === undefined) return null;
  const { order, digest, state, after, isFinal, read } = gate;
  if (digest === known.digest) return 'duplicate';
  if (order !== null && known.order !== null && order < known.order) {
    // What is over stays so, whatever the clocks say; of what may come again, nobody knows whether it is gone.
    if (known.isFinal || isFirst(known)) return 'late';
    if (!isFinal) return isGone(digest) ? 'doubtful' : 'late';
  }
  if (known.isFinal) return 'illegal';
  if (read !== null && read <= known.reads) return 'late';
  if (state !== null && known.state !== null && after !== null && !after.includes(known.state))
    return 'illegal';
  return read === null && now < known.beforeUntil && mayBeRepeated(known, gate) ? 'doubtful' : null;
};

/** How many reads may have found what was so before: what a read finds is newer than all reads that began earlier. */
const readsBefore = ({ read }: Gate, { reads }: Moment): number => (read === null ? reads : read - 1);

/** The last event of a thing that goes on; a thing that was listed once stays so. */
const lastOf = (known: KnownThing | undefined, { digest, isFinal, isListed }: Gate, data: string) =>
  isFinal || isGone(digest) || !(isListed || (known?.data ?? null) !== null) ? null : data;

/** What is remembered once it was said again that a thing is as it is known: what comes of the time in between is late. */
export const confirm = (known: KnownThing, gate: Gate, data: string, moment: Moment): KnownThing => ({
  ...known,
  order: gate.order !== null && gate.order > (known.order ?? -Infinity) ? gate.order : known.order,
  reads: Math.max(known.reads, readsBefore(gate, moment)),
  data: known.data ?? lastOf(known, gate, data),
});

/** What is remembered once an event has been taken. */
export const remember = (
  known: KnownThing | undefined,
  gate: Gate,
  data: string,
  moment: Moment,
): KnownThing => ({
  order: gate.order ?? known?.order ?? null,
  digest: gate.digest,
  state: gate.state,
  isFinal: gate.isFinal,
  before: known?.digest ?? '',
  beforeUntil: moment.now + REPEAT_MS,
  reads: readsBefore(gate, moment),
  isRead: gate.read !== null,
  data: lastOf(known, gate, data),
});
