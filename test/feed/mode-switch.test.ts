import { describe, expect, it } from 'vitest';
import { everythingTold, followChecked, forgedCall, unproven } from '../helpers/checked.ts';
import {
  cloudlinkSubscriptions,
  countsOf,
  deliver,
  followCalls,
  startOther,
  untilReady,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { eventOf, platformsOf } from '../helpers/live.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';

const [CALL, , MESSAGE] = everythingTold;
const polls = { CLOUDLINK_FEEDS: 'poll', POLL_SECONDS: '1' };
const believed = { CLOUDLINK_WEBHOOK_NETWORKS: 'any' };

describe.skipIf(isRedisMissing)(`a feed that asks for what was delivered before${redisHint}`, () => {
  it.each([
    ['checked', {}],
    ['believed', believed],
  ])('takes no delivery, which were %s, and has none sent any more', async (_what, settings) => {
    const redis = await withRedis();
    const env = { ...(await unproven()), ...settings, REDIS_URL: redis.url };
    const { gateway, sandbox, url, platforms, follow } = await followChecked(CALL, { env });
    await gateway.stop();
    const next = await startOther(gateway, { ...env, ...polls });
    await untilReady(next);
    const { refused = 0 } = await countsOf(next.url);
    // Before anybody has begun to ask, and after.
    expect(await deliver(url, forgedCall())).toBe(410);
    const stream = await follow(null, next);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toEqual([]);
    expect(await deliver(url, forgedCall())).toBe(410);
    await CALL.change(platforms, sandbox);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
    expect(await countsOf(next.url)).toMatchObject({ deliveries: 0, refused: refused + 2 });
  });

  it('says that something may be missing where no look tells where the last one ended', async () => {
    if (MESSAGE === undefined) throw new Error('nothing is said');
    const redis = await withRedis();
    const env = { ...(await unproven()), ...believed, REDIS_URL: redis.url };
    const { gateway, sandbox, stream, follow } = await followChecked(MESSAGE, { env });
    const platforms = await platformsOf(gateway);
    await MESSAGE.change(platforms, sandbox);
    const [first] = (await stream.take(1)).map(eventOf);
    await gateway.stop();
    await MESSAGE.change(platforms, sandbox);
    const next = await startOther(gateway, { ...env, ...polls });
    await untilReady(next);
    const again = await follow(first?.['cursor'], next);
    const told = await again.rest();
    expect(told.slice(0, -1).map(eventOf)).toMatchObject([MESSAGE.truth]);
    expect(told.at(-1)?.errors?.[0]?.extensions['code']).toBe('RESYNC_REQUIRED');
  });

  it('cannot be had where there is no list to ask for, which is said', async () => {
    const redis = await withRedis();
    const env = { ...(await unproven()), REDIS_URL: redis.url };
    const gateway = await withGateway({ env: { ...env, ...believed } });
    await untilReady(gateway);
    const { cloudlink } = await gateway.tokens();
    await followCalls(gateway, cloudlink, { account: true });
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await gateway.stop();
    const next = await startOther(gateway, { ...env, ...polls });
    await untilReady(next);
    const stream = await followCalls(next, cloudlink, { account: true });
    expect((await stream.rest()).map(wordOf)).toEqual(['PLATFORM_NOT_CONFIGURED']);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toEqual([]);
  });
});
