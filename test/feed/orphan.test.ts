import { describe, expect, it } from 'vitest';
import {
  cloudlinkSubscriptions,
  followCalls,
  untilReady,
  untilTold,
  webhookOf,
  withMortal,
} from '../helpers/feed.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';

describe.skipIf(isRedisMissing)(`a feed whose followers are gone${redisHint}`, () => {
  it('is given up by the last instance, though another one that had followers died a moment ago', async () => {
    const { gateway, instance, mortal, cloudlink } = await withMortal({ FEED_LINGER_SECONDS: '1' });
    await untilReady(mortal);
    const stream = await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const doomed = await followCalls(mortal, cloudlink);
    await untilTold(await webhookOf(gateway), stream, doomed);
    await instance.kill();
    stream.leave();
    // Whoever does not say so for 10 s is not there any more.
    await expect.poll(() => cloudlinkSubscriptions(gateway), { timeout: 30_000 }).toEqual([]);
  }, 40_000);
});
