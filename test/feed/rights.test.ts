import { expect, it, onTestFinished, vi } from 'vitest';
import { createConnection } from '../../src/connection.ts';
import { createRights } from '../../src/feed/rights.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';

const MINUTE_MS = 60_000;
const platforms = new Set(['cloudlink'] as const);

/** Somebody whose token lives so long, and how often the platform was asked whose it is. */
const withRights = (lifeMs: number, session: string | null = null) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const expiresAt = Date.now() + lifeMs;
  const asked: number[] = [];
  const rightsOf = createRights(
    async () => {
      asked.push(Date.now());
      // Unless the clocks differ, a platform refuses what has ended.
      if (lifeMs > 0 && Date.now() >= expiresAt)
        throw new UpstreamError({ code: 'UNAUTHENTICATED', platform: 'cloudlink', message: 'It has ended.' });
      return { principal: 'ada', expiresAt };
    },
    () => () => undefined,
  );
  const credentials = { session, cloudlink: session === null ? 'token' : null, subscriber: null };
  const connect = () => rightsOf(createConnection(credentials, new AbortController().signal));
  return { connect, asked };
};

it('however many subscriptions a client has begun one after the other, its platform is asked once a minute', async () => {
  const { connect, asked } = withRights(60 * MINUTE_MS);
  const rights = connect();
  const watches = [];
  for (let count = 0; count < 8; count += 1) {
    watches.push(rights.watch(platforms, () => undefined));
    await vi.advanceTimersByTimeAsync(6_000);
  }
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(asked.length - before).toBe(10);
  // As long as one of them is left.
  for (const { stop } of watches.slice(1)) stop();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(asked.length - before).toBe(11);
  watches[0]?.stop();
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(asked.length - before).toBe(11);
});

it('the end of a token is told once to each subscription of its client, but for those that have ended', async () => {
  const { connect } = withRights(MINUTE_MS);
  const rights = connect();
  const told: string[] = [];
  const watch = (name: string) => rights.watch(platforms, () => void told.push(name));
  watch('one');
  const gone = watch('gone');
  await vi.advanceTimersByTimeAsync(10_000);
  watch('two');
  gone.stop();
  await vi.advanceTimersByTimeAsync(MINUTE_MS - 10_000 - 1);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_001);
  expect(told).toEqual(['one', 'two']);
  // Whoever comes with the same token afterwards is told as well.
  watch('three');
  await vi.advanceTimersByTimeAsync(1_001);
  expect(told).toEqual(['one', 'two', 'three']);
});

it.each([
  ['a token', null],
  ['a session', 'gws_session'],
])(
  '%s that its platform calls good, though by our clock it has long ended, goes on',
  async (_what, session) => {
    const { connect, asked } = withRights(-60 * MINUTE_MS, session);
    const ends: unknown[] = [];
    const { stop } = connect().watch(platforms, (reason) => void ends.push(reason));
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(ends).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(12);
    stop();
  },
);
