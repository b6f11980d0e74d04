import type { Gate, Verdict } from './gate.ts';

/** One kept event. `cursor` is opaque to everyone but its log, and orders the events of its feed. */
export interface LogEntry {
  readonly cursor: string;
  readonly data: string;
}

/** An event to keep. With an `id`, it is kept once, however often it is delivered; with a gate, only if it is news. */
export interface LogEvent {
  readonly id: string | null;
  readonly data: string;
  readonly gate?: Gate;
  /** Whether nobody is told: later events are judged by it. */
  readonly isSilent?: boolean;
  /** Whether a read is to follow it: it is kept unless another one waits for the same read. */
  readonly awaitsRead?: boolean;
}

export interface BegunRead {
  /** Its number among the reads of the feed, for the gates of what it finds. */
  readonly number: number;
  /** Whether no other one was ever finished, or the log has lost what it has found. */
  readonly isFirst: boolean;
}

/**
 * Where events are kept between the platform that sends them and the clients that read them, who may have been away. A
 * feed keeps the events of some minutes, so that whoever comes back within them has missed nothing.
 */
export interface EventLog {
  /**
   * Keeps an event, durably as far as the log is, before it answers its cursor. With `id`, an event of the same feed and
   * id within {@link DEDUPE_MS} is kept once: answers null the second time. Throws a `StateError`
   * (EVENT_LOG_UNAVAILABLE) where it cannot be kept, and a RangeError for one above {@link MAX_EVENT_BYTES}.
   */
  append(feed: string, event: LogEvent): Promise<string | null>;
  /** Appends many at once, in order. When it throws, some may have been kept: with ids, all can be sent again. */
  appendAll(feed: string, events: readonly LogEvent[]): Promise<readonly (string | null)[]>;
  /** The same, and what became of each event. */
  admitAll(feed: string, events: readonly LogEvent[]): Promise<readonly Verdict[]>;
  /** The last events of those things that go on, in no order. */
  unfinished(feed: string): Promise<readonly string[]>;
  /** Begins a read of how things are: whatever is told from now on is newer than what it finds. */
  beginRead(feed: string): Promise<BegunRead>;
  /** What a read has found is kept. */
  endRead(feed: string): Promise<void>;
  /** The cursor of the feed's end: events after it are those still to come. What is known of the feed is kept for longer. */
  end(feed: string): Promise<string>;
  /**
   * Events after `after`, in order, first kept ones and then live ones, until `signal` aborts; never one twice, none
   * left out. Throws a {@link GapError} where events after `after` are no longer kept, or where the cursor belongs to a
   * log that was lost, so that nobody mistakes a gap for silence. While the log cannot be reached it waits.
   */
  follow(feed: string, after: string, signal: AbortSignal): AsyncIterable<readonly LogEntry[]>;
  /** Forgets a feed: whoever follows it is told of a gap. */
  remove(feed: string): Promise<void>;
  close(): Promise<void>;
}

/** How much of a feed is kept, whichever is less. */
export interface LogWindow {
  readonly seconds: number;
  readonly events: number;
}

/** An event of the same id is the same event for this long (R25, S24). */
export const DEDUPE_MS = 24 * 60 * 60 * 1000;

/** What a webhook tells, which may have 256 KB (S25), and the names that are given to it here. */
export const MAX_EVENT_BYTES = 320 * 1024;

/** Some events after the cursor are not kept any more, or never were: read anew what they were about. */
export class GapError extends Error {
  override readonly name = 'GapError';

  constructor() {
    super('Events after this cursor are no longer kept.');
  }
}

/** Whether an event is too large to be kept. Three bytes a character at most, so that most texts need not be measured. */
export const isOversize = (data: string): boolean =>
  data.length * 3 > MAX_EVENT_BYTES && Buffer.byteLength(data) > MAX_EVENT_BYTES;

/** Throws a RangeError for an event that is too large to be kept. */
export const refuseOversize = (events: readonly LogEvent[]): void => {
  if (events.some(({ data }) => isOversize(data)))
    throw new RangeError(`An event is larger than ${MAX_EVENT_BYTES} bytes.`);
};
