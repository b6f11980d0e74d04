import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventLog, LogEvent } from '../../src/state/event-log.ts';
import { GONE } from '../../src/state/gate.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { forms, withRedisStates } from '../helpers/state.ts';

const FAR = Date.UTC(2100);

/** What may be told of few things in few words, so that all that can meet does. */
const told = fc.record({
  key: fc.constantFrom('thing/a', 'thing/b'),
  order: fc.constantFrom(null, 1, 2, FAR, FAR + 1),
  word: fc.constantFrom('x', 'y', 'z'),
  state: fc.constantFrom(null, 'ringing', 'connected', 'completed'),
  isGone: fc.boolean(),
  isListed: fc.boolean(),
  isRead: fc.boolean(),
  isSilent: fc.boolean(),
});

/** Either a read begins, or the last one ends, or something is told. */
const step = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('begin' as const, 'end' as const) },
  { weight: 6, arbitrary: told },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What became of each step, and what is known then. */
const play = async (log: EventLog, feed: string, steps: readonly Step[]) => {
  const results: unknown[] = [];
  let read = 0;
  for (const [index, one] of steps.entries()) {
    if (one === 'begin') {
      const begun = await log.beginRead(feed);
      read = begun.number;
      results.push(begun);
    } else if (one === 'end') {
      await log.endRead(feed);
    } else {
      const { key, order, word, state, isGone, isListed, isSilent } = one;
      const isFinal = state === 'completed';
      const gate = {
        key,
        order,
        digest: `${isGone ? GONE : ''}${word}${state ?? ''}`,
        state,
        after: state === 'connected' ? ['ringing', 'connected'] : null,
        isFinal,
        isListed,
        read: one.isRead && read > 0 ? read : null,
      };
      const event: LogEvent = { id: null, data: `${index}`, gate, isSilent };
      const [verdict] = await log.admitAll(feed, [event]);
      results.push(verdict?.kind, (await log.unfinished(feed)).toSorted());
    }
  }
  return results;
};

it.skipIf(isRedisMissing)(
  `the gates of Redis and of memory let the same pass${redisHint}`,
  async () => {
    const { events: ofRedis } = await (await withRedisStates()).open();
    const { events: ofMemory } = (await (await forms[0]?.open())?.open()) ?? {};
    if (ofMemory === undefined) throw new Error('there is no form in memory');
    let feeds = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        feeds += 1;
        const [one, other] = await Promise.all([
          play(ofMemory, `feed ${feeds}`, steps),
          play(ofRedis, `feed ${feeds}`, steps),
        ]);
        expect(other).toEqual(one);
      }),
      { numRuns: 300 },
    );
  },
  30_000,
);
