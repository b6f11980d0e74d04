import { expect, it } from 'vitest';
import { createMemoryIdempotency } from '../../src/state/idempotency.ts';

const id = (principal: string, key: string, input = '') => ({ principal, mutation: 'placeCall', key, input });

/** How often each change was made, and a way to make one. */
const counting = (capacity: number) => {
  const idempotency = createMemoryIdempotency(capacity);
  const made: string[] = [];
  const change = (principal: string, key: string) =>
    idempotency.once(id(principal, key), async () => {
      made.push(`${principal} ${key}`);
      return made.length;
    });
  return { idempotency, made, change };
};

it('answers a key again without making the change again, for its own principal', async () => {
  const { change, made } = counting(10);
  expect([await change('ada', '1'), await change('ada', '1'), await change('ben', '1')]).toEqual([1, 1, 2]);
  expect(made).toEqual(['ada 1', 'ben 1']);
});

it('lets whoever remembers most forget the oldest when there is no more room', async () => {
  const { change, made } = counting(10);
  await change('ada', 'own');
  for (let key = 0; key < 50; key += 1) await change('ben', String(key));
  made.length = 0;

  await change('ada', 'own');
  await change('ben', '49');
  expect(made).toEqual([]);
  await change('ben', '0');
  expect(made).toEqual(['ben 0']);
});

it('never forgets what is under way, however much that is', async () => {
  const { idempotency } = counting(2);
  const gate = Promise.withResolvers<string>();
  let starts = 0;
  const start = (key: string) =>
    idempotency.once(id('ada', key), () => {
      starts += 1;
      return gate.promise;
    });
  const keys = ['1', '2', '3', '4'];
  const first = keys.map(start);
  const second = keys.map(start);
  expect(starts).toBe(4);
  gate.resolve('made');
  expect(new Set(await Promise.all([...first, ...second]))).toEqual(new Set(['made']));
});

it('forgets what had no effect, and keeps what was answered', async () => {
  const { idempotency } = counting(10);
  const refused = idempotency.once(id('ada', '1'), () => Promise.reject(new Error('refused')));
  await expect(refused).rejects.toThrow('refused');
  expect(await idempotency.once(id('ada', '1', 'corrected'), async () => 'made')).toBe('made');
  await expect(idempotency.once(id('ada', '1', 'another'), async () => 'never')).rejects.toMatchObject({
    failure: { code: 'CONFLICT' },
  });
});
