import { describe, expect, it } from 'vitest';
import {
  cloudlinkSubscriptions,
  cursorOf,
  deliver,
  endpointId,
  followCalls,
  idOf,
  legacySubscriptions,
  playCall,
  ring,
  START,
  untilReady,
  untilTold,
  webhookOf,
  withMortal,
  wordOf,
} from '../helpers/feed.ts';
import { ACME } from '../helpers/legacy.ts';
import { platformsOf } from '../helpers/live.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';

const wishes = { endpoints: [endpointId('1001')] };

describe.skipIf(isRedisMissing)(`the owner of a feed${redisHint}`, () => {
  it('that comes back after a restart goes on with what it had, for clients with their cursors', async () => {
    const { gateway, instance, mortal, cloudlink } = await withMortal();
    const stream = await followCalls(mortal, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const url = await webhookOf(gateway);
    await untilTold(url, stream);
    expect(await deliver(url, ring('seen', 1))).toBe(204);
    const [seen = { data: null }] = await stream.take(1);
    expect(await deliver(url, ring('missed', 2))).toBe(204);
    await instance.kill();
    await instance.start();
    await untilReady(mortal);
    const again = await followCalls(mortal, cloudlink, { ...wishes, after: cursorOf(seen) });
    expect(idOf((await again.take(1))[0] ?? { data: null })).toBe(`1001/missed/ringing/${START + 2}`);
    await expect.poll(() => gateway.sandbox.requests('route=POST%20/subscriptions')).toHaveLength(2);
    expect((await cloudlinkSubscriptions(gateway)).map((one) => one.url)).toEqual([url]);
  }, 30_000);

  it('that died while it subscribed has left nothing behind that tells everything twice', async () => {
    const { gateway, instance, mortal } = await withMortal();
    const { subscriber } = await gateway.tokens();
    const platforms = await platformsOf(gateway);
    const first = await followCalls(mortal, subscriber, { domain: ACME });
    await expect.poll(() => legacySubscriptions(gateway)).toHaveLength(1);
    // Whoever is told something is told it by a feed that has been written down.
    await playCall(gateway.sandbox, { stepMs: 50 });
    expect(await first.take(1)).toHaveLength(1);
    const [own] = await legacySubscriptions(gateway);
    await instance.kill();
    // As if it had been asked for, and not been written down.
    await platforms.legacy('event create', {
      model: 'call_origid',
      post_url: own?.url ?? '',
      domain: ACME,
      user: '*',
      expires: '2030-01-01 00:00:00',
    });
    expect(await legacySubscriptions(gateway)).toHaveLength(2);
    await instance.start();
    await untilReady(mortal);
    const stream = await followCalls(mortal, subscriber, { domain: ACME });
    await expect.poll(() => gateway.sandbox.requests('object=event&action=create')).toHaveLength(3);
    await expect
      .poll(async () => (await legacySubscriptions(gateway)).map(({ url }) => url))
      .toEqual([own?.url]);
    await playCall(gateway.sandbox, { stepMs: 500 });
    expect((await stream.take(5)).map(wordOf)).toHaveLength(5);
  }, 30_000);
});
