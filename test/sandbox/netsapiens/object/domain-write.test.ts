import { expect, test } from 'vitest';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, explanation, GLOBEX, passwordGrant, start } from '../start.ts';

const NEW = 'initech.12345.service';
const created = { domain: NEW, territory: '12345', description: 'Initech', max_user: '7' };

const open = async (switches = {}) => {
  const platform = await start(switches);
  const reseller = await platform.logIn(RESELLER_LOGIN);
  const write = (action: string, fields: Record<string, string>, token = reseller) =>
    platform.call(token, { object: 'domain', action, ...fields });
  const find = async (domain: string) => {
    const token = await platform.logIn(SUPER_USER_LOGIN);
    return (await platform.rows(token, { object: 'domain', action: 'read', domain }))[0];
  };
  const users = async (domain: string) => {
    const token = await platform.logIn(SUPER_USER_LOGIN);
    const rows = await platform.rows(token, { object: 'subscriber', action: 'read', domain, limit: '100' });
    return rows.map(({ user }) => user);
  };
  return { ...platform, write, find, users };
};

test('a new domain has what was given, defaults for the rest, and its own default subscriber', async () => {
  const { write, find, users } = await open();
  const response = await write('create', created);
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    202,
    'text/plain',
    '',
  ]);
  expect(await find(NEW)).toMatchObject({ ...created, dial_plan: NEW, max_device: '300', sub_count: '1' });
  expect(await users(NEW)).toEqual(['domain']);
});

test('a new domain shows when the write delay is over, and can be filled then', async () => {
  const { write, find, advance, call, logIn, users } = await open({ legacyWriteDelayMs: 60_000 });
  await write('create', created);
  expect(await find(NEW)).toBeUndefined();
  await advance(60_000);
  expect(await find(NEW)).toBeDefined();
  const token = await logIn(RESELLER_LOGIN);
  const fields = { object: 'subscriber', action: 'create', domain: NEW, user: '100' };
  expect((await call(token, fields)).status).toBe(202);
  await advance(60_000);
  expect(await users(NEW)).toEqual(['domain', '100']);
});

test('an update puts back every column it does not name, and never the territory', async () => {
  const { write, find } = await open();
  expect(await find(ACME)).toMatchObject({ description: 'Acme Ltd', vmail_transcribe: 'google' });
  const change = { domain: ACME, description: 'Acme Inc', max_site: '3', territory: '67890' };
  expect((await write('update', change)).status).toBe(202);
  expect(await find(ACME)).toMatchObject({
    description: 'Acme Inc',
    max_site: '3',
    territory: '12345',
    vmail_transcribe: '',
    callid_nmbr: '',
    sub_count: '50',
  });
});

test('an update of a domain leaves the empty values it sends', async () => {
  const { write, find } = await open();
  await write('update', { domain: ACME, max_user: '', description: '' });
  expect(await find(ACME)).toMatchObject({ max_user: '', description: '' });
});

test('a domain is removed with everybody in it, whose logins do not come back with it', async () => {
  const { write, find, users, askToken, call, logIn } = await open();
  const token = await logIn(SUPER_USER_LOGIN);
  expect((await write('delete', { domain: ACME.toUpperCase() })).status).toBe(202);
  expect(await find(ACME)).toBeUndefined();
  expect(await users(ACME)).toEqual([]);
  expect((await askToken(passwordGrant(BEN))).status).toBe(401);
  expect(await users(GLOBEX)).toHaveLength(12);

  await write('create', { ...created, domain: ACME });
  await call(token, { object: 'subscriber', action: 'create', domain: ACME, user: '1002' });
  expect(await users(ACME)).toEqual(['domain', '1002']);
  expect((await askToken(passwordGrant(BEN))).status).toBe(401);
});

test('a domain that is there, or is not, is refused', async () => {
  const { write, change } = await open();
  const outcome = async (action: string, fields: Record<string, string>) =>
    explanation(await write(action, fields));
  expect(await outcome('create', { ...created, domain: ACME })).toMatchObject({
    status: 409,
    warning: 'The domain exists already.',
  });
  expect(await outcome('create', { domain: NEW })).toMatchObject({
    status: 400,
    warning: 'Missing parameter: territory',
  });
  expect(await outcome('update', { domain: NEW })).toMatchObject({ status: 404, warning: 'No such domain.' });
  expect(await outcome('delete', { domain: NEW })).toMatchObject({ status: 404 });
  await change({ legacyDuplicate: 400, legacyMissingTarget: 202 });
  expect(await outcome('create', { ...created, domain: ACME })).toMatchObject({ status: 400 });
  expect(await outcome('update', { domain: NEW })).toMatchObject({ status: 202 });
});

test('resellers make domains in their territory, office managers change their own', async () => {
  const { write, logIn } = await open();
  const status = async (login: string, action: string, fields: Record<string, string>) =>
    (await write(action, fields, await logIn(login))).status;
  expect(await status(RESELLER_LOGIN, 'create', { ...created, territory: '67890' })).toBe(403);
  expect(await status(RESELLER_LOGIN, 'update', { domain: GLOBEX })).toBe(403);
  expect(await status(ADA, 'create', created)).toBe(403);
  expect(await status(ADA, 'update', { domain: GLOBEX })).toBe(403);
  expect(await status(ADA, 'update', { domain: ACME, description: 'Ours' })).toBe(202);
  expect(await status(BEN, 'update', { domain: ACME })).toBe(403);
  expect(await status(BEN, 'delete', { domain: ACME })).toBe(403);
  expect(await status(SUPER_USER_LOGIN, 'create', { ...created, territory: '67890' })).toBe(202);
});
