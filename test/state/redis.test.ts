import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { createScript, openRedis, RedisError } from '../../src/state/redis.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { createTestLog } from '../helpers/state.ts';

/** What is held on to, in bytes. */
const heldMemory = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};

const open = async (url: string) => {
  const { log, lines } = createTestLog();
  const redis = openRedis(url, log);
  onTestFinished(() => redis.close());
  const untilReady = () => new Promise<void>((resolve) => redis.onReady(resolve));
  return { redis, lines, untilReady };
};

it.skipIf(isRedisMissing)(
  `a password that is refused is told without it, and with nothing of the address${redisHint}`,
  async () => {
    const { url } = await withRedis();
    const { redis, lines } = await open(url.replace('://', '://someone:canary@'));
    await expect.poll(() => lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', msg: 'redis is out of reach' });
    expect(lines.join()).not.toMatch(/canary|someone|127\.0\.0\.1/);
    await expect(redis.send(['PING'])).rejects.toThrow('out of reach');
  },
);

it.skipIf(isRedisMissing)(
  `a script is run though Redis does not know it, and again after Redis forgot it${redisHint}`,
  async () => {
    const server = await withRedis();
    const { redis, untilReady } = await open(server.url);
    await untilReady();
    const script = createScript('return {KEYS[1], ARGV[1]}');
    for (let round = 0; round < 3; round += 1) {
      expect(await redis.run(script, ['a'], ['b'])).toEqual(['a', 'b']);
      await server.command('SCRIPT', 'FLUSH');
    }
  },
);

it.skipIf(isRedisMissing)(
  `a key of another kind is poison; what Redis refuses else is not${redisHint}`,
  async () => {
    const { url } = await withRedis();
    const { redis, untilReady } = await open(url);
    await untilReady();
    await redis.send(['RPUSH', 'list', 'x']);
    await expect(redis.send(['GET', 'list'])).rejects.toMatchObject({ name: 'RedisError', isPoison: true });
    const script = createScript(`return redis.call('GET', KEYS[1])`);
    await expect(redis.run(script, ['list'], [])).rejects.toMatchObject({ isPoison: true });
    await expect(redis.send(['NOSUCHCOMMAND'])).rejects.toMatchObject({ isPoison: false });
  },
);

it.skipIf(isRedisMissing)(
  `10,000 commands to a Redis that hangs are all refused in the first moment, and it heals in 5 seconds${redisHint}`,
  async () => {
    const server = await withRedis();
    const { redis, untilReady } = await open(server.url);
    await untilReady();
    server.pause();
    const before = heldMemory();
    const startedAt = performance.now();
    const sent = await Promise.allSettled(
      Array.from({ length: 10_000 }, () => redis.send(['SET', 'a', 'b'])),
    );
    expect(sent.filter((one) => one.status === 'rejected' && one.reason instanceof RedisError)).toHaveLength(
      10_000,
    );
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    // What was written is given up with its connection, and nothing is queued for later.
    for (let round = 0; round < 100_000; round += 1)
      await redis.send(['SET', 'a', 'b']).catch(() => undefined);
    expect(heldMemory() - before).toBeLessThan(30_000_000);
    server.resume();
    const resumedAt = performance.now();
    await expect.poll(() => redis.send(['PING']).catch(() => null)).toBe('PONG');
    expect(performance.now() - resumedAt).toBeLessThan(5_000);
  },
);
