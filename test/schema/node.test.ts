import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';

const acme = guid(1, 1);
const globex = guid(1, 2);
const userId = (index: number, account = acme) =>
  globalId('cloudlink', 'User', `${account}/${guid(account === acme ? 2 : 3, index)}`);

const everyType = `{
  account {
    Account: id
    contacts(first: 1) { nodes { id } }
    groups(first: 1) { nodes { id } }
    sites(first: 1) { nodes { id } }
    clients(first: 1) { nodes { id } }
    users(first: 1) { nodes { id } }
  }
  domain { id }
  subscriber(user: "1001") { id }
}`;

const idsOfEveryType = async (gateway: TestGateway, session: Record<string, string>) => {
  const { data } = await gateway.execute(everyType, session);
  await gateway.bill();
  const { Account, ...lists } = data?.['account'] ?? {};
  return {
    Account,
    Contact: lists.contacts.nodes[0].id,
    Group: lists.groups.nodes[0].id,
    Site: lists.sites.nodes[0].id,
    Client: lists.clients.nodes[0].id,
    User: lists.users.nodes[0].id,
    Domain: data?.['domain'].id,
    Subscriber: data?.['subscriber'].id,
  } as Record<string, string>;
};

const routes: Readonly<Record<string, string>> = {
  Account: 'GET /accounts/{accountId}',
  Contact: 'GET /accounts/{accountId}/contacts/{contactId}',
  Group: 'GET /accounts/{accountId}/groups/{groupId}',
  Site: 'GET /accounts/{accountId}/sites/{siteId}',
  Client: 'GET /accounts/{accountId}/clients/{clientId}',
  User: 'GET /accounts/{accountId}/users/{userId}',
  Domain: 'domain read',
  Subscriber: 'subscriber read',
};

describe('an id', () => {
  it('gives its object again, whatever its type, for one upstream request', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const ids = await idsOfEveryType(gateway, session);
    for (const [type, id] of Object.entries(ids)) {
      const { data, errors } = await gateway.execute(
        'query ($id: ID!) { node(id: $id) { __typename id } }',
        session,
        { id },
      );
      expect(errors).toEqual([]);
      expect(data?.['node']).toEqual({ __typename: type, id });
      expect(await gateway.bill()).toEqual([routes[type]]);
    }
  });

  it('names its platform and its type', async () => {
    const gateway = await withGateway();
    const ids = await idsOfEveryType(gateway, await gateway.signIn());
    const decoded = Object.values(ids).map((id) => Buffer.from(id, 'base64url').toString());
    expect(decoded.map((text) => text.split(':').slice(0, 2).join(':'))).toEqual([
      'cloudlink:Account',
      'cloudlink:Contact',
      'cloudlink:Group',
      'cloudlink:Site',
      'cloudlink:Client',
      'cloudlink:User',
      'subscriber:Domain',
      'subscriber:Subscriber',
    ]);
  });
});

const own = userId(1);

/** Ids that this gateway cannot have made. */
const forgeries: readonly (readonly [what: string, id: string])[] = [
  ['no text', ''],
  ['plain text', 'ada@example.test'],
  ['a number', '42'],
  ['a GUID of upstream', guid(2, 1)],
  ['a shortened id', own.slice(0, 20)],
  ['a lengthened id', `${own}A`],
  ['an id with a blank', `${own} `],
  ['a padded id', `${globalId('cloudlink', 'Account', acme)}==`],
  ['an id whose last, unused bits are set', `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'x'}`],
  ['the other platform', globalId('subscriber', 'User', `${acme}/${guid(2, 1)}`)],
  ['a platform in capitals', globalId('CloudLink', 'User', `${acme}/${guid(2, 1)}`)],
  ['no platform', globalId('', 'User', `${acme}/${guid(2, 1)}`)],
  ['a type that is no node', globalId('cloudlink', 'Query', '1')],
  ['a name that objects inherit', globalId('cloudlink', 'constructor', '1')],
  ['a user without its account', globalId('cloudlink', 'User', guid(2, 1))],
  ['a user in three parts', globalId('cloudlink', 'User', `${acme}/${guid(2, 1)}/tags`)],
  ['an account in two parts', globalId('cloudlink', 'Account', `${acme}/users`)],
  ['a path that climbs', globalId('cloudlink', 'User', `${acme}/..`)],
  ['a query of its own', globalId('cloudlink', 'Account', `${acme}?hard=true`)],
  ['a quote', globalId('cloudlink', 'User', `${acme}/x' or name ne '`)],
  ['every subscriber', globalId('subscriber', 'Subscriber', `${ACME}/*`)],
  ['every subscriber but another way', globalId('subscriber', 'Subscriber', `${ACME}/%`)],
  ['one\u2019s own subscriber', globalId('subscriber', 'Subscriber', `${ACME}/~`)],
  ['several subscribers', globalId('subscriber', 'Subscriber', `${ACME}/1001,1002`)],
  ['a subscriber of every domain', globalId('subscriber', 'Subscriber', '*/1001')],
  ['a subscriber of no domain', globalId('subscriber', 'Subscriber', '/1001')],
  ['a nameless subscriber', globalId('subscriber', 'Subscriber', `${ACME}/`)],
  ['a line break', globalId('subscriber', 'Subscriber', `${ACME}/1001\r\nx: y`)],
  ['a NUL', globalId('subscriber', 'Domain', `${ACME}\0`)],
  ['every domain', globalId('subscriber', 'Domain', '*')],
  ['no domain', globalId('subscriber', 'Domain', '')],
  ['half a surrogate pair', '\ud800'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('base64url')],
  ['a key that is too long', globalId('subscriber', 'Domain', 'x'.repeat(256))],
  ['a very long text', 'x'.repeat(100_000)],
];

describe('a forged id', () => {
  it('is refused before anything is sent', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const answers = [];
    for (const [what, id] of forgeries) {
      const single = await gateway.execute('query ($id: ID!) { node(id: $id) { id } }', session, { id });
      const several = await gateway.execute('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', session, {
        ids: [id],
      });
      answers.push({
        what,
        codes: [single, several].map(({ errors }) => errors.map(({ extensions }) => extensions['code'])),
      });
    }
    expect(answers).toEqual(
      forgeries.map(([what]) => ({ what, codes: [['BAD_USER_INPUT'], ['BAD_USER_INPUT']] })),
    );
    expect(await gateway.bill()).toEqual([]);
  });

  it('leaves the rest of the query alone', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      '{ node(id: "x") { id } nodes(ids: ["x"]) { id } user(id: "x") { id } account { number } }',
      await gateway.signIn(),
    );
    expect(data).toEqual({ node: null, nodes: [null], user: null, account: { number: '100200300' } });
    expect(errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining([['node'], ['nodes', 0], ['user']]),
    );
  });

  it('harms no other id of the list', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      await gateway.signIn(),
      { ids: ['nope', own, 'x'] },
    );
    expect(data).toEqual({ nodes: [null, { id: own }, null] });
    expect(errors.map(({ path }) => path)).toEqual([
      ['nodes', 0],
      ['nodes', 2],
    ]);
  });

  it('does not come back in the message, nor does what it stands for', async () => {
    const gateway = await withGateway();
    const id = globalId('cloudlink', 'Secret', 'something');
    const { errors } = await gateway.execute('query ($id: ID!) { node(id: $id) { id } }', {}, { id });
    expect(errors[0]?.message).toBe(
      '`id` is no id of this gateway. Use the value of an `id` field as it is.',
    );
  });

  it.each([
    ['user(id: $id) { id }', 'a User', 'an Account', globalId('cloudlink', 'Account', acme)],
    ['account(id: $id) { id }', 'an Account', 'a User', own],
    ['users(account: $id) { nodes { id } }', 'an Account', 'a User', own],
    [
      'users(account: $id) { nodes { id } }',
      'an Account',
      'a Domain',
      globalId('subscriber', 'Domain', ACME),
    ],
  ])('%s takes the id of %s and of nothing like %s', async (field, wanted, given, id) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(`query ($id: ID!) { ${field} }`, session, { id });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining(`must be the id of ${wanted}, not of ${given}.`),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(await gateway.bill()).toEqual([]);
  });
});

const unknown = guid(9, 9);

/** Well-made ids of what is not there. */
const dangling = [
  globalId('cloudlink', 'Account', unknown),
  ...['User', 'Contact', 'Group', 'Site', 'Client'].map((type) =>
    globalId('cloudlink', type, `${acme}/${unknown}`),
  ),
  // The account is the caller's, the user is another's: as unknown as one that never was.
  globalId('cloudlink', 'User', `${acme}/${guid(3, 1)}`),
  globalId('subscriber', 'Subscriber', `${ACME}/7777`),
];

describe('an id of nothing', () => {
  it('is null, alone and among others, and no error', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    for (const id of dangling) {
      const alone = await gateway.execute('query ($id: ID!) { node(id: $id) { id } }', session, { id });
      expect(alone).toMatchObject({ data: { node: null }, errors: [] });
    }
    const { data, errors } = await gateway.execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      session,
      { ids: [own, ...dangling] },
    );
    expect(errors).toEqual([]);
    expect(data?.['nodes']).toEqual([{ id: own }, ...dangling.map(() => null)]);
  });

  it('is null for a domain where the caller would see one', async () => {
    const gateway = await withGateway({ switches: { legacyOutOfScope: 'empty' } });
    const session = await gateway.signIn();
    const id = globalId('subscriber', 'Domain', 'nobody.99999.service');
    const { data, errors } = await gateway.execute(
      'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } domain(name: "nobody.99999.service") { id } }',
      session,
      { id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ node: null, nodes: [null], domain: null });
  });
});

describe('nodes', () => {
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on User { name } } }';

  it('answers in the order of the ids, each as often as it is asked for', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const ids = Object.values(await idsOfEveryType(gateway, session));
    const wanted = [...ids.toReversed(), ...ids];
    const { data, errors } = await gateway.execute(query, session, { ids: wanted });
    expect(errors).toEqual([]);
    expect(data?.['nodes'].map(({ id }: { id: string }) => id)).toEqual(wanted);
    expect((await gateway.bill()).toSorted()).toEqual(Object.values(routes).toSorted());
  });

  it('lets one that is refused fail alone', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const ids = [own, userId(1, globex), userId(2)];
    const { data, errors } = await gateway.execute(query, session, { ids });
    expect(data?.['nodes']).toMatchObject([{ name: 'Ada Example' }, null, { name: 'Ben Carter' }]);
    expect(errors).toMatchObject([
      { path: ['nodes', 1], extensions: { code: 'FORBIDDEN', platform: 'cloudlink', status: 403 } },
    ]);
  });

  it('lets one platform fail alone', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'status', status: 500 } });
    const ids = [own, globalId('subscriber', 'Subscriber', `${ACME}/1001`)];
    const { data, errors } = await gateway.execute(query, session, { ids });
    expect(data?.['nodes']).toMatchObject([{ name: 'Ada Example' }, null]);
    expect(errors).toMatchObject([{ path: ['nodes', 1], extensions: { platform: 'subscriber' } }]);
  });

  it('takes 100 ids and no more', async () => {
    const gateway = await withGateway({ users: 120 });
    const session = await gateway.signIn();
    await gateway.bill();
    const ids = Array.from({ length: 101 }, (_, index) => userId(index + 1));
    const { errors } = await gateway.execute(query, session, { ids });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'ids' } }]);
    expect(await gateway.bill()).toEqual([]);
    const { data } = await gateway.execute(query, session, { ids: ids.slice(1) });
    expect(data?.['nodes']).toHaveLength(100);
    expect((await gateway.execute(query, session, { ids: [] })).data).toEqual({ nodes: [] });
  });
});

describe('users by id', () => {
  /** The ids in each chain of `or` that was sent. */
  const chains = async ({ sandbox }: TestGateway) =>
    (await sandbox.requests('route=GET%20/accounts/{accountId}/users')).map(
      ({ url }) => new URL(url, 'http://sandbox').searchParams.get('$filter')?.split(' or ').length,
    );
  // Among the first 18 people two are in the legacy platform only.
  const ids = Array.from({ length: 120 }, (_, index) => userId(index + 20));

  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const twice = 'query ($a: [ID!]!, $b: [ID!]!) { a: nodes(ids: $a) { id } b: nodes(ids: $b) { id } }';

  it('are asked for in one chain where there are no more than 50', async () => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    const { data, errors } = await gateway.execute(query, session, { ids: ids.slice(0, 50) });
    expect(errors).toEqual([]);
    expect(data?.['nodes'].map(({ id }: any) => id)).toEqual(ids.slice(0, 50));
    expect(await chains(gateway)).toEqual([50]);
  });

  it('are picked from one read of the account where there are more', async () => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(twice, session, { a: ids.slice(0, 70), b: ids.slice(70) });
    expect(errors).toEqual([]);
    expect([data?.['a'], data?.['b']].flat().map(({ id }) => id)).toEqual(ids);
    expect(await chains(gateway)).toEqual([undefined]);
    expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users']);
  });

  it('are asked for in chains of 50 at most where the account has more than one answer holds', async () => {
    const gateway = await withGateway({ users: 1130 });
    const session = await gateway.signIn();
    const late = Array.from({ length: 60 }, (_, index) => userId(1060 + index));
    const nobody = userId(5_000_000);
    const wanted = { a: ids.slice(0, 80), b: [...late, nobody] };
    const { data, errors } = await gateway.execute(twice, session, wanted);
    expect(errors).toEqual([]);
    expect(data?.['a'].map(({ id }: any) => id)).toEqual(wanted.a);
    expect(data?.['b'].map((node: any) => node?.id ?? null)).toEqual([...late, null]);
    expect(await chains(gateway)).toEqual([undefined, 50, 11]);
  });

  it('share a chain whatever field asks for them, and go their own way alone', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const query = 'query ($a: ID!, $b: ID!) { user(id: $a) { name } node(id: $b) { ... on User { name } } }';
    const both = await gateway.execute(query, session, { a: userId(1), b: userId(2) });
    expect(both.data).toEqual({ user: { name: 'Ada Example' }, node: { name: 'Ben Carter' } });
    expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users']);
    await gateway.execute(query, session, { a: userId(1), b: userId(1) });
    expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users/{userId}']);
  });

  it('are never mixed over accounts', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn('grace');
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { name } } }',
      session,
      { ids: [userId(1, globex), userId(1), userId(2, globex), userId(2)] },
    );
    expect(data?.['nodes']).toEqual([{ name: 'Grace Muster' }, null, { name: 'Heinz Becker' }, null]);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(pathsOf(errors)).toEqual([
      ['nodes', 1],
      ['nodes', 3],
    ]);
    expect(await gateway.bill()).toHaveLength(2);
  });
});
