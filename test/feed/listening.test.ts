import { expect, it, onTestFinished, vi } from 'vitest';
import { createListening } from '../../src/feed/listening.ts';
import { createMemoryFeedRecords } from '../../src/state/feed-record.ts';

it('a process with many feeds says once in some seconds that it takes deliveries', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const records = createMemoryFeedRecords();
  let asked = 0;
  const listening = createListening({
    ...records,
    listen: async () => {
      asked += 1;
      return records.listen();
    },
  });
  onTestFinished(listening.close);
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all(Array.from({ length: 200 }, () => listening.listen()));
    expect(new Set(answers).size).toBe(1);
    await vi.advanceTimersByTimeAsync(4_000);
  }
  expect(asked).toBeLessThanOrEqual(21);
});
