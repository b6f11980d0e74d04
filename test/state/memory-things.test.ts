import { describe, expect, it } from 'vitest';
import type { KnownThing } from '../../src/state/gate.ts';
import { createMemoryThings, type Things } from '../../src/state/memory-things.ts';

const known = (digest: string, data: string | null): KnownThing => ({
  order: null,
  digest,
  state: data === null ? null : 'ringing',
  isFinal: false,
  before: '',
  beforeUntil: 0,
  reads: 0,
  isRead: false,
  data,
});

const lastEvents = (things: Things) => [...things.values()].map(({ data }) => data);

describe('what is known of the things that go on', () => {
  it('has no last events above so many characters in all feeds together: those told longest ago are left out', () => {
    const { learn } = createMemoryThings(30);
    const [one, other]: [Things, Things] = [new Map(), new Map()];
    learn(one, 'a', known('1', 'a'.repeat(10)));
    learn(other, 'b', known('2', 'b'.repeat(10)));
    learn(one, 'c', known('3', 'c'.repeat(10)));
    learn(other, 'd', known('4', 'd'.repeat(10)));
    expect([lastEvents(one), lastEvents(other)]).toEqual([
      [null, 'c'.repeat(10)],
      ['b'.repeat(10), 'd'.repeat(10)],
    ]);
    expect(one.get('a'), 'later events are judged by it').toEqual({ ...known('1', null), state: 'ringing' });
  });

  it('counts a last event as long as it is the last one, and its feed is there', () => {
    const { learn, forget } = createMemoryThings(30);
    const [one, other]: [Things, Things] = [new Map(), new Map()];
    learn(one, 'a', known('1', 'a'.repeat(20)));
    learn(one, 'a', known('2', 'A'.repeat(20)));
    learn(other, 'b', known('3', 'b'.repeat(10)));
    expect([...lastEvents(one), ...lastEvents(other)]).toEqual(['A'.repeat(20), 'b'.repeat(10)]);
    learn(one, 'a', known('4', null));
    learn(other, 'c', known('5', 'c'.repeat(20)));
    expect(lastEvents(other)).toEqual(['b'.repeat(10), 'c'.repeat(20)]);
    forget(other);
    expect(other.size).toBe(0);
    learn(one, 'd', known('6', 'd'.repeat(30)));
    expect(lastEvents(one)).toEqual([null, 'd'.repeat(30)]);
  });
});
