import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { MOST_STREAMS } from '../../src/plugins/use-event-stream.ts';
import { type TestGateway } from '../helpers/gateway.ts';
import {
  CALL,
  callAda,
  CALLS,
  codesOf,
  isSubscribed,
  live,
  nextCall,
  ofAda,
  stateOf,
} from '../helpers/live-call.ts';
import { shortToken } from '../helpers/short-token.ts';
import { openStream, type StreamOptions } from '../helpers/subscribers.ts';

const follow = (
  gateway: TestGateway,
  headers: Readonly<Record<string, string>>,
  options: StreamOptions = {},
) => openStream(gateway, CALLS, headers, { variables: ofAda, ...options });

const endedLines = ({ log }: TestGateway) => log.filter(({ msg }) => msg === 'subscription ended').length;

describe('an event stream', () => {
  it('tells each event with its cursor as its id', async () => {
    const gateway = await live();
    const stream = await follow(gateway, await gateway.signIn());
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
    });
    await callAda(gateway);
    const results = await stream.take(3);
    expect(results.map(stateOf)).toEqual(CALL);
    expect(stream.events.map(({ id, event }) => ({ id, event }))).toEqual(
      results.map(({ data }) => ({ id: data?.['callEvents'].cursor, event: 'next' })),
    );
  });

  it('goes on after the last event that a browser names when it comes back, by GET as it asks', async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    const first = await follow(gateway, session, { method: 'GET' });
    await callAda(gateway);
    await first.take(2);
    first.leave();
    await callAda(gateway);
    const lastEventId = first.events[1]?.id ?? '';
    const second = await follow(gateway, { ...session, 'last-event-id': lastEventId }, { method: 'GET' });
    expect((await second.take(4)).map(stateOf)).toEqual([...CALL.slice(2), ...CALL]);
  });

  it('says from where to go on when events are no longer kept, as the id that a browser comes back with', async () => {
    // Of one call: what happens after the client has come back is kept, and nothing from before.
    const gateway = await live({ RESUME_WINDOW_EVENTS: String(CALL.length) });
    const session = await gateway.signIn();
    const first = await follow(gateway, session);
    for (let count = 0; count < 5; count += 1) await callAda(gateway);
    await first.take(5 * CALL.length);
    const late = await follow(gateway, { ...session, 'last-event-id': first.events[0]?.id ?? '' });
    const [last] = await late.rest();
    expect(codesOf(last)).toEqual(['RESYNC_REQUIRED']);
    const [told] = late.events;
    expect(told?.id).toBe(last?.errors?.[0]?.extensions['cursor']);
    expect(await late.closed, 'and that nothing more comes').toBe(true);
    const again = await follow(gateway, { ...session, 'last-event-id': told?.id ?? '' });
    await callAda(gateway);
    expect(await nextCall(again)).toEqual(CALL);
  });

  it('shows that it is still there', async () => {
    const gateway = await live({ HEARTBEAT_SECONDS: '1' });
    const stream = await follow(gateway, await gateway.signIn());
    await expect.poll(stream.heartbeats).toBeGreaterThanOrEqual(3);
    await callAda(gateway);
    expect(await nextCall(stream)).toEqual(CALL);
  });

  it('is understood by the client of graphql-sse', async () => {
    const gateway = await live();
    const client = createClient({ url: `${gateway.url}/graphql`, headers: await gateway.signIn() });
    const results = client.iterate({ query: CALLS, variables: ofAda });
    const first = results.next();
    await isSubscribed(gateway);
    await callAda(gateway);
    expect((await first).value.data.callEvents.call.state).toBe('RINGING');
    await results.return?.();
    await expect.poll(() => endedLines(gateway)).toBe(1);
  });

  it('needs a client that takes one: else nothing is begun', async () => {
    const gateway = await live();
    const { status, errors } = await gateway.execute(CALLS, await gateway.signIn(), ofAda);
    expect(status).toBe(406);
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_REQUEST']);
    expect(await gateway.sandbox.requests('route=POST /subscriptions')).toEqual([]);
  });

  it('ends within a second of its token, with a code that says so', async () => {
    const gateway = await live();
    const { headers, endsAt } = await shortToken(gateway, 3);
    const stream = await follow(gateway, headers);
    const results = await stream.rest();
    expect(results.map(codesOf)).toEqual([['UNAUTHENTICATED']]);
    expect(Date.now() - endsAt).toBeLessThan(1_000);
    expect(await stream.closed).toBe(true);
  });

  it('ends when its session is signed out', async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    const stream = await follow(gateway, session);
    await gateway.execute('mutation { signOut }', session);
    expect((await stream.rest()).map(codesOf)).toEqual([['UNAUTHENTICATED']]);
  });

  it('frees what it held when its client goes', async () => {
    const gateway = await live();
    const stream = await follow(gateway, await gateway.signIn());
    stream.leave();
    await expect.poll(() => endedLines(gateway)).toBe(1);
  });

  it(`is refused after ${MOST_STREAMS} of one principal, until one of them ends`, async () => {
    const gateway = await live();
    const session = await gateway.signIn();
    const streams = await Promise.all(Array.from({ length: MOST_STREAMS }, () => follow(gateway, session)));
    const refused = await follow(gateway, session);
    expect(refused.response.statusCode).toBe(429);
    expect((await refused.rest()).map(codesOf)).toEqual([['RATE_LIMITED']]);
    expect((await follow(gateway, await gateway.signIn('ben'))).response.statusCode).toBe(200);
    streams[0]?.leave();
    await expect.poll(async () => (await follow(gateway, session)).response.statusCode).toBe(200);
  });

  it('ends without a last word when the gateway stops, so that its reader comes back', async () => {
    const gateway = await live({ SHUTDOWN_TIMEOUT_MS: '3000' });
    const session = await gateway.signIn();
    const streams = await Promise.all(Array.from({ length: 5 }, () => follow(gateway, session)));
    expect(await gateway.stop()).toBe(true);
    expect(await Promise.all(streams.map(({ closed }) => closed))).toEqual(streams.map(() => false));
    expect(streams.flatMap(({ events }) => events)).toEqual([]);
  });

  it('that begins while the gateway stops ends at once, and does not hold it up', async () => {
    const gateway = await live({ SHUTDOWN_TIMEOUT_MS: '3000' });
    const session = await gateway.signIn();
    const match = { route: 'POST /subscriptions' };
    await gateway.sandbox.fail({ match, fault: { type: 'latency', ms: 500 } });
    const opening = follow(gateway, session);
    await expect.poll(() => gateway.sandbox.requests('route=POST /subscriptions')).toHaveLength(1);
    expect(await gateway.stop()).toBe(true);
    const stream = await opening;
    expect(await stream.closed).toBe(false);
    expect(stream.events).toEqual([]);
  });
});
