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
  /** Whether it may be an old one that comes once more: what was read just now is none. */
  readonly mayBeOld: boolean;
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
  /** It says what was so a moment ago, before the last event: that has come late, or has come to be so again. */
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
  /** The last event, for things that go on. */
  readonly data: string | null;
}

/** For so long after something has changed, what was before may come once more: platforms repeat what they could not deliver. */
export const REPEAT_MS = 40_000;

/** Things that are remembered of one feed, and for how long after the last event of the feed. */
export const MOST_THINGS = 20_000;

/** Why an event is no news; null where it is. */
export const judge = (
  known: KnownThing | undefined,
  { order, digest, state, after, mayBeOld }: Gate,
  now: number,
): Exclude<Verdict['kind'], 'kept' | 'learnt'> | null => {
  if (known === undefined) return null;
  if (digest === known.digest) return 'duplicate';
  if (order !== null && known.order !== null && order < known.order) return 'late';
  if (known.isFinal) return 'illegal';
  if (state !== null && known.state !== null && after !== null && !after.includes(known.state))
    return 'illegal';
  const mayBeRepeated = mayBeOld && digest === known.before && now < known.beforeUntil;
  // With an order it is not old: things may come to be as they were.
  return mayBeRepeated && (order === null || known.order === null) ? 'doubtful' : null;
};

/** Whether it was said once more, and later, that a thing is as it is known: what was said in between is late then. */
export const isConfirmed = (known: KnownThing, { order, digest }: Gate): boolean =>
  digest === known.digest && order !== null && order > (known.order ?? -Infinity);

/**
 * Put before the data of the first event of a thing, or of the first after it was gone: whoever reads it knows that the
 * thing was not there before, as far as is known.
 */
export const FIRST = '+';

/** Begins the digest of an event that says that the thing is gone. */
export const GONE = '!';

export const isFirst = (known: KnownThing | undefined): boolean =>
  known === undefined || known.digest.startsWith(GONE);

/** What is remembered once an event has been taken. */
export const remember = (
  known: KnownThing | undefined,
  { order, digest, state, isFinal }: Gate,
  data: string,
  now: number,
): KnownThing => ({
  order: order ?? known?.order ?? null,
  digest,
  state,
  isFinal,
  before: known?.digest ?? '',
  beforeUntil: now + REPEAT_MS,
  data: state !== null && !isFinal ? data : null,
});
