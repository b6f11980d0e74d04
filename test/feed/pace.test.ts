import { expect, it, onTestFinished, vi } from 'vitest';
import { createPace, type Outcome } from '../../src/feed/pace.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A feed that is doubted all the time. */
const withPace = () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const pace = createPace();
  /** Reads as soon as it may; answers after how long. */
  const read = (outcome: Outcome, { isAsked = true, isFollowed = true } = {}) => {
    const rest = Math.max(0, pace.msUntilNext(isFollowed));
    vi.advanceTimersByTime(rest);
    pace.begin();
    pace.end(outcome, isAsked);
    return rest;
  };
  const readAll = (outcome: Outcome, times: number, options = {}) =>
    Array.from({ length: times }, () => read(outcome, options));
  return { pace, read, readAll };
};

const seconds = (...values: readonly number[]) => values.map((value) => value * SECOND);

it('a feed is read once a second at most, where reads find something', () => {
  const { readAll } = withPace();
  expect(readAll('news', 4)).toEqual(seconds(0, 1, 1, 1));
});

it('a feed of which nothing is new is read ever more rarely, until something is', () => {
  const { read, readAll } = withPace();
  expect(readAll('nothing', 7)).toEqual(seconds(0, 1, 2, 4, 5, 5, 5));
  expect(read('news')).toBe(5 * SECOND);
  expect(readAll('nothing', 3)).toEqual(seconds(1, 1, 2));
});

it('a feed is read at once after a rest, and a silence makes good for what was in vain', () => {
  const { read, readAll } = withPace();
  readAll('nothing', 6);
  vi.advanceTimersByTime(6 * SECOND);
  expect(readAll('nothing', 2)).toEqual(seconds(0, 5));
  vi.advanceTimersByTime(11 * SECOND);
  expect(readAll('nothing', 3)).toEqual(seconds(0, 1, 2));
  // What is looked for unasked is nobody's fault.
  expect(read('nothing', { isAsked: false })).toBe(4 * SECOND);
  expect(read('nothing', { isAsked: false })).toBe(4 * SECOND);
});

it('a read that fails is tried again ever more rarely, and each minute at least', () => {
  const { pace, read, readAll } = withPace();
  expect(readAll('failed', 9)).toEqual(seconds(0, 1, 2, 4, 8, 16, 32, 60, 60));
  // A platform that fails is no better for somebody who comes.
  pace.renew();
  expect(read('failed')).toBe(MINUTE);
  expect(read('nothing')).toBe(MINUTE);
  vi.advanceTimersByTime(MINUTE);
  expect(readAll('failed', 2)).toEqual(seconds(0, 1));
});

it('a read that is refused is tried again only in the name of somebody who follows', () => {
  const { pace, read } = withPace();
  expect(read('refused', { isFollowed: false })).toBe(0);
  vi.advanceTimersByTime(MINUTE);
  expect(pace.msUntilNext(false)).toBe(Infinity);
  expect(read('nothing')).toBe(0);
  expect(pace.msUntilNext(false)).toBeLessThanOrEqual(SECOND);
});

it('a read that is refused is tried again soon in the name of somebody who comes', () => {
  const { pace, read, readAll } = withPace();
  expect(readAll('refused', 5)).toEqual(seconds(0, 1, 2, 4, 8));
  pace.renew();
  expect(read('refused')).toBe(SECOND);
  expect(read('nothing')).toBe(2 * SECOND);
});
