import { createHash, randomBytes } from 'node:crypto';
import {
  DEDUPE_MS,
  GapError,
  type BegunRead,
  type LogEntry,
  type LogEvent,
  type LogWindow,
} from './event-log.ts';
import type { Verdict } from './gate.ts';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import {
  appendScript,
  beginReadScript,
  endReadScript,
  FURTHEST_AHEAD_MS,
  mendScript,
  readScript,
  removeScript,
} from './redis-feed-script.ts';
import { RedisError, type Redis, type Reply } from './redis.ts';

type Keys = readonly [events: string, facts: string, ids: string, things: string, told: string];

/** A feed is five keys: its events, what is known of it, the ids that were seen, the things that events are of, and when each was last told of. */
const keysOf = (feed: string): Keys => [
  keyOf('events', feed),
  keyOf('feed', feed),
  keyOf('ids', feed),
  keyOf('things', feed),
  keyOf('told', feed),
];

/** The key of a feed's events, for whoever waits for them. */
export const eventsKeyOf = (feed: string): string => keysOf(feed)[0];

/**
 * A place in a feed. Events are numbered without holes, whatever Redis calls them, so that a hole tells of a loss; the
 * epoch changes whenever the numbers begin anew.
 */
export interface Place {
  readonly epoch: string;
  readonly number: number;
  /** What Redis calls the event. */
  readonly id: string;
}

export const toCursor = ({ epoch, number, id }: Place): string => `${epoch}-${number}-${id}`;

/** The place that a cursor names. Throws a {@link GapError} for a text that was never a cursor: nothing follows it. */
export const parseCursor = (cursor: string): Place => {
  const [, epoch, number, id] = /^(\w{1,32})-(\d{1,15})-(\d{1,20}-\d{1,20})$/.exec(cursor) ?? [];
  if (epoch === undefined || number === undefined || id === undefined) throw new GapError();
  return { epoch, number: Number(number), id };
};

/** Whether the first of two names that Redis gave to events came later. */
export const isLater = (one: string, other: string): boolean => {
  const [oneTime = 0n, oneCount = 0n] = one.split('-').map(BigInt);
  const [otherTime = 0n, otherCount = 0n] = other.split('-').map(BigInt);
  return oneTime === otherTime ? oneCount > otherCount : oneTime > otherTime;
};

const isAhead = (id: string): boolean => Number(id.split('-')[0]) > Date.now() + FURTHEST_AHEAD_MS;

/** What is known of a feed is kept this long after its last event: nobody comes back with an older cursor. */
const FACTS_MS = 7 * 24 * 60 * 60 * 1000;
/** What is known of the things of a feed is kept as long as its record, and prolonged by whoever asks for its end. */
const KNOWN_MS = 3 * 24 * 60 * 60 * 1000;
/** Ids that are remembered of one feed. */
const MOST_IDS = 1_000_000;
/** Events may be kept for a little longer than the window, but not for ever when nothing follows them. */
const SLACK_MS = 60_000;

/** Events that are read at once; one may have 256 KB. */
export const PAGE = 100;

/** What Redis keeps in a stream, as it tells it; anything may be in it. */
export type RawEvents = readonly Reply[];

const textOf = (reply: Reply | undefined): string | null => (typeof reply === 'string' ? reply : null);

const listOf = (reply: Reply | undefined): readonly Reply[] => (Array.isArray(reply) ? reply : []);

/** What Redis calls the last of some events; null where nobody can go on after it. */
export const lastIdOf = (events: RawEvents): string | null => {
  const id = textOf(listOf(events.at(-1))[0]);
  return id === null || isAhead(id) ? null : id;
};

export interface Page {
  readonly entries: readonly LogEntry[];
  /** The place after them, and after whatever was passed over. */
  readonly place: Place;
}

/** Ids may be long, and hold what clients wrote. */
const digestOf = (id: string | null): string =>
  id === null ? '' : createHash('sha256').update(id).digest('base64url').slice(0, 22);

const reasons = ['learnt', 'duplicate', 'late', 'illegal', 'doubtful'] as const;

/** The last event in what is remembered of a thing; null where it is over, or where somebody else wrote it. */
const readData = (text: string): string | null => {
  try {
    const known: unknown = JSON.parse(text);
    const isKnown = typeof known === 'object' && known !== null && 'data' in known;
    return isKnown && typeof known.data === 'string' ? known.data : null;
  } catch {
    return null;
  }
};

/** Feeds as Redis keeps them: one stream each, trimmed to the window. Throws {@link RedisError}s. */
export const createRedisFeeds = (redis: Redis, poison: Poison, window: LogWindow) => {
  const noteMended = (count: Reply | undefined) => {
    for (let index = 0; index < Number(count); index += 1) poison.note('a feed');
  };

  const mendFeed = async (feed: string) => noteMended(await redis.run(mendScript, keysOf(feed), []));

  const append = async (feed: string, events: readonly LogEvent[]) => {
    const settings = [
      randomBytes(8).toString('hex'),
      String(window.events),
      String(window.seconds * 1000),
      String(SLACK_MS),
      String(DEDUPE_MS),
      String(FACTS_MS),
      String(KNOWN_MS),
      String(MOST_IDS),
    ];
    const args = events.flatMap(({ id, data, gate, isSilent = false, awaitsRead = false }) => [
      digestOf(id),
      data,
      gate === undefined ? '' : JSON.stringify(gate),
      isSilent ? 'silent' : awaitsRead ? 'awaits read' : '',
    ]);
    const reply = listOf(await redis.run(appendScript, keysOf(feed), [...settings, ...args]));
    const epoch = textOf(reply[0]);
    if (epoch === null) throw new RedisError('an answer that no script of this gateway gives');
    noteMended(reply[3]);
    const places = listOf(reply[4]);
    return {
      end: { epoch, number: Number(reply[1]), id: textOf(reply[2]) ?? '0-0' } satisfies Place,
      verdicts: events.map((_event, index): Verdict => {
        const number = Number(places[2 * index]);
        const text = textOf(places[2 * index + 1]) ?? '';
        return number > 0
          ? { kind: 'kept', cursor: toCursor({ epoch, number, id: text }) }
          : { kind: reasons.find((reason) => reason === text) ?? 'duplicate' };
      }),
    };
  };

  /** The last events of things that go on. */
  const unfinished = async (feed: string): Promise<readonly string[]> => {
    const [, , , things] = keysOf(feed);
    return listOf(await redis.send(['HVALS', things])).flatMap((text) => {
      const data = readData(textOf(text) ?? '');
      return data === null ? [] : [data];
    });
  };

  const beginRead = async (feed: string): Promise<BegunRead> => {
    const reply = listOf(await redis.run(beginReadScript, keysOf(feed), [String(KNOWN_MS)]));
    noteMended(reply[0]);
    return { number: Number(reply[1]), isFirst: reply[2] === 0 };
  };

  /**
   * The events that follow `place`, of those that Redis tells; what is no event of this gateway's is passed over. What only
   * looks like one goes to `onDoubt`.
   */
  const toPage = (
    raw: RawEvents,
    place: Place,
    onDoubt: (doubtful: string, number: number) => void,
  ): Page => {
    let { number, id } = place;
    const entries: LogEntry[] = [];
    for (const event of raw) {
      const [eventId, fields] = listOf(event);
      id = textOf(eventId) ?? id;
      const [placeName, text, dataName, data, ...rest] = listOf(fields);
      const isOurs = placeName === 'p' && dataName === 'd' && typeof data === 'string' && rest.length === 0;
      if (isOurs && text === `${place.epoch}-${number + 1}`) {
        number += 1;
        entries.push({ cursor: toCursor({ epoch: place.epoch, number, id }), data });
      } else {
        if (isOurs) onDoubt(String(text), number);
        poison.note('an event');
      }
    }
    return { entries, place: { epoch: place.epoch, number, id } };
  };

  /** A page of what Redis hands out live; null where only {@link read} can tell what it means. */
  const toLivePage = (raw: RawEvents, place: Place): Page | null => {
    let isDoubtful = false;
    const page = toPage(raw, place, () => {
      isDoubtful = true;
    });
    return isDoubtful ? null : page;
  };

  const read = async (feed: string, place: Place): Promise<Page> => {
    const [events, facts] = keysOf(feed);
    const reply = listOf(await redis.run(readScript, [events, facts], [place.id, String(PAGE)]));
    const raw = listOf(reply[2]);
    const last = Number(reply[1]);
    if (textOf(reply[0]) !== place.epoch || last < place.number) throw new GapError();
    if (raw.length === 0 && last > place.number) throw new GapError();
    if (raw.length > 0 && lastIdOf(raw) === null)
      throw new RedisError('a stream that ends in the future', true);
    // The epoch is the right one: an event of it with a later number tells of those that are missing before it.
    return toPage(raw, place, (doubtful, number) => {
      const [, later] = /^\w+-(\d{1,15})$/.exec(doubtful) ?? [];
      if (doubtful.startsWith(`${place.epoch}-`) && Number(later) > number) throw new GapError();
    });
  };

  return {
    append,
    read,
    toLivePage,
    unfinished,
    beginRead,
    endRead: async (feed: string) =>
      noteMended(await redis.run(endReadScript, keysOf(feed), [String(KNOWN_MS)])),
    mend: mendFeed,
    remove: async (feed: string) =>
      noteMended(await redis.run(removeScript, keysOf(feed), [String(SLACK_MS)])),
  };
};

export type RedisFeeds = ReturnType<typeof createRedisFeeds>;
