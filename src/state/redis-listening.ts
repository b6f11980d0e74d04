import { LONGEST_SILENCE_MS } from './feed-record.ts';
import { keyOf } from './key.ts';
import { createScript, type Redis } from './redis.ts';

/** As long as anybody asks whether there was a break. */
const LIFE_MS = 3 * 24 * 60 * 60 * 1000;

/** By the clock of Redis alone. What is not as it was written here begins anew, as does what was said in the future. */
const listenScript = createScript(`
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local known = redis.pcall('HMGET', KEYS[1], 'since', 'last')
  if known.err then redis.call('DEL', KEYS[1]) end
  local since, last = tonumber(known[1] or ''), tonumber(known[2] or '')
  if not since or not last or last > now + tonumber(ARGV[1]) or now - last > tonumber(ARGV[1]) then since = now end
  redis.call('HSET', KEYS[1], 'since', string.format('%.0f', since), 'last', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return string.format('%.0f', since)`);

/** Says that an instance can keep what it is told, and answers since when one of them always could. */
export const listenByRedis = async (redis: Redis): Promise<number> =>
  Number(await redis.run(listenScript, [keyOf('listening')], [String(LONGEST_SILENCE_MS), String(LIFE_MS)]));
