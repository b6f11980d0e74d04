import { expect, test } from 'vitest';
import { CANARY, CANARY_PIN } from '../../../../src/sandbox/company.ts';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { subscriberColumns } from '../../../../src/sandbox/netsapiens/subscriber-record.ts';
import { ACME, ADA, BEN, explanation, GLOBEX, start } from '../start.ts';

const read = { object: 'subscriber', action: 'read' };

const open = async (switches = {}, size?: number) => {
  const platform = await start(switches, size);
  const ada = await platform.logIn(ADA);
  const users = async (fields: Record<string, string>) =>
    (await platform.rows(ada, { ...read, ...fields })).map(({ user }) => user);
  return { ...platform, ada, users };
};

const isAscending = (values: readonly (string | undefined)[]) =>
  values.every((value = '', index) => index === 0 || (values[index - 1] ?? '') < value);

test('a user is read by user and domain, by uid and by login, whatever the case', async () => {
  const { ada, rows } = await open();
  const expected = [expect.objectContaining({ user: '1001', first_name: 'Ada', scope: 'Office Manager' })];
  const keys = [{ user: '1001', domain: ACME }, { uid: ADA }, { uid: ADA.toUpperCase() }, { login: ADA }];
  for (const key of keys) expect(await rows(ada, { ...read, ...key })).toEqual(expected);
});

test('a record has all 48 columns, secrets included', async () => {
  const { ada, rows } = await open();
  const [record] = await rows(ada, { ...read, uid: ADA });
  expect(Object.keys(record ?? {})).toEqual([...subscriberColumns]);
  expect(subscriberColumns).toHaveLength(48);
  expect(record?.subscriber_pin).toBe(CANARY_PIN);
  expect(record?.pwd_hash).toContain(CANARY);
  expect(record).toMatchObject({
    dir: '232',
    dial_plan: ACME,
    time_zone: 'US/Eastern',
    date_created: '2023-04-05 13:00:00',
    last_update: '2024-02-01 08:30:00',
  });
});

test('nobody is found under an unknown key', async () => {
  const { users } = await open();
  expect(await users({ uid: `4711@${ACME}` })).toEqual([]);
  expect(await users({ login: 'nobody@nowhere' })).toEqual([]);
  expect(await users({ domain: ACME, uid: ADA, user: '1002' })).toEqual([]);
});

test('a domain alone gives everybody in it, with the rows that are nobody', async () => {
  const { users } = await open();
  const everybody = await users({ domain: ACME });
  // 44 people less the two whom only the other platform knows; a default, 4 services, 4 departments.
  expect(everybody).toHaveLength(42 + 9);
  expect(everybody).toEqual(expect.arrayContaining(['domain', '800', '801', '802', 'Sales', '0012']));
});

test('an empty service code gives ordinary users, a given one those who have it', async () => {
  const { users } = await open();
  expect(await users({ domain: ACME, srv_code: '' })).toHaveLength(42);
  expect(await users({ domain: ACME, srv_code: 'system-queue' })).toEqual(['800', '803']);
  expect(await users({ domain: ACME, directory_match: 'departments', sort: 'user' })).toEqual([
    'Engineering',
    'Finance',
    'Sales',
    'Support',
  ]);
});

test('scopes are filtered by a comma list', async () => {
  const { users } = await open();
  expect(await users({ domain: ACME, scope: 'Call Center Agent, Call Center Supervisor' })).toEqual([
    '1013',
    '1016',
  ]);
});

test('text filters are exact; names and addresses ignore case', async () => {
  const { users } = await open();
  expect(await users({ domain: ACME, first_name: 'zoë', last_name: 'ÅNGSTRÖM-MÜLLER' })).toEqual(['1005']);
  expect(await users({ domain: ACME, first_name: 'Zo' })).toEqual([]);
  expect(await users({ domain: ACME, email: 'chloe.martin@example.test' })).toEqual(['1003']);
  expect(await users({ domain: ACME, dir: '232' })).toEqual(['1001']);
  expect(await users({ domain: ACME, group: 'sales' })).toEqual([]);
  expect(await users({ domain: ACME, email: 'reception@example.test' })).toEqual(['900', '901']);
});

test('a read that names nobody and no domain is a bad request', async () => {
  const { ada, call } = await open();
  expect(explanation(await call(ada, { ...read, user: '1001' }))).toEqual({
    status: 400,
    statusText: 'Bad Request Missing parameter: one of uid, login, domain, territory',
    warning: 'Missing parameter: one of uid, login, domain, territory',
  });
});

test('fields narrow a record to what is known of them, adding nothing', async () => {
  const { ada, rows } = await open();
  const narrow = await rows(ada, { ...read, uid: ADA, fields: 'email, user,nonsense' });
  expect(narrow).toEqual([{ email: 'ada@example.test', user: '1001' }]);
  expect(Object.keys(narrow[0] ?? {})).toEqual(['email', 'user']);
});

test('start and limit cut a page, sorted by any column in either direction', async () => {
  const { users } = await open();
  const domain = { domain: ACME, srv_code: '' };
  const ascending = await users({ ...domain, sort: 'user' });
  expect(ascending).toHaveLength(42);
  expect(isAscending(ascending)).toBe(true);
  expect(ascending[0]).toBe('0012');
  expect(await users({ ...domain, sort: 'user', start: '1', limit: '2' })).toEqual(['1001', '1002']);
  expect(await users({ ...domain, sort: 'user DESC', limit: '1' })).toEqual(['901']);
  expect(await users({ ...domain, sort: 'user', start: '41', limit: '10' })).toEqual(['901']);
  expect(await users({ ...domain, start: '42', limit: '10' })).toEqual([]);
  expect(await users({ ...domain, limit: '0' })).toEqual([]);
  const unsorted = await users(domain);
  expect(await users({ ...domain, sort: 'nonsense' })).toEqual(unsorted);
});

test('ties of a sort are settled by user, also when it descends', async () => {
  const { ada, rows } = await open();
  const sorted = await rows(ada, {
    ...read,
    domain: ACME,
    srv_code: '',
    sort: 'scope desc',
    fields: 'scope,user',
  });
  const basic = sorted.filter(({ scope }) => scope === 'Basic User').map(({ user }) => user ?? '');
  expect(sorted[0]?.scope).toBe('Wallboard Viewer');
  expect(basic.length).toBeGreaterThan(30);
  expect(isAscending(basic)).toBe(true);
});

test('a start or limit that is no whole number is a bad request', async () => {
  const { ada, call } = await open();
  for (const fields of [{ limit: '-1' }, { limit: 'all' }, { start: '1.5' }]) {
    expect((await call(ada, { ...read, domain: ACME, ...fields })).status).toBe(400);
  }
});

test('there is no cap on rows until the switch sets one, silently', async () => {
  const { users, change } = await open({}, 300);
  expect(await users({ domain: ACME, srv_code: '', limit: '1000000' })).toHaveLength(298);
  await change({ legacyRowCap: 96 });
  expect(await users({ domain: ACME, srv_code: '', limit: '1000000' })).toHaveLength(96);
  expect(await users({ domain: ACME, srv_code: '', limit: '10' })).toHaveLength(10);
});

test('the list is a light directory without secrets', async () => {
  const { ada, rows } = await open();
  const list = { object: 'subscriber', action: 'list', domain: ACME };
  const directory = await rows(ada, list);
  expect(directory).toHaveLength(51);
  expect(directory).toContainEqual({
    domain: ACME,
    user: '1001',
    first_name: 'Ada',
    last_name: 'Example',
    group: 'Sales',
    dir: '232',
    site: 'Harbour',
  });
  const narrow = await rows(ada, { ...list, fields: 'user,pwd_hash', limit: '1' });
  expect(Object.keys(narrow[0] ?? {})).toEqual(['user']);
});

test('a count is one object, knows only domain and territory, and may be of all domains', async () => {
  const { ada, call, logIn } = await open();
  const count = async (token: string, fields: Record<string, string>): Promise<unknown> =>
    (await call(token, { object: 'subscriber', action: 'count', ...fields })).json();
  expect(await count(ada, { domain: ACME, srv_code: '', user: '1001' })).toEqual({ total: '51' });
  const everything = await logIn(SUPER_USER_LOGIN);
  // Globex: 6 people, a default, 4 services, 2 departments; and one operator in each administrative domain.
  expect(await count(everything, { domain: '*' })).toEqual({ total: '66' });
  expect(await count(everything, { domain: '*', territory: '67890' })).toEqual({ total: '13' });
  expect((await call(ada, { object: 'subscriber', action: 'count' })).status).toBe(400);
});

test('every oddity a reader must cope with is in the seed', async () => {
  const { ada, rows, logIn } = await open();
  const people = await rows(ada, { ...read, domain: ACME, srv_code: '' });
  const values = (column: string) => new Set(people.map((record) => record[column]));
  expect(values('user')).toContain('0012');
  expect(values('site')).toContain('n/a');
  expect(values('callid_nmbr')).toEqual(new Set(['[*]', '12125550100']));
  expect(values('vmail_notify')).toEqual(new Set(['no', 'yes', 'attnew', 'attsave', 'atttrash']));
  expect(values('vmail_transcribe')).toEqual(new Set(['', 'google', 'no', 'deepgram']));
  expect(values('vmail_fwd_to').size).toBe(2);
  expect(values('call_limit').size).toBe(2);
  expect(values('presence')).toEqual(new Set(['open', 'inuse', 'alerting', 'progressing', 'held', 'closed']));
  expect(people.filter(({ account_status }) => account_status === 'new')).toHaveLength(1);
  expect(people.map(({ last_name }) => last_name)).toContain('山田');
  const other = await rows(await logIn(SUPER_USER_LOGIN), { ...read, domain: GLOBEX });
  expect(other.map(({ user }) => user)).toEqual(expect.arrayContaining(['domain', '800', '1002', 'Technik']));
});

test('a territory gives the users of its domains', async () => {
  const { logIn, rows, call } = await open();
  const reseller = await logIn(RESELLER_LOGIN);
  const seen = await rows(reseller, { ...read, territory: '12345', fields: 'domain' });
  expect(new Set(seen.map(({ domain }) => domain))).toEqual(new Set([ACME, '0000.12345']));
  expect((await call(reseller, { ...read, territory: '67890' })).status).toBe(403);
});

test('an unknown object or action is not there, or by switch a bad request', async () => {
  const { ada, call, change } = await open();
  expect(explanation(await call(ada, { object: 'constructor', action: 'read' }))).toEqual({
    status: 404,
    statusText: 'Not Found Unknown object or action: constructor read',
    warning: 'Unknown object or action: constructor read',
  });
  expect((await call(ada, { object: 'subscriber', action: 'toString' })).status).toBe(404);
  await change({ legacyUnknownOperation: 400 });
  expect((await call(ada, { object: 'nope', action: 'read' })).status).toBe(400);
});

test('unknown parameters are ignored, or by switch refused by name', async () => {
  const { ada, call, change } = await open();
  const fields = { ...read, uid: BEN, raw: 'yes' };
  expect((await call(ada, fields)).status).toBe(200);
  await change({ legacyStrictParameters: true });
  expect(explanation(await call(ada, fields))).toMatchObject({
    status: 400,
    warning: 'Unknown parameter: raw',
  });
  const documented = {
    ...read,
    domain: ACME,
    srv_code: '',
    fields: 'user',
    start: '0',
    limit: '9',
    sort: 'user',
  };
  expect((await call(ada, documented)).status).toBe(200);
});
