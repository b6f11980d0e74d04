import { FIRST, GONE, MOST_THINGS, REPEAT_MS } from './gate.ts';
import { createScript } from './redis.ts';

/*
 * What Redis does with a feed in one step, since instances act at the same time. The keys of a feed are its events, what is
 * known of it, the ids that were seen, the things that events are of, and when each of these was last told of, in this order.
 */

/** A name that Redis gives to an event begins with the time. Nobody can go on after one that lies this far ahead. */
export const FURTHEST_AHEAD_MS = 24 * 60 * 60 * 1000;

/** Takes away what is of another kind than this gateway makes it, or cannot be gone on with; tells how many there were. */
const mend = `
  local mended = 0
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for index, kind in ipairs({'stream', 'hash', 'zset', 'hash', 'zset'}) do
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

export const mendScript = createScript(`${mend} return mended`);

/** The same decisions as `judge`, `isFirst`, `confirm` and `remember` of gate.ts make in memory, on what a thing is remembered by. */
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
  local function isGone(digest)
    return string.sub(tostring(digest), 1, ${GONE.length}) == '${GONE}'
  end
  local function isFirst(known)
    return not known or isGone(known.digest)
  end
  local function mayBeRepeated(known, gate, order, knownOrder)
    local isOrdered = order and knownOrder
    if gate.digest == known.before then return not isOrdered or order == knownOrder end
    return known.isRead and isOrdered and not present(gate.state)
      and order < (tonumber(known.beforeUntil) or 0) - ${REPEAT_MS}
  end
  local function judge(known, gate, now)
    if not known then return nil end
    local order, knownOrder = tonumber(present(gate.order)), tonumber(present(known.order))
    local read = present(gate.read)
    if gate.digest == known.digest then return 'duplicate' end
    if order and knownOrder and order < knownOrder then
      if known.isFinal or isFirst(known) then return 'late' end
      if not gate.isFinal then return isGone(gate.digest) and 'doubtful' or 'late' end
    end
    if known.isFinal then return 'illegal' end
    if read and read <= (tonumber(known.reads) or 0) then return 'late' end
    local after = present(gate.after)
    if present(gate.state) and present(known.state) and after then
      local allowed = false
      for _, state in ipairs(after) do allowed = allowed or state == known.state end
      if not allowed then return 'illegal' end
    end
    if not read and now < (tonumber(known.beforeUntil) or 0) and mayBeRepeated(known, gate, order, knownOrder) then
      return 'doubtful'
    end
    return nil
  end
  local function readsBefore(gate, reads)
    local read = present(gate.read)
    return read and read - 1 or reads
  end
  local function lastOf(known, gate, data)
    local wasListed = known and present(known.data)
    if gate.isFinal or isGone(gate.digest) or not (gate.isListed or wasListed) then return cjson.null end
    return data
  end
  local function confirm(known, gate, data, reads)
    local order, knownOrder = tonumber(present(gate.order)), tonumber(present(known.order))
    if order and (not knownOrder or order > knownOrder) then known.order = order end
    known.reads = math.max(tonumber(known.reads) or 0, readsBefore(gate, reads))
    known.data = present(known.data) or lastOf(known, gate, data)
    return known
  end
  local function remember(known, gate, data, now, reads)
    return {
      order = present(gate.order) or (known and present(known.order)) or cjson.null,
      digest = gate.digest,
      state = gate.state,
      isFinal = gate.isFinal,
      before = known and known.digest or '',
      beforeUntil = now + ${REPEAT_MS},
      reads = readsBefore(gate, reads),
      isRead = present(gate.read) ~= nil,
      data = lastOf(known, gate, data),
    }
  end`;

/** How many reads of the feed have begun. It stands among the things, whose keys are longer: both are forgotten together. */
const countReads = `
  local function countReads()
    local begun = redis.call('HGET', KEYS[4], 'begun')
    if begun and not string.match(begun, '^%d+$') then
      redis.call('DEL', KEYS[4], KEYS[5])
      mended = mended + 1
      begun = nil
    end
    return tonumber(begun or '') or 0
  end`;

/**
 * Takes events that are news, in one step. Answers the epoch, the last number and its id, how much had to be mended, and
 * for each event its number and id, or 0 and what became of it.
 */
export const appendScript = createScript(`${mend}${gates}${countReads}
  local newEpoch, most, window, slack, dedupe, life, knownLife, mostIds = unpack(ARGV, 1, 8)
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
  local reads = countReads()
  local function learn(key, known, index)
    redis.call('HSET', KEYS[4], key, cjson.encode(known))
    redis.call('ZADD', KEYS[5], string.format('%.4f', now + index / 10000), key)
    local excess = redis.call('ZCARD', KEYS[5]) - ${MOST_THINGS}
    local oldest = excess > 0 and redis.call('ZPOPMIN', KEYS[5], excess) or {}
    for member = 1, #oldest, 2 do redis.call('HDEL', KEYS[4], oldest[member]) end
  end
  local function await()
    local read = string.format('%.0f', reads + 1)
    if redis.call('HGET', KEYS[4], 'awaited') == read then return false end
    redis.call('HSET', KEYS[4], 'awaited', read)
    return true
  end
  local function answer(number, text)
    table.insert(places, number)
    table.insert(places, text)
  end
  for index = 9, #ARGV, 4 do
    local eventId, data, gate, manner = ARGV[index], ARGV[index + 1], parse(ARGV[index + 2]), ARGV[index + 3]
    local known = gate and parse(redis.call('HGET', KEYS[4], gate.key) or nil)
    local reason = gate and judge(known, gate, now)
    if reason == 'duplicate' then learn(gate.key, confirm(known, gate, data, reads), index) end
    if not reason and manner == 'awaits read' and not await() then reason = 'duplicate' end
    if not reason and eventId ~= '' and redis.call('ZADD', KEYS[3], 'NX', string.format('%.0f', now), eventId) == 0 then
      reason = 'duplicate'
    end
    if reason then
      answer(0, reason)
    else
      local kept = data
      if gate then
        if isFirst(known) then kept = '${FIRST}' .. data end
        learn(gate.key, remember(known, gate, data, now, reads), index)
      end
      if manner == 'silent' then
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
  for index = 4, 5 do redis.call('PEXPIRE', KEYS[index], knownLife) end
  if #places > 0 then
    redis.call('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', now - window))
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', window + slack))
    redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -mostIds - 1)
    redis.call('PEXPIRE', KEYS[3], dedupe)
  end
  return {epoch, last, id, mended, places}`);

/** Counts one more read. Answers how much had to be mended, the number of the read, and whether one was ever finished. */
export const beginReadScript = createScript(`${mend}${countReads}
  local reads = countReads() + 1
  redis.call('HSET', KEYS[4], 'begun', string.format('%.0f', reads))
  for index = 4, 5 do redis.call('PEXPIRE', KEYS[index], ARGV[1]) end
  return {mended, reads, redis.call('HEXISTS', KEYS[4], 'finished')}`);

/** A read is finished: what was found by it is known. */
export const endReadScript = createScript(`${mend}
  redis.call('HSET', KEYS[4], 'finished', '1')
  redis.call('PEXPIRE', KEYS[4], ARGV[1])
  return mended`);

/** Forgets a feed. Its last word is no event, for whoever waits for the next one to find that there is none. */
export const removeScript = createScript(`${mend}
  redis.call('XADD', KEYS[1], '*', 'p', 'removed', 'd', '')
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
  return mended`);

/** The facts of a feed and the events after an id, as they are in the same moment. */
export const readScript = createScript(`
  local facts = redis.call('HMGET', KEYS[2], 'epoch', 'last')
  return {facts[1], facts[2], redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}`);
