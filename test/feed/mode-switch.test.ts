import { describe, expect, it } from 'vitest';
import { everythingTold, followChecked, forgedCall, unproven } from '../helpers/checked.ts';
import {
  cloudlinkSubscriptions,
  countsOf,
  cursorOf,
  deliver,
  followCalls,
  publicationOf,
  startOther,
  untilReady,
  untilTold,
  webhookOf,
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

/** Somebody who follows all calls where they are believed, of which there is no list, and how another gateway is started beside it. */
const followUnlisted = async () => {
  const redis = await withRedis();
  const env = { ...(await unproven()), REDIS_URL: redis.url };
  const gateway = await withGateway({ env: { ...env, ...believed } });
  await untilReady(gateway);
  const { cloudlink } = await gateway.tokens();
  const stream = await followCalls(gateway, cloudlink, { account: true });
  await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
  const startNext = async (settings: Readonly<Record<string, string>>) => {
    const next = await startOther(gateway, { ...env, PORT: '0', ...settings });
    await untilReady(next);
    return next;
  };
  return { gateway, cloudlink, stream, url: await webhookOf(gateway), startNext };
};

describe.skipIf(isRedisMissing)(`a feed of which there is no list, in a rolling change${redisHint}`, () => {
  it.each([
    [
      'only checks what is delivered',
      {},
      'CLOUDLINK_WEBHOOK_NETWORKS (or, where CloudLink signs, WEBHOOK_SECRETS)',
    ],
    ['asks for changes', polls, 'PUBLIC_URL'],
  ])(
    'ends for those who follow it where its next owner %s, with what to set',
    async (_what, settings, name) => {
      const { gateway, cloudlink, url, startNext } = await followUnlisted();
      const next = await startNext(settings);
      const stream = await followCalls(next, cloudlink, { account: true });
      await untilTold(url, stream);
      await gateway.stop();
      const [{ errors } = { errors: [] }] = await stream.rest();
      expect(errors).toMatchObject([
        { extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform: 'cloudlink' } },
      ]);
      expect(errors?.[0]?.message).toContain(`its operator must set ${name}.`);
      await expect.poll(() => cloudlinkSubscriptions(gateway)).toEqual([]);
    },
  );

  it('is begun anew by whoever comes back to it where deliveries are believed again', async () => {
    const { gateway, cloudlink, stream, url, startNext } = await followUnlisted();
    expect(await deliver(url, publicationOf({ state: 'ringing', timestamp: Date.now() }))).toBe(204);
    const after = cursorOf((await stream.take(1))[0] ?? { data: null });
    await gateway.stop();
    const refused = await followCalls(await startNext({}), cloudlink, { account: true });
    expect((await refused.rest()).map(wordOf)).toEqual(['PLATFORM_NOT_CONFIGURED']);
    const again = await followCalls(await startNext(believed), cloudlink, { account: true, after });
    expect((await again.rest()).map(wordOf)).toEqual(['RESYNC_REQUIRED']);
  });

  it('says that something may be missing where a delivery comes to an instance that does not believe it', async () => {
    const { gateway, stream, url, startNext } = await followUnlisted();
    const next = await startNext({});
    const publication = publicationOf({ state: 'ringing', timestamp: Date.now() });
    expect(await deliver(url.replace(gateway.url, next.url), publication)).toBe(204);
    expect((await stream.rest()).map(wordOf)).toEqual(['RESYNC_REQUIRED']);
  });
});
