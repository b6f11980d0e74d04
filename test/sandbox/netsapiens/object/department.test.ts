import { expect, test } from 'vitest';
import { RESELLER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, GLOBEX, start } from '../start.ts';

const list = { object: 'department', action: 'list', domain: ACME };

test('departments are listed by name, a new one among them', async () => {
  const { call, rows, logIn } = await start();
  const token = await logIn(RESELLER_LOGIN);
  const before = ['Sales', 'Support', 'Engineering', 'Finance'].map((department) => ({ department }));
  expect(await rows(token, list)).toEqual(before);
  const made = { object: 'subscriber', action: 'create', domain: ACME, user: 'Warehouse' };
  await call(token, { ...made, directory_match: 'departments', srv_code: 'system-department' });
  expect(await rows(token, list)).toEqual([...before, { department: 'Warehouse' }]);
  expect(await rows(token, { ...list, sort: 'department', limit: '1' })).toEqual([
    { department: 'Engineering' },
  ]);
});

test('departments are for office managers and above, in their scope', async () => {
  const { call, logIn } = await start();
  expect((await call(await logIn(ADA), list)).status).toBe(200);
  expect((await call(await logIn(ADA), { ...list, domain: GLOBEX })).status).toBe(403);
  expect((await call(await logIn(BEN), list)).status).toBe(403);
  expect((await call(await logIn(ADA), { object: 'department', action: 'list' })).status).toBe(400);
});

test('departments have their element in XML', async () => {
  const { send, logIn } = await start();
  const query = new URLSearchParams({ ...list, limit: '1' }).toString();
  const headers = { authorization: `Bearer ${await logIn(ADA)}`, accept: '*/*' };
  const answer = await (await send(`/ns-api/?${query}`, { headers })).text();
  expect(answer).toBe('<xml><department><department>Sales</department></department></xml>');
});
