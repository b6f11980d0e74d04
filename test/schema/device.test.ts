import { describe, expect, it } from 'vitest';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway, type Person, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX } from '../helpers/legacy.ts';

const READ = 'device read';
const deviceId = (name: string) => globalId('subscriber', 'Device', `${ACME}/${name}`);

const open = async (gateway: TestGateway, person: Person = 'ada') => {
  const session = await gateway.signIn(person);
  await gateway.bill();
  return (query: string, variables: object = {}) => gateway.execute(query, session, variables);
};

describe('a device', () => {
  it.each(['strings', 'numeric'] as const)(
    'is told in our words, without its secrets (%s)',
    async (legacyTyping) => {
      const gateway = await withGateway({ switches: { legacyTyping } });
      const execute = await open(gateway);
      const { data, errors } = await execute(`{ device(name: "1002") {
      id name address domainName extension ownerName isRegistered mode modeText registeredAt { text } expiresAt { text }
      contactAddress receivedFrom userAgent server mac model line transportText provisioningError emergencyCallerIdNumber
    } }`);
      expect(errors).toEqual([]);
      expect(data?.['device']).toMatchObject({
        id: deviceId('1002'),
        name: '1002',
        address: `sip:1002@${ACME}`,
        domainName: ACME,
        extension: '1002',
        ownerName: 'Ben Carter',
        isRegistered: true,
        mode: 'REGISTERED',
        modeText: 'registered_endpoint',
        model: 'Northwind D40',
        line: '1',
        transportText: 'udp',
        provisioningError: null,
      });
      expect(await gateway.bill()).toEqual([READ]);
    },
  );

  it('is asked for by named columns, so that no secret leaves the platform', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    await execute('{ devices { nodes { name } } }');
    const [request] = await gateway.sandbox.requests('object=device');
    expect(new URLSearchParams(request?.body).get('fields')).not.toMatch(/auth/);
  });

  it.each([
    ['a registration that is over', { expires: '0' }, false],
    ['one without its end', {}, true],
    ['an end that is past', { registration_expires_time: '2020-01-01 00:00:00' }, false],
    ['another mode', { mode: 'unknown', expires: '60' }, false],
  ])('with %s is registered or not', async (_what, columns, isRegistered) => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const row = { aor: `sip:9@${ACME}`, subscriber_domain: ACME, mode: 'registered_endpoint', ...columns };
    await gateway.sandbox.fail({ match: { object: 'device' }, fault: { type: 'body', body: [row] } });
    const { data } = await execute('{ device(name: "9") { isRegistered } }');
    expect(data).toEqual({ device: { isRegistered } });
  });

  it('is null where there is none, and one unit of a list of nodes', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const { data, errors } = await execute(
      'query ($ids: [ID!]!) { device(name: "nope") { name } nodes(ids: $ids) { ... on Device { name } } }',
      { ids: ['1002', 'gone', '1003', '1003a'].map(deviceId) },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      device: null,
      nodes: [{ name: '1002' }, null, { name: '1003' }, { name: '1003a' }],
    });
    expect(await gateway.bill()).toEqual([READ]);
  });
});

describe('devices of subscribers', () => {
  const query =
    'query ($first: Int!) { subscribers(first: $first) { nodes { extension devices { name extension } } } }';

  it.each([
    [2, 50, ['subscriber read', READ, READ]],
    [10, 30, ['subscriber read', READ]],
    [100, 120, ['subscriber read', READ]],
  ])('of %s, in a domain of %s, are one read of the domain from three on', async (first, users, bill) => {
    const gateway = await withGateway({ users });
    const execute = await open(gateway);
    const { data, errors } = await execute(query, { first });
    expect(errors).toEqual([]);
    const nodes: { extension: string; devices: { extension: string }[] }[] = data?.['subscribers'].nodes;
    expect(nodes).toHaveLength(first);
    expect(nodes.filter(({ devices }) => devices.length === 0)).toEqual([]);
    const misplaced = nodes.filter(({ extension, devices }) =>
      devices.some((device) => device.extension !== extension),
    );
    expect(misplaced).toEqual([]);
    expect((await gateway.bill()).toSorted()).toEqual(bill.toSorted());
  });

  it('are found though numbers lose the zeros of their owner', async () => {
    const gateway = await withGateway({ switches: { legacyTyping: 'numeric' } });
    const execute = await open(gateway);
    const { data } = await execute(
      '{ a: subscriber(user: "0012") { devices { name } } b: subscriber(user: "1002") { devices { name } } c: subscriber(user: "1003") { devices { name } } }',
    );
    expect(data?.['a'].devices).toContainEqual({ name: '0012' });
  });

  it('fail alone, and leave the rest of the answer', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    await gateway.sandbox.fail({ match: { object: 'device' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await execute(query, { first: 3 });
    expect(data?.['subscribers'].nodes).toHaveLength(3);
    expect(data?.['subscribers'].nodes[0]).toMatchObject({ extension: expect.any(String), devices: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(pathsOf(errors)).toHaveLength(3);
    expect((await gateway.bill()).filter((name) => name === READ)).toHaveLength(1);
  });
});

describe('devices', () => {
  it('of a domain are paged, counted and picked by registration', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const { data, errors } = await execute(`{
      domain { devices(first: 2) { totalCount nodes { name subscriber { name } } pageInfo { hasNextPage } } }
      devices(first: 100, isRegistered: false) { nodes { isRegistered mode } }
    }`);
    expect(errors).toEqual([]);
    const devices = data?.['domain'].devices;
    expect(devices.totalCount).toBeGreaterThan(20);
    expect(devices.nodes).toEqual([
      { name: '0012', subscriber: { name: 'Leading Zero' } },
      expect.objectContaining({ name: '1001' }),
    ]);
    expect(devices.pageInfo).toEqual({ hasNextPage: true });
    expect(data?.['devices'].nodes.length).toBeGreaterThan(0);
    expect(new Set(data?.['devices'].nodes.map(({ mode }: { mode: string }) => mode))).toEqual(
      new Set(['UNREGISTERED', 'UNKNOWN']),
    );
  });

  it('of a basic user are the own ones, and of another domain nobody tells', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway, 'ben');
    const { data, errors } = await execute(
      `{ devices { nodes { extension } } other: devices(domain: "${GLOBEX}") { nodes { name } } }`,
    );
    expect(new Set(data?.['devices'].nodes.map(({ extension }: { extension: string }) => extension))).toEqual(
      new Set(['1002']),
    );
    expect(errors).toMatchObject([{ path: ['other'], extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('changes of a device', () => {
  it('are shown when they are made, and a device that was removed is gone', async () => {
    const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
    const execute = await open(gateway);
    const fields = 'name extension mac model transportText isRegistered subscriber { extension }';
    const made = await execute(
      `mutation { createDevice(input: {
        name: "1002z", extension: "1002", mac: "00:5E:10:00:FF:FF", model: "Northwind D40", transport: TLS
      }) { ... on CreateDeviceSuccess { data { id ${fields} } } ... on Rejection { code message } } }`,
    );
    expect(made.errors).toEqual([]);
    expect(made.data?.['createDevice'].data).toEqual({
      id: deviceId('1002z'),
      name: '1002z',
      extension: '1002',
      mac: '005e1000ffff',
      model: 'Northwind D40',
      transportText: 'tls',
      isRegistered: false,
      subscriber: { extension: '1002' },
    });
    expect(await gateway.bill()).toEqual(['device create', READ, 'subscriber read']);

    const changed = await execute(
      `mutation ($device: ID!) {
        updateDevice(input: { device: $device, extension: "1003" }) { ... on UpdateDeviceSuccess { data { ${fields} } } }
        resyncDevice(input: { device: $device }) { ... on ResyncDeviceSuccess { data { extension } } }
        deleteDevice(input: { device: $device }) { ... on DeleteDeviceSuccess { data } }
        again: deleteDevice(input: { device: $device }) { ... on Rejection { code } }
      }`,
      { device: deviceId('1002z') },
    );
    expect(changed.errors).toEqual([]);
    expect(changed.data).toMatchObject({
      updateDevice: { data: { extension: '1003', mac: '005e1000ffff', subscriber: { extension: '1003' } } },
      resyncDevice: { data: { extension: '1003' } },
      deleteDevice: { data: deviceId('1002z') },
      again: { code: 'NOT_FOUND' },
    });
  });

  it('are refused to a basic user', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway, 'ben');
    const { data } = await execute(
      'mutation ($device: ID!) { deleteDevice(input: { device: $device }) { ... on Rejection { code } } }',
      { device: deviceId('1002') },
    );
    expect(data).toEqual({ deleteDevice: { code: 'FORBIDDEN' } });
  });
});
