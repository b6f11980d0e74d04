import { expect, test } from 'vitest';
import { anchorOf, callsOf, type CompanyCall } from '../../../../src/sandbox/company-call.ts';
import { createCompany } from '../../../../src/sandbox/company.ts';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, explanation, GLOBEX, startWith, toTime } from '../start.ts';

const HOUR = 3_600_000;
const window = { start_date: '2000-01-01 00:00:00', end_date: '2100-01-01 00:00:00' };
const inDomain = { domain: ACME, ...window };

const isHere = ({ from, to }: CompanyCall) =>
  from.person?.legacy !== undefined || to.person?.legacy !== undefined;

const open = async (calls = 60, switches = {}) => {
  const platform = await startWith('cdr2', switches, undefined, calls);
  const company = createCompany(undefined, calls);
  const told = company.accounts.map((account) =>
    callsOf(company, account, anchorOf(platform.clock.now())).filter(isHere),
  );
  const [acme = [], globex = []] = told;
  return { ...platform, acme, globex };
};

const starts = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map(({ time_start }) => time_start);
const toStart = ({ startedAt }: CompanyCall) => String(startedAt / 1000);

test('a domain sees the calls of the company, newest first, with the same seconds and parties', async () => {
  const { read, acme } = await open();
  const rows = await read(inDomain);
  expect(rows).toHaveLength(acme.length);
  expect(acme.length).toBeGreaterThan(50);
  for (const [place, { startedAt, ringSeconds, talkSeconds, from, to, direction }] of acme.entries()) {
    const isAnswered = talkSeconds > 0;
    expect(rows[place]).toMatchObject({
      domain: ACME,
      territory: '12345',
      time_start: String(startedAt / 1000),
      time_answer: isAnswered ? String(startedAt / 1000 + ringSeconds) : null,
      time_release: String(startedAt / 1000 + ringSeconds + talkSeconds),
      duration: String(ringSeconds + talkSeconds),
      time_talking: String(talkSeconds),
      orig_sub: from.person?.legacy === undefined ? null : from.person.extension,
      term_sub: to.person?.legacy === undefined ? null : to.person.extension,
      orig_from_name: from.name,
      orig_from_uri: expect.stringContaining(`sip:${from.number.replace('+', '')}@`),
      term_to_uri: expect.stringContaining(`sip:${to.number.replace('+', '')}@`),
      orig_req_user: direction === 'inbound' ? '12125550100' : to.number.replace('+', ''),
    });
  }
});

test('a call between two whom only the other platform knows is not told here', async () => {
  const { json, acme } = await open(2000);
  const company = createCompany(undefined, 2000);
  expect(acme.length).toBeLessThan(2000);
  expect(await json('count', inDomain)).toMatchObject({ total: String(acme.length) });
  expect(company.calls).toBe(2000);
});

test('the type says who called whom, and whether anybody answered', async () => {
  const { read, acme } = await open(400);
  const rows = await read({ ...inDomain, limit: '1000' });
  const expected = acme.map(({ from, to, talkSeconds }) => {
    if (from.person?.legacy !== undefined) return to.person?.legacy === undefined ? '0' : '3';
    return talkSeconds > 0 ? '1' : '2';
  });
  expect(rows.map(({ type }) => type)).toEqual(expected);
  expect(new Set(expected)).toEqual(new Set(['0', '1', '2', '3']));
  for (const type of ['0', '1', '2', '3']) {
    const some = await read({ ...inDomain, limit: '1000', type });
    expect(starts(some)).toEqual(starts(rows.filter((row) => row.type === type)));
  }
});

test('a user sees the own calls, the other side as number and name', async () => {
  const { read, acme } = await open(2000);
  const own = acme.filter(({ from, to }) => [from, to].some(({ person }) => person?.extension === '1002'));
  const rows = await read({ uid: BEN, ...window, limit: '1000', showhidden: '1' });
  expect(own.length).toBeGreaterThan(20);
  expect(starts(rows)).toEqual(own.map(toStart));
  for (const [place, { from, to, talkSeconds }] of own.entries()) {
    const isOrig = from.person?.extension === '1002';
    const other = isOrig ? to : from;
    const missed = talkSeconds === 0 ? '2' : '1';
    expect(rows[place]).toMatchObject({
      uid: BEN,
      domain: ACME,
      type: isOrig ? '0' : missed,
      number: other.number.replace('+', ''),
      name: other.name,
      onnet: other.person?.legacy === undefined ? '0' : '1',
    });
  }
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'uid',
    'domain',
    'cdr_id',
    'type',
    'time_start',
    'time_answer',
    'time_release',
    'duration',
    'orig_to_uri',
    'number',
    'name',
    'onnet',
    'hide',
    'tag',
  ]);
});

test('hidden calls show in the list of a user when asked for, and in the domain at any time', async () => {
  const { read } = await open(2000);
  const all = await read({ uid: BEN, ...window, limit: '1000', showhidden: '1' });
  const hidden = all.filter(({ hide }) => hide === '1');
  expect(hidden.length).toBeGreaterThan(0);
  expect(await read({ uid: BEN, ...window, limit: '1000' })).toEqual(all.filter(({ hide }) => hide === '0'));
  const ids = new Set((await read({ ...inDomain, limit: '5000' })).map(({ cdr_id }) => cdr_id));
  expect(hidden.every(({ cdr_id }) => ids.has(cdr_id))).toBe(true);
});

test('a page has a hundred rows unless another limit is sent, within the cap', async () => {
  const { read, change } = await open(250);
  const all = await read({ ...inDomain, limit: '1000' });
  expect(all.length).toBeGreaterThan(200);
  expect(await read(inDomain)).toEqual(all.slice(0, 100));
  expect(await read({ ...inDomain, start: '100' })).toEqual(all.slice(100, 200));
  expect(await read({ ...inDomain, start: '190', limit: '7' })).toEqual(all.slice(190, 197));
  expect(await read({ ...inDomain, start: '100000' })).toEqual({});
  await change({ legacyRowCap: 96 });
  expect(await read({ ...inDomain, limit: '1000' })).toEqual(all.slice(0, 96));
});

test('a window has both of its ends, in UTC', async () => {
  const { read, acme } = await open();
  const [newest, second, third] = acme;
  if (newest === undefined || second === undefined || third === undefined) throw new Error('Too few calls');
  const between = (from: number, to: number) =>
    read({ domain: ACME, start_date: toTime(from), end_date: toTime(to) });
  expect(starts(await between(third.startedAt, newest.startedAt))).toEqual(
    [newest, second, third].map(toStart),
  );
  expect(starts(await between(third.startedAt + 1000, newest.startedAt - 1000))).toEqual([toStart(second)]);
  const day = toTime(newest.startedAt).slice(0, 10);
  const sinceMidnight = await read({ domain: ACME, start_date: day, end_date: '2100-01-01' });
  expect(starts(sinceMidnight)).toEqual(
    acme.filter((call) => toTime(call.startedAt).startsWith(day)).map(toStart),
  );
});

test('a window that is empty or cannot be read gives an object, one that is missing a bad request', async () => {
  const { json, ask, change } = await open();
  expect(await json('read', { domain: ACME, start_date: '2001-01-01', end_date: '2001-01-02' })).toEqual({});
  expect(await json('read', { ...inDomain, start_date: 'last week' })).toEqual({});
  expect(await json('read', { ...inDomain, end_date: '2024-02-31 25:00:00' })).toEqual({});
  expect(
    await json('read', { ...inDomain, start_date: window.end_date, end_date: window.start_date }),
  ).toEqual({});
  for (const [missing, rest] of [
    ['start_date', { end_date: '2100-01-01' }],
    ['end_date', { start_date: '2000-01-01' }],
  ] as const) {
    expect(explanation(await ask('read', { domain: ACME, ...rest }))).toMatchObject({
      status: 400,
      warning: `Missing parameter: ${missing}`,
    });
  }
  expect(explanation(await ask('read', window))).toMatchObject({
    status: 400,
    warning: 'Missing parameter: one of uid, domain, territory, id',
  });
  await change({ legacyEmpty: 'blank' });
  expect(await (await ask('read', { ...inDomain, start_date: 'never' })).text()).toBe('');
});

test('raw nests the leg with the ids that recordings are found by, and nothing else changes', async () => {
  const { read, ask } = await open();
  const [flat] = await read({ ...inDomain, limit: '1' });
  const [raw] = (await read({ ...inDomain, limit: '1', raw: 'yes', qos: 'yes' })) as unknown as Record<
    string,
    object
  >[];
  const { CdrR: leg = {}, ...rest } = raw ?? {};
  expect(rest).toEqual(flat);
  expect(Object.keys(leg).length).toBeGreaterThan(75);
  expect(leg).toMatchObject({
    orig_callid: expect.stringMatching(/@/),
    term_callid: expect.any(String),
    release_text: expect.any(String),
    codec: expect.any(String),
    time_start: flat?.time_start,
  });
  const xml = await (await ask('read', { ...inDomain, limit: '1', raw: 'yes', format: 'xml' })).text();
  expect(xml).toMatch(/^<xml><cdr2><cdr_id>.*<CdrR><id>.*<\/CdrR><\/cdr2><\/xml>$/);
});

test('newer builds write numbers, and null stays null', async () => {
  const { read } = await open(400, { legacyTyping: 'numeric' });
  const [missed] = await read({ ...inDomain, type: '2', limit: '1', raw: 'yes' });
  expect(missed).toMatchObject({ type: 2, orig_sub: null, time_answer: null, CdrR: { time_answer: null } });
  expect(typeof missed?.time_start).toBe('number');
});

test('a call is read by its id, within its window and with its call ids', async () => {
  const { read, status, logIn } = await open();
  const rows = await read({ ...inDomain, raw: 'yes' });
  const { cdr_id: id = '', CdrR } = rows[17] ?? {};
  const { orig_callid = '', term_callid = '' } = CdrR as unknown as Record<string, string>;
  const reseller = await logIn(RESELLER_LOGIN);
  const byId = { id, ...window, raw: 'yes' };
  expect(await read(byId, reseller)).toEqual([rows[17]]);
  expect(await read({ ...byId, orig_callid, term_callid }, reseller)).toEqual([rows[17]]);
  expect(await read({ ...byId, term_callid: 'other' }, reseller)).toEqual({});
  expect(await read({ ...byId, end_date: '2001-01-01' }, reseller)).toEqual({});
  expect(await read({ ...byId, id: `${id}0` }, reseller)).toEqual({});
  expect(await read({ ...byId, id: orig_callid }, reseller)).toEqual({});
  expect(await status('read', { id })).toBe(400);
});

test('a group is the calls of those in a department', async () => {
  const { read, rows, ada } = await open(400);
  const sales = await rows(ada, {
    object: 'subscriber',
    action: 'read',
    domain: ACME,
    group: 'Sales',
    srv_code: '',
  });
  const users = new Set(sales.map(({ user }) => user));
  const all = await read({ ...inDomain, limit: '1000' });
  expect(await read({ ...inDomain, group: 'Sales', limit: '1000' })).toEqual(
    all.filter(({ orig_sub, term_sub }) => users.has(orig_sub) || users.has(term_sub)),
  );
});

test('a territory is the calls of its domains', async () => {
  const { read, status, logIn, globex } = await open();
  const everything = await logIn(SUPER_USER_LOGIN);
  const rows = await read({ territory: '67890', ...window, limit: '1000' }, everything);
  expect(starts(rows)).toEqual(globex.map(toStart));
  expect(new Set(rows.map(({ domain, territory }) => `${domain} ${territory}`))).toEqual(
    new Set([`${GLOBEX} 67890`]),
  );
  expect(await status('read', { territory: '67890', ...window }, await logIn(RESELLER_LOGIN))).toBe(403);
});

test('users read their own calls, also out of the whole domain', async () => {
  const { read, status, logIn } = await open(400);
  const ben = await logIn(BEN);
  const own = await read({ uid: BEN, ...window, limit: '1000', showhidden: '1' }, ben);
  expect(starts(await read({ ...inDomain, limit: '1000' }, ben))).toEqual(starts(own));
  expect(await read({ uid: ADA, ...window }, ben)).toEqual({});
  expect(await status('read', { uid: `2001@${GLOBEX}`, ...window }, ben)).toBe(403);
  expect(await status('read', { domain: GLOBEX, ...window })).toBe(403);
});

test('a count has minutes too, a report has rows by day and hour', async () => {
  const { json, acme, status } = await open(400);
  const seconds = acme.reduce((sum, { talkSeconds }) => sum + talkSeconds, 0);
  const total = String(acme.length);
  expect(await json('count', inDomain)).toEqual({ total, minutes: String(Math.round(seconds / 60)) });
  for (const report_by of ['daily', 'hourly']) {
    const rows = (await json('report', { ...inDomain, report_by })) as Record<string, string>[];
    const sum = (column: string) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
    expect(sum('total')).toBe(acme.length);
    expect(sum('onnet') + sum('offnet')).toBe(acme.length);
    const times = rows.map(({ time = '' }) => time);
    expect(times).toEqual(times.toSorted());
  }
  expect(await status('report', { ...inDomain, report_by: 'yearly' })).toBe(400);
});

test('a call that ends joins the head of the history, and no page after it changes but by one place', async () => {
  const { read, call, ada, advance, clock } = await open();
  const before = await read(inDomain);
  await call(ada, { object: 'call', action: 'call', callid: 'mine-1', uid: ADA, destination: '12125550177' });
  await advance(200_000);
  const [first, ...rest] = await read(inDomain);
  expect(first).toMatchObject({ orig_sub: '1001', time_start: String(clock.now() / 1000 - 200), type: '0' });
  expect(rest).toEqual(before);
  expect(await read({ id: first?.cdr_id ?? '', ...window })).toEqual([first]);
});

test('the history of a reset is that of its hour, the same each time', async () => {
  const { read, reset } = await open(60);
  const before = await read(inDomain);
  await reset();
  expect(await read(inDomain)).toEqual(before);
});

test('two hundred thousand calls are read a page at a time, wherever the page is', async () => {
  const { json, read } = await open(200_000);
  const { total } = (await json('count', inDomain)) as { total: string };
  expect(Number(total)).toBeGreaterThan(190_000);
  const used = process.cpuUsage();
  for (const start of ['0', '50000', '100000', '150000', '190000']) {
    expect(await read({ ...inDomain, start, limit: '100' })).toHaveLength(100);
  }
  const { user } = process.cpuUsage(used);
  // The client is in this process as well.
  expect(user / 1000 / 5).toBeLessThan(100);
  const oldest = toTime(Date.now() - 200_000 * 601 * 1000 - HOUR);
  expect(await read({ domain: ACME, start_date: '2000-01-01', end_date: oldest })).toEqual({});
});
