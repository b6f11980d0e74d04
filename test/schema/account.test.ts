import { describe, expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const acme = guid(1, 1);
const globex = guid(1, 2);
const accountId = (id: string) => globalId('cloudlink', 'Account', id);
const LIST = 'GET /accounts';
const ONE = 'GET /accounts/{accountId}';

describe('account', () => {
  it("is the caller's own, in our words, where none is named", async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `{
        account {
          id accountId number name state stateText isActive languageCode cloudDomain source partnerId organizationId
          policyId allowsGuests userLimit accessTokenHours refreshTokenHours topLevelDomains
          address { street city stateOrProvince postalCode country }
          audit { createdAt createdBy modifiedAt modifiedBy }
        }
      }`,
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['account']).toEqual({
      id: accountId(acme),
      accountId: acme,
      number: '100200300',
      name: 'Acme Ltd',
      state: 'ACTIVE',
      stateText: 'ACTIVE',
      isActive: true,
      languageCode: 'en-US',
      cloudDomain: `${acme}.us.dev.api.example.test`,
      source: 'cloudlink',
      partnerId: '400100200',
      organizationId: guid(9, 1000),
      policyId: guid(8, 1000),
      allowsGuests: false,
      userLimit: 1000,
      accessTokenHours: 1,
      refreshTokenHours: 360,
      topLevelDomains: ['example.test'],
      address: {
        street: '1 Example Street',
        city: 'New York',
        stateOrProvince: 'New York',
        postalCode: '10001',
        country: 'US',
      },
      audit: {
        createdAt: '2026-10-01T08:00:00.000Z',
        createdBy: guid(2, 1),
        modifiedAt: '2026-10-01T08:00:00.000Z',
        modifiedBy: guid(2, 1),
      },
    });
    expect(await gateway.bill()).toEqual([ONE]);
  });

  it('is found by its id and by its number, each for one request', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const byId = await gateway.execute('query ($id: ID) { account(id: $id) { name } }', session, {
      id: accountId(acme),
    });
    expect(byId.data).toEqual({ account: { name: 'Acme Ltd' } });
    expect(await gateway.bill()).toEqual([ONE]);
    const byNumber = await gateway.execute('{ account(number: "100200300") { name } }', session);
    expect(byNumber.data).toEqual({ account: { name: 'Acme Ltd' } });
    expect(await gateway.bill()).toEqual([LIST]);
  });

  it('is null by a number that nobody has, and by one the caller may not see', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      '{ nobody: account(number: "999999999") { id } globex: account(number: "200300400") { id } }',
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ nobody: null, globex: null });
  });

  it.each([
    ['number: "12345678"', 'number'],
    ['number: "1234567890"', 'number'],
    ['number: ""', 'number'],
    ['number: "12345678\' or 1 eq 1"', 'number'],
    [`number: "100200300", id: "${accountId(acme)}"`, 'number'],
    ['number: "100200300", id: ""', 'number'],
    ['id: ""', 'id'],
  ])('refuses %s unsent', async (args, argument) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(`{ account(${args}) { id } }`, session);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('reads a state that is not listed as UNKNOWN, with the word beside it', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const fault = {
      type: 'body' as const,
      body: { accountId: acme, state: 'Migrating', userLimit: 99_999_999_999 },
    };
    await gateway.sandbox.fail({ match: { service: 'admin' }, fault });
    const { data, errors } = await gateway.execute('{ account { state stateText userLimit name } }', session);
    expect(errors).toEqual([]);
    expect(data?.['account']).toEqual({
      state: 'UNKNOWN',
      stateText: 'Migrating',
      userLimit: null,
      name: null,
    });
  });

  it('is read once however often a query comes by it', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data } = await gateway.execute(
      '{ account { name } again: account { number } users { nodes { account { name } } } }',
      session,
    );
    expect(new Set(data?.['users'].nodes.map((user: any) => user.account.name))).toEqual(
      new Set(['Acme Ltd']),
    );
    expect((await gateway.bill()).toSorted()).toEqual([ONE, 'GET /accounts/{accountId}/users']);
  });

  it('needs a token of CloudLink and names its header', async () => {
    const gateway = await withGateway();
    const { subscriber } = await gateway.tokens();
    const { data, errors } = await gateway.execute('{ account { name } domain { name } }', subscriber);
    expect(data).toEqual({ account: null, domain: { name: 'acme.12345.service' } });
    expect(errors).toMatchObject([
      {
        path: ['account'],
        message: expect.stringContaining('"Authorization: Bearer'),
        extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' },
      },
    ]);
  });
});

describe('accounts', () => {
  it('are the own one for a user, and those of the partner for a partner', async () => {
    const gateway = await withGateway();
    const query = '{ accounts { nodes { number } } }';
    const own = await gateway.execute(query, await gateway.signIn('grace'));
    expect(own.data?.['accounts'].nodes).toEqual([{ number: '200300400' }]);
    const partner = await gateway.execute(
      `mutation { signIn(input: { cloudlink: { username: "partner@example.test", password: "sandbox-password" } }) { sessionToken } }`,
    );
    await gateway.bill();
    const { data } = await gateway.execute(query, {
      authorization: `Bearer ${partner.data?.['signIn'].sessionToken}`,
    });
    expect(data?.['accounts'].nodes).toEqual([{ number: '100200300' }, { number: '200300400' }]);
    expect(await gateway.bill()).toEqual([LIST]);
  });
});

describe('another account', () => {
  const fields = [
    'account(id: $id) { name }',
    'users(account: $id) { nodes { name } }',
    'node(id: $id) { ... on Account { users { nodes { name } } } }',
  ];

  it.each([
    ['grace', acme],
    ['ada', globex],
    ['ben', globex],
  ] as const)('is out of reach for %s by any field that takes its id', async (person, account) => {
    const gateway = await withGateway();
    const session = await gateway.signIn(person);
    for (const field of fields) {
      const { data, errors } = await gateway.execute(`query ($id: ID!) { ${field} }`, session, {
        id: accountId(account),
      });
      expect(Object.values(data ?? {})).toEqual([null]);
      expect(errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', platform: 'cloudlink', status: 403 } },
      ]);
    }
  });

  const people = createCompany().people.filter(({ cloudlink }) => cloudlink !== undefined);

  it.each([
    ['grace', acme],
    ['ada', globex],
  ] as const)('keeps each of its users from %s by well-made ids', async (person, account) => {
    const gateway = await withGateway();
    const session = await gateway.signIn(person);
    const ids = people
      .filter((candidate) => candidate.accountId === account)
      .flatMap(({ userId }) => [
        globalId('cloudlink', 'User', `${account}/${userId}`),
        // The same user below the caller's own account.
        globalId('cloudlink', 'User', `${account === acme ? globex : acme}/${userId}`),
      ]);
    const { data, errors } = await gateway.execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { name email } } }',
      session,
      { ids },
    );
    expect(data?.['nodes']).toEqual(ids.map(() => null));
    expect(pathsOf(errors)).toHaveLength(ids.length / 2);
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']));
  });
});

it('is where everything that belongs to it leads back to, for nothing more', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const back = '(first: 2) { nodes { account { number } } }';
  const { data, errors } = await gateway.execute(
    `{ account { contacts${back} clients${back} groups${back} sites${back} } }`,
    session,
  );
  expect(errors).toEqual([]);
  const lists = Object.values(data?.['account']) as { nodes: object[] }[];
  const numbers = lists.flatMap(({ nodes }) => nodes);
  expect(numbers.length).toBeGreaterThan(4);
  expect(numbers).toEqual(numbers.map(() => ({ account: { number: '100200300' } })));
  expect((await gateway.bill()).filter((route) => route === 'GET /accounts/{accountId}')).toHaveLength(1);
});
