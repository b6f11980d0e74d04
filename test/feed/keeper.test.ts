import { describe, expect, it } from 'vitest';
import {
  CALLS,
  cloudlinkSubscriptions,
  countsOf,
  cursorOf,
  endpointId,
  followCalls,
  legacySubscriptions,
  playCall,
  webhookOf,
  WHOLE_CALL,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { isSubscribed } from '../helpers/live-call.ts';
import { openSocket, openStream, webhooks } from '../helpers/subscribers.ts';

const quick = { ...webhooks, FEED_LINGER_SECONDS: '1' };
const wishes = { endpoints: [endpointId('1001')] };

describe('one feed', () => {
  it('serves 500 subscribers by one upstream subscription, which is gone a while after the last has left', async () => {
    const gateway = await withGateway({ env: quick });
    const { cloudlink } = await gateway.tokens();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(gateway, cloudlink)));
    const streams = sockets.flatMap((socket) =>
      Array.from({ length: 25 }, () => socket.subscribe(CALLS, wishes)),
    );
    await isSubscribed(gateway, streams.length);
    expect(await cloudlinkSubscriptions(gateway)).toHaveLength(1);
    expect(await gateway.sandbox.requests('route=GET%20/endpoints/%7BendpointId%7D/calls')).toHaveLength(1);
    await playCall(gateway.sandbox);
    for (const stream of streams) expect((await stream.take(5)).map(wordOf)).toEqual(WHOLE_CALL);
    expect(await gateway.sandbox.requests('route=POST%20/subscriptions')).toHaveLength(1);
    for (const { socket } of sockets) socket.close();
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toEqual([]);
  }, 30_000);

  it('is opened and left by each platform in its own way', async () => {
    const gateway = await withGateway({ env: quick });
    const { subscriber } = await gateway.tokens();
    const stream = await openStream(gateway, CALLS, subscriber, { variables: { domain: ACME } });
    await expect.poll(() => legacySubscriptions(gateway)).toHaveLength(1);
    await playCall(gateway.sandbox, { stepMs: 500 });
    expect((await stream.take(5)).map(wordOf)).toEqual([
      'CREATED',
      'UPDATED',
      'UPDATED',
      'UPDATED',
      'REMOVED',
    ]);
    stream.leave();
    await expect.poll(() => legacySubscriptions(gateway)).toEqual([]);
  });

  it('does not tell calls as news that were there before it', async () => {
    const gateway = await withGateway({ env: quick });
    const { cloudlink } = await gateway.tokens();
    await gateway.sandbox.control('POST', '/events', {
      scenario: 'call',
      from: '1002',
      to: '1001',
      stepMs: 3_600_000,
    });
    const stream = await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await expect.poll(() => countsOf(gateway.url)).toMatchObject({ kept: 0 });
    await playCall(gateway.sandbox, { from: '1003' });
    const told = await stream.take(5);
    expect(told.map(wordOf)).toEqual(WHOLE_CALL);
    expect(new Set(told.map(({ data }) => data?.['callEvents'].call.id)).size).toBe(1);
  });

  it('is kept for a client that comes back within a while, which misses nothing', async () => {
    const gateway = await withGateway({ env: { ...webhooks, FEED_LINGER_SECONDS: '30' } });
    const { cloudlink } = await gateway.tokens();
    const first = await openSocket(gateway, cloudlink);
    const stream = first.subscribe(CALLS, wishes);
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await playCall(gateway.sandbox);
    const told = await stream.take(5);
    first.socket.terminate();
    await playCall(gateway.sandbox, { steps: ['completed'] });
    const second = await followCalls(gateway, cloudlink, {
      ...wishes,
      after: cursorOf(told[2] ?? { data: null }),
    });
    expect((await second.take(4)).map(wordOf)).toEqual([
      ...WHOLE_CALL.slice(3),
      'CREATED RINGING',
      'REMOVED COMPLETED',
    ]);
    expect(await gateway.sandbox.requests('route=POST%20/subscriptions')).toHaveLength(1);
  });

  it('is not opened for somebody who has as many as one person may have', async () => {
    const gateway = await withGateway({ env: { ...quick, MAX_FEEDS: '2' } });
    const [ada, ben] = [await gateway.tokens('ada'), await gateway.tokens('ben')];
    const followOne = (headers: Readonly<Record<string, string>>, extension: string) =>
      followCalls(gateway, headers, { endpoints: [endpointId(extension)] });
    const [leaving] = [await followOne(ada.cloudlink, '1001'), await followOne(ada.cloudlink, '1002')];
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(2);
    const refused = await followOne(ada.cloudlink, '1003');
    expect(await refused.rest()).toMatchObject([
      { errors: [{ path: ['callEvents'], extensions: { code: 'RATE_LIMITED', retryable: true } }] },
    ]);
    // What is there is shared as before, and others have their own.
    await followOne(ada.cloudlink, '1002');
    await followOne(ben.cloudlink, '1003');
    await expect.poll(() => cloudlinkSubscriptions(gateway, 'ben')).toHaveLength(1);
    leaving.leave();
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await followOne(ada.cloudlink, '1003');
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(2);
  });

  it('ends with the gateway, where no other one shares its state', async () => {
    const gateway = await withGateway({ env: { ...webhooks, SHUTDOWN_TIMEOUT_MS: '900' } });
    const { cloudlink, subscriber } = await gateway.tokens();
    await followCalls(gateway, { ...cloudlink, ...subscriber });
    await followCalls(gateway, { ...cloudlink, ...subscriber }, { domain: ACME });
    await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
    await expect.poll(() => legacySubscriptions(gateway)).toHaveLength(1);
    expect(await gateway.stop()).toBe(true);
    expect(await cloudlinkSubscriptions(gateway)).toEqual([]);
    await expect.poll(() => legacySubscriptions(gateway)).toEqual([]);
  });

  it('is of one principal: somebody else who follows the same has another one', async () => {
    const gateway = await withGateway({ env: quick });
    const [ada, again, ben] = [
      await gateway.tokens('ada'),
      await gateway.tokens('ada'),
      await gateway.tokens('ben'),
    ];
    for (const { cloudlink } of [ada, again, ben]) await followCalls(gateway, cloudlink);
    await expect.poll(() => cloudlinkSubscriptions(gateway, 'ben')).toHaveLength(1);
    await expect.poll(() => cloudlinkSubscriptions(gateway, 'ada')).toHaveLength(1);
    expect(await webhookOf(gateway, 'ada')).not.toBe(await webhookOf(gateway, 'ben'));
  });
});
