import { expect, it, onTestFinished, vi } from 'vitest';
import { createConnection } from '../../src/connection.ts';
import { createRights } from '../../src/feed/rights.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';

const MINUTE_MS = 60_000;
const platforms = new Set(['cloudlink'] as const);

/** Somebody whose token lives so long, and how often the platform, whose clock may be behind, was asked whose it is. */
const withRights = (lifeMs: number, session: string | null = null, behindMs = 0) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const expiresAt = Date.now() + lifeMs;
  const asked: number[] = [];
  const rightsOf = createRights(
    async () => {
      asked.push(Date.now());
      // Unless the clocks differ, a platform refuses what has ended.
      if (lifeMs > 0 && Date.now() >= expiresAt + behindMs)
        throw new UpstreamError({ code: 'UNAUTHENTICATED', platform: 'cloudlink', message: 'It has ended.' });
      return { principal: 'ada', expiresAt };
    },
    () => () => undefined,
  );
  const credentials = { session, cloudlink: session === null ? 'token' : null, subscriber: null };
  const open = () => createConnection(credentials, new AbortController().signal);
  const connect = (connection = open()) => rightsOf(connection);
  return { connect, open, asked };
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

it.each([
  ['a token', null],
  ['a session', 'gws_session'],
])(
  '%s that ends while an answer from before is looked at is asked for again at once',
  async (_what, session) => {
    const { connect, open, asked } = withRights(3_000, session);
    const connection = open();
    const ends: unknown[] = [];
    connect(connection).watch(platforms, (reason) => void ends.push(reason));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(asked.length).toBe(1);
    connection.replace(connection.credentials());
    vi.setSystemTime(Date.now() + 1);
    await vi.advanceTimersByTimeAsync(2);
    expect(asked.length).toBe(2);
    expect(ends.length).toBe(1);
  },
);

it('a session whose platform calls its token good a moment longer than we do is asked for again soon', async () => {
  const { connect, asked } = withRights(3_000, 'gws_session', 500);
  const ends: unknown[] = [];
  connect().watch(platforms, (reason) => void ends.push(reason));
  await vi.advanceTimersByTimeAsync(3_001);
  expect(asked.length).toBe(2);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ends.length).toBe(1);
});

/** Somebody whose token ends at `endsAt`, of a platform that answers once, and then as it is told to. */
const withOneAnswer = (lifeMs: number, then: () => Promise<never>, session: string | null = null) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const endsAt = Date.now() + lifeMs;
  let isFirst = true;
  const rightsOf = createRights(
    async () => {
      if (!isFirst) return then();
      isFirst = false;
      return { principal: 'ada', expiresAt: endsAt };
    },
    () => () => undefined,
  );
  const credentials = { session, cloudlink: session === null ? 'token' : null, subscriber: null };
  return { rights: rightsOf(createConnection(credentials, new AbortController().signal)), endsAt };
};

it.each([0, 1, 500, 5_000])(
  'a token ends within a second of its end, though the platform was asked %i ms before and does not answer',
  async (ms) => {
    const { rights, endsAt } = withOneAnswer(MINUTE_MS + ms, () => new Promise(() => undefined));
    const ends: number[] = [];
    rights.watch(platforms, () => void ends.push(Date.now()));
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(ends).toEqual([expect.any(Number)]);
    expect((ends[0] ?? 0) - endsAt).toBeGreaterThanOrEqual(0);
    expect((ends[0] ?? 0) - endsAt).toBeLessThan(1_000);
  },
);

it('what a platform said before the end of a token is worth nothing after it', async () => {
  const isDown = () => Promise.reject(new Error('The platform is down.'));
  const { rights } = withOneAnswer(1_000, isDown);
  await rights.admit();
  await vi.advanceTimersByTimeAsync(999);
  expect(await rights.principalOf('cloudlink')).toBe('ada');
  await vi.advanceTimersByTimeAsync(1);
  await expect(rights.principalOf('cloudlink')).rejects.toThrow('The platform is down.');
});

it('a session ends within five seconds of a token that cannot be renewed, however soon each try fails', async () => {
  const isDown = () => Promise.reject(new Error('The store is out of reach.'));
  const { rights, endsAt } = withOneAnswer(MINUTE_MS, isDown, 'gws_session');
  const ends: number[] = [];
  rights.watch(platforms, () => void ends.push(Date.now()));
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
  expect(ends).toEqual([expect.any(Number)]);
  expect((ends[0] ?? 0) - endsAt).toBeGreaterThanOrEqual(4_000);
  expect((ends[0] ?? 0) - endsAt).toBeLessThan(5_000);
});
