import { expect, test } from 'vitest';
import { CANARY, CLIENT } from '../../../../src/sandbox/company.ts';
import { RESELLER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, explanation, GLOBEX, passwordGrant, start } from '../start.ts';

const open = async (switches = {}) => {
  const platform = await start(switches);
  const ada = await platform.logIn(ADA);
  const write = (action: string, fields: Record<string, string>, token = ada) =>
    platform.call(token, { object: 'subscriber', action, ...fields });
  const find = async (uid: string) =>
    (await platform.rows(ada, { object: 'subscriber', action: 'read', uid }))[0];
  return { ...platform, ada, write, find, reseller: await platform.logIn(RESELLER_LOGIN) };
};

const newcomer = { user: '1099', domain: ACME, first_name: 'Nina', last_name: 'Newcomer' };
const NINA = `1099@${ACME}`;

test('create, update and delete answer 202 as text without a body', async () => {
  const { write, reseller } = await open();
  const answers = [
    await write('create', newcomer),
    await write('update', { uid: NINA, message: 'Hello' }),
    await write('delete', { uid: NINA }, reseller),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.text()).toBe('');
  }
});

test('a write shows when its delay is over, and not before', async () => {
  const { write, find, advance } = await open({ legacyWriteDelayMs: 60_000 });
  const before = await find(BEN);
  await write('update', { uid: BEN, message: 'First' });
  await advance(30_000);
  await write('update', { uid: BEN, message: 'Second' });
  expect((await find(BEN))?.message).toBe(before?.message);
  await advance(30_000);
  expect((await find(BEN))?.message).toBe('First');
  await advance(30_000);
  expect((await find(BEN))?.message).toBe('Second');
});

test('writes that come due together are made in the order of their time', async () => {
  const { write, find, advance, change } = await open({ legacyWriteDelayMs: 90_000 });
  await write('update', { uid: BEN, message: 'Slow' });
  await change({ legacyWriteDelayMs: 30_000 });
  await write('update', { uid: BEN, message: 'Quick' });
  await advance(100_000);
  expect((await find(BEN))?.message).toBe('Slow');
});

test('a reset forgets the writes that wait', async () => {
  const { write, find, advance, reset } = await open({ legacyWriteDelayMs: 60_000 });
  const before = await find(BEN);
  await write('update', { uid: BEN, message: 'Lost' });
  await reset();
  await advance(120_000);
  expect(await find(BEN)).toEqual(before);
});

test('a new user has the defaults of its domain', async () => {
  const { write, find } = await open();
  await write('create', newcomer);
  expect(await find(NINA)).toMatchObject({
    ...newcomer,
    dir: '646',
    subscriber_login: NINA,
    scope: 'Basic User',
    site: 'n/a',
    time_zone: 'US/Eastern',
    dial_plan: ACME,
    presence: 'closed',
    srv_code: '',
    account_status: 'standard',
  });
});

test('an update changes what was sent, the time of the change, and nothing else', async () => {
  const { write, find } = await open();
  const before = await find(BEN);
  await write('update', { uid: BEN, message: '', call_limit: '7' });
  const after = await find(BEN);
  expect(after).toEqual({ ...before, message: '', call_limit: '7', last_update: after?.last_update });
  expect(after?.last_update).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  const written = Date.parse(`${after?.last_update?.replace(' ', 'T')}Z`);
  expect(Math.abs(written - Date.now())).toBeLessThan(60_000);
});

test('an update or delete that names nobody is a bad request', async () => {
  const { write, reseller } = await open();
  expect(explanation(await write('update', { message: 'Nobody', user: '1002' }))).toMatchObject({
    status: 400,
    warning: 'Missing parameter: uid',
  });
  expect((await write('delete', { domain: ACME }, reseller)).status).toBe(400);
});

test('the key and what the platform computes cannot be written', async () => {
  const { write, find } = await open();
  const before = await find(BEN);
  const fields = { user: '9', domain: GLOBEX, presence: 'held', gauSession: '9', date_created: 'x' };
  await write('update', { ...fields, uid: BEN, account_status: 'locked' });
  expect(await find(BEN)).toEqual({ ...before, last_update: expect.any(String) });
});

test('a user may also be named by user and domain', async () => {
  const { write, find } = await open();
  await write('update', { user: '1002', domain: ACME, message: 'Named' });
  expect((await find(BEN))?.message).toBe('Named');
});

test('voicemail copies are written under either spelling', async () => {
  const { write, find } = await open();
  await write('update', { uid: BEN, vmail_frd_to: 'one@example.test' });
  expect((await find(BEN))?.vmail_fwd_to).toBe('one@example.test');
  await write('update', { uid: BEN, vmail_frd_to: 'one@example.test', vmail_fwd_to: 'two@example.test' });
  expect((await find(BEN))?.vmail_fwd_to).toBe('two@example.test');
});

test('a department is made as a user', async () => {
  const { write, find } = await open();
  await write('create', { user: 'Harbour Crew', domain: ACME, directory_match: 'departments' });
  expect(await find(`Harbour Crew@${ACME}`)).toMatchObject({ srv_code: 'system-department' });
});

test('a deleted user is gone, and so is the login', async () => {
  const { write, find, reseller, logIn, call, askToken } = await open();
  const ben = await logIn(BEN);
  await write('delete', { user: '1002', domain: ACME }, reseller);
  expect(await find(BEN)).toBeUndefined();
  expect((await call(ben, { object: 'subscriber', action: 'read', uid: BEN })).status).toBe(401);
  await write('create', { user: '1002', domain: ACME });
  expect((await askToken(passwordGrant(BEN))).status).toBe(401);
});

test('whoever is not there cannot be changed or deleted, or by switch is so without a word', async () => {
  const { write, reseller, change } = await open();
  const answers = async () => [
    (await write('update', { uid: `4711@${ACME}`, message: 'x' })).status,
    (await write('delete', { uid: `4711@${ACME}` }, reseller)).status,
  ];
  expect(await answers()).toEqual([404, 404]);
  await change({ legacyMissingTarget: 202 });
  expect(await answers()).toEqual([202, 202]);
});

test('whoever is there already cannot be created, nor a login be given twice', async () => {
  const { write, change } = await open();
  expect(explanation(await write('create', { user: '1002', domain: ACME }))).toEqual({
    status: 409,
    statusText: 'Conflict The user exists already.',
    warning: 'The user exists already.',
  });
  expect((await write('create', { ...newcomer, subscriber_login: BEN })).status).toBe(409);
  expect((await write('update', { uid: ADA, subscriber_login: BEN.toUpperCase() })).status).toBe(409);
  expect((await write('update', { uid: ADA, subscriber_login: ADA })).status).toBe(202);
  await change({ legacyDuplicate: 400 });
  expect((await write('create', { user: '1002', domain: ACME })).status).toBe(400);
});

test('a create names its user and its domain', async () => {
  const { write, reseller } = await open();
  expect(explanation(await write('create', { domain: ACME }))).toMatchObject({
    status: 400,
    warning: 'Missing parameter: user',
  });
  expect((await write('create', { user: '1099' })).status).toBe(400);
  expect((await write('create', { user: '1099', domain: 'nowhere' }, reseller)).status).toBe(404);
});

test('a new user logs in with the password of its create, which is stored as a canary', async () => {
  const { write, find, askToken } = await open();
  await write('create', {
    ...newcomer,
    subscriber_login: 'nina',
    pwd_hash: 'harbour-gate',
    scope: 'Site Manager',
  });
  const grant = { grant_type: 'password', client_id: CLIENT.id, client_secret: CLIENT.secret };
  const token = await askToken({ ...grant, username: 'nina', password: 'harbour-gate' });
  expect(await token.json()).toMatchObject({ uid: NINA, scope: 'Site Manager' });
  const stored = await find(NINA);
  expect(stored?.pwd_hash).toContain(CANARY);
  expect(JSON.stringify(stored)).not.toContain('harbour-gate');
});
