import { FIRST, GONE, MOST_THINGS, REPEAT_MS } from './gate.ts';
import { createScript } from './redis.ts';

/*
 * What Redis does with a feed in one step, since instances act at the same time. The keys of a feed are its events, what is
 * known of it, the ids that were seen, and the things that events are of, in this order.
 */

/** A name that Redis gives to an event begins with the time. Nobody can go on after one that lies this far ahead. */
export const FURTHEST_AHEAD_MS = 24 * 60 * 60 * 1000;

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

export const mendScript = createScript(`${mend} return mended`);

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
export const appendScript = createScript(`${mend}${gates}
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
export const removeScript = createScript(`${mend}
  redis.call('XADD', KEYS[1], '*', 'p', 'removed', 'd', '')
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
  return mended`);

/** The facts of a feed and the events after an id, as they are in the same moment. */
export const readScript = createScript(`
  local facts = redis.call('HMGET', KEYS[2], 'epoch', 'last')
  return {facts[1], facts[2], redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}`);
