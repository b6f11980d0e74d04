import type { PlatformName } from './errors.ts';

/** What became of something that a platform keeps. */
export type ChangeKind = 'CREATED' | 'UPDATED' | 'REMOVED';

/** Something that came, changed or went, as a platform told it. Plain data: it is kept as text. */
export interface Change<Noun extends string = string, Model extends object = object> {
  /** The platform's own name for this publication, by which one that comes twice is known; null where it has none. */
  readonly id: string | null;
  readonly noun: Noun;
  /** Names the one thing that has changed among all of its noun. */
  readonly key: string;
  readonly kind: ChangeKind;
  readonly occurredAt: Date;
  /** Orders the changes of one thing; null where the platform gives nothing to order them by. */
  readonly order: number | null;
  /** How the thing is now, for those that are state machines. */
  readonly state: string | null;
  /** Whether the thing is new if nothing was known of it before, where the platform itself does not say what is new. */
  readonly begins?: boolean;
  readonly model: Model;
}

/** What somebody wants to be told of, in the platform's own terms. Equal interests of one principal share a feed. */
export interface Interest {
  readonly platform: PlatformName;
  /** CloudLink: the publishing service. Legacy: the model. */
  readonly topic: string;
  /** CloudLink: a regular expression for the subject. Legacy: the domain, or `domain/user`. */
  readonly subject: string;
  /** The ids that the subject is made of; none where it is about everything of its kind. */
  readonly of: readonly string[];
  /** What follows something that is told, and is not told itself: it is looked for so long after each change of this noun. */
  readonly sequel?: { readonly of: string; readonly afterMs: readonly number[] };
}

/** A subscription that a platform keeps for us. */
export interface UpstreamSubscription {
  readonly id: string;
  /** When the platform forgets it, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** One platform's notifications, as one principal sees them. */
export interface Notifications {
  /**
   * Asks for an interest to be told at `url`, or to be told for longer. Where the platform cannot prolong a subscription
   * there is another one from then on, and both tell until the former is removed.
   */
  subscribe(interest: Interest, url: string): Promise<UpstreamSubscription>;
  /** Answers whether it was still there. */
  unsubscribe(id: string): Promise<boolean>;
  /** What this principal has asked to be told below an address, by whichever run of the gateway; where a platform lists by domain, in that of the interest. */
  list(
    interest: Interest,
    urlPrefix: string,
  ): Promise<readonly { readonly id: string; readonly url: string }[]>;
  /**
   * How everything of an interest is now: what may have been missed is found by it, and what a platform will not tell by
   * itself is asked for. Null where the platform has no such list. Of lists that are too long, the newest are read; with what
   * was `seen` by the last look, everything that came since then.
   */
  snapshot(interest: Interest, seen?: Seen): Promise<Snapshot | null>;
}

/** What a look has seen of the newest of one list. */
export interface SeenList {
  readonly keys: readonly string[];
  /** When the newest came to be, in milliseconds since the epoch; 0 where nothing tells. */
  readonly until: number;
  /** When the oldest came to be that the first look has seen: what is older was there before; absent where nothing tells. */
  readonly from?: number;
}

/** What a look has seen of each list that it looked at, by the vendor's own names: the next one begins there. */
export type Seen = Readonly<Record<string, SeenList>>;

/** How things are at a moment, as changes without an id. */
export interface Snapshot {
  readonly changes: readonly Change[];
  /** Whether that is everything there is, so that what is missing has gone; else it is the newest of a long list. */
  readonly isWhole: boolean;
  /** What is to be named when it is looked the next time; absent where everything was read. */
  readonly seen?: Seen;
  /** Whether more may have come since the last look than was found. */
  readonly hasGap?: boolean;
}

/** What a platform has sent, read. */
export interface Delivery {
  /** What it tells; what nobody here reads is left out. */
  readonly changes: readonly Change[];
  /** How many parts of it are nothing that the platform may send. */
  readonly unreadable: number;
}

/** Reads what a platform has sent. Never throws: one part that cannot be read takes no other with it. */
export type ReadDelivery = (interest: Interest, body: unknown) => Delivery;
