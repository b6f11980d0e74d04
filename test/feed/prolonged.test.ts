import { expect, it, onTestFinished, vi } from 'vitest';
import { cloudlinkSubscriptions, followCalls, playCall, untilReady } from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { webhooks } from '../helpers/subscribers.ts';

const THINGS = `redis.call('KEYS', 'clgw:things:*')[1]`;
const HOUR_MS = 60 * 60 * 1000;

it.skipIf(isRedisMissing)(
  `what is known of things is kept for as long as their feed is followed, though nothing is told of them${redisHint}`,
  async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const redis = await withRedis();
    const gateway = await withGateway({ env: { ...webhooks, REDIS_URL: redis.url } });
    await untilReady(gateway);
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await playCall(gateway.sandbox);
    await stream.take(5);
    const ask = async (command: string) =>
      Number((await redis.command('EVAL', `return ${command}`, '0')).slice(1));
    expect(await ask(`redis.call('PEXPIRE', ${THINGS}, 100000)`)).toBe(1);
    vi.setSystemTime(Date.now() + 1.1 * HOUR_MS);
    await expect.poll(() => ask(`redis.call('PTTL', ${THINGS})`)).toBeGreaterThan(HOUR_MS);
  },
);
