import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { burst, burstEnv, burstIds, callIdOf, cursorOf, EVENTS, PADDED, takeIds } from '../helpers/burst.ts';
import { withGateway } from '../helpers/gateway.ts';
import { codesOf, isSubscribed, ofAda } from '../helpers/live-call.ts';
import { openSocket, openStream } from '../helpers/subscribers.ts';

describe('thousands of events at once', () => {
  it('reach everybody in order, though one has stopped reading; who was cut off misses nothing either', async () => {
    const gateway = await withGateway({ env: { ...burstEnv, HEARTBEAT_SECONDS: '3' } });
    const session = await gateway.signIn();
    const stalled = await openSocket(gateway, session);
    const lost = stalled.subscribe(PADDED, ofAda);
    const client = await openSocket(gateway, session);
    const streams = [client.subscribe(PADDED, ofAda), client.subscribe(PADDED, ofAda)];
    await isSubscribed(gateway, 3);
    const events = await openStream(gateway, PADDED, session, { variables: ofAda });
    const stalledEvents = await openStream(gateway, PADDED, session, { variables: ofAda });
    const before = process.memoryUsage().rss;
    stalled.socket.pause();
    stalledEvents.response.pause();

    await burst(gateway);

    expect(await Promise.all([...streams, events].map((stream) => takeIds(stream)))).toEqual([
      burstIds,
      burstIds,
      burstIds,
    ]);
    const ended = () => gateway.log.filter(({ msg }) => msg === 'subscription ended').length;
    await expect.poll(ended).toBe(2);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
    stalled.socket.resume();
    expect(await stalled.closed).toMatchObject({ code: 1006 });
    const seen = await lost.rest();
    expect(seen.length, 'it had really stopped').toBeLessThan(EVENTS);
    stalledEvents.response.resume();
    expect(await stalledEvents.closed, 'not told that nothing more comes').toBe(false);
    expect((await stalledEvents.rest()).length).toBeLessThan(EVENTS);

    const back = await openSocket(gateway, session);
    const rest = back.subscribe(PADDED, {
      ...ofAda,
      ...(seen.length > 0 && { after: cursorOf(seen.at(-1)) }),
    });
    expect([...seen.map(callIdOf), ...(await takeIds(rest, EVENTS - seen.length))]).toEqual(burstIds);
  });

  it('end a subscriber that takes too long with SUBSCRIBER_TOO_SLOW and the place from which to go on', async () => {
    const gateway = await withGateway({ env: { ...burstEnv, HEARTBEAT_SECONDS: '4' } });
    const session = await gateway.signIn();
    const slow = await openSocket(gateway, session);
    const tooSlow = slow.subscribe(PADDED, ofAda);
    const other = await openSocket(gateway, session);
    const healthy = other.subscribe(PADDED, ofAda);
    await isSubscribed(gateway, 2);
    // A heartbeat of both, and then the next one of the other: the slow one is not yet taken for dead.
    await Promise.all([once(slow.socket, 'ping'), once(other.socket, 'ping')]);
    slow.socket.pause();

    await burst(gateway);
    await once(other.socket, 'ping');
    slow.socket.resume();
    expect(await takeIds(healthy)).toEqual(burstIds);

    const results = await tooSlow.rest();
    const last = results.pop();
    expect(codesOf(last)).toEqual(['SUBSCRIBER_TOO_SLOW']);
    const seen = results.map(callIdOf);
    const rest = slow.subscribe(PADDED, { ...ofAda, after: last?.errors?.[0]?.extensions['cursor'] });
    expect([...seen, ...(await takeIds(rest, EVENTS - seen.length))]).toEqual(burstIds);
  });
});
