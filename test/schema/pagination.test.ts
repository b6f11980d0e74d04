import { describe, expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';
import { walk } from '../helpers/walk.ts';

const acme = guid(1, 1);
const { people } = createCompany(300);
const userIds = people
  .filter(({ accountId, cloudlink }) => accountId === acme && cloudlink !== undefined)
  .map(({ userId }) => userId);
const extensions = people
  .filter(({ domain, legacy }) => domain === ACME && legacy !== undefined)
  .map(({ extension }) => extension)
  .toSorted();

const archers = people.filter(({ lastName, domain }) => domain === ACME && lastName.startsWith('Archer'));

const page = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const userList = (first: number) =>
  `query ($after: String) { list: users(first: ${first}, after: $after) { nodes { userId } ${page} } }`;
const subscriberList = (first: number) =>
  `query ($after: String) { list: subscribers(first: ${first}, after: $after) { nodes { extension } ${page} } }`;

describe('a list of three hundred', () => {
  it('is long enough to tell', () => {
    expect([userIds.length, extensions.length]).toEqual([298, 298]);
    expect(new Set([...userIds, ...extensions]).size).toBe(596);
  });

  it.each([7, 100])('of users is walked by pages of %i without losing or doubling a row', async (first) => {
    const gateway = await withGateway({ users: 300 });
    const pages = await walk(gateway, await gateway.signIn(), userList(first));
    expect(pages.flat().map(({ userId }) => userId)).toEqual(userIds);
    expect(pages).toHaveLength(Math.ceil(298 / first));
    expect(pages.slice(0, -1).every((nodes) => nodes.length === first)).toBe(true);
  });

  it.each([7, 100])(
    'of subscribers is walked by pages of %i without losing or doubling a row',
    async (first) => {
      const gateway = await withGateway({ users: 300 });
      const pages = await walk(gateway, await gateway.signIn(), subscriberList(first));
      expect(pages.flat().map(({ extension }) => extension)).toEqual(extensions);
      expect(pages).toHaveLength(Math.ceil(298 / first));
    },
  );

  it.each([10, 20, 50, 64, 96, 100, 128, 200])(
    'of subscribers is whole although upstream cuts every answer at %i rows',
    async (legacyRowCap) => {
      const gateway = await withGateway({ users: 300, switches: { legacyRowCap } });
      const session = await gateway.signIn();
      const pages = await walk(gateway, session, subscriberList(100));
      expect(pages.flat().map(({ extension }) => extension)).toEqual(extensions);
      const { data } = await gateway.execute(
        `{ list: subscribers(first: 100, filter: { search: "archer" }) { nodes { name } ${page} } }`,
        session,
      );
      expect(data?.['list'].nodes).toHaveLength(archers.length);
    },
  );

  it.each([
    ['users', 'userId', `filter: { search: "archer" }`],
    ['subscribers', 'extension', `filter: { search: "archer" }`],
    ['subscribers', 'extension', `orderBy: { field: LAST_NAME, direction: DESC }`],
    ['subscribers', 'extension', `filter: { kinds: [PERSON, CALL_QUEUE, DEPARTMENT] }`],
  ])('%s is walked under the same arguments (%s, %s)', async (field, key, args) => {
    const gateway = await withGateway({ users: 300 });
    const session = await gateway.signIn();
    const query = (first: number) =>
      `query ($after: String) { list: ${field}(first: ${first}, after: $after, ${args}) { nodes { ${key} } ${page} } }`;
    const [few, many] = [await walk(gateway, session, query(4)), await walk(gateway, session, query(100))];
    expect(few.flat()).toEqual(many.flat());
    expect(few.length).toBeGreaterThan(1);
    expect(new Set(few.flat().map((node) => node[key])).size).toBe(few.flat().length);
  });
});

describe('a page', () => {
  it('has twenty items unless another number is asked for', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(
      '{ users { nodes { userId } } subscribers { nodes { extension } } few: users(first: 3) { nodes { userId } } }',
      await gateway.signIn(),
    );
    expect(data?.['users'].nodes).toHaveLength(20);
    expect(data?.['subscribers'].nodes).toHaveLength(20);
    expect(data?.['few'].nodes).toHaveLength(3);
  });

  it.each([0, -1, 101, 2_147_483_647, -2_147_483_648])('of %i items is refused unsent', async (first) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    for (const field of ['users', 'subscribers', 'accounts', 'domains']) {
      const { errors } = await gateway.execute(
        `query ($first: Int!) { ${field}(first: $first) { nodes { id } } }`,
        session,
        {
          first,
        },
      );
      expect(errors).toMatchObject([
        {
          message: `\`first\` must be from 1 to 100, not ${first}.`,
          extensions: { code: 'BAD_USER_INPUT', argument: 'first' },
        },
      ]);
    }
    expect(await gateway.bill()).toEqual([]);
  });

  it('of 100 out of 100 is the last one', async () => {
    // Two of the people are on one platform only, on each side.
    const gateway = await withGateway({ users: 102 });
    const session = await gateway.signIn();
    for (const query of [userList(100), subscriberList(100)]) {
      const { data } = await gateway.execute(query, session);
      expect(data?.['list'].nodes).toHaveLength(100);
      expect(data?.['list'].pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    }
  });

  it('of 100 out of 101 is followed by a page of one', async () => {
    const gateway = await withGateway({ users: 103 });
    const session = await gateway.signIn();
    for (const query of [userList(100), subscriberList(100)]) {
      const pages = await walk(gateway, session, query);
      expect(pages.map((nodes) => nodes.length)).toEqual([100, 1]);
    }
  });

  it('after the last cursor is empty', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    for (const query of [userList(100), subscriberList(100)]) {
      const last = await gateway.execute(query, session);
      const after = last.data?.['list'].pageInfo.endCursor;
      expect(after).toEqual(expect.any(String));
      const { data, errors } = await gateway.execute(query, session, { after });
      expect(errors).toEqual([]);
      expect(data?.['list']).toEqual({
        nodes: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
      });
    }
  });

  it('of nobody is empty, whatever emptiness looks like upstream', async () => {
    for (const legacyEmpty of ['array', 'object', 'blank', 'null-record'] as const) {
      for (const cloudlinkOmitEmptyEmbedded of [true, false]) {
        const gateway = await withGateway({ switches: { legacyEmpty, cloudlinkOmitEmptyEmbedded } });
        const session = await gateway.signIn();
        const query = `{ subscribers(filter: { scopes: [NDP] }) { edges { cursor } nodes { id } ${page} } }`;
        const { data, errors } = await gateway.execute(query, session);
        expect(errors).toEqual([]);
        expect(data?.['subscribers']).toMatchObject({ edges: [], nodes: [], pageInfo: { endCursor: null } });
      }
    }
  });

  it('costs one request and little more than its own rows', async () => {
    const gateway = await withGateway({ users: 300 });
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.execute(userList(20), session);
    await gateway.execute(subscriberList(20), session);
    const asked = await gateway.sandbox.requests('service=admin');
    expect(asked.map(({ url }) => new URL(url, 'http://sandbox').searchParams.get('$top'))).toEqual(['21']);
    expect(await legacyCalls(gateway.sandbox)).toMatchObject([{ start: '0', limit: '22' }]);
    expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users', 'subscriber read']);
  });

  it('has edges that agree with its nodes, each cursor leading to what follows', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const query = `query ($after: String) {
      users(first: 5, after: $after) { edges { cursor node { userId } } nodes { userId } ${page} }
    }`;
    const { users } = (await gateway.execute(query, session)).data ?? {};
    expect(users.edges.map(({ node }: { node: unknown }) => node)).toEqual(users.nodes);
    expect(users.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: users.edges[0].cursor,
      endCursor: users.edges[4].cursor,
    });
    const next = await gateway.execute(query, session, { after: users.edges[1].cursor });
    expect(next.data?.['users'].nodes.slice(0, 3)).toEqual(users.nodes.slice(2));
    expect(next.data?.['users'].pageInfo.hasPreviousPage).toBe(true);
  });
});

describe('a cursor', () => {
  const cursorOf = async (
    gateway: Awaited<ReturnType<typeof withGateway>>,
    session: Record<string, string>,
    field: string,
  ): Promise<string> => {
    const { data } = await gateway.execute(`{ list: ${field} { ${page} } }`, session);
    return data?.['list'].pageInfo.endCursor;
  };

  it.each([
    ['users(first: 2)', 'subscribers(after: $after)'],
    ['subscribers(first: 2)', 'users(after: $after)'],
    ['users(first: 2)', 'accounts(after: $after)'],
    ['users(first: 2, filter: { search: "a" })', 'users(after: $after)'],
    ['users(first: 2)', 'users(after: $after, filter: { search: "a" })'],
    ['users(first: 2, filter: { search: "a" })', 'users(after: $after, filter: { search: "b" })'],
    ['subscribers(first: 2)', 'subscribers(after: $after, domain: "globex.67890.service")'],
    ['subscribers(first: 2)', 'subscribers(after: $after, orderBy: { field: LAST_NAME })'],
    [
      'subscribers(first: 2, orderBy: { field: LAST_NAME })',
      'subscribers(after: $after, orderBy: { field: LAST_NAME, direction: DESC })',
    ],
    ['subscribers(first: 2)', 'subscribers(after: $after, filter: { kinds: [CALL_QUEUE] })'],
  ])('of %s is refused by %s', async (from, to) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const after = await cursorOf(gateway, session, from);
    await gateway.bill();
    const { errors } = await gateway.execute(`query ($after: String) { ${to} { nodes { id } } }`, session, {
      after,
    });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it.each([
    ['users(first: 2)', 'users(first: 50, after: $after, filter: null)'],
    ['users(first: 2)', 'users(after: $after, filter: { search: null })'],
    ['subscribers(first: 2)', 'subscribers(after: $after, domain: "acme.12345.service")'],
    ['subscribers(first: 2)', 'subscribers(after: $after, filter: { kinds: [PERSON] })'],
    ['subscribers(first: 2)', 'subscribers(after: $after, orderBy: { field: EXTENSION })'],
    ['account { users(first: 2) { nodes { id } ', 'users(after: $after)'],
  ])('of %s leads on in %s, which is the same list', async (from, to) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const nested = from.startsWith('account');
    const { data } = await gateway.execute(
      nested ? `{ ${from} ${page} } } }` : `{ list: ${from} { ${page} } }`,
      session,
    );
    const list = nested ? data?.['account'].users : data?.['list'];
    const { errors } = await gateway.execute(`query ($after: String) { ${to} { nodes { id } } }`, session, {
      after: list.pageInfo.endCursor,
    });
    expect(errors).toEqual([]);
  });

  it('of an account is refused by the same list of another one', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const after = await cursorOf(gateway, session, 'users(first: 2)');
    await gateway.bill();
    const { errors } = await gateway.execute(
      'query ($account: ID, $after: String) { users(account: $account, after: $after) { nodes { id } } }',
      session,
      { after, account: globalId('cloudlink', 'Account', guid(1, 2)) },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('that was made up is refused', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const real = await cursorOf(gateway, session, 'users(first: 2)');
    await gateway.bill();
    const altered = (change: (text: string) => string) =>
      Buffer.from(change(Buffer.from(real, 'base64url').toString())).toString('base64url');
    const forgeries = [
      '',
      '2',
      'users:2',
      `${real}=`,
      `${real}A`,
      real.slice(1),
      altered((text) => text.replace(/\d+$/, '-1')),
      altered((text) => text.replace(/\d+$/, '')),
      altered((text) => text.replace(/\d+$/, '1e3')),
      altered((text) => text.replace(/\d+$/, 'NaN')),
      altered((text) => text.replace(/\d+$/, '02')),
      altered((text) => text.replace(/\d+$/, '9999999999')),
      altered((text) => `${text}:1`),
      altered((text) => text.replace(/^./, (letter) => (letter === 'x' ? 'y' : 'x'))),
      'x'.repeat(100_000),
    ];
    for (const after of forgeries) {
      const { errors } = await gateway.execute(
        'query ($after: String) { users(after: $after) { nodes { id } } }',
        session,
        { after },
      );
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    }
    expect(await gateway.bill()).toEqual([]);
  });
});

describe('totalCount', () => {
  it('is asked for upstream only where it is selected', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.execute('{ subscribers { nodes { id } } domains { nodes { id } } }', session);
    expect((await gateway.bill()).toSorted()).toEqual(['domain read', 'subscriber read']);
    const { data } = await gateway.execute(
      '{ subscribers { totalCount nodes { id } } domains { totalCount nodes { id } } }',
      session,
    );
    expect((await gateway.bill()).toSorted()).toEqual([
      'domain count',
      'domain read',
      'subscriber count',
      'subscriber read',
    ]);
    // 42 people; the default record, a queue, an attendant, a bridge and four departments.
    expect(data).toMatchObject({ subscribers: { totalCount: 51 }, domains: { totalCount: 1 } });
  });

  it('is null for every list of CloudLink, which does not count', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      '{ users(first: 1) { totalCount } accounts { totalCount } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ users: { totalCount: null }, accounts: { totalCount: null } });
    expect(await gateway.bill()).toHaveLength(2);
  });

  it('is null where the caller may not count, and the list is there', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn('ben');
    await gateway.sandbox.fail({
      match: { object: 'subscriber', action: 'count' },
      fault: { type: 'status', status: 403, headers: { warning: 'The request is outside of your scope.' } },
    });
    const { data, errors } = await gateway.execute('{ subscribers { totalCount nodes { name } } }', session);
    expect(errors).toEqual([]);
    expect(data?.['subscribers']).toEqual({ totalCount: null, nodes: [{ name: 'Ben Carter' }] });
  });

  it('is null where upstream answers without one', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { object: 'subscriber', action: 'count' },
      fault: { type: 'body', body: {} },
    });
    const { data, errors } = await gateway.execute('{ subscribers { totalCount } }', session);
    expect(errors).toEqual([]);
    expect(data?.['subscribers']).toEqual({ totalCount: null });
  });

  it('fails alone where counting fails', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { object: 'subscriber', action: 'count' },
      fault: { type: 'status', status: 500 },
    });
    const { data, errors } = await gateway.execute(
      '{ subscribers(first: 1) { totalCount nodes { extension } } }',
      session,
    );
    expect(data?.['subscribers']).toEqual({ totalCount: null, nodes: [{ extension: '0012' }] });
    expect(errors).toMatchObject([
      { path: ['subscribers', 'totalCount'], extensions: { platform: 'subscriber' } },
    ]);
  });
});
