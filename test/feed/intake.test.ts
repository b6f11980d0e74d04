import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decode } from '../../src/feed/entry.ts';
import { createIntake, type Kept } from '../../src/feed/intake.ts';
import type { EventLog } from '../../src/state/event-log.ts';
import type { Change } from '../../src/upstream/change.ts';
import { told, whole } from '../../src/upstream/told.ts';
import { forms } from '../helpers/state.ts';

const legal: Readonly<Record<string, readonly string[]>> = {
  ringing: ['ringing', 'connected', 'held', 'completed'],
  connected: ['connected', 'held', 'completed'],
  held: ['held', 'connected', 'completed'],
  completed: [],
};

const changeOf = (key: string, more: Partial<Change>, value: unknown): Change => ({
  ...told('Thing', key, { value }),
  ...more,
});

/** Everything that a feed tells from its beginning. */
const readAll = async (log: EventLog, feed: string, start: string): Promise<readonly Change[]> => {
  const end = await log.end(feed);
  const until = new AbortController();
  onTestFinished(() => until.abort());
  const changes: Change[] = [];
  if (end === start) return changes;
  for await (const entries of log.follow(feed, start, until.signal)) {
    for (const { cursor, data } of entries) {
      const entry = decode(data);
      if (entry?.type === 'change') changes.push(entry.change);
      if (cursor === end) return changes;
    }
  }
  return changes;
};

/** How often each event comes, in which order, and which of two instances it comes to. */
const arrivals = <Item>(item: fc.Arbitrary<Item>) =>
  fc.array(fc.tuple(item, fc.constantFrom(1, 1, 2, 5)), { minLength: 1, maxLength: 25 }).chain((events) => {
    const copies = events.flatMap(([event, count], index) =>
      Array.from({ length: count }, () => ({ event, index })),
    );
    return fc.tuple(
      fc.constant(events.map(([event]) => event)),
      fc.shuffledSubarray(copies, { minLength: copies.length }),
      fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 6 })), { minLength: 1 }),
    );
  });

describe.each(forms)('what is kept of what platforms send $form', ({ isMissing, open }) => {
  const numRuns = 150;
  let feeds = 0;

  const setUp = async () => {
    const states = await open();
    const logs = [(await states.open()).events, (await states.open()).events] as const;
    const intakes = logs.map(createIntake);
    return async (
      changes: readonly Change[],
      cuts: readonly (readonly [instance: number, size: number])[],
    ) => {
      feeds += 1;
      const feed = `feed ${feeds}`;
      const start = await logs[0].end(feed);
      const underWay: Promise<Kept>[] = [];
      for (let from = 0, turn = 0; from < changes.length; turn += 1) {
        const [instance, size] = cuts[turn % cuts.length] ?? [0, 1];
        const batch = intakes[instance]?.keep(feed, changes.slice(from, from + size));
        if (batch) underWay.push(batch);
        from += size;
      }
      const counts = await Promise.all(underWay);
      const total = (kind: keyof Kept) => counts.reduce((sum, kept) => sum + kept[kind], 0);
      return { told: await readAll(logs[1], feed, start), total };
    };
  };

  it.skipIf(isMissing)(
    'each event once, in the order of its thing, and the last one is the latest there was',
    async () => {
      const deliver = await setUp();
      const event = fc.record({ thing: fc.constantFrom('a', 'b', 'c'), value: fc.nat(2) });
      await fc.assert(
        fc.asyncProperty(arrivals(event), async ([events, copies, cuts]) => {
          const changes = copies.map(({ event: { thing, value }, index }) =>
            changeOf(thing, { id: String(index), order: index }, value),
          );
          const { told: kept, total } = await deliver(changes, cuts);
          expect(new Set(kept.map(({ id }) => id)).size).toBe(kept.length);
          for (const thing of ['a', 'b', 'c']) {
            const own = kept.filter(({ key }) => key === thing);
            expect(own.map(({ order }) => order)).toEqual(
              own.map(({ order }) => order).toSorted((one, other) => Number(one) - Number(other)),
            );
            const last = events.findLast((one) => one.thing === thing);
            expect(own.at(-1)?.model).toEqual(last && { value: last.value });
          }
          expect(total('kept')).toBe(kept.length);
          expect(total('kept') + total('late') + total('duplicate')).toBe(changes.length);
        }),
        { numRuns },
      );
    },
  );

  it.skipIf(isMissing)(
    'a call of which the platform tells no order is never moved backwards, and stays over',
    async () => {
      const deliver = await setUp();
      const event = fc.record({
        thing: fc.constantFrom('a', 'b'),
        state: fc.constantFrom('ringing', 'connected', 'held', 'completed'),
        value: fc.nat(1),
      });
      await fc.assert(
        fc.asyncProperty(arrivals(event), async ([events, copies, cuts]) => {
          const changes = copies.map(({ event: { thing, state, value } }) =>
            changeOf(thing, { state }, value),
          );
          const { told: kept, total } = await deliver(changes, cuts);
          for (const thing of ['a', 'b']) {
            const states = kept.filter(({ key }) => key === thing).map(({ state }) => String(state));
            for (const [index, state] of states.slice(1).entries())
              expect(legal[states[index] ?? '']).toContain(state);
            const isOver = events.some((one) => one.thing === thing && one.state === 'completed');
            expect(states.includes('completed')).toBe(isOver);
          }
          const all = ['kept', 'duplicate', 'illegal', 'doubtful'] as const;
          expect(all.reduce((sum, kind) => sum + total(kind), 0)).toBe(changes.length);
        }),
        { numRuns },
      );
    },
  );

  it.skipIf(isMissing)('a state that nobody knows of keeps a call from nothing', async () => {
    const deliver = await setUp();
    const states = ['idle', 'ringing', 'outOfService', 'connected', 'parked', 'ringing', 'completed', 'idle'];
    const changes = states.map((state, order) => changeOf('a', { state, order }, state));
    const { told: kept, total } = await deliver(changes, [[0, 100]]);
    expect(kept.map(({ state }) => state)).toEqual(states.slice(0, -1));
    expect(total('illegal')).toBe(1);
  });

  it.skipIf(isMissing)(
    'what a read no longer finds has ended, and what it finds as it was is no news',
    async () => {
      const { events: log } = await (await open()).open();
      const intake = createIntake(log);
      await intake.keepSnapshot('calls', async () => whole([]), { isSilent: true });
      const start = await log.end('calls');
      const call = (key: string, state: string, value: string) => changeOf(key, { state }, value);
      await intake.keep('calls', [call('a', 'connected', 'told'), call('b', 'ringing', 'told')], {
        isListed: true,
      });
      const read = async () => whole([call('a', 'connected', 'read otherwise'), call('c', 'ringing', 'new')]);
      await intake.keepSnapshot('calls', read, { isListed: true, comparesStates: true });
      await intake.keepSnapshot('calls', read, { isListed: true, comparesStates: true });
      const kept = await readAll(log, 'calls', start);
      expect(kept.map(({ key, kind, state }) => `${key} ${kind} ${state}`)).toEqual([
        'a CREATED connected',
        'b CREATED ringing',
        'b REMOVED completed',
        'c CREATED ringing',
      ]);
    },
  );

  it.skipIf(isMissing)(
    'what is learnt in silence is told to nobody, and later changes are judged by it',
    async () => {
      const { events: log } = await (await open()).open();
      const intake = createIntake(log);
      const start = await log.end('calls');
      await intake.keepSnapshot('calls', async () => whole([changeOf('a', { state: 'connected' }, 'read')]), {
        isSilent: true,
      });
      const counts = await intake.keep(
        'calls',
        [
          changeOf('a', { state: 'ringing' }, 'late'),
          changeOf('a', { state: 'held' }, 'news'),
          changeOf('b', { state: 'connected' }, 'began'),
        ],
        { isListed: true },
      );
      expect(counts).toMatchObject({ kept: 2, illegal: 1 });
      expect((await readAll(log, 'calls', start)).map(({ kind }) => kind)).toEqual(['UPDATED', 'CREATED']);
    },
  );
});
