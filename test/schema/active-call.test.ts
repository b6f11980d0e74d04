import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';
import { walk } from '../helpers/walk.ts';

const CALL = `id domainName byAction
  origin { callId extension domainName name number uri state stateText }
  destination { callId extension number state }
  beganAt { instant text } answeredAt { instant }`;

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway(options);
  const session = await gateway.signIn(person);
  await gateway.bill();
  const execute = async (query: string, variables: object = {}) => {
    const answer = await gateway.execute(query, session, variables);
    return { ...answer, data: answer.data ?? {} };
  };
  return { gateway, session, execute };
};

const callId = (origin: string, destination: string) =>
  globalId('subscriber', 'ActiveCall', `${ACME}/${origin} ${destination}`);

/** A call that rings at Ben, placed by Ada. */
const placed = async (options: GatewayOptions = {}) => {
  const { gateway, session, execute } = await signedIn(options);
  const { data, errors } = await execute(`mutation { originateCall(input: { destination: "1002" }) {
    ... on OriginateCallSuccess { data { originCallId call { id destination { extension state } } } } } }`);
  expect(errors).toEqual([]);
  const { call, originCallId } = data['originateCall'].data;
  await gateway.bill();
  return {
    gateway,
    session,
    execute,
    call,
    originCallId: originCallId as string,
    ben: globalId('subscriber', 'Subscriber', `${ACME}/1002`),
  };
};

describe('calls that go on', () => {
  it('are listed with both sides as they are, and their times in either form', async () => {
    for (const legacyCallTimes of ['printed', 'dashes'] as const) {
      const { gateway, execute } = await signedIn({ switches: { legacyCallTimes } });
      const { data, errors } = await execute(`{ activeCalls(first: 50) { totalCount nodes { ${CALL} } } }`);
      expect(errors).toEqual([]);
      expect(await gateway.bill()).toEqual(['call read', 'call count']);
      const { nodes, totalCount } = data['activeCalls'];
      expect(nodes).toHaveLength(totalCount);
      const incoming = nodes.find((node: any) => node.destination.extension === '1002');
      expect(incoming).toMatchObject({
        domainName: ACME,
        origin: { extension: null, domainName: null, state: 'ACTIVE', stateText: 'Active' },
        destination: { extension: '1002', state: 'ACTIVE' },
      });
      expect(Date.now() - Date.parse(incoming.beganAt.instant)).toBeLessThan(25 * 60_000);
      expect(incoming.answeredAt.instant > incoming.beganAt.instant).toBe(true);
    }
  });

  it.each([
    [1, ['call read']],
    [2, ['call read', 'call read']],
    [10, ['call read']],
    [100, ['call read']],
  ])('cost %i subscribers no more than %j', async (count, bill) => {
    const { gateway, execute } = await signedIn({ users: 250 });
    const { data, errors } = await execute(
      `{ subscribers(first: ${count}) { nodes { extension activeCalls { id origin { extension } destination { extension } } } } }`,
    );
    expect(errors).toEqual([]);
    expect((await gateway.bill()).slice(1)).toEqual(bill);
    const { nodes } = data['subscribers'];
    expect(nodes).toHaveLength(count);
    for (const { extension, activeCalls } of nodes)
      for (const call of activeCalls)
        expect([call.origin.extension, call.destination.extension]).toContain(extension);
    const found = nodes.flatMap((node: any) => node.activeCalls);
    expect(found.length).toBeGreaterThanOrEqual(Math.floor(count / 10) * 2);
  });

  it('are the same for a subscriber alone and among many', async () => {
    const { execute } = await signedIn();
    const field = 'extension activeCalls { id }';
    const alone = await execute(`{ subscriber(user: "1002") { ${field} } }`);
    const many = await execute(`{ subscribers(first: 30) { nodes { ${field} } } }`);
    const found = many.data['subscribers'].nodes.find((node: any) => node.extension === '1002');
    expect(found).toEqual(alone.data['subscriber']);
    expect(found.activeCalls).toHaveLength(1);
  });

  it('come page by page, each once, under a cap of rows', async () => {
    const { gateway, session } = await signedIn({ users: 250, switches: { legacyRowCap: 100 } });
    const pages = await walk(
      gateway,
      session,
      `query ($after: String) { list: activeCalls(first: 20, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
    );
    const ids = pages.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const { data } = await gateway.execute('{ activeCalls { totalCount } }', session);
    expect(ids).toHaveLength(data?.['activeCalls'].totalCount);
  });

  it('are found again by id, several by one request, and are null once they are over', async () => {
    const { gateway, execute } = await signedIn();
    const list = await execute('{ activeCalls(first: 2) { nodes { id } } }');
    const ids = list.data['activeCalls'].nodes.map(({ id }: any) => id);
    await gateway.bill();
    const { data, errors } = await execute('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [...ids, callId('over@203.0.113.9', 'x')],
    });
    expect(errors).toEqual([]);
    expect(data['nodes']).toEqual([{ id: ids[0] }, { id: ids[1] }, null]);
    expect(await gateway.bill()).toEqual(['call read']);
  });

  it('keep a failed read from failing the subscribers', async () => {
    const { gateway, execute } = await signedIn();
    await gateway.sandbox.fail({ match: { object: 'call' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await execute(
      '{ subscribers(first: 3) { nodes { extension activeCalls { id } } } }',
    );
    expect(data['subscribers'].nodes).toHaveLength(3);
    expect(data['subscribers'].nodes[0].activeCalls).toBeNull();
    expect(errors[0]?.extensions['code']).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('need a token of the legacy platform', async () => {
    const gateway = await withGateway();
    const { cloudlink } = await gateway.tokens();
    const { data, errors } = await gateway.execute('{ activeCalls { nodes { id } } }', cloudlink);
    expect(data).toEqual({ activeCalls: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await gateway.bill()).toEqual([]);
  });
});

const REJECTION = '... on Rejection { code field message }';
const simple = (name: string, type = 'ActiveCallInput') => {
  const success = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;
  return `mutation ($input: ${type}!, $key: String) { result: ${name}(input: $input, clientMutationKey: $key) {
    ... on ${success} { data { originCallId slot call { origin { extension state } destination { extension state } byAction } } }
    ${REJECTION} } }`;
};

const verbs: readonly (readonly [string, string, object, string])[] = [
  ['answerActiveCall', 'AnswerActiveCallInput', {}, 'answer'],
  ['rejectActiveCall', 'ActiveCallInput', {}, 'reject'],
  ['disconnectActiveCall', 'ActiveCallInput', {}, 'disconnect'],
  ['holdActiveCall', 'HoldActiveCallInput', { side: 'ORIGIN' }, 'hold_orig'],
  ['holdActiveCall', 'HoldActiveCallInput', { side: 'DESTINATION' }, 'hold_term'],
  ['unholdActiveCall', 'ActiveCallInput', {}, 'unhold'],
  ['transferActiveCall', 'TransferActiveCallInput', { destination: '1003' }, 'xfer'],
  ['parkActiveCall', 'ParkActiveCallInput', { firstSlot: 705 }, 'park'],
  ['recordActiveCall', 'RecordActiveCallInput', { recording: 'ON' }, 'record_on'],
  ['recordActiveCall', 'RecordActiveCallInput', { recording: 'PAUSED' }, 'record_pause'],
  ['recordActiveCall', 'RecordActiveCallInput', { recording: 'OFF' }, 'record_off'],
];

describe('the control of calls', () => {
  it('places, answers, holds, records, parks and ends one, and tells each time what became of it', async () => {
    const { gateway, execute, call, originCallId, ben } = await placed();
    expect(call.destination).toEqual({ extension: '1002', state: 'ALERTING' });
    const act = async (name: string, type: string, input: object = {}) => {
      const { data, errors } = await execute(simple(name, type), { input: { call: call.id, ...input } });
      expect(errors).toEqual([]);
      return data['result'];
    };
    const answered = await act('answerActiveCall', 'AnswerActiveCallInput', { subscriber: ben });
    expect(answered.data.call.destination).toEqual({ extension: '1002', state: 'ACTIVE' });
    expect(await gateway.bill()).toEqual(['call answer', 'call read']);
    const held = await act('holdActiveCall', 'HoldActiveCallInput', { side: 'DESTINATION' });
    expect(held.data.call.destination.state).toBe('HELD');
    const unheld = await act('unholdActiveCall', 'ActiveCallInput');
    expect(unheld.data.call.destination.state).toBe('ACTIVE');
    for (const recording of ['ON', 'PAUSED', 'ON', 'OFF'])
      expect(await act('recordActiveCall', 'RecordActiveCallInput', { recording })).toHaveProperty('data');
    const parked = await act('parkActiveCall', 'ParkActiveCallInput', { firstSlot: 705 });
    expect(parked.data).toMatchObject({ originCallId, slot: '705', call: { byAction: 'CallPark' } });
    // Whoever was talked with is parked, as the side that goes on.
    const back = await act('answerActiveCall', 'AnswerActiveCallInput');
    expect(back.data.call).toMatchObject({
      origin: { extension: '1002' },
      destination: { extension: '1001' },
    });
    const sent = await act('transferActiveCall', 'TransferActiveCallInput', { destination: '1003' });
    expect(sent.data.call).toMatchObject({
      destination: { extension: '1003', state: 'ALERTING' },
      byAction: 'Transfer',
    });
    const over = await act('disconnectActiveCall', 'ActiveCallInput', {
      subscriber: globalId('subscriber', 'Subscriber', `${ACME}/1003`),
    });
    expect(over.data).toEqual({ originCallId, slot: null, call: null });
    const gone = await act('unholdActiveCall', 'ActiveCallInput');
    expect(gone).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses what the state of the call does not allow, as part of the result', async () => {
    const { execute, call } = await placed();
    const { data, errors } = await execute(simple('unholdActiveCall'), { input: { call: call.id } });
    expect(errors).toEqual([]);
    expect(data['result']).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('another state'),
    });
    const { data: rejected } = await execute(simple('rejectActiveCall'), {
      input: { call: call.id, subscriber: globalId('subscriber', 'Subscriber', `${ACME}/1002`) },
    });
    expect(rejected?.['result'].data.call).toBeNull();
  });

  it('does not read a call that is not asked for', async () => {
    const { gateway, execute, call } = await placed();
    await execute(
      `mutation { disconnectActiveCall(input: { call: "${call.id}" }) { ... on DisconnectActiveCallSuccess { data { originCallId } } } }`,
    );
    expect(await gateway.bill()).toEqual(['call disconnect']);
    expect((await legacyCalls(gateway.sandbox, 'call')).length).toBe(0);
  });

  it('names the kind of id that it takes, before anything is sent', async () => {
    const { gateway, execute } = await signedIn();
    for (const [id, said] of [
      [
        globalId('subscriber', 'CallDetail', `${ACME}/20240201abcd01 1706778902`),
        'must be the id of an ActiveCall',
      ],
      [globalId('subscriber', 'Domain', ACME), 'must be the id of an ActiveCall'],
      ['c1f0@203.0.113.9', 'is no id of this gateway'],
      [globalId('subscriber', 'ActiveCall', `${ACME}/* x`), 'is no id of this gateway'],
      [globalId('subscriber', 'ActiveCall', `*/c1 x`), 'is no id of this gateway'],
    ] as const) {
      const { data, errors } = await execute(simple('disconnectActiveCall'), { input: { call: id } });
      expect(errors).toEqual([]);
      expect(data['result']).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'input.call',
        message: expect.stringContaining(said),
      });
      const read = await execute('query ($id: ID!) { activeCall(id: $id) { id } }', { id });
      expect(read.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'id' });
    }
    expect(await gateway.bill()).toEqual([]);
  });

  it.each(['', ' ', '1 2', '1,2', '1\r\n2', '\u0000', '\ud800', 'x'.repeat(256)])(
    'refuses %j as something to dial before anything is sent',
    async (destination) => {
      const { gateway, execute } = await signedIn();
      const input = { call: callId('c', 't'), destination };
      const { data } = await execute(simple('transferActiveCall', 'TransferActiveCallInput'), { input });
      expect(data['result']).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.destination' });
      const { data: placing } = await execute(simple('originateCall', 'OriginateCallInput'), {
        input: { destination },
      });
      expect(placing?.['result']).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.destination' });
      expect(await gateway.bill()).toEqual([]);
    },
  );

  it.each(['*98', 'a&action=delete', '%26x=1', '#31#', '+12125550188', 'sip:x@y;z=1?a', '[]'])(
    'sends %j to dial as it is and as nothing else',
    async (destination) => {
      const { gateway, execute } = await signedIn();
      await execute(simple('originateCall', 'OriginateCallInput'), { input: { destination } });
      const [sent] = await legacyCalls(gateway.sandbox, 'call');
      expect(sent).toEqual({
        action: 'call',
        format: 'json',
        callid: expect.stringMatching(/^[\da-f-]{36}$/),
        uid: `1001@${ACME}`,
        destination,
      });
    },
  );

  it('happens once for a key, however often it is sent', async () => {
    const { gateway, execute } = await signedIn();
    const variables = { input: { destination: '1002' }, key: 'k-1' };
    const one = await execute(simple('originateCall', 'OriginateCallInput'), variables);
    const two = await execute(simple('originateCall', 'OriginateCallInput'), variables);
    expect(two.data['result'].data.originCallId).toBe(one.data['result'].data.originCallId);
    expect((await gateway.bill()).filter((line) => line === 'call call')).toHaveLength(1);
  });

  it.each([...verbs, ['originateCall', 'OriginateCallInput', { destination: '1002' }, 'call'] as const])(
    'sends %s (%s %j) once, whatever happens to it',
    async (name, type, more, action) => {
      const { gateway, execute } = await signedIn({ env: { TRY_TIMEOUT_MS: '300' } });
      const input =
        name === 'originateCall' ? more : { call: callId('live1@203.0.113.9', 'live1t'), ...more };
      for (const fault of [
        { type: 'status', status: 503 },
        { type: 'reset' },
        { type: 'resetAfter' },
        { type: 'hang' },
      ] as const) {
        await gateway.sandbox.control('DELETE', '/faults');
        await gateway.sandbox.fail({ match: { object: 'call', action }, fault });
        const { errors } = await execute(simple(name, type), { input });
        expect(errors[0]?.extensions['code']).toMatch(/^UPSTREAM_(UNAVAILABLE|TIMEOUT)$/);
        expect(await gateway.bill()).toEqual([`call ${action}`]);
      }
    },
  );
});
