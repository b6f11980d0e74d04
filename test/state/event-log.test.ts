import { describe, expect, it, onTestFinished } from 'vitest';
import {
  GapError,
  MAX_EVENT_BYTES,
  type EventLog,
  type LogEntry,
  type LogEvent,
} from '../../src/state/event-log.ts';
import { FIRST } from '../../src/state/gate.ts';
import { forms } from '../helpers/state.ts';

const event = (data: string, id: string | null = null) => ({ id, data });

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => event(String(from + index)));

/** Follows a feed and keeps what comes; `take` waits until there are as many. */
const followFeed = (log: EventLog, feed: string, after: string) => {
  const seen: LogEntry[] = [];
  const end = new AbortController();
  const ended = (async () => {
    try {
      for await (const entries of log.follow(feed, after, end.signal)) seen.push(...entries);
      return null;
    } catch (error) {
      return error;
    }
  })();
  onTestFinished(() => end.abort());
  return {
    seen,
    texts: () => seen.map(({ data }) => data),
    stop: () => {
      end.abort();
      return ended;
    },
    ended,
  };
};

describe.each(forms)('an event log $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)('tells kept events first and then live ones, in order', async () => {
    const { events: log } = await (await open()).open();
    const start = await log.end('a');
    await log.append('a', event('0'));
    await log.appendAll('a', numbered(1_200, 1));
    const follower = followFeed(log, 'a', start);
    await expect.poll(() => follower.seen.length).toBe(1_201);
    await log.appendAll('a', numbered(300, 1_201));
    await log.append('b', event('of another feed'));
    await log.append('a', event('1501'));
    await expect.poll(() => follower.seen.length).toBe(1_502);
    expect(follower.texts()).toEqual(numbered(1_502).map(({ data }) => data));
    expect(await follower.stop()).toBeNull();
  });

  it.skipIf(isMissing)('goes on after any cursor with the very next event', async () => {
    const { events: log } = await (await open()).open();
    const start = await log.end('a');
    const cursors = await log.appendAll('a', numbered(20));
    expect(new Set(cursors).size).toBe(20);
    for (const [index, cursor] of [start, ...cursors].entries()) {
      const follower = followFeed(log, 'a', cursor ?? '');
      await expect.poll(() => follower.seen.length).toBe(20 - index);
      expect(follower.texts()).toEqual(numbered(20 - index, index).map(({ data }) => data));
      expect(follower.seen.map(({ cursor }) => cursor)).toEqual(cursors.slice(index));
      await follower.stop();
    }
  });

  it.skipIf(isMissing)('keeps an event of the same id once, in its own feed', async () => {
    const { events: log } = await (await open()).open();
    const start = await log.end('a');
    const ids = ['x', 'y', 'x', 'z', 'y', '', `long ${'x'.repeat(10_000)}`, `long ${'x'.repeat(10_001)}`, ''];
    const cursors = await log.appendAll(
      'a',
      ids.map((id, index) => event(String(index), id)),
    );
    expect(cursors.map((cursor) => cursor !== null)).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(await log.append('a', event('again', 'x'))).toBeNull();
    expect(await log.append('b', event('other', 'x'))).not.toBeNull();
    const follower = followFeed(log, 'a', start);
    await expect.poll(follower.texts).toEqual(['0', '1', '3', '5', '6', '7']);
  });

  it.skipIf(isMissing)('tells many followers the same, also those that come in between', async () => {
    const states = await open();
    const logs = await Promise.all([states.open(), states.open(), states.open()]);
    const start = (await logs[0]?.events.end('a')) ?? '';
    const followers = [];
    for (let round = 0; round < 20; round += 1) {
      const { events: log } = logs[round % 3] ?? logs[0];
      followers.push(followFeed(log, 'a', start));
      await log.appendAll('a', numbered(50, round * 50));
    }
    for (const follower of followers) {
      await expect.poll(() => follower.seen.length).toBe(1_000);
      expect(follower.texts()).toEqual(numbered(1_000).map(({ data }) => data));
    }
  });

  it.skipIf(isMissing)('a burst in one tick reaches a follower that takes its time', async () => {
    const { events: log } = await (await open()).open();
    const start = await log.end('a');
    const taken: string[] = [];
    const end = new AbortController();
    const slow = (async () => {
      for await (const entries of log.follow('a', start, end.signal)) {
        taken.push(...entries.map(({ data }) => data));
        await new Promise((resolve) => setImmediate(resolve));
        if (taken.length === 8_000) end.abort();
      }
    })();
    await Promise.all(numbered(8_000).map((one) => log.append('a', one)));
    await slow;
    expect(taken).toEqual(numbered(8_000).map(({ data }) => data));
  });

  it.skipIf(isMissing)('tells of a gap where the window has moved on', async () => {
    const { events: log } = await (await open({ RESUME_WINDOW_EVENTS: '10' })).open();
    const start = await log.end('a');
    const cursors = await log.appendAll('a', numbered(2_000));
    expect(await followFeed(log, 'a', start).ended).toBeInstanceOf(GapError);
    const follower = followFeed(log, 'a', cursors.at(-5) ?? '');
    await expect.poll(follower.texts).toEqual(['1996', '1997', '1998', '1999']);
  });

  it.skipIf(isMissing)(
    'tells of a gap for a cursor of another log, of another feed, and for what is none',
    async () => {
      const { events: log } = await (await open()).open();
      const [cursor] = await log.appendAll('a', numbered(3));
      await log.appendAll('b', numbered(3));
      const foreign = [
        cursor?.replace(/^\w/, (letter) => (letter === '0' ? '1' : '0')),
        '',
        '0',
        '-',
        'x'.repeat(100_000),
        '0-0-0-0',
        '../../a',
        `${cursor}\n`,
        cursor?.replace(/^(\w+-)\d+/, '$1999999'),
        cursor?.replace(/^(\w+-)\d+/, '$199999999999999999999'),
      ];
      for (const text of foreign)
        expect(await followFeed(log, 'a', text ?? '').ended).toBeInstanceOf(GapError);
      expect(await followFeed(log, 'b', cursor ?? '').ended).toBeInstanceOf(GapError);
      expect(await followFeed(log, 'never used', cursor ?? '').ended).toBeInstanceOf(GapError);
    },
  );

  it.skipIf(isMissing)('forgets a feed, and says so to whoever follows it', async () => {
    const states = await open();
    const [one, other] = await Promise.all([states.open(), states.open()]);
    const start = await one.events.end('a');
    const followers = [followFeed(one.events, 'a', start), followFeed(other.events, 'a', start)];
    await one.events.append('a', event('0', 'x'));
    for (const { texts } of followers) await expect.poll(texts).toEqual(['0']);
    await other.events.remove('a');
    for (const { ended } of followers) expect(await ended).toBeInstanceOf(GapError);
    const anew = await one.events.end('a');
    await one.events.append('a', event('1'));
    await expect.poll(followFeed(other.events, 'a', anew).texts).toEqual(['1']);
    expect(await followFeed(other.events, 'a', start).ended).toBeInstanceOf(GapError);
    await one.events.remove('never used');
  });

  it.skipIf(isMissing)('keeps one event for each read that is to follow, whoever sends it', async () => {
    const states = await open();
    const [one, other] = await Promise.all([states.open(), states.open()]);
    const awaiting = (data: string): LogEvent => ({ ...event(data), awaitsRead: true });
    const start = await one.events.end('a');
    const kinds = async (log: EventLog, ...data: readonly string[]) =>
      (await log.admitAll('a', data.map(awaiting))).map(({ kind }) => kind);
    expect(await kinds(one.events, '1', '2')).toEqual(['kept', 'duplicate']);
    expect(await kinds(other.events, '3')).toEqual(['duplicate']);
    await other.events.append('a', event('4'));
    await other.events.beginRead('b');
    expect(await kinds(one.events, '5')).toEqual(['duplicate']);
    await other.events.beginRead('a');
    expect(await kinds(one.events, '6', '7')).toEqual(['kept', 'duplicate']);
    // The end of a read is not the beginning of another.
    await one.events.endRead('a');
    expect(await kinds(one.events, '8')).toEqual(['duplicate']);
    await expect.poll(followFeed(other.events, 'a', start).texts).toEqual(['1', '4', '6']);
    await one.events.remove('a');
    expect(await kinds(other.events, '9', '10')).toEqual(['kept', 'duplicate']);
  });

  it.skipIf(isMissing)('knows the last events of the things that go on, as they were given', async () => {
    const { events: log } = await (await open()).open();
    const start = await log.end('a');
    const told = (key: string, data: string, isFinal = false): LogEvent => {
      const state = isFinal ? 'completed' : 'ringing';
      const gate = {
        key,
        order: null,
        digest: data,
        state,
        after: null,
        isFinal,
        isListed: true,
        read: null,
      };
      return { ...event(data), gate };
    };
    await log.admitAll('a', [
      told('one', '1'),
      told('two', '2'),
      told('two', '3'),
      { ...told('silent', '4'), isSilent: true },
      told('over', '5'),
      told('over', '6', true),
    ]);
    expect((await log.unfinished('a')).toSorted()).toEqual(['1', '3', '4']);
    const marked = [`${FIRST}1`, `${FIRST}2`, '3', `${FIRST}5`, '6'];
    await expect.poll(followFeed(log, 'a', start).texts).toEqual(marked);
    await log.remove('a');
    expect(await log.unfinished('a')).toEqual([]);
  });

  it.skipIf(isMissing)(
    'refuses an event that is too large, and keeps nothing of what came with it',
    async () => {
      const { events: log } = await (await open()).open();
      const start = await log.end('a');
      const largest = 'é'.repeat(MAX_EVENT_BYTES / 2);
      await expect(log.appendAll('a', [event('small'), event(`${largest}x`)])).rejects.toThrow(RangeError);
      expect(await log.end('a')).toBe(start);
      await log.append('a', event(largest));
      await expect.poll(followFeed(log, 'a', start).texts).toEqual([largest]);
    },
  );

  it.skipIf(isMissing)(
    'ends with its signal, also one that was aborted before, and with its log',
    async () => {
      const { events: log } = await (await open()).open();
      const start = await log.end('a');
      await log.append('a', event('0'));
      const waiting = followFeed(log, 'a', start);
      await expect.poll(waiting.texts).toEqual(['0']);
      expect(await waiting.stop()).toBeNull();
      for await (const _ of log.follow('a', start, AbortSignal.abort())) expect.unreachable();
      const last = followFeed(log, 'a', start);
      await expect.poll(last.texts).toEqual(['0']);
      await log.close();
      expect(await last.ended).toBeNull();
    },
  );
});
