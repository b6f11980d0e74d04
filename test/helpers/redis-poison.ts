import type { TestRedis } from './redis.ts';

/** Puts so many entries that nobody here would write into every stream, in many shapes, and one of 5 MB. */
const POISON_STREAMS = `
  local shapes = {'', 'x', '{', 'null', '[[[', '1-1', string.rep('x', 2000), '\\0'}
  local count = 0
  for _, key in ipairs(redis.call('KEYS', 'clgw:*')) do
    if redis.call('TYPE', key).ok == 'stream' then
      for index = 1, tonumber(ARGV[1]) do
        local text = shapes[index % #shapes + 1]
        if index % 3 == 0 then redis.call('XADD', key, '*', 'p', text, 'd', text)
        elseif index % 3 == 1 then redis.call('XADD', key, '*', text, text)
        else redis.call('XADD', key, '*', 'p', text, 'd', text, 'more', index) end
        count = count + 1
      end
      redis.call('XADD', key, '*', 'd', string.rep('x', 5000000))
    end
  end
  return count`;

/** Makes every key one of another type, or with words of nobody's in it. */
const POISON_KEYS = `
  local keys = redis.call('KEYS', 'clgw:*')
  for _, key in ipairs(keys) do
    local kind = redis.call('TYPE', key).ok
    redis.call('DEL', key)
    if kind == 'string' then redis.call('RPUSH', key, 'x') else redis.call('SET', key, '{"poison":') end
  end
  return #keys`;

const countOf = (reply: string): number => {
  if (!reply.startsWith(':')) throw new Error(reply);
  return Number(reply.slice(1));
};

/** Answers how many entries were added. */
export const poisonStreams = async (redis: TestRedis, perStream: number): Promise<number> =>
  countOf(await redis.command('EVAL', POISON_STREAMS, '0', String(perStream)));

/** Answers how many keys there were. */
export const poisonKeys = async (redis: TestRedis): Promise<number> =>
  countOf(await redis.command('EVAL', POISON_KEYS, '0'));
