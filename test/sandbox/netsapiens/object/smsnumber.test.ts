import { expect, test } from 'vitest';
import { ACME, BEN, GLOBEX, startWith } from '../start.ts';

const open = () => startWith('smsnumber');

test('numbers are found by user, queue, number and pattern, or all by a star', async () => {
  const { read } = await open();
  expect(await read({ domain: ACME, dest: '1002' })).toEqual([
    { number: '12125551002', domain: ACME, dest: '1002' },
  ]);
  expect(await read({ domain: ACME, dest: '800' })).toMatchObject([{ number: '12125559901' }]);
  expect(await read({ domain: ACME, number: '12125551003' })).toMatchObject([{ dest: '1003' }]);
  expect(await read({ domain: ACME, number_LIKE: '%1003' })).toMatchObject([{ dest: '1003' }]);
  expect(await read({ domain: ACME, dest: '*' })).toHaveLength(43);
});

test('users see their own number', async () => {
  const { read, status, logIn } = await open();
  const ben = await logIn(BEN);
  expect(await read({ domain: ACME, dest: '*' }, ben)).toMatchObject([{ dest: '1002' }]);
  expect(await status('read', { domain: GLOBEX }, ben)).toBe(403);
});
