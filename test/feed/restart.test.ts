import { describe, expect, it } from 'vitest';
import {
  cloudlinkSubscriptions,
  cursorOf,
  deliver,
  endpointId,
  followCalls,
  publicationOf,
  untilReady,
  untilTold,
  webhookOf,
  withMortal,
} from '../helpers/feed.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import type { Result } from '../helpers/subscribers.ts';

const wishes = { endpoints: [endpointId('1001')] };
const START = 1_800_000_000_000;
const idOf = ({ data }: Result) => data?.['callEvents']?.id;

const ring = (callId: string, index: number) =>
  publicationOf({ callId, state: 'ringing', timestamp: START + index });

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
});
