import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions, type Person } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { hostileTexts } from '../helpers/loss.ts';

const RECORDS = 'GET /calls/records';
const DETAILS = 'cdr2 read';
const HOUR = 3_600_000;

const now = Date.now();
const isoOf = (time: number) => new Date(time).toISOString();
/** The last so many hours, as arguments. */
const windowOf = (hours: number) => `from: "${isoOf(now - hours * HOUR)}", to: "${isoOf(now + HOUR)}"`;

const CALL = `sources startedAt answeredAt endedAt direction isMissed ringSeconds talkSeconds from { number e164 name }
  to { number e164 name } record { recordId talkSeconds } detail { cdrId talkSeconds }`;

const signedIn = async (options: GatewayOptions = {}, person: Person = 'ada', calls = 2000) => {
  const gateway = await withGateway(options);
  const world = { calls, ...(options.users && { users: options.users }) };
  await gateway.sandbox.control('POST', '/reset', { ...world, switches: options.switches ?? {} });
  const session = await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    session,
    execute: async (query: string, variables: object = {}) => {
      const answer = await gateway.execute(query, session, variables);
      return { ...answer, data: answer.data ?? {} };
    },
  };
};

describe('the history of both platforms', () => {
  it.each([10, 100])('costs one request to each for %i calls, each told once', async (first) => {
    const { gateway, execute } = await signedIn();
    const { data, errors, extensions } = await execute(
      `{ callHistory(${windowOf(1000)}, first: ${first}) { totalCount sources { source isComplete code message } pageInfo { hasNextPage }
        edges { cursor sources node { ${CALL} } } } }`,
    );
    expect([errors, extensions]).toEqual([[], {}]);
    expect((await gateway.bill()).toSorted()).toEqual([RECORDS, DETAILS].toSorted());
    const { edges, pageInfo, sources, totalCount } = data['callHistory'];
    expect([edges.length, pageInfo.hasNextPage, totalCount]).toEqual([first, true, null]);
    expect(sources).toEqual([
      { source: 'CLOUDLINK', isComplete: true, code: null, message: null },
      { source: 'SUBSCRIBER', isComplete: true, code: null, message: null },
    ]);
    const starts = edges.map(({ node }: any) => node.startedAt);
    expect(starts).toEqual(starts.toSorted().toReversed());
    expect(new Set(edges.map(({ node }: any) => node.record?.recordId ?? node.detail.cdrId)).size).toBe(
      first,
    );
    expect(edges.filter(({ sources: by }: any) => by.length === 2).length).toBeGreaterThan(first / 2);
    for (const { sources: by, node } of edges) {
      expect(by).toEqual(node.sources);
      expect([node.record !== null, node.detail !== null]).toEqual([
        by.includes('CLOUDLINK'),
        by.includes('SUBSCRIBER'),
      ]);
      expect(node.isMissed).toBe(node.talkSeconds === 0);
      expect(node.answeredAt === null).toBe(node.isMissed);
      expect(node.from.number).not.toContain('sip:');
      const outside = node.from.e164 === null ? 'OUTBOUND' : 'INBOUND';
      expect(node.direction).toBe((node.from.e164 ?? node.to.e164) === null ? 'INTERNAL' : outside);
    }
  });

  it('goes on behind a cursor while calls come at its head', async () => {
    const { gateway, execute } = await signedIn({}, 'ada', 300);
    const page = async (after: string | null) => {
      const { data } = await execute(
        `query ($after: String) { callHistory(${windowOf(1000)}, first: 40, after: $after) {
          nodes { record { recordId } detail { cdrId } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      return data['callHistory'];
    };
    const told: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { nodes, pageInfo } = await page(after);
      told.push(...nodes.map(({ record, detail }: any) => record?.recordId ?? detail.cdrId));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
      const { data, errors } = await execute(
        `mutation { placeCall(input: { endpoint: "${globalId('cloudlink', 'Endpoint', '1001')}", to: "+12125550177" }) {
          ... on PlaceCallSuccess { data { id } } ... on Rejection { message } } }`,
      );
      expect(errors).toEqual([]);
      const call = data['placeCall'].data.id;
      await execute(`mutation ($call: ID!) { endCall(input: { call: $call }) { __typename } }`, { call });
    }
    expect([told.length, new Set(told).size]).toEqual([300, 300]);
    const head = (await page(null)).nodes[0];
    expect(told).not.toContain(head.record.recordId);
    expect((await gateway.bill()).filter((route) => route === RECORDS)).toHaveLength(9);
  });

  it.each([
    ['direction: INTERNAL', ({ direction }: any) => direction === 'INTERNAL'],
    [
      'direction: INBOUND, missed: true',
      ({ direction, isMissed }: any) => direction === 'INBOUND' && isMissed,
    ],
    ['missed: false', ({ isMissed }: any) => !isMissed],
  ])('is filtered by %s, for one request to each platform', async (filter, isWanted) => {
    const { gateway, execute } = await signedIn();
    const all = await execute(`{ callHistory(${windowOf(100)}, first: 100) { nodes { ${CALL} } } }`);
    await gateway.bill();
    const { data } = await execute(
      `{ callHistory(${windowOf(100)}, first: 10, ${filter}) { nodes { ${CALL} } } }`,
    );
    expect(data['callHistory'].nodes).toEqual(all.data['callHistory'].nodes.filter(isWanted).slice(0, 10));
    expect(await gateway.bill()).toHaveLength(2);
  });

  it('of an account, of its domain and of the caller is the same', async () => {
    const { execute } = await signedIn();
    const { data: own } = await execute(
      `{ callHistory(${windowOf(100)}) { nodes { ${CALL} } } account { id } }`,
    );
    const account = own['account'].id;
    const history = `callHistory(${windowOf(100)}) { nodes { ${CALL} } }`;
    const { data, errors } = await execute(`{
      byAccount: callHistory(account: "${account}", ${windowOf(100)}) { nodes { ${CALL} } }
      byDomain: callHistory(domain: "${ACME}", ${windowOf(100)}) { nodes { ${CALL} } }
      account { ${history} } domain { ${history} } }`);
    expect(errors).toEqual([]);
    for (const { nodes } of [
      data['byAccount'],
      data['byDomain'],
      data['account'].callHistory,
      data['domain'].callHistory,
    ])
      expect(nodes).toEqual(own['callHistory'].nodes);
  });

  it.each([10, 40])('of %i people costs one request to each, beside what finds them', async (first) => {
    const { gateway, execute } = await signedIn({ users: 60 }, 'ada', 400);
    const { data, errors } = await execute(
      `{ users(first: ${first}) { nodes { userId extension person { callHistory(${windowOf(24)}, first: 5) { nodes { ${CALL} from { number } to { number } } } } } } }`,
    );
    expect(errors).toEqual([]);
    // All users besides, since some have only the extension in common with their subscriber.
    const USERS = 'GET /accounts/{accountId}/users';
    expect((await gateway.bill()).toSorted()).toEqual(
      [USERS, RECORDS, 'subscriber read', USERS, DETAILS].toSorted(),
    );
    for (const { extension, person } of data['users'].nodes)
      for (const { from, to } of person.callHistory.nodes)
        expect(extension === null || [from.number, to.number].includes(extension)).toBe(true);
  });

  it('of a person by their id is that of the person', async () => {
    const { gateway, execute } = await signedIn();
    const { data } = await execute(
      `{ users(first: 1) { nodes { person { id callHistory(${windowOf(500)}, first: 7) { nodes { ${CALL} } } } } } }`,
    );
    const { id, callHistory } = data['users'].nodes[0].person;
    await gateway.bill();
    const one = await execute(
      `{ callHistory(person: "${id}", ${windowOf(500)}, first: 7) { nodes { ${CALL} } } }`,
    );
    expect(one.data['callHistory']).toEqual(callHistory);
    expect(callHistory.nodes.length).toBe(7);
    expect(await gateway.bill()).toHaveLength(2);
  });

  it('asks for recordings of CloudLink together, and of the legacy platform for what was answered', async () => {
    const { gateway, session, execute } = await signedIn();
    const { data, errors } = await execute(
      `{ callHistory(${windowOf(1000)}, first: 90) { nodes { isMissed record { id } detail { id } recordings { source id path durationSeconds } } } }`,
    );
    expect(errors).toEqual([]);
    const { nodes } = data['callHistory'];
    const answered = nodes.filter(({ isMissed, detail }: any) => !isMissed && detail).length;
    const bill = await gateway.bill();
    const records = nodes.filter(({ isMissed, record }: any) => !isMissed && record).length;
    const chains = Math.ceil(records / 50);
    expect(bill.filter((route) => route === 'GET /recordings')).toHaveLength(chains);
    expect(bill.filter((route) => route === 'recording read')).toHaveLength(answered);
    expect(bill).toHaveLength(2 + chains + answered);
    const recordings = nodes.flatMap((node: any) => node.recordings);
    expect(new Set(recordings.map(({ source }: any) => source))).toEqual(
      new Set(['CLOUDLINK', 'SUBSCRIBER']),
    );
    for (const source of ['CLOUDLINK', 'SUBSCRIBER']) {
      const { path } = recordings.find((one: any) => one.source === source);
      const sound = await fetch(`${gateway.url}${path}`, { headers: session });
      expect([sound.status, (await sound.arrayBuffer()).byteLength > 1000]).toEqual([200, true]);
    }
  });
});

describe('a history of which one platform tells nothing', () => {
  it.each([
    ['SUBSCRIBER', 'CLOUDLINK', { object: 'cdr2' }],
    ['CLOUDLINK', 'SUBSCRIBER', { route: RECORDS }],
  ] as const)(
    'holds the calls of the other and says that those of %s are missing',
    async (failing, other, match) => {
      const { gateway, execute } = await signedIn();
      await gateway.sandbox.fail({ match, fault: { type: 'status', status: 503 } });
      const { data, errors, extensions } = await execute(
        `{ callHistory(${windowOf(100)}, first: 5) { sources { source isComplete code } nodes { sources } } }`,
      );
      expect(errors).toEqual([]);
      expect(data['callHistory'].nodes).toEqual(Array.from({ length: 5 }, () => ({ sources: [other] })));
      expect(data['callHistory'].sources).toContainEqual({
        source: failing,
        isComplete: false,
        code: 'UPSTREAM_UNAVAILABLE',
      });
      expect(extensions['warnings']).toMatchObject([{ code: 'PARTIAL_HISTORY', path: ['callHistory'] }]);
    },
  );

  it('fails where both fail', async () => {
    const { gateway, execute } = await signedIn();
    for (const match of [{ object: 'cdr2' }, { route: RECORDS }])
      await gateway.sandbox.fail({ match, fault: { type: 'status', status: 503 } });
    const { errors } = await execute(`{ callHistory(${windowOf(100)}) { nodes { startedAt } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  });

  it('names the token that is missing', async () => {
    const { gateway } = await signedIn();
    const { cloudlink, subscriber } = await gateway.tokens();
    const query = `{ callHistory(${windowOf(100)}, first: 5) { sources { source code } nodes { sources } } }`;
    for (const [headers, source] of [
      [cloudlink, 'SUBSCRIBER'],
      [subscriber, 'CLOUDLINK'],
    ] as const) {
      const { data, errors } = await gateway.execute(query, headers);
      expect(errors).toEqual([]);
      expect(data?.['callHistory'].sources).toContainEqual({ source, code: 'UNAUTHENTICATED' });
      expect(data?.['callHistory'].nodes).toHaveLength(5);
    }
    const { errors } = await gateway.execute(query);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('asks one platform alone where one is named', async () => {
    const { gateway, execute } = await signedIn();
    const { data } = await execute(
      `{ callHistory(${windowOf(100)}, sources: [CLOUDLINK]) { sources { source } nodes { sources } } }`,
    );
    expect(data['callHistory'].sources).toEqual([{ source: 'CLOUDLINK' }]);
    expect(await gateway.bill()).toEqual([RECORDS]);
  });

  it("says that CloudLink tells the caller's own account only", async () => {
    const { gateway } = await signedIn();
    const [grace, ada] = [await gateway.tokens('grace'), await gateway.tokens('ada')];
    const { data, errors } = await gateway.execute(
      `{ callHistory(domain: "${ACME}", ${windowOf(100)}) { sources { source isComplete code } nodes { sources } } }`,
      { ...grace.cloudlink, ...ada.subscriber },
    );
    expect(errors).toEqual([]);
    expect(data?.['callHistory'].sources).toEqual([
      { source: 'CLOUDLINK', isComplete: false, code: 'FORBIDDEN' },
      { source: 'SUBSCRIBER', isComplete: true, code: null },
    ]);
    expect(new Set(data?.['callHistory'].nodes.flatMap(({ sources }: any) => sources))).toEqual(
      new Set(['SUBSCRIBER']),
    );
  });

  it('says which setting is missing', async () => {
    const { execute } = await signedIn({ env: { ACCOUNT_DOMAINS: '' } });
    const { data } = await execute(
      `{ callHistory(domain: "${ACME}", ${windowOf(100)}) { sources { isComplete message } nodes { sources } } }`,
    );
    expect(data['callHistory'].sources[0].message).toContain('ACCOUNT_DOMAINS');
    expect(data['callHistory'].nodes[0].sources).toEqual(['SUBSCRIBER']);
  });
});

describe('what names no history', () => {
  it.each([
    ['from: "2026-11-02T00:00:00Z", to: "2026-11-01T00:00:00Z"', 'to'],
    ['from: "1969-01-01T00:00:00Z", to: "2026-11-01T00:00:00Z"', 'from'],
    [`${windowOf(1)}, sources: []`, 'sources'],
    [`${windowOf(1)}, first: 0`, 'first'],
    [`${windowOf(1)}, first: 101`, 'first'],
    [`${windowOf(1)}, after: "x"`, 'after'],
    [`${windowOf(1)}, person: "x"`, 'person'],
    [`${windowOf(1)}, person: "${globalId('cloudlink', 'Account', 'x')}"`, 'person'],
    [`${windowOf(1)}, account: "${globalId('cloudlink', 'User', 'x/y')}"`, 'account'],
    [`${windowOf(1)}, account: "${globalId('cloudlink', 'Account', 'x')}", domain: "${ACME}"`, 'domain'],
  ])('is refused before anything is sent: %s', async (args, argument) => {
    const { gateway, execute } = await signedIn();
    const { errors } = await execute(`{ callHistory(${args}) { nodes { startedAt } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('refuses a cursor of another history', async () => {
    const { gateway, execute } = await signedIn();
    const { data } = await execute(`{ callHistory(${windowOf(5)}) { pageInfo { endCursor } } }`);
    await gateway.bill();
    const { errors } = await execute(
      `{ callHistory(${windowOf(6)}, after: "${data['callHistory'].pageInfo.endCursor}") { nodes { startedAt } } }`,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('takes a hostile domain for one name, or refuses it', async () => {
    const { gateway, execute } = await signedIn({}, 'ada', 50);
    for (const domain of hostileTexts) {
      await execute(
        `query ($domain: String!) { callHistory(domain: $domain, ${windowOf(1)}) { nodes { startedAt } } }`,
        {
          domain,
        },
      );
    }
    for (const { object, action, body } of await gateway.sandbox.requests('object=cdr2')) {
      expect([object, action]).toEqual(['cdr2', 'read']);
      const form = new URLSearchParams(body);
      expect([...form.keys()].toSorted()).toEqual(
        ['domain', 'end_date', 'format', 'limit', 'start', 'start_date'].toSorted(),
      );
      expect(hostileTexts.map((text) => text.trim())).toContain(form.get('domain'));
    }
  });
});
