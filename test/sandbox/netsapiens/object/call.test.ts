import { expect, test } from 'vitest';
import { SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, GLOBEX, startWith, toTime } from '../start.ts';

const SECOND = 1000;

const open = async (switches = {}) => {
  const platform = await startWith('call', { legacyCallTimes: 'dashes', ...switches });
  const find = async (callid: string) =>
    (await platform.read({ domain: ACME })).find(({ orig_callid }) => orig_callid === callid);
  const presenceOf = async (uid: string) =>
    (
      await platform.rows(platform.ada, {
        object: 'subscriber',
        action: 'read',
        uid,
        fields: 'presence,gauSession',
      })
    )[0];
  const originate = (destination: string, fields = {}, token?: string) =>
    platform.ask('call', { callid: 'mine-1', uid: ADA, destination, ...fields }, token);
  return { ...platform, find, presenceOf, originate };
};

test('everybody whose presence says so is in a call, which tells both of its sides', async () => {
  const { read, rows, ada } = await open();
  const calls = await read({ domain: ACME });
  const people = await rows(ada, { object: 'subscriber', action: 'read', domain: ACME, srv_code: '' });
  const parties = new Set(calls.flatMap(({ orig_user, term_user }) => [orig_user, term_user]));
  for (const { user, presence } of people) {
    expect([user, parties.has(user)]).toEqual([user, !['open', 'closed'].includes(presence ?? '')]);
  }
  expect(calls.find(({ term_user }) => term_user === '1005')).toMatchObject({
    orig_user: '',
    orig_domain: '*',
    term_domain: ACME,
    dnis: '1005',
    time_answer: '',
    orig_call_info: 'Progressing',
    term_call_info: 'Alerting',
  });
  expect(calls.find(({ term_user }) => term_user === '1002')).toMatchObject({
    time_answer: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    orig_call_info: 'Active',
    term_call_info: 'Active',
  });
});

test('a call to the outside rings, is answered and ends by itself, and then is history', async () => {
  const { originate, find, presenceOf, advance, clock, rows, ada } = await open();
  const began = clock.now();
  const placed = await originate('+12125550177');
  expect([placed.status, await placed.text()]).toEqual([200, '']);
  expect(await find('mine-1')).toMatchObject({
    orig_user: '1001',
    orig_domain: ACME,
    orig_name: 'Ada Example',
    ani: '1001',
    dnis: '12125550177',
    term_user: '',
    term_domain: '*',
    time_begin: toTime(began),
    time_answer: '',
    orig_call_info: 'Progressing',
    term_call_info: 'Alerting',
  });
  expect(await presenceOf(ADA)).toEqual({ presence: 'progressing', gauSession: '1' });
  await advance(6 * SECOND);
  expect(await find('mine-1')).toMatchObject({
    time_answer: toTime(began + 6 * SECOND),
    orig_call_info: 'Active',
    term_call_info: 'Active',
  });
  expect(await presenceOf(ADA)).toEqual({ presence: 'inuse', gauSession: '1' });
  await advance(200 * SECOND);
  expect(await find('mine-1')).toBeUndefined();
  expect(await presenceOf(ADA)).toEqual({ presence: 'open', gauSession: '0' });
  const [newest] = await rows(ada, {
    object: 'cdr2',
    action: 'read',
    uid: ADA,
    start_date: toTime(began),
    end_date: toTime(began),
  });
  expect(newest).toMatchObject({
    type: '0',
    number: '12125550177',
    time_start: String(began / SECOND),
    time_answer: String(began / SECOND + 6),
    time_release: String(began / SECOND + 186),
    duration: '186',
    onnet: '0',
  });
});

test('the look does not change what happens: late or often, a call ends at the same second', async () => {
  const { originate, advance, find, clock, rows, ada } = await open();
  const began = clock.now();
  await originate('12125550177');
  await originate('12125550177', { callid: 'mine-2' });
  for (let second = 0; second < 190; second += 10) {
    await find('mine-1');
    await advance(10 * SECOND);
  }
  const history = await rows(ada, {
    object: 'cdr2',
    action: 'read',
    uid: ADA,
    start_date: toTime(began),
    end_date: toTime(began),
  });
  expect(history.map(({ time_release }) => time_release)).toEqual([
    String(began / SECOND + 186),
    String(began / SECOND + 186),
  ]);
});

test('a colleague rings until the timeout, and has then missed the call', async () => {
  const { originate, find, presenceOf, advance, clock, rows, ada } = await open();
  const began = clock.now();
  await originate('1003');
  expect(await find('mine-1')).toMatchObject({ term_user: '1003', term_domain: ACME, dnis: '1003' });
  expect(await presenceOf(`1003@${ACME}`)).toEqual({ presence: 'alerting', gauSession: '0' });
  await advance(24 * SECOND);
  expect(await find('mine-1')).toHaveProperty('term_call_info', 'Alerting');
  await advance(SECOND);
  expect(await find('mine-1')).toBeUndefined();
  expect(await presenceOf(`1003@${ACME}`)).toEqual({ presence: 'open', gauSession: '0' });
  const window = { start_date: toTime(began), end_date: toTime(began) };
  expect(await rows(ada, { object: 'cdr2', action: 'read', uid: `1003@${ACME}`, ...window })).toMatchObject([
    { type: '2', number: '1001', name: 'Ada Example', onnet: '1', time_answer: null, duration: '25' },
  ]);
});

test('times are printed as the documentation has them, or by switch as events do', async () => {
  const { originate, find, clock, change } = await open();
  await originate('1003');
  const iso = toTime(clock.now());
  expect(await find('mine-1')).toHaveProperty('time_begin', iso);
  await change({ legacyCallTimes: 'printed' });
  const [date = '', time = ''] = iso.split(' ');
  const [year = '', month = '', day = ''] = date.split('-');
  expect(await find('mine-1')).toMatchObject({
    time_begin: `${month}/${day}/${year.slice(2)} ${time}`,
    time_answer: '',
  });
});

test('calls are sorted by the documented name of their begin, oldest first unless asked otherwise', async () => {
  const { read, originate, advance } = await open();
  await advance(SECOND);
  await originate('1003');
  const begins = async (fields = {}) =>
    (await read({ domain: ACME, ...fields })).map(({ time_begin = '' }) => time_begin);
  const ascending = await begins();
  expect(ascending).toEqual(ascending.toSorted());
  expect(await begins({ sort: 'time_start DESC', limit: '1' })).toEqual([ascending.at(-1)]);
  expect(await begins({ start: '1', limit: '2' })).toEqual(ascending.slice(1, 3));
});

test('the caller chooses an id that is new', async () => {
  const { originate, status, advance } = await open();
  await originate('12125550177');
  expect((await originate('12125550177')).status).toBe(409);
  await advance(200 * SECOND);
  expect((await originate('12125550177')).status).toBe(409);
  expect(await status('call', { uid: ADA, destination: '1003' })).toBe(400);
  expect(await status('call', { callid: 'x', destination: '1003' })).toBe(400);
  expect(await status('call', { callid: 'x', uid: ADA })).toBe(400);
  expect(await status('call', { callid: 'x', uid: `4711@${ACME}`, destination: '1003' })).toBe(404);
});

test('users see and place their own calls only', async () => {
  const { read, originate, logIn, status, ada } = await open();
  const ben = await logIn(BEN);
  await originate('1003');
  expect((await read({ domain: ACME }, ben)).map(({ term_user }) => term_user)).toEqual(['1002']);
  expect(await read({ domain: ACME, uid: ADA }, ben)).toEqual([]);
  expect(await read({ uid: ADA }, ada)).toHaveLength(1);
  expect((await originate('1003', { callid: 'theirs' }, ben)).status).toBe(403);
  expect((await originate('1003', { callid: 'own', uid: BEN }, ben)).status).toBe(200);
  expect(await status('read', { domain: GLOBEX })).toBe(403);
});

test('calls are counted in a domain and in all', async () => {
  const { json, read, logIn, status } = await open();
  const calls = await read({ domain: ACME });
  expect(await json('count', { domain: ACME })).toEqual({ total: String(calls.length) });
  const everything = await logIn(SUPER_USER_LOGIN);
  expect(await json('count', { domain: '*', territory: '12345' }, everything)).toEqual({
    total: String(calls.length),
  });
  expect(await status('count')).toBe(400);
});

test('a report tells how many there were at once', async () => {
  const { json, status, clock } = await open();
  const window = { start_date: toTime(clock.now() - 24 * 3_600_000), end_date: toTime(clock.now() - 1) };
  const report = (fields = {}) => json('report', { domain: ACME, group_by: 'domain', ...window, ...fields });
  const hours = (await report()) as { max: string; min: string; avg: string }[];
  expect(hours).toHaveLength(24);
  for (const { max, min, avg } of hours) {
    expect(Number(min)).toBeLessThanOrEqual(Number(avg));
    expect(Number(avg)).toBeLessThanOrEqual(Number(max));
  }
  expect(Math.max(...hours.map(({ max }) => Number(max)))).toBeGreaterThan(0);
  expect(await report({ report_by: 'day' })).toHaveLength(1);
  expect(await report({ report_by: 'min' })).toHaveLength(1440);
  expect(await report({ start_date: 'yesterday' })).toEqual({});
  expect(await status('report', { domain: ACME, ...window })).toBe(400);
  expect(await status('report', { domain: GLOBEX, group_by: 'domain', ...window })).toBe(403);
});
