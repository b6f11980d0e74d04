import { expect, test } from 'vitest';
import { CANARY } from '../../../../src/sandbox/company.ts';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, BEN, explanation, GLOBEX, startWith, toTime } from '../start.ts';

const HOUR = 3_600_000;
const newcomer = { domain: ACME, device: '1002x', user: '1002', mac: '0a1b2c3d4e5f', model: 'Northwind D40' };

const open = async (switches = {}) => {
  const platform = await startWith('device', switches);
  const names = async (fields: Record<string, string>, token?: string) =>
    (await platform.read({ domain: ACME, ...fields }, token)).map(({ device }) => device);
  return { ...platform, names };
};

test('somebody has several devices, each with its secrets', async () => {
  const { read } = await open();
  const devices = await read({ domain: ACME, user: '1003' });
  expect(devices.map(({ aor }) => aor)).toEqual([
    `sip:1003@${ACME}`,
    `sip:1003a@${ACME}`,
    `sip:1003m@${ACME}`,
  ]);
  for (const { authentication_key, auth_pass, auth_user, device } of devices) {
    expect(authentication_key).toContain(CANARY);
    expect(auth_pass).toContain(CANARY);
    expect(auth_user).toBe(device);
  }
});

test('a registered device is so at any time, for an hour each', async () => {
  const { read, clock, advance, logIn } = await open();
  for (const ahead of [0, HOUR / 2, 10 * HOUR]) {
    await advance(ahead);
    const [device] = await read({ domain: ACME, device: '1001' }, await logIn(`1001@${ACME}`));
    expect(device?.mode).toBe('registered_endpoint');
    const registered = Date.parse(`${device?.registration_time?.replace(' ', 'T')}Z`);
    expect(registered).toBeLessThanOrEqual(clock.now());
    expect(device?.registration_expires_time).toBe(toTime(registered + HOUR));
    expect(registered + HOUR).toBeGreaterThan(clock.now());
    expect(Number(device?.expires)).toBe((registered + HOUR - clock.now()) / 1000);
  }
});

test('whoever is closed has no device that is registered, all others have one', async () => {
  const { read, rows, ada } = await open();
  const devices = await read({ domain: ACME });
  const people = await rows(ada, { object: 'subscriber', action: 'read', domain: ACME, srv_code: '' });
  for (const { user, presence } of people) {
    const modes = devices.filter(({ subscriber_name }) => subscriber_name === user).map(({ mode }) => mode);
    expect([user, modes.includes('registered_endpoint')]).toEqual([user, presence !== 'closed']);
  }
  expect(new Set(devices.map(({ mode }) => mode))).toEqual(
    new Set(['registered_endpoint', 'unregistered_endpoint', 'unknown']),
  );
});

test('devices are found by name, aor, owner and mode, also in the older form', async () => {
  const { names, read } = await open();
  expect(await names({ device: '1003A' })).toEqual(['1003a']);
  expect(await names({ device: `sip:1003a@${ACME}` })).toEqual(['1003a']);
  expect(await names({ owner: '1002' })).toEqual(['1002', '1002a']);
  expect(await names({ user: '1003', mode: 'registered_endpoint' })).toEqual(['1003', '1003a', '1003m']);
  const old = await read({ owner_domain: ACME, owner: '1002', aor: `sip:1002@${ACME}` });
  expect(old.map(({ device }) => device)).toEqual(['1002']);
  expect(await names({ user: '1001,1002' })).toEqual([]);
});

test('noNDP leaves out provisioning, list leaves names, fields choose', async () => {
  const { read } = await open();
  const [full] = await read({ domain: ACME, device: '1001' });
  expect(full).toMatchObject({ mac: '005e10000000', model: 'Northwind D40', transport: 'udp' });
  const [fast] = await read({ domain: ACME, device: '1001', noNDP: 'yes' });
  expect(fast).toHaveProperty('aor');
  for (const column of ['mac', 'model', 'line', 'transport', 'overrides', 'ndperror']) {
    expect(fast).not.toHaveProperty(column);
  }
  expect(await read({ domain: ACME, device: '1001', list: 'yes' })).toEqual([
    { device: '1001', sub_fullname: 'Ada Example' },
  ]);
  expect(await read({ domain: ACME, device: '1001', fields: 'aor,mode' })).toEqual([
    { aor: `sip:1001@${ACME}`, mode: 'registered_endpoint' },
  ]);
});

test('the owner is told as it is now', async () => {
  const { read, call, ada } = await open();
  await read({ domain: ACME });
  await call(ada, { object: 'subscriber', action: 'update', uid: BEN, last_name: 'Newname' });
  expect(await read({ domain: ACME, device: '1002' })).toMatchObject([{ sub_fullname: 'Ben Newname' }]);
});

test('devices are counted, for all domains by those who see them', async () => {
  const { json, logIn, status, read } = await open();
  const all = await read({ domain: ACME });
  expect(await json('count', { domain: ACME })).toEqual({ total: String(all.length) });
  expect(await json('count', { domain: ACME, user: '1003' })).toEqual({ total: '3' });
  const everything = await logIn(SUPER_USER_LOGIN);
  const globex = await read({ domain: GLOBEX }, everything);
  expect(await json('count', { domain: '*' }, everything)).toEqual({
    total: String(all.length + globex.length),
  });
  expect(await json('count', { domain: '*', territory: '67890' }, everything)).toEqual({
    total: String(globex.length),
  });
  expect(await status('count')).toBe(400);
});

test('users see their own devices, and nothing of another domain', async () => {
  const { names, status, logIn } = await open();
  const ben = await logIn(BEN);
  expect(await names({}, ben)).toEqual(['1002', '1002a']);
  expect(await names({ user: '1001' }, ben)).toEqual([]);
  expect(await status('read', { domain: GLOBEX }, ben)).toBe(403);
  expect(await status('create', newcomer, ben)).toBe(403);
  expect(await status('delete', { device: '1002', domain: ACME }, ben)).toBe(403);
});

test('a new device is not registered until a phone is', async () => {
  const { read, status } = await open();
  expect(await status('create', newcomer)).toBe(202);
  const { domain, ...given } = newcomer;
  expect(await read({ domain, device: '1002x' })).toMatchObject([
    {
      device: given.device,
      mac: given.mac,
      model: given.model,
      subscriber_name: '1002',
      subscriber_domain: ACME,
      mode: 'unregistered_endpoint',
      registration_time: '',
    },
  ]);
});

test('a create says what is missing, wrong or taken', async () => {
  const { ask, status, change } = await open();
  const { mac: _mac, ...withoutMac } = newcomer;
  expect(explanation(await ask('create', withoutMac))).toMatchObject({
    status: 400,
    warning: 'Missing parameter: mac',
  });
  expect(explanation(await ask('create', { ...newcomer, mac: '0a:1b:2c:3d:4e:5f' }))).toMatchObject({
    status: 400,
    warning: 'Invalid parameter: mac',
  });
  expect(await status('create', { ...newcomer, user: '4711' })).toBe(404);
  expect(await status('create', { ...newcomer, device: '1002A' })).toBe(409);
  await change({ legacyDuplicate: 400 });
  expect(await status('create', { ...newcomer, device: '1002a' })).toBe(400);
});

test('an update changes what it sends and may give the device away', async () => {
  const { read, status, advance, change } = await open();
  const [before] = await read({ domain: ACME, device: '1002a' });
  await change({ legacyWriteDelayMs: 500 });
  const fields = { device: `sip:1002a@${ACME}`, transport: 'tls', user: '1001', 'check-sync': 'yes' };
  expect(await status('update', fields)).toBe(202);
  expect(await read({ domain: ACME, device: '1002a' })).toEqual([before]);
  await advance(500);
  expect(await read({ domain: ACME, device: '1002a' })).toMatchObject([
    {
      ...before,
      transport: 'tls',
      subscriber_name: '1001',
      sub_fullname: 'Ada Example',
      sub_scope: 'Office Manager',
      sub_login: `1001@${ACME}`,
      expires: expect.any(String),
    },
  ]);
  expect(await status('update', { device: 'nobody', domain: ACME })).toBe(404);
});

test('a deleted device is gone, and a deleted user takes devices along', async () => {
  const { names, status, call, logIn, change } = await open();
  expect(await status('delete', { device: '1002a', domain: ACME })).toBe(202);
  expect(await names({ user: '1002' })).toEqual(['1002']);
  expect(await status('delete', { device: '1002a', domain: ACME })).toBe(404);
  await change({ legacyMissingTarget: 202 });
  expect(await status('delete', { device: '1002a', domain: ACME })).toBe(202);
  await call(await logIn(RESELLER_LOGIN), { object: 'subscriber', action: 'delete', uid: BEN });
  expect(await names({ user: '1002' })).toEqual([]);
});
