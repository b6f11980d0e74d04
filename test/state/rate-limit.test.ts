import { describe, expect, it } from 'vitest';
import type { RateLimiter } from '../../src/state/rate-limit.ts';
import { poisonKeys } from '../helpers/redis-poison.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { forms, withRedisStates } from '../helpers/state.ts';

const limit = { name: 'thing', most: 5, seconds: 60 } as const;

const countTimes = async (limiter: RateLimiter, key: string, times: number): Promise<readonly number[]> => {
  const waits: number[] = [];
  for (let time = 0; time < times; time += 1) waits.push(await limiter.count(key));
  return waits;
};

const admitted = (waits: readonly number[]): number => waits.filter((wait) => wait === 0).length;

describe.each(forms)('a rate limit $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)('has room for so many of a key, and then tells how long there is none', async () => {
    const limiter = (await (await open()).open()).createRateLimiter(limit);
    expect(limiter.wait('ada')).toBe(0);
    const waits = await countTimes(limiter, 'ada', 7);
    expect(waits.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    for (const wait of [...waits.slice(5), limiter.wait('ada')]) {
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(60_000);
    }
    expect(await countTimes(limiter, 'ben', 1)).toEqual([0]);
  });

  it.skipIf(isMissing)('knows without asking that the last of them was the last', async () => {
    const limiter = (await (await open()).open()).createRateLimiter(limit);
    await countTimes(limiter, 'ada', 5);
    expect(limiter.wait('ada')).toBeGreaterThan(0);
  });

  it.skipIf(isMissing)('has room again when its time is over', async () => {
    const state = await (await open()).open();
    const limiter = state.createRateLimiter({ name: 'short', most: 1, seconds: 1 });
    await countTimes(limiter, 'ada', 1);
    expect(limiter.wait('ada')).toBeGreaterThan(0);
    await expect.poll(() => limiter.wait('ada'), { timeout: 5_000 }).toBe(0);
    expect(await limiter.count('ada')).toBe(0);
  });

  it.skipIf(isMissing)('does not count for another limit', async () => {
    const state = await (await open()).open();
    await countTimes(state.createRateLimiter(limit), 'ada', 6);
    expect(await state.createRateLimiter({ ...limit, name: 'other' }).count('ada')).toBe(0);
  });
});

describe.skipIf(isRedisMissing)(`a rate limit that instances share${redisHint}`, () => {
  const withThree = async () => {
    const { redis, open, lines } = await withRedisStates();
    const states = await Promise.all([open(), open(), open()]);
    const limitersOf = (most: number) =>
      states.map((state) => state.createRateLimiter({ name: 'shared', most, seconds: 60 }));
    return { redis, states, lines, limitersOf };
  };

  it('is within 3 % for ten users who each ask three instances in turn for twice as much', async () => {
    const { limitersOf } = await withThree();
    const [most, users] = [100, Array.from({ length: 10 }, (_, index) => `user-${index}`)];
    const limiters = limitersOf(most);
    const counts = await Promise.all(
      users.map(async (user) => {
        const waits: number[] = [];
        for (let time = 0; time < 2 * most; time += 1)
          waits.push((await limiters[time % 3]?.count(user)) ?? -1);
        return admitted(waits);
      }),
    );
    // A Redis that hesitates has each instance count alone for a moment.
    expect(Math.min(...counts)).toBe(most);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1.03 * most);
  });

  it('counts on each of them alone while Redis is out of reach, and rejects nothing', async () => {
    const { redis, limitersOf } = await withThree();
    const limiters = limitersOf(5);
    await redis.kill();
    const waits = await Promise.all(limiters.map((limiter) => countTimes(limiter, 'ada', 7)));
    expect(waits.map(admitted)).toEqual([5, 5, 5]);
  });

  it('counts anew where a count was overwritten by something else', async () => {
    const { redis, states, limitersOf } = await withThree();
    const [limiter] = limitersOf(5) as [RateLimiter];
    for (const round of [1, 2]) {
      await countTimes(limiter, 'ada', 2);
      expect(await poisonKeys(redis)).toBe(1);
      expect(await countTimes(limiter, 'ada', 1)).toEqual([0]);
      expect(states[0]?.poisonCount()).toBe(round);
    }
    const [, other] = limitersOf(5) as [RateLimiter, RateLimiter];
    expect(admitted(await countTimes(other, 'ada', 7))).toBeGreaterThanOrEqual(4);
  });

  it('leaves no name of anybody in Redis, and nothing for longer than its time', async () => {
    const { redis, limitersOf } = await withThree();
    await limitersOf(5)[0]?.count('ada@example.test');
    const keys = await redis.command('KEYS', '*');
    expect(keys).toMatch(/clgw:rate:/);
    expect(keys).not.toMatch(/ada/);
    const key = keys.split('\r\n').find((line) => line.startsWith('clgw:')) ?? '';
    expect(Number((await redis.command('TTL', key)).slice(1))).toBeGreaterThan(0);
  });
});
