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

  it.skipIf(isMissing)('lets no more in at once than there is room for, though nobody waits', async () => {
    const limiter = (await (await open()).open()).createRateLimiter(limit);
    const waits = Array.from({ length: 100 }, () => limiter.take('ada'));
    expect(admitted(waits)).toBe(5);
    expect(limiter.take('ada')).toBeGreaterThan(0);
    expect(limiter.take('ben', 5)).toBe(0);
    expect(limiter.take('ben')).toBeGreaterThan(0);
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

  const users = Array.from({ length: 10 }, (_, index) => `user-${index}`);
  const askInTurn = async (
    limiters: readonly RateLimiter[],
    times: number,
    ask: (limiter: RateLimiter, user: string) => Promise<number>,
  ) =>
    Promise.all(
      users.map(async (user) => {
        const waits: number[] = [];
        for (let time = 0; time < times; time += 1) {
          const limiter = limiters[time % limiters.length];
          if (limiter !== undefined) waits.push(await ask(limiter, user));
        }
        return admitted(waits);
      }),
    );

  it('is exact for ten users who each ask three instances in turn for twice as much, and wait', async () => {
    const { limitersOf } = await withThree();
    const counts = await askInTurn(limitersOf(100), 200, (limiter, user) => limiter.count(user));
    // A Redis that hesitates has each instance count alone for a moment.
    expect(Math.min(...counts)).toBe(100);
    expect(Math.max(...counts)).toBeLessThanOrEqual(103);
  });

  it('is within 3 % for those who do not wait, one after the other as answers come', async () => {
    const { redis, limitersOf } = await withThree();
    const counts = await askInTurn(limitersOf(200), 400, async (limiter, user) => {
      const wait = limiter.take(user);
      // As long as an operation takes that asks Redis for something.
      await redis.command('PING');
      return wait;
    });
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(200);
    expect(Math.max(...counts)).toBeLessThanOrEqual(206);
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
    const [limiter, other] = limitersOf(5) as [RateLimiter, RateLimiter];
    await countTimes(limiter, 'ada', 2);
    expect(await poisonKeys(redis)).toBe(1);
    expect(await countTimes(limiter, 'ada', 1)).toEqual([0]);
    expect(states[0]?.poisonCount()).toBe(1);
    // What was counted is lost but to those who counted it; nobody is refused for the poison.
    expect(admitted(await countTimes(other, 'ada', 7))).toBe(5);
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
