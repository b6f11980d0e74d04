import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  cloudlinkSubscriptions,
  countsOf,
  cursorOf,
  deliver,
  followBoth,
  followCalls,
  legacySubscriptions,
  playCall,
  publicationOf,
  subscriptionsOfBoth,
  webhookOf,
  WHOLE_CALL,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { webhooks } from '../helpers/subscribers.ts';

const HOUR_MS = 60 * 60 * 1000;
const quick = { ...webhooks, FEED_LINGER_SECONDS: '1' };

describe('a refusal', () => {
  it('of the platform fails the subscription in its own place, and leaves nothing behind', async () => {
    const gateway = await withGateway({ env: quick });
    const { cloudlink } = await gateway.tokens();
    await gateway.sandbox.fail({
      match: { service: 'notifications', method: 'POST' },
      times: 1,
      fault: { type: 'status', status: 403 },
    });
    const refused = await followCalls(gateway, cloudlink);
    expect(await refused.rest()).toMatchObject([
      { errors: [{ path: ['callEvents'], extensions: { code: 'FORBIDDEN', platform: 'cloudlink' } }] },
    ]);
    const stream = await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await playCall(gateway.sandbox);
    expect((await stream.take(5)).map(wordOf)).toEqual(WHOLE_CALL);
  });

  it('of the token of one follower does not end the feed of the others', async () => {
    const gateway = await withGateway({ env: quick, switches: { cloudlinkSubscriptionSeconds: 4 } });
    const [first, second] = [await gateway.tokens(), await gateway.tokens()];
    const staying = await followCalls(gateway, first.cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const leaving = await followCalls(gateway, second.cloudlink);
    await expect.poll(() => countsOf(gateway.url)).toMatchObject({ deliveries: 0 });
    await gateway.sandbox.fail({
      match: { service: 'notifications', method: 'POST' },
      times: 1,
      fault: { type: 'status', status: 403 },
    });
    expect((await leaving.rest()).map(wordOf)).toEqual(['FORBIDDEN']);
    await playCall(gateway.sandbox);
    expect((await staying.take(5)).map(wordOf)).toEqual(WHOLE_CALL);
  });
});

describe('a subscription at a platform', () => {
  it('is renewed at half of its life, and stays the same', async () => {
    const gateway = await withGateway({ env: webhooks, switches: { cloudlinkSubscriptionSeconds: 2 } });
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink);
    await expect
      .poll(async () => (await gateway.sandbox.requests('route=POST%20/subscriptions')).length)
      .toBeGreaterThan(3);
    expect(await cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await playCall(gateway.sandbox);
    expect((await stream.take(5)).map(wordOf)).toEqual(WHOLE_CALL);
    expect(await gateway.sandbox.requests('route=DELETE%20/subscriptions/%7BsubscriptionId%7D')).toEqual([]);
  });

  it('that had lapsed is noticed when it is renewed, and what was missed is read', async () => {
    const gateway = await withGateway({ env: webhooks, switches: { cloudlinkSubscriptionSeconds: 4 } });
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const [former] = await cloudlinkSubscriptions(gateway);
    // As if somebody else had removed it.
    await fetch(`${gateway.sandbox.url}/notifications/2017-09-01/subscriptions/${former?.id}`, {
      method: 'DELETE',
      headers: cloudlink,
    });
    await gateway.sandbox.control('POST', '/events', {
      scenario: 'call',
      from: '1002',
      to: '1001',
      stepMs: 3_600_000,
    });
    expect((await stream.take(1)).map(wordOf)).toEqual(['CREATED RINGING']);
    expect((await cloudlinkSubscriptions(gateway)).map(({ id }) => id)).not.toEqual([former?.id]);
  });

  it('that had lapsed ends the subscriptions of what cannot be read, with a place from which to go on', async () => {
    const gateway = await withGateway({ env: webhooks, switches: { cloudlinkSubscriptionSeconds: 4 } });
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink, { account: true });
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    const [former] = await cloudlinkSubscriptions(gateway);
    await fetch(`${gateway.sandbox.url}/notifications/2017-09-01/subscriptions/${former?.id}`, {
      method: 'DELETE',
      headers: cloudlink,
    });
    const [told] = await stream.rest();
    expect(told && wordOf(told)).toBe('RESYNC_REQUIRED');
    const after = cursorOf(told ?? { data: null });
    const again = await followCalls(gateway, cloudlink, { account: true, after });
    await playCall(gateway.sandbox, { from: '+12125550188', steps: ['completed'] });
    expect((await again.take(2)).map(wordOf)).toEqual(['CREATED RINGING', 'REMOVED COMPLETED']);
  });

  it('that tells what nobody can make sense of ends the subscriptions of what cannot be read', async () => {
    const gateway = await withGateway({ env: webhooks });
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink, { account: true });
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await expect.poll(() => countsOf(gateway.url)).toMatchObject({ deliveries: 0 });
    const known = publicationOf({ state: 'ringing', timestamp: 1_800_000_000_000 });
    expect(await deliver(await webhookOf(gateway), [known, { subject: 5 }])).toBe(204);
    expect((await stream.rest()).map(wordOf)).toEqual(['CREATED RINGING', 'RESYNC_REQUIRED']);
  });

  it('that a crash left behind is removed when its owner comes back', async () => {
    const gateway = await withGateway({ env: quick });
    const { cloudlink, subscriber } = await gateway.tokens();
    const stale = (feed: string) => `${gateway.url}/webhooks/cloudlink/${feed}/${'s'.repeat(43)}`;
    const subscribe = (deviceId: string) =>
      fetch(`${gateway.sandbox.url}/notifications/2017-09-01/subscriptions`, {
        method: 'POST',
        headers: { ...cloudlink, 'content-type': 'application/json' },
        body: JSON.stringify({
          transport: 'webhook',
          topic: 'platform-api-media',
          deviceId,
          applicationId: 'another-run',
        }),
      });
    for (const url of [stale('one'), stale('two'), 'http://127.0.0.1:1/of-another-application'])
      await subscribe(url);
    await followCalls(gateway, { ...cloudlink, ...subscriber });
    await expect
      .poll(async () => (await cloudlinkSubscriptions(gateway)).map(({ url }) => url.slice(0, -43)))
      .toEqual([
        'http://127.0.0.1:1/of-another-application'.slice(0, -43),
        expect.stringContaining(gateway.url),
      ]);
  });

  it('is renewed at half of a long life on both platforms, and what is told twice meanwhile is told once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = await withGateway({ env: webhooks });
    const session = await gateway.signIn();
    const streams = await followBoth(gateway, session);
    const { cloudlink, subscriber: legacy } = await subscriptionsOfBoth(gateway);
    vi.setSystemTime(Date.now() + 12.5 * HOUR_MS);
    await expect.poll(() => gateway.sandbox.requests('route=POST%20/subscriptions')).toHaveLength(2);
    expect(await gateway.sandbox.requests('object=event&action=create')).toHaveLength(1);
    // Whoever stays is proven every minute, which keeps the session alive; here the minutes are missing.
    expect((await gateway.execute('{ domains(first: 1) { nodes { name } } }', session)).errors).toEqual([]);
    vi.setSystemTime(Date.now() + 12 * HOUR_MS);
    await expect.poll(() => gateway.sandbox.requests('object=event&action=create')).toHaveLength(2);
    // The new one is there before the old one goes.
    await expect.poll(() => gateway.sandbox.requests('object=event&action=delete')).toHaveLength(1);
    await expect
      .poll(async () => (await legacySubscriptions(gateway)).map(({ url }) => url))
      .toEqual([legacy?.url]);
    expect((await legacySubscriptions(gateway))[0]?.id).not.toBe(legacy?.id);
    expect(await cloudlinkSubscriptions(gateway)).toEqual([cloudlink]);
    vi.useRealTimers();
    await playCall(gateway.sandbox, { stepMs: 500 });
    for (const stream of streams) expect((await stream.take(5)).map(wordOf)).toHaveLength(5);
  }, 40_000);
});
