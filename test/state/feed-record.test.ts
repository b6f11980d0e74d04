import { expect, it } from 'vitest';
import { createMemoryFeedRecords, LONGEST_SILENCE_MS } from '../../src/state/feed-record.ts';
import { keyOf } from '../../src/state/key.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { withRedisStates } from '../helpers/state.ts';

it('one instance has listened since the last time that it did not for a while', async () => {
  let now = 1_000_000;
  const records = createMemoryFeedRecords(() => now);
  const since = await records.listen();
  for (let round = 0; round < 5; round += 1) {
    now += LONGEST_SILENCE_MS;
    expect(await records.listen()).toBe(since);
  }
  now += LONGEST_SILENCE_MS + 1;
  expect(await records.listen()).toBe(now);
});

it.skipIf(isRedisMissing)(
  `instances have listened together since the last time that none of them did for a while${redisHint}`,
  async () => {
    const { redis, open } = await withRedisStates();
    const [one, other] = [await open(), await open()];
    const key = keyOf('listening');
    const since = await one.feeds.listen();
    expect(since).toBeGreaterThan(Date.now() - 60_000);
    expect(await other.feeds.listen()).toBe(since);
    const silentFor = async (ms: number) => {
      const last = Date.now() - ms;
      await redis.command('HSET', key, 'last', String(last), 'since', '1');
    };
    await silentFor(LONGEST_SILENCE_MS - 5_000);
    expect(await other.feeds.listen()).toBe(1);
    await silentFor(LONGEST_SILENCE_MS + 5_000);
    const again = await other.feeds.listen();
    expect(again).toBeGreaterThanOrEqual(since);
    expect(await one.feeds.listen()).toBe(again);
  },
);

it.skipIf(isRedisMissing)(`what others wrote there is as if nobody had listened${redisHint}`, async () => {
  const { redis, open } = await withRedisStates();
  const { feeds } = await open();
  const key = keyOf('listening');
  for (const poison of [
    ['SET', key, 'x'],
    ['HSET', key, 'since', 'x'],
    ['HSET', key, 'last', '9999999999999'],
    ['RPUSH', key, 'x'],
  ]) {
    await redis.command('DEL', key);
    await redis.command(...poison);
    expect(await feeds.listen()).toBeGreaterThan(Date.now() - 60_000);
  }
});
