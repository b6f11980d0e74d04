import { expect, it, onTestFinished, vi } from 'vitest';
import { createSparing } from '../../src/feed/sparing.ts';

const withSparing = () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const done: string[] = [];
  const failures: Error[] = [];
  const run = createSparing(async (name) => {
    const failure = failures.pop();
    if (failure !== undefined) throw failure;
    done.push(name);
  });
  return { run, done, failures };
};

it('what is wanted again and again is done at once, then ever more rarely, and never more rarely than each minute', async () => {
  const { run, done } = withSparing();
  const minutes = 60;
  for (let tenths = 0; tenths < minutes * 600; tenths += 1) {
    await run('a');
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(done.length).toBeGreaterThanOrEqual(minutes);
  expect(done.length).toBeLessThan(minutes + 10);
});

it('what was wanted while it rested is done once, and what is seldom wanted is done at once', async () => {
  const { run, done } = withSparing();
  await run('a');
  await run('a');
  await run('a');
  await run('b');
  expect(done).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual(['a', 'b', 'a']);
  await vi.advanceTimersByTimeAsync(10_000);
  await run('a');
  expect(done).toEqual(['a', 'b', 'a', 'a']);
});

it('what fails at once is told, and what fails later is tried again', async () => {
  const { run, done, failures } = withSparing();
  failures.push(new Error('away'));
  await expect(run('a')).rejects.toThrow('away');
  await run('a');
  await run('a');
  failures.push(new Error('away'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(done).toEqual(['a', 'a']);
});
