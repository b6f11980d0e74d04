import { expect, it } from 'vitest';
import { createUnlessAborted } from '../../src/live/unless-aborted.ts';

const never = new Promise<never>(() => undefined);

it('what comes of a promise is answered, one promise after the other', async () => {
  const unless = createUnlessAborted(new AbortController().signal);
  expect(await unless(Promise.resolve(1))).toBe(1);
  await expect(unless(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await unless(Promise.resolve(2))).toBe(2);
});

it('the reason of the signal is thrown as soon as it is aborted, and whenever it was before', async () => {
  const ending = new AbortController();
  const unless = createUnlessAborted(ending.signal);
  const waiting = unless(never);
  ending.abort(new Error('the reason'));
  await expect(waiting).rejects.toThrow('the reason');
  await expect(unless(never)).rejects.toThrow('the reason');
  await expect(unless(Promise.resolve(1))).rejects.toThrow('the reason');
});

it('a result that comes in the same moment as the end is not told any more', async () => {
  const ending = new AbortController();
  const unless = createUnlessAborted(ending.signal);
  const { promise, resolve } = Promise.withResolvers<number>();
  const waiting = unless(promise);
  resolve(1);
  ending.abort(new Error('the reason'));
  await expect(waiting).rejects.toThrow('the reason');
});
