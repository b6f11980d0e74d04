import { describe, expect, it } from 'vitest';
import { anchorOf, callsOf } from '../../../src/sandbox/company-call.ts';
import { createCompany } from '../../../src/sandbox/company.ts';
import { ADA, BEN, GRACE, acme, itemsOf, linksOf, userIdOf } from './cloudlink.ts';
import { withMedia } from './media.ts';

/** The seeded calls that CloudLink tells, as the company has them. */
const toldCalls = (now: number, calls?: number) =>
  callsOf(createCompany(undefined, calls), acme, anchorOf(now)).filter(({ from, to }) =>
    [from, to].some(({ person }) => person?.cloudlink !== undefined),
  );

const idsOf = (records: readonly Record<string, unknown>[]) => records.map(({ callId }) => callId);

const involves = (userId: string) => (call: ReturnType<typeof toldCalls>[number]) =>
  [call.from, call.to].some(({ person }) => person?.userId === userId);

const withRecords = async (email = ADA, calls?: number) => {
  const setting = await withMedia();
  if (calls !== undefined) await setting.reset(calls);
  const token = await setting.signIn(email);
  const list = async (query = '') => itemsOf(await setting.media(token, 'GET', `/calls/records${query}`));
  return { ...setting, token, list };
};

describe('GET /calls/records', () => {
  it('tells the company’s calls, newest first', async () => {
    const { list, clock } = await withRecords();
    const told = toldCalls(clock.now());
    const records = await list('?$top=1000');
    expect(records.length).toBe(told.length);
    expect(records.length).toBeGreaterThan(50);
    for (const [index, record] of records.entries()) {
      const call = told[index];
      expect(record).toMatchObject({
        callId: call?.callId,
        from: call?.from.number,
        fromName: call?.from.name,
        to: call?.to.number,
        toName: call?.to.name,
        state: 'completed',
        direction: call?.direction === 'inbound' ? 'inbound' : 'outbound',
        cause: call?.talkSeconds === 0 ? 'callNotAnswer' : 'newCall',
        completed: call?.talkSeconds !== 0,
        ringTime: call?.ringSeconds,
        billingTime: call?.talkSeconds,
        createdOn: new Date(call?.startedAt ?? 0).toISOString(),
      });
      expect([record['fromPrincipalId'], record['toPrincipalId']]).toEqual(
        [call?.from, call?.to].map((side) => (side?.person?.cloudlink ? side.person.userId : undefined)),
      );
      expect('principal' in record).toBe(false);
    }
  });

  it('shows an account its own, and a user those they took part in', async () => {
    const { list, media, signIn, clock } = await withRecords(BEN);
    expect(idsOf(await list('?$top=1000'))).toEqual(
      toldCalls(clock.now())
        .filter(involves(userIdOf(BEN)))
        .map(({ callId }) => callId),
    );
    const foreign = itemsOf(await media(await signIn(GRACE), 'GET', '/calls/records'));
    const [first] = foreign;
    expect(foreign).toHaveLength(20);
    expect(first?.callId).not.toBe(toldCalls(clock.now())[0]?.callId);
    expect((await media(await signIn(ADA), 'GET', `/calls/${String(first?.callId)}/records`)).status).toBe(
      404,
    );
  });

  it.each([
    ["direction eq 'inbound'", (call: ReturnType<typeof toldCalls>[number]) => call.direction === 'inbound'],
    ['completed eq false', (call) => call.talkSeconds === 0],
    [
      "from eq '+12125550188' or to eq '+12125550188'",
      ({ from, to }) => [from, to].some(({ number }) => number === '+12125550188'),
    ],
    [`contains(principal, '${userIdOf(BEN)}')`, involves(userIdOf(BEN))],
    [
      `contains(principal,'${userIdOf(ADA)}') or contains(principal,'${userIdOf(BEN)}')`,
      (call) => involves(userIdOf(ADA))(call) || involves(userIdOf(BEN))(call),
    ],
    [
      `contains(principal,'${userIdOf(BEN)}') and completed eq true`,
      (call) => involves(userIdOf(BEN))(call) && call.talkSeconds > 0,
    ],
    [
      "contains(principal,'00000002-5eed-4000-8000-00000000000')",
      (call) =>
        [call.from, call.to].some(({ person }) => person?.cloudlink && /-00000000000.$/.test(person.userId)),
    ],
    ["contains(principal,'nobody')", () => false],
    ['billingTime gt 600', (call) => call.talkSeconds > 600],
  ] as readonly [string, (call: ReturnType<typeof toldCalls>[number]) => unknown][])(
    'filters by %s',
    async (filter, isWanted) => {
      const { list, clock } = await withRecords(ADA, 300);
      const expected = toldCalls(clock.now(), 300).filter((call) => isWanted(call));
      const found = idsOf(await list(`?$top=1000&$filter=${encodeURIComponent(filter)}`));
      expect(found).toEqual(expected.map(({ callId }) => callId));
    },
  );

  it('filters by time, page by page', async () => {
    const { list, media, token, clock } = await withRecords(ADA, 300);
    const times = toldCalls(clock.now(), 300);
    const [newest, oldest] = [times[40], times[99]].map((call) =>
      new Date(call?.startedAt ?? 0).toISOString(),
    );
    const filter = `createdOn le '${newest}' and createdOn ge '${oldest}'`;
    const ids = [];
    let path: string | undefined = `/calls/records?$top=20&$filter=${encodeURIComponent(filter)}`;
    while (path !== undefined) {
      const { body, ...answer } = await media(token, 'GET', path);
      ids.push(...idsOf(itemsOf({ body, ...answer })));
      path = linksOf(body).next?.replace('/2017-09-01', '');
    }
    expect(ids).toEqual(times.slice(40, 100).map(({ callId }) => callId));
    expect(idsOf(await list(`?$filter=createdOn gt '${newest}'`))).not.toContain(times[40]?.callId);
  });

  it('has the newest of new calls first, however it is filtered', async () => {
    const { list, place, act, token, clock } = await withRecords();
    for (const to of ['+12125550181', '+12125550182']) {
      const id = await place(token, '1001', { to });
      clock.advance(60_000);
      await act(token, '1001', id, 'end');
    }
    for (const query of [
      '?$top=2',
      "?$top=2&$filter=direction eq 'outbound'",
      "?$filter=startswith(to,'+1212555018')&$top=2",
    ])
      expect((await list(query.replaceAll('+', '%2B'))).map(({ to }) => to)).toEqual([
        '+12125550182',
        '+12125550181',
      ]);
    const [newest] = await list('?$top=1');
    expect(await list(`?$filter=callId eq '${String(newest?.callId)}'`)).toEqual([newest]);
  });

  it('refuses a malformed filter', async () => {
    const { media, token } = await withRecords();
    const { status, body } = await media(token, 'GET', '/calls/records?$filter=contains(principal');
    expect([status, body.name]).toEqual([400, 'BadRequestError']);
  });

  it('gives any page of 200 000 calls without reading the rest', async () => {
    const { media, token, clock } = await withRecords(ADA, 200_000);
    await media(token, 'GET', '/calls/records?$top=1');
    const old = new Date(clock.now() - 900 * 86_400_000).toISOString();
    const paths = [
      '/calls/records?$skip=190000',
      `/calls/records?$filter=createdOn le '${old}'`,
      `/calls/records?$filter=createdOn le '${old}' and contains(principal,'${userIdOf(BEN)}')`,
      "/calls/records?$filter=from eq '+19995550100'",
      `/recordings?$filter=createdOn le '${old}'`,
    ];
    const before = performance.now();
    const counts = [];
    for (const path of paths) counts.push((await media(token, 'GET', path)).body.count);
    expect(counts).toEqual([20, 20, 20, 0, 20]);
    // Reading all of them takes a hundred times as long as a page does.
    expect((performance.now() - before) / paths.length).toBeLessThan(100);
  });
});

describe('PUT /calls/records', () => {
  it.each([true, 'true'])('with hide %j takes the matching records out of sight', async (hide) => {
    const { media, token, list } = await withRecords();
    const all = await list('?$top=1000');
    const kept = idsOf(all.filter(({ direction }) => direction !== 'inbound'));
    const { status } = await media(token, 'PUT', "/calls/records?$filter=direction eq 'inbound'", { hide });
    expect(status).toBe(200);
    expect(idsOf(await list('?$top=1000'))).toEqual(kept);
    const hidden = all.find(({ direction }) => direction === 'inbound');
    expect((await media(token, 'GET', `/calls/${String(hidden?.callId)}/records`)).status).toBe(404);
  });

  it.each([
    ['?$filter=completed eq true', {}, "data should have required property 'hide'"],
    ['?$filter=completed eq true', { hide: 1 }, 'data.hide should be boolean'],
    ['?$filter=completed eq true', { hide: false }, 'data.hide should be equal to one of the allowed values'],
    ['?$filter=completed eq true', { hide: true, x: 1 }, 'data should NOT have additional properties'],
    ['', { hide: true }, "query should have required property '$filter'"],
    ['?$filter=completed', { hide: true }, '$filter is malformed: unexpected the end'],
  ])('refuses %s with %j', async (query, json, message) => {
    const { media, token, list } = await withRecords();
    const before = await list('?$top=1000');
    const { status, body } = await media(token, 'PUT', `/calls/records${query}`, json);
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
    expect(await list('?$top=1000')).toEqual(before);
  });
});

describe('/calls/{callId}/records', () => {
  it('is a collection of one, also under a filter by principal', async () => {
    const { media, token, list } = await withRecords();
    const [first] = await list();
    const path = `/calls/${String(first?.callId)}/records`;
    expect(itemsOf(await media(token, 'GET', path))).toEqual([first]);
    const mine = `${path}?$filter=contains(principal,'${userIdOf(BEN)}')`;
    expect((await media(token, 'GET', mine)).body.count).toBe(0);
    expect(linksOf(first ?? {}).self).toBe(`/2017-09-01${path}`);
  });

  it('hides one record', async () => {
    const { media, token, list } = await withRecords();
    const before = await list('?$top=1000');
    const path = `/calls/${String(before[1]?.callId)}/records`;
    expect((await media(token, 'PUT', path, { hide: 'true' })).status).toBe(200);
    expect((await media(token, 'PUT', path, { hide: true })).status).toBe(404);
    expect(idsOf(await list('?$top=1000'))).toEqual(idsOf([...before.slice(0, 1), ...before.slice(2)]));
  });

  it.each(['none', '00000000-5eed-4000-8000-000000000001', '40001'])('is not there for %s', async (id) => {
    const { media, token } = await withRecords();
    expect((await media(token, 'GET', `/calls/${id}/records`)).status).toBe(404);
  });
});
