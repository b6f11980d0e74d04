import { describe, expect, it } from 'vitest';
import {
  cloudlinkSubscriptions,
  deliver,
  followCalls,
  idOf,
  playCall,
  ring,
  startOther,
  untilReady,
  untilTold,
  webhookOf,
  withMortal,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { openStream, webhooks } from '../helpers/subscribers.ts';

const MESSAGES = `subscription { messageEvents(mine: true) { id } }`;

describe.skipIf(isRedisMissing)(`the owner of a feed${redisHint}`, () => {
  it('that is killed loses nothing that it has answered, and is replaced within 10 s', async () => {
    const { gateway, instance, mortal, cloudlink } = await withMortal();
    const first = await followCalls(mortal, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const url = await webhookOf(gateway);
    expect(url).toContain(instance.url);
    const stream = await followCalls(gateway, cloudlink);
    await untilTold(url, first, stream);
    await gateway.sandbox.control('DELETE', '/requests');

    const answered: string[] = [];
    const kill = Promise.withResolvers<void>();
    const sending = Array.from({ length: 200 }, async (_, index) => {
      const publication = ring(`c${index}`, index);
      const status = await deliver(url, publication).catch(() => null);
      if (status === 204) answered.push(publication.publicationId);
      if (answered.length === 50) kill.resolve();
    });
    await kill.promise;
    await instance.kill();
    const killedAt = performance.now();
    await Promise.all(sending);
    expect(answered.length).toBeGreaterThanOrEqual(50);
    await expect.poll(() => answered.filter((id) => !stream.waiting.map(idOf).includes(id))).toEqual([]);
    const told = stream.waiting.map(idOf);
    expect(new Set(told).size).toBe(told.length);

    await expect
      .poll(() => gateway.sandbox.requests('route=POST%20/subscriptions'), { timeout: 11_000 })
      .not.toEqual([]);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    // The one that it had, or another one in its place, which leads to somebody who is there.
    await expect
      .poll(async () => (await cloudlinkSubscriptions(gateway)).map((one) => one.url.startsWith(gateway.url)))
      .toEqual([true]);
    await stream.take(stream.waiting.length);
    await playCall(gateway.sandbox, { steps: ['completed'] });
    await expect.poll(() => stream.waiting.map(wordOf)).toContain('REMOVED COMPLETED');
  }, 40_000);

  it('that has found that something was missed, and ends before it is told, leaves it to the next one', async () => {
    const redis = await withRedis();
    const env = { ...webhooks, REDIS_URL: redis.url };
    // Long enough that the next one finds the subscription alive.
    const gateway = await withGateway({ env, switches: { cloudlinkSubscriptionSeconds: 12 } });
    const other = await startOther(gateway, env);
    await untilReady(gateway);
    await untilReady(other);
    const { cloudlink } = await gateway.tokens();
    await openStream(gateway, MESSAGES, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const stream = await openStream(other, MESSAGES, cloudlink);
    const [former] = await cloudlinkSubscriptions(gateway);
    await gateway.sandbox.fail({
      match: { service: 'chat', method: 'GET' },
      fault: { type: 'status', status: 503 },
    });
    // As if somebody else had removed it.
    await fetch(`${gateway.sandbox.url}/notifications/2017-09-01/subscriptions/${former?.id}`, {
      method: 'DELETE',
      headers: cloudlink,
    });
    const failures = () => gateway.log.filter(({ msg }) => msg === 'a feed could not be reconciled').length;
    await expect.poll(failures).toBeGreaterThan(0);
    await gateway.stop();
    await gateway.sandbox.control('DELETE', '/faults');
    const codes = (await stream.rest()).map(({ errors }) => errors?.[0]?.extensions['code']);
    expect(codes).toEqual(['RESYNC_REQUIRED']);
  }, 40_000);

  it('that has nobody left leaves the feed to an instance that has', async () => {
    const redis = await withRedis();
    const env = { ...webhooks, REDIS_URL: redis.url, FEED_LINGER_SECONDS: '1' };
    const gateway = await withGateway({ env });
    const other = await startOther(gateway, env);
    await untilReady(gateway);
    await untilReady(other);
    const { cloudlink } = await gateway.tokens();
    const leaving = await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const staying = await followCalls(other, cloudlink);
    await untilTold(await webhookOf(gateway), leaving, staying);
    leaving.leave();
    await expect.poll(async () => (await webhookOf(gateway)).startsWith(other.url)).toBe(true);
    await playCall(gateway.sandbox);
    expect((await staying.take(5)).map(wordOf)).toHaveLength(5);
    staying.leave();
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toEqual([]);
  }, 30_000);
});
