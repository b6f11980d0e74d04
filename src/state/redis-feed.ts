import { createHash, randomBytes } from 'node:crypto';
import { DEDUPE_MS, GapError, type LogEntry, type LogEvent, type LogWindow } from './event-log.ts';
import { FIRST, GONE, MOST_THINGS, REPEAT_MS, type Verdict } from './gate.ts';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { createScript, RedisError, type Redis, type Reply } from './redis.ts';

/** A feed is four keys: its events, what is known of it, the ids that were seen, and the things that events are of. */
const keysOf = (feed: string): readonly [events: string, facts: string, ids: string, things: string] => [
  keyOf('events', feed),
  keyOf('feed', feed),
  keyOf('ids', feed),
  keyOf('things', feed),
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

/** A name that Redis gives to an event begins with the time. Nobody can go on after one that lies this far ahead. */
const FURTHEST_AHEAD_MS = 24 * 60 * 60 * 1000;

const isAhead = (id: string): boolean => Number(id.split('-')[0]) > Date.now() + FURTHEST_AHEAD_MS;

/** Takes away what is of another kind than this gateway makes it, or cannot be gone on with; tells how many there were. */
const mend = `
  local mended = 0
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for index, kind in ipairs({'stream', 'hash', 'zset', 'hash'}) do
    local found = redis.call('TYPE', KEYS[index]).ok
    if found ~= 'none' and found ~= kind then
      redis.call('DEL', KEYS[index])
      mended = mended + 1
    end
  end
  local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  if newest and tonumber(string.match(newest[1], '^%d+')) > now + ${FURTHEST_AHEAD_MS} then
    redis.call('DEL', KEYS[1])
    mended = mended + 1
  end`;

const mendScript = createScript(`${mend} return mended`);

/** What is known of a feed is kept this long after its last event: nobody comes back with an older cursor. */
const FACTS_MS = 7 * 24 * 60 * 60 * 1000;
/** Ids that are remembered of one feed. */
const MOST_IDS = 1_000_000;
/** Events may be kept for a little longer than the window, but not for ever when nothing follows them. */
const SLACK_MS = 60_000;

/** The same decisions as `judge`, `isConfirmed`, `isFirst` and `remember` of gate.ts make in memory, on what a thing is remembered by. */
const gates = `
  local function parse(text)
    if not text then return nil end
    local read, known = pcall(cjson.decode, text)
    if read and type(known) == 'table' then return known end
    return nil
  end
  local function present(value)
    if value == cjson.null then return nil end
    return value
  end
  local function judge(known, gate, now)
    if not known then return nil end
    local order, knownOrder = tonumber(present(gate.order)), tonumber(present(known.order))
    if gate.digest == known.digest then return 'duplicate' end
    if order and knownOrder and order < knownOrder then return 'late' end
    if known.isFinal then return 'illegal' end
    local after = present(gate.after)
    if present(gate.state) and present(known.state) and after then
      local allowed = false
      for _, state in ipairs(after) do allowed = allowed or state == known.state end
      if not allowed then return 'illegal' end
    end
    local mayBeRepeated = gate.mayBeOld and gate.digest == known.before and now < (tonumber(known.beforeUntil) or 0)
    if mayBeRepeated and not (order and knownOrder) then return 'doubtful' end
    return nil
  end
  local function isConfirmed(known, gate)
    local order, knownOrder = tonumber(present(gate.order)), tonumber(present(known.order))
    return gate.digest == known.digest and order and (not knownOrder or order > knownOrder)
  end
  local function isFirst(known)
    return not known or string.sub(tostring(known.digest), 1, ${GONE.length}) == '${GONE}'
  end
  local function remember(known, gate, data, now)
    local goesOn = present(gate.state) and not gate.isFinal
    return cjson.encode({
      order = present(gate.order) or (known and present(known.order)) or cjson.null,
      digest = gate.digest,
      state = gate.state,
      isFinal = gate.isFinal,
      before = known and known.digest or '',
      beforeUntil = now + ${REPEAT_MS},
      data = goesOn and data or cjson.null,
    })
  end`;

/**
 * Takes events that are news, in one step. Answers the epoch, the last number and its id, how much had to be mended, and
 * for each event its number and id, or 0 and what became of it.
 */
const appendScript = createScript(`${mend}${gates}
  local newEpoch, most, window, slack, dedupe, life, mostIds = unpack(ARGV, 1, 7)
  local facts = redis.call('HMGET', KEYS[2], 'epoch', 'last', 'id')
  local epoch, last, id = facts[1], tonumber(facts[2] or ''), facts[3]
  if not epoch or not string.match(epoch, '^%x+$') or #epoch > 32
    or not last or last < 0 or last > 2^49 or last ~= math.floor(last)
    or not id or not string.match(id, '^%d+%-%d+$') then
    redis.call('DEL', KEYS[1], KEYS[2])
    epoch, last, id = newEpoch, 0, '0-0'
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now - dedupe))
  local places = {}
  local function answer(number, text)
    table.insert(places, number)
    table.insert(places, text)
  end
  for index = 8, #ARGV, 4 do
    local eventId, data, gate, silent = ARGV[index], ARGV[index + 1], parse(ARGV[index + 2]), ARGV[index + 3]
    local known = gate and parse(redis.call('HGET', KEYS[4], gate.key) or nil)
    local reason = gate and judge(known, gate, now)
    if known and isConfirmed(known, gate) then
      known.order = gate.order
      redis.call('HSET', KEYS[4], gate.key, cjson.encode(known))
    end
    if not reason and eventId ~= '' and redis.call('ZADD', KEYS[3], 'NX', string.format('%.0f', now), eventId) == 0 then
      reason = 'duplicate'
    end
    if reason then
      answer(0, reason)
    else
      local kept = data
      if gate then
        if isFirst(known) then kept = '${FIRST}' .. data end
        if not known and redis.call('HLEN', KEYS[4]) >= ${MOST_THINGS} then redis.call('DEL', KEYS[4]) end
        redis.call('HSET', KEYS[4], gate.key, remember(known, gate, data, now))
      end
      if silent == '1' then
        answer(0, 'learnt')
      else
        last = last + 1
        local place = string.format('%s-%.0f', epoch, last)
        id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', most, '*', 'p', place, 'd', kept)
        answer(last, id)
      end
    end
  end
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'last', string.format('%.0f', last), 'id', id)
  redis.call('PEXPIRE', KEYS[2], life)
  if #places > 0 then
    redis.call('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', now - window))
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', window + slack))
    redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -mostIds - 1)
    redis.call('PEXPIRE', KEYS[3], dedupe)
    redis.call('PEXPIRE', KEYS[4], dedupe)
  end
  return {epoch, last, id, mended, places}`);

/** Forgets a feed. Its last word is no event, for whoever waits for the next one to find that there is none. */
const removeScript = createScript(`${mend}
  redis.call('XADD', KEYS[1], '*', 'p', 'removed', 'd', '')
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
  return mended`);

/** The facts of a feed and the events after an id, as they are in the same moment. */
const readScript = createScript(`
  local facts = redis.call('HMGET', KEYS[2], 'epoch', 'last')
  return {facts[1], facts[2], redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}`);

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
      String(MOST_IDS),
    ];
    const args = events.flatMap(({ id, data, gate, isSilent }) => [
      digestOf(id),
      data,
      gate === undefined ? '' : JSON.stringify(gate),
      isSilent === true ? '1' : '',
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
    mend: mendFeed,
    remove: async (feed: string) =>
      noteMended(await redis.run(removeScript, keysOf(feed), [String(SLACK_MS)])),
  };
};

export type RedisFeeds = ReturnType<typeof createRedisFeeds>;
