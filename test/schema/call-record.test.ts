import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const RECORDS = 'GET /calls/records';
const RECORD = 'GET /calls/{callId}/records';
const USERS = 'GET /accounts/{accountId}/users';
const RECORDINGS = 'GET /recordings';

const record = (key: string) => globalId('cloudlink', 'CallRecord', key);

it.each([10, 100])(
  'answers %i records with both parties from one read, and recordings in chains of 50',
  async (first) => {
    const gateway = await withGateway({ users: 150, switches: {} });
    const session = await gateway.signIn();
    await gateway.sandbox.control('POST', '/reset', { users: 150, calls: 400 });
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `query ($first: Int!) {
      callRecords(first: $first) {
        nodes {
          id startedAt direction isAnswered isMissed ringSeconds talkSeconds
          from { number user { name } } to { number user { name } }
          recordings { durationSeconds }
        }
        pageInfo { hasNextPage }
      }
    }`,
      session,
      { first },
    );
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = data?.['callRecords'] ?? {};
    expect(nodes).toHaveLength(first);
    expect(pageInfo.hasNextPage).toBe(true);
    const times = nodes.map((node: any) => Date.parse(node.startedAt));
    expect(times).toEqual(times.toSorted((left: number, right: number) => right - left));
    expect(nodes.every((node: any) => node.isMissed === !node.isAnswered)).toBe(true);
    expect(nodes.some((node: any) => node.from.user !== null)).toBe(true);
    expect(nodes.some((node: any) => node.recordings.length > 0)).toBe(true);
    const bill = await gateway.bill();
    expect(bill.toSorted()).toEqual(
      [RECORDS, USERS, ...Array.from({ length: Math.ceil(first / 50) }, () => RECORDINGS)].toSorted(),
    );
  },
);

it('walks the records without losing or doubling one', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const list = (first: number) => `query ($after: String) {
    list: callRecords(first: ${first}, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
  }`;
  const pages = await walk(gateway, session, list(7));
  const [all] = await walk(gateway, session, list(100));
  expect(pages.flat()).toEqual(all);
  expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(all?.length);
});

it('filters on the side of the platform', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const query = `query ($filter: CallRecordFilter) {
    callRecords(first: 100, filter: $filter) {
      nodes { id startedAt direction isAnswered from { number principalId } to { number principalId } }
    }
  }`;
  const { data: whole } = await gateway.execute(query, session);
  const all: any[] = whole?.['callRecords'].nodes;
  const middle = all[Math.floor(all.length / 2)];
  const someone = middle.from.principalId ?? middle.to.principalId;
  const expectations: readonly (readonly [object, (node: any) => boolean])[] = [
    [{ isAnswered: false }, (node) => node.isAnswered === false],
    [{ direction: 'INBOUND' }, (node) => node.direction === 'INBOUND'],
    [{ number: middle.to.number }, (node) => [node.from.number, node.to.number].includes(middle.to.number)],
    [
      { user: globalId('cloudlink', 'User', `${guid(1, 1)}/${someone}`) },
      (node) => [node.from.principalId, node.to.principalId].includes(someone),
    ],
    [{ from: middle.startedAt }, (node) => node.startedAt >= middle.startedAt],
    [
      { to: middle.startedAt, direction: 'OUTBOUND', isAnswered: true },
      (node) => node.startedAt < middle.startedAt && node.direction === 'OUTBOUND' && node.isAnswered,
    ],
  ];
  for (const [filter, keep] of expectations) {
    await gateway.bill();
    const { data, errors } = await gateway.execute(query, session, { filter });
    expect(errors).toEqual([]);
    expect({ filter, nodes: data?.['callRecords'].nodes }).toEqual({ filter, nodes: all.filter(keep) });
    expect(data?.['callRecords'].nodes).not.toEqual([]);
    expect(await gateway.bill()).toEqual([RECORDS]);
  }
});

it('puts records in order, and refuses a page of a platform that does not', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const query = `{
    callRecords(first: 30, orderBy: { field: TALK_SECONDS, direction: DESC }) { nodes { talkSeconds } }
  }`;
  const { data, errors } = await gateway.execute(query, session);
  expect(errors).toEqual([]);
  const seconds = data?.['callRecords'].nodes.map((node: any) => node.talkSeconds);
  expect(seconds).toEqual(seconds.toSorted((left: number, right: number) => right - left));
  const items = [1, 3, 2].map((billingTime) => ({ callId: guid(9, billingTime), billingTime }));
  await gateway.sandbox.fail({
    match: { route: RECORDS },
    fault: { type: 'body', body: { count: 3, _links: { self: '' }, _embedded: { items } } },
  });
  const unsorted = await gateway.execute(query, session);
  expect(unsorted.data).toEqual({ callRecords: null });
  expect(unsorted.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_PROTOCOL' } }]);
});

const byUser = (first: number, filter = '') => `{
  users(first: 40) {
    nodes {
      userId
      callRecords(first: ${first}${filter}) {
        nodes { id from { principalId } to { principalId } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

it("answers many users' records from one shared read, each page as it would be alone", async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(byUser(3), session);
  expect(errors).toEqual([]);
  expect(await gateway.bill()).toEqual([USERS, RECORDS]);
  const users: any[] = data?.['users'].nodes;
  expect(users.length).toBeGreaterThan(30);
  expect(users.some(({ callRecords }) => callRecords.pageInfo.hasNextPage)).toBe(true);
  for (const { userId, callRecords } of users.slice(0, 8)) {
    const alone = await gateway.execute(
      `query ($id: ID!) {
        user(id: $id) {
          callRecords(first: 3) {
            nodes { id from { principalId } to { principalId } }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      session,
      { id: globalId('cloudlink', 'User', `${guid(1, 1)}/${userId}`) },
    );
    expect(alone.data?.['user'].callRecords).toEqual(callRecords);
  }
});

describe("more than 50 users' records since a time", () => {
  const query = `query ($first: Int!) {
    users(first: 100) {
      nodes { userId callRecords(first: $first, filter: { from: "2020-01-01T00:00:00Z" }) { nodes { id startedAt } } }
    }
  }`;

  const answer = async (calls: number, first: number) => {
    const gateway = await withGateway();
    await gateway.sandbox.control('POST', '/reset', { users: 150, calls });
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(query, session, { first });
    expect(errors).toEqual([]);
    return { users: data?.['users'].nodes as any[], bill: await gateway.bill() };
  };

  it('come from one read of the account where that holds them all', async () => {
    const { users, bill } = await answer(400, 3);
    expect(users.filter(({ callRecords }) => callRecords.nodes.length === 3).length).toBeGreaterThan(50);
    expect(bill).toEqual([USERS, RECORDS]);
  });

  it('are read in chains of 50 as well where it does not, for those whom it does not serve', async () => {
    const { users, bill } = await answer(1300, 20);
    expect(users.some(({ callRecords }) => callRecords.nodes.length > 8)).toBe(true);
    expect(bill).toEqual([USERS, RECORDS, RECORDS, RECORDS]);
  });
});

it('reads those alone whom the shared read does not serve, and no others', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const before = await gateway.execute(byUser(1), session);
  const users: any[] = before.data?.['users'].nodes ?? [];
  const someone = users.find(({ callRecords }) => callRecords.pageInfo.hasNextPage);
  const callId = Buffer.from(someone.callRecords.nodes[0].id, 'base64url').toString().split(':').at(-1);
  // As many of this user's calls as a page has: nobody can tell yet whether another follows.
  const items = [{ callId, fromPrincipalId: someone.userId }];
  const links = { self: '', next: '/2017-09-01/calls/records?$skip=1' };
  await gateway.sandbox.fail({
    match: { route: RECORDS },
    fault: { type: 'body', body: { count: 1, _links: links, _embedded: { items } } },
    times: 1,
  });
  await gateway.bill();
  const { data, errors } = await gateway.execute(byUser(1), session);
  expect(errors).toEqual([]);
  expect(data).toEqual(before.data);
  expect(await gateway.bill()).toEqual([
    USERS,
    RECORDS,
    ...Array.from({ length: data?.['users'].nodes.length }, () => RECORDS),
  ]);
});

it('asks for everybody alone where the platform refuses a chain (A-27)', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const before = await gateway.execute(byUser(2), session);
  await gateway.sandbox.fail({
    match: { route: RECORDS },
    fault: { type: 'status', status: 400, body: { name: 'BadRequestError', message: 'malformed $filter' } },
    times: 1,
  });
  const { data, errors } = await gateway.execute(byUser(2), session);
  expect(errors).toEqual([]);
  expect(data).toEqual(before.data);
});

it('keeps a failure of the records from failing the users', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { route: RECORDS }, fault: { type: 'status', status: 500 } });
  const { data, errors } = await gateway.execute(
    '{ users(first: 3) { nodes { userId callRecords { nodes { id } } } } }',
    session,
  );
  expect(data?.['users'].nodes).toMatchObject([1, 2, 3].map(() => ({ callRecords: null })));
  expect(errors.every(({ extensions }) => extensions['code'] === 'UPSTREAM_UNAVAILABLE')).toBe(true);
});

it('finds records by id: one by its own route, several together, null for what is not there', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data: listed } = await gateway.execute('{ callRecords(first: 2) { nodes { id } } }', session);
  const [one, two] = (listed?.['callRecords'].nodes ?? []).map(({ id }: any) => id);
  await gateway.bill();
  const query =
    'query ($one: ID!, $two: ID!) { a: callRecord(id: $one) { id } b: callRecord(id: $two) { id } }';
  const both = await gateway.execute(query, session, { one, two });
  expect(both).toMatchObject({ data: { a: { id: one }, b: { id: two } }, errors: [] });
  expect(await gateway.bill()).toEqual([RECORDS]);
  const single = await gateway.execute('query ($id: ID!) { callRecord(id: $id) { id } }', session, {
    id: record(guid(9, 9)),
  });
  expect(single).toMatchObject({ data: { callRecord: null }, errors: [] });
  expect(await gateway.bill()).toEqual([RECORD]);
});

it.each([
  [globalId('cloudlink', 'LiveCall', '1001/40001'), 'must be the id of a CallRecord, not of a LiveCall.'],
  ['endpoints/1001/calls/40001', "must be the `id` of a CallRecord, not CloudLink's path of a live call."],
])('refuses %s as a record in a sentence that names what was expected', async (id, sentence) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { errors } = await gateway.execute('query ($id: ID!) { callRecord(id: $id) { id } }', session, {
    id,
  });
  expect(errors).toMatchObject([{ message: `\`id\` ${sentence}`, extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await gateway.bill()).toEqual([]);
});

it.each(["o'brien", 'a&b=c#d?e;f', '+%26 [1]', '..', '*', '~', '\r\n'.concat('x'), '\u0000x'])(
  'sends the number %j as one value of one filter',
  async (number) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      'query ($number: String) { callRecords(filter: { number: $number }) { nodes { id } } }',
      session,
      { number },
    );
    expect({ data, errors }).toEqual({ data: { callRecords: { nodes: [] } }, errors: [] });
    const [request] = (await gateway.sandbox.requests()).slice(-1);
    const literal = `'${number.replaceAll("'", "''")}'`;
    expect(Object.fromEntries(new URL(String(request?.url), 'http://x').searchParams)).toEqual({
      $top: '21',
      $filter: `from eq ${literal} or to eq ${literal}`,
    });
  },
);

it('refuses a window that ends before it begins, and half a surrogate pair', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const query = 'query ($filter: CallRecordFilter) { callRecords(filter: $filter) { nodes { id } } }';
  const time = '2026-11-02T00:00:00.000Z';
  for (const [filter, argument] of [
    [{ from: time, to: time }, 'filter.to'],
    [{ number: '\ud800' }, 'filter.number'],
    [{ number: '' }, 'filter.number'],
  ] as const) {
    const { errors } = await gateway.execute(query, session, { filter });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
  }
  expect(await gateway.bill()).toEqual([]);
});

const HIDE = `mutation ($records: [ID!]!) {
  hideCallRecords(input: { records: $records }) {
    ... on HideCallRecordsSuccess { data { hiddenIds shownIds } }
    ... on Rejection { code field message }
  }
}`;

it.each([
  [1, 'PUT /calls/{callId}/records'],
  [3, 'PUT /calls/records'],
])('hides %i records in one request and looks what is still shown', async (count, route) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const list = '{ callRecords(first: 100) { nodes { id } } }';
  const before = (await gateway.execute(list, session)).data?.['callRecords'].nodes.map(({ id }: any) => id);
  const records = before.slice(4, 4 + count);
  await gateway.bill();
  const { data, errors } = await gateway.execute(HIDE, session, { records });
  expect(errors).toEqual([]);
  expect(data?.['hideCallRecords']).toEqual({ data: { hiddenIds: records, shownIds: [] } });
  expect(await gateway.bill()).toEqual([route, RECORDS]);
  const after = (await gateway.execute(list, session)).data?.['callRecords'].nodes.map(({ id }: any) => id);
  expect(after).toEqual(before.filter((id: string) => !records.includes(id)));
});

it('refuses to hide none, too many, or what is no record, before anything is sent', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const many = Array.from({ length: 51 }, (_, index) => record(guid(9, index)));
  for (const [records, field] of [
    [[], 'records'],
    [many, 'records'],
    [[globalId('cloudlink', 'LiveCall', '1001/1')], 'records.0'],
  ] as const) {
    const { data } = await gateway.execute(HIDE, session, { records });
    expect(data?.['hideCallRecords']).toMatchObject({ code: 'BAD_USER_INPUT', field });
  }
  expect(await gateway.bill()).toEqual([]);
});

it('says what is missing where there is no token', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    '{ callRecords { nodes { id } } recordings { nodes { id } } }',
  );
  expect(data).toEqual({ callRecords: null, recordings: null });
  expect(errors).toMatchObject([
    { extensions: { code: 'UNAUTHENTICATED' } },
    { extensions: { code: 'UNAUTHENTICATED' } },
  ]);
});
