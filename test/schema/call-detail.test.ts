import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';
import { walk } from '../helpers/walk.ts';

const READ = 'cdr2 read';
const HOUR = 3_600_000;

const CALL = `id cdrId domainName type typeText isOnNet isMissed dialledNumber byExtension startedAt answeredAt releasedAt
  durationSeconds talkSeconds origin { extension number name } destination { extension number name }`;

/** A window of so many hours that ends now, as arguments. */
const windowOf = (hours: number, more = ''): string => {
  const now = Date.now();
  const [from, to] = [now - hours * HOUR, now].map((time) => new Date(time).toISOString());
  return `(from: "${from}", to: "${to}"${more})`;
};

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway(options);
  const { users, switches } = options;
  const world = { calls: 2000, ...(users && { users }), ...(switches && { switches }) };
  await gateway.sandbox.control('POST', '/reset', world);
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

describe('finished calls', () => {
  it.each([10, 100])('of a domain cost one request for %i of them, with an explicit limit', async (count) => {
    const { gateway, execute } = await signedIn();
    const { data, errors } = await execute(
      `{ callDetails${windowOf(100, `, first: ${count}`)} { nodes { ${CALL} } pageInfo { hasNextPage } } }`,
    );
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = data['callDetails'];
    expect(nodes).toHaveLength(count);
    expect(pageInfo.hasNextPage).toBe(true);
    expect(await legacyCalls(gateway.sandbox, 'cdr2')).toMatchObject([
      { domain: ACME, start: '0', limit: String(count + 2) },
    ]);
    expect(await gateway.bill()).toEqual([READ]);
    const starts = nodes.map(({ startedAt }: any) => startedAt);
    expect(starts).toEqual(starts.toSorted().toReversed());
    for (const node of nodes) {
      expect(node.isMissed).toBe(node.answeredAt === null);
      expect(node.isOnNet).toBe(node.type === 'ON_NET');
      expect(node.talkSeconds).toBe(
        node.isMissed ? 0 : (Date.parse(node.releasedAt) - Date.parse(node.answeredAt)) / 1000,
      );
    }
  });

  it('come page by page beyond the default of 100, each once and all that are counted', async () => {
    for (const legacyRowCap of [0, 100]) {
      const { gateway, session } = await signedIn({ switches: { legacyRowCap } });
      const place = windowOf(48);
      const pages = await walk(
        gateway,
        session,
        `query ($after: String) { list: callDetails${place.replace('(', '(after: $after, first: 100, ')} {
          nodes { id } pageInfo { hasNextPage endCursor } } }`,
      );
      const ids = pages.flat().map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(200);
      expect(new Set(ids).size).toBe(ids.length);
      const { data } = await gateway.execute(`{ callDetails${place} { totalCount } }`, session);
      expect(ids).toHaveLength(data?.['callDetails'].totalCount);
    }
  });

  it('are asked for in the configured zone, by the documented names', async () => {
    const { gateway, execute } = await signedIn({
      env: { SUBSCRIBER_TIME_ZONE: 'America/New_York' },
    });
    const ask = (from: string, to: string) =>
      execute(`{ callDetails(from: "${from}", to: "${to}", type: MISSED) { nodes { id } } }`);
    await ask('2026-07-01T12:00:00Z', '2026-07-01T13:00:00.500Z');
    // An hour that is told twice is widened, since nobody knows which one the platform means.
    await ask('2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z');
    const sent = await legacyCalls(gateway.sandbox, 'cdr2');
    expect(sent.map(({ start_date, end_date, type }) => [start_date, end_date, type])).toEqual([
      ['2026-07-01 08:00:00', '2026-07-01 09:00:01', '2'],
      ['2026-10-31 23:30:00', '2026-11-01 03:30:00', '2'],
    ]);
  });

  it.each(['array', 'object', 'blank', 'null-record'] as const)(
    'are none where the answer is %s',
    async (legacyEmpty) => {
      const { execute } = await signedIn({ switches: { legacyEmpty } });
      const { data, errors } = await execute(
        '{ callDetails(from: "2001-01-01T00:00:00Z", to: "2001-01-02T00:00:00Z") { nodes { id } pageInfo { hasNextPage } } }',
      );
      expect(errors).toEqual([]);
      expect(data['callDetails']).toEqual({ nodes: [], pageInfo: { hasNextPage: false } });
    },
  );

  // A short answer is the end, unless its number of rows looks like a silent cap (facts §3.6): these do not.
  it.each([
    [1, 12, [READ]],
    [2, 12, [READ, READ]],
    [10, 12, [READ]],
    [100, 12, [READ]],
    [10, 24, [READ]],
    [100, 24, [READ]],
  ])('of %i subscribers in %i hours cost %j', async (count, hours, bill) => {
    const { gateway, execute } = await signedIn({ users: 250 });
    const { data, errors } = await execute(
      `{ subscribers(first: ${count}) { nodes { extension callDetails${windowOf(hours, ', first: 5')} { nodes { ${CALL} } } } } }`,
    );
    expect(errors).toEqual([]);
    expect((await gateway.bill()).slice(1)).toEqual(bill);
    for (const { extension, callDetails } of data['subscribers'].nodes)
      for (const call of callDetails.nodes)
        expect([call.origin.extension, call.destination.extension]).toContain(extension);
  });

  it('are the same for a subscriber alone and among many, but for names, and go on at the same place', async () => {
    for (const legacyTyping of ['strings', 'numeric'] as const) {
      const { execute } = await signedIn({ switches: { legacyTyping } });
      const place = windowOf(72, ', first: 3');
      const field = `extension callDetails${place} { nodes { id cdrId type isOnNet startedAt talkSeconds } pageInfo { hasNextPage endCursor } }`;
      const many = await execute(`{ subscribers(first: 12) { nodes { ${field} } } }`);
      expect(many.errors).toEqual([]);
      // In numbers, the extension 0012 has lost its zeros on the way (facts §3.4).
      const nodes = many.data['subscribers'].nodes.filter(({ extension }: any) => extension.length === 4);
      for (const subscriber of nodes.slice(0, 6)) {
        const alone = await execute(`{ subscriber(user: "${subscriber.extension}") { ${field} } }`);
        expect(alone.data['subscriber']).toEqual(subscriber);
        expect(subscriber.callDetails.nodes.length).toBeGreaterThan(0);
      }
    }
  });

  it('have the hidden ones among them, alone and among many', async () => {
    const { execute } = await signedIn();
    const list = `callDetails${windowOf(100, ', first: 100')} { nodes { cdrId isHidden } }`;
    const many = await execute(`{ subscribers(first: 20) { nodes { extension ${list} } } }`);
    const nodes: readonly any[] = many.data['subscribers'].nodes;
    const singly = await Promise.all(
      nodes.map(
        async ({ extension }) => (await execute(`{ subscriber(user: "${extension}") { ${list} } }`)).data,
      ),
    );
    const alone = singly.map(({ subscriber }: any) => subscriber.callDetails.nodes);
    const idsOf = (calls: readonly any[]) => calls.map(({ cdrId }) => cdrId);
    expect(alone.map(idsOf)).toEqual(nodes.map((node) => idsOf(node.callDetails.nodes)));
    expect(alone.flat().some((call: any) => call.isHidden)).toBe(true);
  });

  it('of a type are the same alone and among many', async () => {
    const { execute } = await signedIn();
    const field = `extension callDetails${windowOf(72, ', type: MISSED, first: 5')} { nodes { cdrId type answeredAt } }`;
    const many = await execute(`{ subscribers(first: 10) { nodes { ${field} } } }`);
    const nodes = many.data['subscribers'].nodes;
    const alone = await execute(`{ subscriber(user: "${nodes[1].extension}") { ${field} } }`);
    expect(alone.data['subscriber']).toEqual(nodes[1]);
    const all = nodes.flatMap((node: any) => node.callDetails.nodes);
    expect(all.length).toBeGreaterThan(5);
    expect(all.every((call: any) => call.type === 'MISSED' && call.answeredAt === null)).toBe(true);
  });

  it('are asked for one by one where the domain may not be read', async () => {
    const { gateway, execute } = await signedIn();
    await gateway.sandbox.fail({
      match: { object: 'cdr2' },
      times: 1,
      fault: { type: 'status', status: 403, headers: { warning: 'Outside of your scope.' } },
    });
    const { data, errors } = await execute(
      `{ subscribers(first: 4) { nodes { callDetails${windowOf(48, ', first: 2')} { nodes { id } } } } }`,
    );
    expect(errors).toEqual([]);
    expect((await gateway.bill()).slice(1)).toEqual([READ, READ, READ, READ, READ]);
    expect(data['subscribers'].nodes[0].callDetails.nodes.length).toBeGreaterThan(0);
  });

  it('keep a failed subscriber from failing the others', async () => {
    const { gateway, execute } = await signedIn();
    await gateway.sandbox.fail({
      match: { object: 'cdr2' },
      times: 2,
      fault: { type: 'status', status: 500 },
    });
    const field = `callDetails${windowOf(48, ', first: 2')} { nodes { id } }`;
    const { data, errors } = await execute(
      `{ a: subscriber(user: "1001") { ${field} } b: subscriber(user: "1002") { ${field} } c: callDetails${windowOf(1)} { nodes { id } } }`,
    );
    expect(errors.length).toBe(2);
    expect(
      [data['a'].callDetails, data['b'].callDetails, data['c']].filter((one) => one !== null),
    ).toHaveLength(1);
  });

  it('are found again by id with one request each, and a forged id finds nothing', async () => {
    const { gateway, execute } = await signedIn();
    const list = await execute(
      `{ callDetails${windowOf(48, ', first: 2')} { nodes { id cdrId startedAt type } } }`,
    );
    const [first, second] = list.data['callDetails'].nodes;
    await gateway.bill();
    const { data, errors } = await execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on CallDetail { id cdrId startedAt type } } }',
      { ids: [first.id, second.id, globalId('subscriber', 'CallDetail', `${ACME}/nope 1700000000`)] },
    );
    expect(errors).toEqual([]);
    expect(data['nodes']).toEqual([first, second, null]);
    expect(await gateway.bill()).toEqual([READ, READ, READ]);
  });

  it('refuse arguments that cannot be meant, before anything is sent', async () => {
    const { gateway, execute } = await signedIn();
    const subscriber = globalId('subscriber', 'Subscriber', `${ACME}/1001`);
    for (const [args, argument] of [
      ['from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z"', 'to'],
      ['from: "1969-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z"', 'from'],
      ['from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", type: UNKNOWN', 'type'],
      [
        `from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", type: ON_NET, subscriber: "${subscriber}"`,
        'type',
      ],
      [
        `from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", domain: "x", subscriber: "${subscriber}"`,
        'domain',
      ],
      ['from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", domain: "*"', 'domain'],
      [
        `from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", subscriber: "${globalId('subscriber', 'Domain', ACME)}"`,
        'subscriber',
      ],
      ['from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", first: 101', 'first'],
    ] as const) {
      const { errors } = await execute(`{ callDetails(${args}) { nodes { id } } }`);
      expect(errors.map(({ extensions }) => extensions)).toMatchObject([
        { code: 'BAD_USER_INPUT', argument },
      ]);
    }
    expect(await gateway.bill()).toEqual([]);
  });

  it('need a token of the legacy platform', async () => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute(`{ callDetails${windowOf(1)} { nodes { id } } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await gateway.bill()).toEqual([]);
  });
});

const LOOKUP =
  'recording { availability retryAfterSeconds recording { id status statusText durationSeconds sizeKilobytes openedAt { instant } } }';

describe('the recording of a finished call', () => {
  it.each([10, 100])(
    'costs one request for each of %i calls that was answered, beside the list',
    async (count) => {
      const { gateway, execute } = await signedIn();
      const { data, errors } = await execute(
        `{ callDetails${windowOf(100, `, first: ${count}`)} { nodes { isMissed talkSeconds originCallId ${LOOKUP} } } }`,
      );
      expect(errors).toEqual([]);
      const { nodes } = data['callDetails'];
      const answered = nodes.filter(({ isMissed }: any) => !isMissed);
      const bill = await gateway.bill();
      expect(bill[0]).toBe(READ);
      expect(bill.slice(1)).toEqual(answered.map(() => 'recording read'));
      const available = nodes.filter(({ recording }: any) => recording.availability === 'AVAILABLE');
      expect(available.length).toBeGreaterThan(count / 10);
      for (const { talkSeconds, recording } of available) {
        expect(recording.recording).toMatchObject({ status: 'CONVERTED', durationSeconds: talkSeconds });
        expect(recording.retryAfterSeconds).toBeNull();
      }
      for (const { recording } of nodes.filter((node: any) => node.isMissed))
        expect(recording).toEqual({ availability: 'NONE', retryAfterSeconds: null, recording: null });
    },
  );

  it('is expected a while after the call, and then there', async () => {
    const { gateway, execute } = await signedIn();
    const { data: call } = await execute(
      'mutation { originateCall(input: { destination: "1002" }) { ... on OriginateCallSuccess { data { call { id } } } } }',
    );
    const { id } = call['originateCall'].data.call;
    const ben = globalId('subscriber', 'Subscriber', `${ACME}/1002`);
    const { errors } = await execute(`mutation {
      answerActiveCall(input: { call: "${id}", subscriber: "${ben}" }) { __typename }
      recordActiveCall(input: { call: "${id}", recording: ON }) { __typename }
      disconnectActiveCall(input: { call: "${id}" }) { __typename } }`);
    expect(errors).toEqual([]);
    const query = `{ callDetails(first: 1, from: "${new Date(Date.now() - 60_000).toISOString()}", to: "${new Date(Date.now() + 60_000).toISOString()}") { nodes { ${LOOKUP} } } }`;
    const early = await execute(query);
    const lookup = early.data['callDetails'].nodes[0].recording;
    expect(lookup).toMatchObject({ availability: 'EXPECTED', recording: null });
    expect(lookup.retryAfterSeconds).toBeGreaterThan(150);
    expect(lookup.retryAfterSeconds).toBeLessThanOrEqual(180);
    await gateway.sandbox.control('PATCH', '/switches', { legacyRecordingDelayMs: 0 });
    const late = await execute(query);
    expect(late.data['callDetails'].nodes[0].recording).toMatchObject({
      availability: 'AVAILABLE',
      recording: { status: 'UNCONVERTED', statusText: 'unconverted' },
    });
  });

  it.each(['bare', 'array'] as const)(
    'is read again by its id where it comes as %s',
    async (legacyRecordingShape) => {
      const { gateway, execute } = await signedIn({ switches: { legacyRecordingShape } });
      const list = await execute(`{ callDetails${windowOf(100, ', first: 100')} { nodes { ${LOOKUP} } } }`);
      const { recording } = list.data['callDetails'].nodes.find(
        (node: any) => node.recording.recording !== null,
      ).recording;
      await gateway.bill();
      const { data, errors } = await execute(
        'query ($id: ID!) { callDetailRecording(id: $id) { id status durationSeconds } node(id: $id) { id } }',
        { id: recording.id },
      );
      expect(errors).toEqual([]);
      expect(data['callDetailRecording']).toMatchObject({
        id: recording.id,
        durationSeconds: recording.durationSeconds,
      });
      expect(await gateway.bill()).toEqual(['recording read']);
    },
  );
});
