import { randomBytes } from 'node:crypto';
import {
  DEDUPE_MS,
  GapError,
  refuseOversize,
  type EventLog,
  type LogEntry,
  type LogEvent,
  type LogWindow,
} from './event-log.ts';
import { confirm, FIRST, isFirst, judge, remember, type Verdict } from './gate.ts';
import { createMemoryThings, type Things } from './memory-things.ts';

/** All feeds of a process together keep as many characters as this; then the oldest events of all go. */
const MOST_CHARACTERS = 64 * 1024 * 1024;
/** Ids that are remembered, of all feeds together. */
const MOST_IDS = 200_000;
/** Feeds that are remembered though they hold no event. */
const MOST_FEEDS = 50_000;
/** Events that are handed over at once: whoever stops reading holds as many, each read into an object of its own. */
const PAGE = 100;

interface KeptEvent {
  readonly feed: Feed;
  readonly number: number;
  /** The same text as is remembered of the thing that it is of: it is in memory once. */
  readonly data: string;
  readonly keptAt: number;
}

interface Feed {
  /** Changes whenever numbers begin anew. */
  readonly epoch: string;
  /** The number of the last event. */
  last: number;
  readonly events: Map<number, KeptEvent>;
  /** What is known of the things that events are of. */
  readonly things: Things;
  /** How many reads of how things are have begun, and whether one was finished. */
  reads: number;
  isRead: boolean;
  /** Whether an event waits for the next read. */
  isReadAwaited: boolean;
  /** Called once when something has come, or the feed is gone. */
  readonly waiting: Set<() => void>;
}

const toCursor = (epoch: string, number: number): string => `${epoch}-${number}`;

/** What a cursor says. Throws a {@link GapError} for a text that was never a cursor: nothing follows it. */
const parseCursor = (cursor: string): { epoch: string; number: number } => {
  const [, epoch, number] = /^(\w{1,32})-(\d{1,15})$/.exec(cursor) ?? [];
  if (epoch === undefined || number === undefined) throw new GapError();
  return { epoch, number: Number(number) };
};

const withoutFirst = (data: string): string => (data.startsWith(FIRST) ? data.slice(FIRST.length) : data);

/** Events of this process, which are gone when it ends. */
export const createMemoryEventLog = ({ seconds, events: most }: LogWindow): EventLog => {
  const feeds = new Map<string, Feed>();
  const things = createMemoryThings();
  /** Every event that is kept, the oldest first. */
  const kept = new Set<KeptEvent>();
  /** When ids were first seen, the oldest first. */
  const ids = new Map<string, number>();
  let characters = 0;
  const closing = new AbortController();

  const wake = ({ waiting }: Feed) => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  const drop = (event: KeptEvent) => {
    event.feed.events.delete(event.number);
    kept.delete(event);
    characters -= event.data.length;
  };

  const makeRoom = () => {
    const oldestAllowed = Date.now() - seconds * 1000;
    for (const event of kept) {
      if (event.keptAt >= oldestAllowed && characters <= MOST_CHARACTERS) break;
      drop(event);
    }
    for (const [id, seenAt] of ids) {
      if (seenAt > Date.now() - DEDUPE_MS && ids.size <= MOST_IDS) break;
      ids.delete(id);
    }
  };

  /** A feed that was not used for longest goes first, unless it holds something or somebody follows it. */
  const makeRoomForFeed = () => {
    for (const [name, feed] of feeds) {
      if (feeds.size < MOST_FEEDS) return;
      if (feed.events.size > 0 || feed.waiting.size > 0) continue;
      things.forget(feed.things);
      feeds.delete(name);
    }
  };

  const open = (name: string): Feed => {
    const known = feeds.get(name);
    if (known === undefined) makeRoomForFeed();
    const feed = known ?? {
      epoch: randomBytes(9).toString('hex'),
      last: 0,
      events: new Map(),
      things: new Map(),
      reads: 0,
      isRead: false,
      isReadAwaited: false,
      waiting: new Set(),
    };
    feeds.delete(name);
    feeds.set(name, feed);
    return feed;
  };

  const isRepeated = (name: string, id: string | null): boolean => {
    if (id === null) return false;
    const key = JSON.stringify([name, id]);
    const seenAt = ids.get(key);
    if (seenAt !== undefined && seenAt > Date.now() - DEDUPE_MS) return true;
    ids.delete(key);
    ids.set(key, Date.now());
    return false;
  };

  const admit = (name: string, feed: Feed, event: LogEvent): Verdict => {
    const { id, data, gate, isSilent = false, awaitsRead = false } = event;
    const moment = { now: Date.now(), reads: feed.reads };
    const known = gate === undefined ? undefined : feed.things.get(gate.key);
    const reason = gate === undefined ? null : judge(known, gate, moment.now);
    if (gate !== undefined && known !== undefined && reason === 'duplicate')
      things.learn(feed.things, gate.key, confirm(known, gate, data, moment));
    if (reason !== null) return { kind: reason };
    if (awaitsRead && feed.isReadAwaited) return { kind: 'duplicate' };
    if (isRepeated(name, id)) return { kind: 'duplicate' };
    feed.isReadAwaited ||= awaitsRead;
    const text = gate !== undefined && isFirst(known) ? `${FIRST}${data}` : data;
    if (gate !== undefined) things.learn(feed.things, gate.key, remember(known, gate, text, moment));
    if (isSilent) return { kind: 'learnt' };
    feed.last += 1;
    const own = { feed, number: feed.last, data: text, keptAt: Date.now() };
    feed.events.set(feed.last, own);
    kept.add(own);
    characters += own.data.length;
    const [oldest] = feed.events.values();
    if (feed.events.size > most && oldest !== undefined) drop(oldest);
    return { kind: 'kept', cursor: toCursor(feed.epoch, feed.last) };
  };

  const admitAll: EventLog['admitAll'] = async (name, events) => {
    refuseOversize(events);
    const feed = open(name);
    const verdicts = events.map((event) => admit(name, feed, event));
    makeRoom();
    wake(feed);
    return verdicts;
  };

  const appendAll: EventLog['appendAll'] = async (name, events) =>
    (await admitAll(name, events)).map((verdict) => (verdict.kind === 'kept' ? verdict.cursor : null));

  /** The events that follow number `after`. Throws where some of them are gone. */
  const page = (feed: Feed, after: number): readonly LogEntry[] => {
    makeRoom();
    const count = Math.min(feed.last - after, PAGE);
    if (count < 0 || (count > 0 && !feed.events.has(after + 1))) throw new GapError();
    return Array.from({ length: count }, (_, index) => {
      const number = after + 1 + index;
      return { cursor: toCursor(feed.epoch, number), data: feed.events.get(number)?.data ?? '' };
    });
  };

  const newsOf = (feed: Feed, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const settle = () => {
        signal.removeEventListener('abort', settle);
        feed.waiting.delete(settle);
        resolve();
      };
      feed.waiting.add(settle);
      signal.addEventListener('abort', settle, { once: true });
    });

  return {
    append: async (name, event) => (await appendAll(name, [event]))[0] ?? null,
    appendAll,
    admitAll,
    unfinished: async (name) =>
      [...open(name).things.values()].flatMap(({ data }) => (data === null ? [] : withoutFirst(data))),
    beginRead: async (name) => {
      const feed = open(name);
      feed.reads += 1;
      feed.isReadAwaited = false;
      return { number: feed.reads, isFirst: !feed.isRead };
    },
    endRead: async (name) => {
      open(name).isRead = true;
    },
    end: async (name) => {
      const { epoch, last } = open(name);
      return toCursor(epoch, last);
    },
    follow: async function* (name, after, signal) {
      const { epoch, number } = parseCursor(after);
      let last = number;
      while (!signal.aborted && !closing.signal.aborted) {
        const feed = feeds.get(name);
        if (feed?.epoch !== epoch) throw new GapError();
        const entries = page(feed, last);
        last += entries.length;
        if (entries.length > 0) yield entries;
        else await newsOf(feed, signal);
      }
    },
    remove: async (name) => {
      const feed = feeds.get(name);
      if (feed === undefined) return;
      feeds.delete(name);
      things.forget(feed.things);
      for (const event of feed.events.values()) drop(event);
      wake(feed);
    },
    close: async () => {
      closing.abort();
      for (const feed of feeds.values()) wake(feed);
    },
  };
};
