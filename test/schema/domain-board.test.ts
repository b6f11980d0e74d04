import { describe, expect, it } from 'vitest';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway, type Person, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX } from '../helpers/legacy.ts';
import { hostileTexts } from '../helpers/loss.ts';

const open = async (gateway: TestGateway, person: Person = 'ada') => {
  const session = await gateway.signIn(person);
  await gateway.bill();
  return (query: string, variables: object = {}) => gateway.execute(query, session, variables);
};

describe('departments', () => {
  it.each([
    ['records', 'array'],
    ['names', 'array'],
    ['names', 'indexed-object'],
    ['records', 'indexed-object'],
  ] as const)(
    'are told by name, in every shape they come in (%s, %s)',
    async (legacyDepartments, legacyRecords) => {
      const gateway = await withGateway({ switches: { legacyDepartments, legacyRecords } });
      const execute = await open(gateway);
      const { data, errors } = await execute(
        '{ departments { name domainName } domain { departments { name } } }',
      );
      expect(errors).toEqual([]);
      const names = ['Engineering', 'Finance', 'Sales', 'Support'];
      expect(data?.['departments']).toEqual(names.map((name) => ({ name, domainName: ACME })));
      expect(data?.['domain'].departments).toEqual(names.map((name) => ({ name })));
      expect((await gateway.bill()).toSorted()).toEqual(['department list', 'domain read']);
    },
  );

  it.each(['array', 'object', 'blank', 'null-record'] as const)(
    'are none where there are none (%s)',
    async (legacyEmpty) => {
      const gateway = await withGateway({ switches: { legacyEmpty, legacyOutOfScope: 'empty' } });
      const execute = await open(gateway);
      const { data, errors } = await execute(`{ departments(domain: "${GLOBEX}") { name } }`);
      expect(errors).toEqual([]);
      expect(data).toEqual({ departments: [] });
    },
  );
});

describe('sites', () => {
  it('are counted only where that is asked for', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const { data, errors } = await execute(
      '{ domainSites { totalCount nodes { id name domain { name } } } domainSite(name: "harbour") { name userCount deviceCount registeredDeviceCount queueCount activeCallCount } }',
    );
    expect(errors).toEqual([]);
    expect(data?.['domainSites']).toEqual({
      totalCount: 2,
      nodes: ['Harbour', 'Uptown'].map((name) => ({
        id: globalId('subscriber', 'DomainSite', `${ACME}/${name}`),
        name,
        domain: { name: ACME },
      })),
    });
    const site = data?.['domainSite'];
    expect(site.name).toBe('Harbour');
    expect(site.userCount).toBeGreaterThan(0);
    expect(site.deviceCount).toBeGreaterThanOrEqual(site.userCount);
    const requests = await gateway.sandbox.requests('object=site&action=read');
    expect(new Set(requests.map(({ body }) => new URLSearchParams(body).get('billing')))).toEqual(
      new Set([null, 'yes']),
    );
  });

  it('are nodes, from three on by one read of their domain', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const ids = ['Uptown', 'Nowhere', 'Harbour'].map((name) =>
      globalId('subscriber', 'DomainSite', `${ACME}/${name}`),
    );
    const { data, errors } = await execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on DomainSite { name } } }',
      { ids },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ nodes: [{ name: 'Uptown' }, null, { name: 'Harbour' }] });
    expect(await gateway.bill()).toEqual(['site read']);
  });

  it('are null where there is none', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const { data, errors } = await execute('{ domainSite(name: "Nowhere") { name } }');
    expect([data, errors]).toEqual([{ domainSite: null }, []]);
  });
});

describe('presences', () => {
  const query =
    '{ presences { extension name presence presenceText statusMessage department subscriber { callLimit } } }';

  it.each([
    [30, ['presence list', 'subscriber read']],
    [120, ['presence list', 'subscriber read']],
  ])('of a domain of %s are one read, and one more for all their subscribers', async (users, bill) => {
    const gateway = await withGateway({ users });
    const execute = await open(gateway);
    const { data, errors } = await execute(query);
    expect(errors).toEqual([]);
    expect(data?.['presences'].length).toBeGreaterThan(users - 5);
    expect(data?.['presences']).toContainEqual({
      extension: '1002',
      name: 'Ben Carter',
      presence: 'IN_USE',
      presenceText: 'inuse',
      statusMessage: 'Back at two',
      department: expect.any(String),
      subscriber: { callLimit: 10 },
    });
    expect((await gateway.bill()).toSorted()).toEqual(bill);
  });

  it('are for everybody in the domain, and for nobody else', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway, 'ben');
    const { data, errors } = await execute(
      `{ own: presences { extension } other: presences(domain: "${GLOBEX}") { extension } }`,
    );
    expect(data?.['own'].length).toBeGreaterThan(10);
    expect(data?.['other']).toBeNull();
    expect(errors).toMatchObject([{ path: ['other'], extensions: { code: 'FORBIDDEN' } }]);
  });

  it('are not asked for without a token', async () => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute(
      '{ presences { name } departments { name } devices { totalCount } domainSites { totalCount } phoneNumbers { totalCount } directoryContacts { totalCount } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(pathsOf(errors)).toHaveLength(6);
    expect(await gateway.bill()).toEqual([]);
  });
});

describe.each([
  ['domainSite(name: $text) { name }', 'site', 'site', ['billing', 'domain', 'limit', 'site', 'start']],
  [
    'device(name: $text) { name }',
    'device',
    'device',
    ['device', 'domain', 'fields', 'limit', 'sort', 'start'],
  ],
  [
    'directoryContacts(extension: $text) { totalCount }',
    'contact',
    'user',
    ['domain', 'limit', 'order', 'start', 'user'],
  ],
  ['presences(domain: $text) { name }', 'presence', 'domain', ['domain', 'limit', 'order', 'start']],
])('the text of %s', (field, object, parameter, names) => {
  it('is one value of one parameter, or is refused unsent', async () => {
    const gateway = await withGateway({ switches: { legacyOutOfScope: 'empty' } });
    const execute = await open(gateway);
    const ask = async (text: string) => {
      await gateway.bill();
      const { errors } = await execute(`query ($text: String!) { ${field} }`, { text });
      return { text, errors, requests: await gateway.sandbox.requests('platform=netsapiens') };
    };
    const tries = [];
    for (const text of [...hostileTexts, '1001']) tries.push(await ask(text));
    const refused = tries.filter(({ errors }) => errors.length > 0);
    expect(refused.length).toBeGreaterThan(5);
    for (const { errors, requests } of refused) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(requests).toEqual([]);
    }
    const sent = tries.filter(({ errors }) => errors.length === 0);
    expect(sent.length).toBeGreaterThan(0);
    for (const { text, requests } of sent) {
      expect(requests.map((request) => request.object)).toEqual([object]);
      const form = new URLSearchParams(requests[0]?.body);
      expect([...form.keys()].toSorted()).toEqual([...names, 'format'].toSorted());
      expect(form.get(parameter)).toBe(text);
    }
  });
});
