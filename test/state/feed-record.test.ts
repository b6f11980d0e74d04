import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryFeedRecords, LONGEST_SILENCE_MS, type FeedRecord } from '../../src/state/feed-record.ts';
import { keyOf } from '../../src/state/key.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { forms, withRedisStates } from '../helpers/state.ts';

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

const recordOf = (fence: number, secret: string): FeedRecord => ({
  interest: { platform: 'cloudlink', topic: 'topic', subject: 'subject', of: [] },
  secret,
  upstream: null,
  isOpen: true,
  isListed: false,
  hasList: true,
  listenedSince: 1,
  hasLapsed: false,
  fence,
});

describe.each(forms)('a record $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)('is not touched by an owner whose lease has gone to another one', async () => {
    const { feeds } = await (await open()).open();
    await feeds.write('feed', recordOf(1, 'first'));
    await feeds.write('feed', recordOf(2, 'second'));
    await feeds.write('feed', recordOf(1, 'late'));
    await feeds.remove('feed', recordOf(1, 'late'));
    expect(await feeds.read('feed')).toEqual(recordOf(2, 'second'));
    await feeds.write('feed', recordOf(2, 'changed'));
    expect(await feeds.read('feed')).toEqual(recordOf(2, 'changed'));
    await feeds.remove('feed', recordOf(2, 'changed'));
    expect(await feeds.read('feed')).toBeNull();
  });
});

it.skipIf(isRedisMissing)(`an instance whose clock is wrong is there all the same${redisHint}`, async () => {
  const { open } = await withRedisStates();
  const [one, other] = [await open(), await open()];
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  for (const wrongMs of [-15_000, 15_000]) {
    vi.setSystemTime(Date.now() + wrongMs);
    await other.feeds.enter('feed', 'other');
    vi.setSystemTime(Date.now() - wrongMs);
    expect(await one.feeds.count('feed')).toBe(1);
  }
  await other.feeds.leave('feed', 'other');
  expect(await one.feeds.count('feed')).toBe(0);
});
