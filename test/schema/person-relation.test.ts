import { describe, expect, it } from 'vitest';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const USER = 'GET /accounts/{accountId}/users/{userId}';
const USERS = 'GET /accounts/{accountId}/users';
const ENDPOINT = 'GET /endpoints/{endpointId}';
const LIVE = 'GET /endpoints/{endpointId}/calls';
const READ = 'subscriber read';
const DEVICES = 'device read';
const ACTIVE = 'call read';

const CALLS = 'liveCalls { type: __typename ... on LiveCall { pbxCallId } ... on ActiveCall { domainName } }';

/** Somebody who has a call on either platform. */
const withCalls = async () => {
  const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
  const session = await gateway.signIn();
  const { errors } = await gateway.execute(
    `mutation ($input: PlaceCallInput!) {
      placeCall(input: $input) { ... on PlaceCallSuccess { data { id } } }
      originateCall(input: { destination: "1003" }) { ... on OriginateCallSuccess { data { originCallId } } }
    }`,
    session,
    { input: { endpoint: globalId('cloudlink', 'Endpoint', '1001'), to: '1002' } },
  );
  expect(errors).toEqual([]);
  await gateway.bill();
  return { gateway, session };
};

describe('the calls of a person', () => {
  it('are those of both platforms, each as what it is there', async () => {
    const { gateway, session } = await withCalls();
    const { data, errors } = await gateway.execute(`{ me { ${CALLS} } }`, session);
    expect(errors).toEqual([]);
    const types = data?.['me'].liveCalls.map(({ type }: any) => type);
    expect(new Set(types)).toEqual(new Set(['LiveCall', 'ActiveCall']));
    expect(types).toEqual(types.toSorted().toReversed());
    expect((await gateway.bill()).toSorted()).toEqual([USER, READ, LIVE, ACTIVE].toSorted());
  });

  it.each([10, 30])(
    'cost a request for each of %i people in CloudLink, one for the domain, and the join',
    async (first) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      await gateway.bill();
      const { data, errors } = await gateway.execute(
        `query ($first: Int!) { people(first: $first) { nodes { user { extension } ${CALLS} } } }`,
        session,
        { first },
      );
      expect(errors).toEqual([]);
      const bill = await gateway.bill();
      const telephones = data?.['people'].nodes.filter(({ user }: any) => user.extension !== null).length;
      expect(bill.filter((route) => route === LIVE)).toHaveLength(telephones);
      expect(bill.filter((route) => route !== LIVE).toSorted()).toEqual(
        [USERS, READ, USERS, ACTIVE].toSorted(),
      );
    },
  );

  it.each([
    ['CloudLink', { route: LIVE }, 'ActiveCall', 0],
    ['the legacy platform', { object: 'call' }, 'LiveCall', -1],
  ])(
    'are those of the other platform, with an error in its place, where %s fails',
    async (_what, match, type, at) => {
      const { gateway, session } = await withCalls();
      await gateway.sandbox.fail({ match, fault: { type: 'status', status: 500 } });
      const { data, errors } = await gateway.execute(`{ me { name ${CALLS} } }`, session);
      const calls = data?.['me'].liveCalls;
      expect(calls.length).toBeGreaterThan(1);
      expect(calls.at(at)).toBeNull();
      expect(calls.filter((call: any) => call !== null && call.type !== type)).toEqual([]);
      expect(errors).toMatchObject([
        {
          path: ['me', 'liveCalls', at === 0 ? 0 : calls.length - 1],
          extensions: { code: 'UPSTREAM_UNAVAILABLE' },
        },
      ]);
    },
  );
});

describe('the telephones of a person', () => {
  it('are the endpoint in CloudLink and the devices on the legacy platform', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      '{ me { endpoint { endpointId } devices { name subscriber { extension } } } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['me'].endpoint).toEqual({ endpointId: '1001' });
    expect(data?.['me'].devices.length).toBeGreaterThan(0);
    expect(data?.['me'].devices.filter(({ subscriber }: any) => subscriber.extension !== '1001')).toEqual([]);
    expect((await gateway.bill()).filter((route) => route !== READ).toSorted()).toEqual(
      [USER, ENDPOINT, DEVICES].toSorted(),
    );
  });

  it.each([10, 100])('of %i people are one read of the domain beside the join', async (first) => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(
      'query ($first: Int!) { people(first: $first) { nodes { devices { name } } } }',
      session,
      { first },
    );
    expect(errors).toEqual([]);
    expect(await gateway.bill()).toEqual([USERS, READ, USERS, DEVICES]);
  });

  it('are none for whoever is on the other platform alone', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      '{ ruth: people(search: "Ruth Remote") { nodes { devices { name } endpoint { name } } } ' +
        'quentin: people(search: "Quentin Desk") { nodes { devices { name } endpoint { name } conversations { nodes { name } } } } }',
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    expect(data?.['ruth'].nodes).toEqual([{ devices: [], endpoint: null }]);
    expect(data?.['quentin'].nodes).toEqual([
      { devices: expect.any(Array), endpoint: null, conversations: null },
    ]);
  });
});

describe('the conversations of a person', () => {
  it('are those of the caller', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      '{ me { conversations(first: 3) { nodes { id } } } conversations(first: 3) { nodes { id } } }',
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    expect(data?.['me'].conversations.nodes).toHaveLength(3);
    expect(data?.['me'].conversations).toEqual(data?.['conversations']);
  });

  it('are null with a warning for anybody else', async () => {
    const gateway = await withGateway();
    const { data, errors, extensions } = await gateway.execute(
      '{ people(first: 3) { nodes { conversations(first: 1) { nodes { id } } } } }',
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    expect(data?.['people'].nodes.map(({ conversations }: any) => conversations === null)).toEqual([
      false,
      true,
      true,
    ]);
    expect(extensions['warnings']).toMatchObject([{ code: 'OWN_ONLY' }]);
  });
});
