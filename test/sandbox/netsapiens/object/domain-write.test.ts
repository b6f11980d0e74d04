import { expect, test } from 'vitest';
import { RESELLER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, BEN, explanation, GLOBEX, startWith } from '../start.ts';

const NEW = 'newco.12345.service';

const open = async (switches = {}) => {
  const platform = await startWith('domain', switches);
  return { ...platform, reseller: await platform.logIn(RESELLER_LOGIN), ben: await platform.logIn(BEN) };
};

test('an update resets what it does not send, and keeps the key', async () => {
  const { read, status, ada } = await open();
  const [before] = await read({ domain: ACME });
  expect(before).toMatchObject({ description: 'Acme Ltd', callid_nmbr: '12125550100', area_code: '212' });
  expect(await status('update', { domain: ACME, description: 'Acme & Sons', territory: '67890' }, ada)).toBe(
    202,
  );
  const [after] = await read({ domain: ACME });
  expect(after).toMatchObject({
    domain: ACME,
    territory: '12345',
    description: 'Acme & Sons',
    callid_nmbr: '',
    callid_name: '',
    area_code: '',
    sub_count: '51',
  });
});

test('an update that sends everything back changes nothing else', async () => {
  const { read, status } = await open();
  const [before = {}] = await read({ domain: ACME });
  await status('update', { ...before, max_user: '250' });
  expect(await read({ domain: ACME })).toEqual([{ ...before, max_user: '250' }]);
});

test('a new domain comes with its default user', async () => {
  const { read, status, rows, reseller } = await open();
  const fields = { domain: NEW, territory: '12345', description: 'New Co', max_user: '5' };
  expect(await status('create', fields, reseller)).toBe(202);
  expect(await read({ domain: NEW }, reseller)).toMatchObject([
    { ...fields, sub_count: '1', dial_plan: NEW },
  ]);
  const users = await rows(reseller, { object: 'subscriber', action: 'read', domain: NEW });
  expect(users.map(({ user, srv_code }) => [user, srv_code])).toEqual([['domain', 'system-user']]);
});

test('creating takes a reseller and its own territory, updating an office manager of the domain', async () => {
  const { status, reseller, ben } = await open();
  expect(await status('create', { domain: NEW, territory: '12345' })).toBe(403);
  expect(await status('create', { domain: NEW, territory: '67890' }, reseller)).toBe(403);
  expect(await status('update', { domain: GLOBEX, description: 'x' })).toBe(403);
  expect(await status('update', { domain: ACME, description: 'x' }, ben)).toBe(403);
  expect(await status('delete', { domain: ACME }, ben)).toBe(403);
});

test('a domain is not made twice, nor changed or deleted where it is not', async () => {
  const { ask, status, reseller, change } = await open();
  expect(
    explanation(await ask('create', { domain: ACME.toUpperCase(), territory: '12345' }, reseller)),
  ).toEqual({
    status: 409,
    statusText: 'Conflict The domain exists already.',
    warning: 'The domain exists already.',
  });
  expect(await status('create', { domain: NEW }, reseller)).toBe(400);
  expect(await status('update', { domain: NEW }, reseller)).toBe(404);
  await change({ legacyMissingTarget: 202 });
  expect(await status('delete', { domain: NEW }, reseller)).toBe(202);
});

test('a deleted domain takes along its users, devices, contacts, queues and numbers', async () => {
  const { status, call, reseller } = await open();
  const count = async (object: string, fields = {}): Promise<number> => {
    const answer = await call(reseller, { object, action: 'read', domain: ACME, ...fields });
    return ((await answer.json()) as unknown[]).length;
  };
  const objects: [string, object][] = [
    ['subscriber', {}],
    ['device', {}],
    ['callqueue', {}],
    ['contact', { user: 'domain' }],
    ['phonenumber', { dialplan: 'DID Table', dest_domain: ACME }],
    ['call', {}],
  ];
  for (const [object, fields] of objects) expect(await count(object, fields), object).toBeGreaterThan(0);
  expect(await status('delete', { domain: ACME }, reseller)).toBe(202);
  for (const [object, fields] of objects) expect(await count(object, fields), object).toBe(0);
});
