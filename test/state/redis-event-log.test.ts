import { describe, expect, it, onTestFinished } from 'vitest';
import { GapError, type EventLog } from '../../src/state/event-log.ts';
import { keyOf } from '../../src/state/key.ts';
import type { State } from '../../src/state/state.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { createTestLog, openTestState, untilReady, withRedisStates } from '../helpers/state.ts';
import { withRedis } from '../helpers/redis.ts';

const events = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ id: String(from + index), data: String(from + index) }));
const texts = (count: number) => events(count).map(({ data }) => data);

/** A client that follows a feed and comes back wherever it is sent, as clients do. */
const createClient = (feed: string, after: string) => {
  const seen: string[] = [];
  let cursor = after;
  let isGapped = false;
  let end = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  const disconnect = async () => {
    end.abort();
    await ended;
  };
  onTestFinished(disconnect);
  return {
    seen,
    disconnect,
    get ended() {
      return ended;
    },
    /** Whether it was told of a gap. */
    isGapped: () => isGapped,
    connect: (log: EventLog) => {
      end = new AbortController();
      const { signal } = end;
      const run = async () => {
        for await (const entries of log.follow(feed, cursor, signal)) {
          for (const entry of entries) {
            seen.push(entry.data);
            ({ cursor } = entry);
            // Whoever is cut off has seen what it has seen, and no more.
            if (signal.aborted) return;
          }
        }
      };
      ended = run().catch((error: unknown) => {
        isGapped = error instanceof GapError;
        return error;
      });
    },
  };
};

/** Keeps events although the log is away every now and then, as a platform does that sends a webhook again. */
const appendAgain = async (log: EventLog, feed: string, batch: ReturnType<typeof events>) => {
  for (;;) {
    try {
      return await log.appendAll(feed, batch);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
};

describe(`an event log between instances${redisHint}`, () => {
  it.skipIf(isRedisMissing)(
    'any instance takes, any tells: with cuts and changes of instance, nothing is lost or doubled',
    async () => {
      const { open } = await withRedisStates();
      const states = await Promise.all([open(), open(), open()]);
      const logOf = (index: number) => (states[index % 3] as State).events;
      const start = await logOf(0).end('a');
      const clients = Array.from({ length: 12 }, () => createClient('a', start));
      for (const [index, client] of clients.entries()) client.connect(logOf(index));
      for (let round = 0; round < 100; round += 1) {
        // Every event comes twice, by different instances.
        const batch = events(100, round * 100);
        await Promise.all([logOf(round).appendAll('a', batch), logOf(round + 1).appendAll('a', batch)]);
        const client = clients[round % 12] as (typeof clients)[number];
        await client.disconnect();
        client.connect(logOf(round + 2));
      }
      for (const { seen } of clients) {
        await expect.poll(() => seen.length).toBe(10_000);
        expect(seen.toSorted((one, other) => Number(one) - Number(other))).toEqual(texts(10_000));
        expect(seen).toEqual(clients[0]?.seen);
      }
    },
  );

  it.skipIf(isRedisMissing)(
    'Redis that is killed under load and comes back with what it had loses nothing that was kept',
    async () => {
      const { redis, open } = await withRedisStates({}, { keeps: true });
      const [one, other] = [await open(), await open()];
      const start = await one.events.end('a');
      const client = createClient('a', start);
      client.connect(other.events);
      const sending = (async () => {
        for (let round = 0; round < 60; round += 1)
          await appendAgain(one.events, 'a', events(50, round * 50));
      })();
      await expect.poll(() => client.seen.length).toBeGreaterThan(200);
      await redis.kill();
      await redis.restart();
      await expect.poll(() => client.seen.length).toBeGreaterThan(1_000);
      redis.pause();
      await expect(one.events.append('b', { id: null, data: 'x' })).rejects.toMatchObject({
        code: 'EVENT_LOG_UNAVAILABLE',
      });
      redis.resume();
      await sending;
      await expect.poll(() => client.seen.length).toBe(3_000);
      expect(client.seen).toEqual(texts(3_000));
    },
  );

  it.skipIf(isRedisMissing)('Redis that comes back empty is noticed, also by those who wait', async () => {
    const { redis, open } = await withRedisStates();
    const { events: log } = await open();
    const start = await log.end('a');
    await log.appendAll('a', events(5));
    const client = createClient('a', start);
    client.connect(log);
    await expect.poll(() => client.seen.length).toBe(5);
    await redis.kill();
    await redis.restart();
    expect(await client.ended).toBeInstanceOf(GapError);
    client.connect(log);
    expect(await client.ended).toBeInstanceOf(GapError);
    // Numbers begin anew, and an old cursor is not mistaken for a new one.
    await expect.poll(() => log.appendAll('a', events(9)).catch(() => null)).not.toBeNull();
    client.connect(log);
    expect(await client.ended).toBeInstanceOf(GapError);
  });

  it.skipIf(isRedisMissing)('a flush is noticed though the connection stays', async () => {
    const { redis, open } = await withRedisStates();
    const { events: log } = await open();
    const start = await log.end('a');
    const client = createClient('a', start);
    client.connect(log);
    await log.appendAll('a', events(5));
    await expect.poll(() => client.seen.length).toBe(5);
    await redis.command('FLUSHALL');
    expect(await client.ended).toBeInstanceOf(GapError);
  });

  it.skipIf(isRedisMissing)(
    'waits for news also where nobody follows, so that it stays connected',
    async () => {
      const { redis, open } = await withRedisStates();
      await open();
      const isWaiting = /flags=b.*cmd=xread/;
      await expect.poll(() => redis.command('CLIENT', 'LIST')).toMatch(isWaiting);
    },
  );

  it.skipIf(isRedisMissing)('starts without Redis, and works when it comes', async () => {
    const redis = await withRedis({ isUpAtStart: false });
    const { log, lines } = createTestLog();
    const state = await openTestState(redis.url, log);
    await expect(state.events.end('a')).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
    await redis.restart();
    await untilReady(state);
    const client = createClient('a', await state.events.end('a'));
    client.connect(state.events);
    await state.events.appendAll('a', events(3));
    await expect.poll(() => client.seen).toEqual(texts(3));
    expect(lines.filter((line) => line.includes('redis'))).not.toHaveLength(0);
  });

  it.skipIf(isRedisMissing)(
    'passes over 10,000 poisoned entries, tells the good ones between them, and counts',
    async () => {
      const { redis, open } = await withRedisStates();
      const state = await open();
      const start = await state.events.end('a');
      const client = createClient('a', start);
      client.connect(state.events);
      const stream = keyOf('events', 'a');
      const poison = ['x', '', '{', 'null', '\u0000\ud800', '[[[', 'p', 'd', '1-1', 'x'.repeat(2_000)];
      for (let round = 0; round < 10; round += 1) {
        const text = poison[round] ?? '';
        await redis.command(
          'EVAL',
          `for i = 1, 250 do
          redis.call('XADD', KEYS[1], '*', ARGV[1], ARGV[2])
          redis.call('XADD', KEYS[1], '*', 'p', ARGV[1], 'd', ARGV[2])
          redis.call('XADD', KEYS[1], '*', 'p', ARGV[1], 'd', ARGV[2], 'more', i)
          redis.call('XADD', KEYS[1], '*', 'data', ARGV[1] .. i)
        end`,
          '1',
          stream,
          text,
          'x',
        );
        await state.events.append('a', { id: null, data: String(round) });
      }
      await redis.command('XADD', stream, '*', 'd', 'x'.repeat(5_000_000));
      await state.events.append('a', { id: null, data: '10' });
      await expect.poll(() => client.seen).toEqual(texts(11));
      expect(state.poisonCount()).toBeGreaterThanOrEqual(10_001);
      const late = createClient('a', start);
      late.connect(state.events);
      // 10,000 entries are the window, and poison takes its place in it: what is missing is told.
      await expect.poll(() => late.seen.length === 11 || late.isGapped()).toBe(true);
    },
  );

  it.skipIf(isRedisMissing)('heals keys of another kind, and streams that end in the future', async () => {
    const { redis, open } = await withRedisStates();
    const state = await open();
    const other = createClient('b', await state.events.end('b'));
    other.connect(state.events);
    const keys = ['events', 'feed', 'ids', 'things'].map((kind) => keyOf(kind, 'a'));
    const poison = [
      ...keys.flatMap((key) => [
        ['SET', key, 'x'],
        ['RPUSH', key, 'x'],
      ]),
      ['HSET', keys[1] ?? '', 'last', 'many'],
      ['HSET', keys[1] ?? '', 'last', '-1'],
      ['HSET', keys[1] ?? '', 'epoch', 'a-b'],
      ['HSET', keys[1] ?? '', 'id', 'x'],
      ['XADD', keys[0] ?? '', '18446744073709551615-18446744073709551615', 'a', 'b'],
      ['XADD', keys[0] ?? '', '9999999999999-0', 'a', 'b'],
    ];
    for (const [index, command] of poison.entries()) {
      const waiting = createClient('a', await state.events.end('a'));
      waiting.connect(state.events);
      if (/SET|RPUSH/.test(command[0] ?? '') && !/HSET/.test(command[0] ?? '')) {
        await redis.command('DEL', command[1] ?? '');
      }
      await redis.command(...command);
      const start = await state.events.end('a');
      const client = createClient('a', start);
      client.connect(state.events);
      await state.events.append('a', { id: `id ${index}`, data: 'good' });
      await expect.poll(() => client.seen, { message: command.join(' ') }).toEqual(['good']);
      await state.events.append('b', { id: null, data: String(index) });
      await expect.poll(() => other.seen, { message: command.join(' ') }).toEqual(texts(index + 1));
      // Who waited before has got the event, or been told that there is a gap.
      await expect.poll(() => waiting.seen.length > 0 || waiting.isGapped()).toBe(true);
      await client.disconnect();
      await waiting.disconnect();
    }
    expect(state.poisonCount()).toBeGreaterThanOrEqual(8);
  });

  it.skipIf(isRedisMissing)('heals what is known of the things of a feed', async () => {
    const { redis, open } = await withRedisStates();
    const state = await open();
    const { events: log } = state;
    const [things, told] = [keyOf('things', 'a'), keyOf('told', 'a')];
    const poison = [
      ['SET', told, 'x'],
      ['SET', things, 'x'],
      ['HSET', things, 'begun', 'inf'],
      ['HSET', things, 'begun', '-1e300'],
      ['HSET', things, 'thing/1', '{"digest":{},"order":[],"reads":"x","before":1,"isRead":1,"data":{}}'],
      ['HSET', things, 'thing/1', 'x', 'thing/2', '[]', '', '{"data":"told by nobody"'],
    ];
    const gate = { key: 'thing/1', order: 1, state: null, after: null, isFinal: false, isListed: true };
    for (const [index, command] of poison.entries()) {
      await redis.command('DEL', things, told);
      await redis.command(...command);
      const { number } = await log.beginRead('a');
      expect([command, number]).toEqual([command, 1]);
      const event = { id: null, data: String(index), gate: { ...gate, digest: 'x', read: number } };
      expect(await log.admitAll('a', [event, event])).toMatchObject([
        { kind: 'kept' },
        { kind: 'duplicate' },
      ]);
      expect(await log.unfinished('a')).toEqual([String(index)]);
    }
    expect(state.poisonCount()).toBeGreaterThanOrEqual(4);
  });
});
