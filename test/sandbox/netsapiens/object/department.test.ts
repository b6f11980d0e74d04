import { expect, test } from 'vitest';
import { ACME, BEN, GLOBEX, startWith } from '../start.ts';

const open = (switches = {}) => startWith('department', switches);
const names = ['Engineering', 'Finance', 'Sales', 'Support'];

test('the departments of a domain are records, or by switch names', async () => {
  const { json, change } = await open();
  expect(await json('list', { domain: ACME })).toEqual(names.map((department) => ({ department })));
  await change({ legacyDepartments: 'names' });
  expect(await json('list', { domain: ACME })).toEqual(names);
  expect(await json('list', { domain: ACME, start: '1', limit: '2' })).toEqual(['Finance', 'Sales']);
  await change({ legacyRecords: 'indexed-object' });
  expect(await json('list', { domain: ACME, limit: '1' })).toEqual({ 0: 'Engineering' });
  expect(await json('list', { domain: ACME, limit: '0' })).toEqual([]);
});

test('XML has an element for each in both forms', async () => {
  const { ask, change } = await open();
  const fields = { domain: ACME, limit: '1', format: 'xml' };
  expect(await (await ask('list', fields)).text()).toBe(
    '<xml><department><department>Engineering</department></department></xml>',
  );
  await change({ legacyDepartments: 'names' });
  expect(await (await ask('list', fields)).text()).toBe('<xml><department>Engineering</department></xml>');
});

test('a department that somebody is in needs no row of its own', async () => {
  const { json, call, ada } = await open();
  await call(ada, { object: 'subscriber', action: 'update', uid: BEN, group: 'Archive' });
  expect(await json('list', { domain: ACME })).toContainEqual({ department: 'Archive' });
});

test('the list takes an office manager of the domain and its name', async () => {
  const { status, logIn } = await open();
  expect(await status('list', { domain: ACME }, await logIn(BEN))).toBe(403);
  expect(await status('list', { domain: GLOBEX })).toBe(403);
  expect(await status('list')).toBe(400);
});
