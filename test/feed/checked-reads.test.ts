import { describe, expect, it } from 'vitest';
import { everythingTold, followChecked, forgedCall } from '../helpers/checked.ts';
import { deliver, startOther, untilReady } from '../helpers/feed.ts';
import { eventOf } from '../helpers/live.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';

const [CALL] = everythingTold;
const calls = { method: 'GET', path: '/calls' } as const;
const nothing = { type: 'status', status: 200, body: '{"_embedded":{"items":[]}}' } as const;

const gapsOf = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('a read that a delivery has caused', () => {
  it.each([
    ['with nothing that can be read', 200, '<html>busy</html>'],
    ['that the request is bad', 400, '{}'],
    ['that there is nothing', 404, '{}'],
  ])('is made again where it has failed, though the platform answers %s', async (_what, status, body) => {
    const { sandbox, stream, platforms } = await followChecked(CALL);
    // By the first read, and by the one a few seconds later.
    await sandbox.fail({ match: calls, times: 2, fault: { type: 'status', status, body } });
    await CALL.change(platforms, sandbox);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
  });

  it('is made ever more rarely, and told of as rarely, while the fault lasts', async () => {
    const { gateway, sandbox, url } = await followChecked(CALL);
    await sandbox.fail({ match: calls, fault: { type: 'status', status: 503 } });
    await deliver(url, forgedCall());
    const failedAt = () =>
      gateway.log
        .filter(({ msg }) => msg === 'a feed could not be checked')
        .map(({ time }) => Date.parse(time));
    await expect.poll(() => failedAt().length, { timeout: 12_000 }).toBe(3);
    const [, second = 0] = gapsOf(failedAt());
    expect(second).toBeGreaterThan(1_800);
  }, 20_000);

  it('is not made again where it was refused and nobody follows, until somebody does', async () => {
    const { sandbox, stream, follow, url, countReads, gateway } = await followChecked(CALL, {
      env: { FEED_LINGER_SECONDS: '5' },
    });
    stream.leave();
    await stream.closed;
    const before = await countReads();
    await sandbox.fail({ match: calls, fault: { type: 'status', status: 401 } });
    await deliver(url, forgedCall());
    const isOver = () => gateway.log.some(({ msg }) => msg === 'a feed is over');
    await expect.poll(isOver, { timeout: 10_000 }).toBe(true);
    expect((await countReads()) - before).toBe(1);
    await sandbox.control('DELETE', '/faults');
    await follow();
    await expect.poll(async () => (await countReads()) - before).toBeGreaterThan(1);
  }, 20_000);

  it('is made ever more rarely where deliveries are many and nothing has changed', async () => {
    const { sandbox, stream, url, readTimes, platforms } = await followChecked(CALL);
    const before = (await readTimes()).length;
    const countWhileFlooded = async () => {
      await deliver(url, forgedCall());
      return (await readTimes()).length - before;
    };
    await expect.poll(countWhileFlooded, { timeout: 10_000 }).toBe(3);
    const [first = 0, second = 0] = gapsOf((await readTimes()).slice(before));
    expect(first).toBeGreaterThan(900);
    expect(second).toBeGreaterThan(1_800);
    await CALL.change(platforms, sandbox);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
  }, 20_000);

  it('is followed by a later one also for deliveries that had no read but this one', async () => {
    const { sandbox, url, countReads, readTimes } = await followChecked(CALL);
    const before = await countReads();
    await sandbox.fail({ match: calls, times: 1, fault: { type: 'latency', ms: 2_600 } });
    const begun = Date.now();
    // All but the first wait for the next read, which begins once this one has ended.
    const passed = async () => {
      await deliver(url, forgedCall());
      return Date.now() - begun;
    };
    await expect.poll(passed, { interval: 100 }).toBeGreaterThan(2_200);
    const last = Date.now();
    expect(await countReads()).toBe(before + 1);
    await expect
      .poll(async () => Math.max(...(await readTimes())) - last, { timeout: 8_000 })
      .toBeGreaterThan(3_500);
  }, 20_000);

  it.skipIf(isRedisMissing)(
    `is followed by a later one where its owner is gone${redisHint}`,
    async () => {
      const redis = await withRedis();
      const env = { REDIS_URL: redis.url, SHUTDOWN_TIMEOUT_MS: '300' };
      const { gateway, sandbox, follow, platforms, countReads } = await followChecked(CALL, { env });
      const other = await startOther(gateway, {
        NODE_ENV: 'production',
        CLOUDLINK_FEEDS: 'webhook',
        SUBSCRIBER_FEEDS: 'webhook',
        PUBLIC_URL: gateway.url,
        ...env,
      });
      await untilReady(other);
      const stream = await follow(null, other);
      // The platform shows later than it tells.
      await sandbox.fail({ match: calls, fault: nothing });
      const before = await countReads();
      await CALL.change(platforms, sandbox);
      await expect.poll(countReads).toBeGreaterThan(before);
      await gateway.stop();
      const stopped = await countReads();
      await expect.poll(countReads, { timeout: 10_000 }).toBeGreaterThan(stopped);
      await sandbox.control('DELETE', '/faults');
      expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
    },
    40_000,
  );
});
