import { expect, test } from 'vitest';
import { ACME, BEN, GLOBEX, startWith, toTime } from '../start.ts';

const open = () => startWith('presence');

test('one call gives the presence and message of a whole domain, to everybody in it', async () => {
  const { json, logIn } = await open();
  const list = (await json('list', { domain: ACME, order: 'user' }, await logIn(BEN))) as object[];
  expect(list).toHaveLength(42);
  expect(list[2]).toEqual({
    first_name: 'Ben',
    last_name: 'Carter',
    group: 'Support',
    user: '1002',
    uid: BEN,
    domain: ACME,
    presence: 'inuse',
    site: 'Uptown',
    message: 'Back at two',
    email: 'ben.carter@example.test',
  });
});

test('departments, limits and orders choose among them', async () => {
  const { json } = await open();
  const users = async (fields: Record<string, string>) =>
    ((await json('list', { domain: ACME, ...fields })) as { user: string }[]).map(({ user }) => user);
  expect(await users({ order: 'user desc', limit: '2' })).toEqual(['901', '900']);
  expect(await users({ department: 'support', order: 'user', limit: '2' })).toEqual(['1002', '1006']);
});

test('last_update gives those who changed at or after that time', async () => {
  const { json, call, ada, clock } = await open();
  const since = toTime(clock.now());
  expect(await json('list', { domain: ACME, last_update: since })).toEqual([]);
  await call(ada, { object: 'subscriber', action: 'update', uid: BEN, message: 'Away' });
  expect(await json('list', { domain: ACME, last_update: since })).toMatchObject([
    { uid: BEN, message: 'Away' },
  ]);
  expect(await json('list', { domain: ACME, last_update: '2000-01-01' })).toHaveLength(42);
});

test('another domain is refused, none at all is a bad request', async () => {
  const { status } = await open();
  expect(await status('list', { domain: GLOBEX })).toBe(403);
  expect(await status('list')).toBe(400);
});
