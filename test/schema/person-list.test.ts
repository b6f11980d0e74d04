import { describe, expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { withGateway, type Answer, type GatewayOptions, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const USERS = 'GET /accounts/{accountId}/users';
const READ = 'subscriber read';

const acme = guid(1, 1);
const people = createCompany().people.filter(({ accountId }) => accountId === acme);
const nameOf = ({ firstName, lastName }: (typeof people)[number]) => `${firstName} ${lastName}`;

const QUERY = `query ($first: Int!, $after: String, $search: String) {
  people(first: $first, after: $after, search: $search) {
    nodes { name user { userId } subscriber { extension } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Found {
  readonly name: string;
  readonly user: object | null;
  readonly subscriber: { readonly extension: string } | null;
}

/** Every page of the list, one after the other, with the bill of each. */
const readAll = async (
  gateway: TestGateway,
  session: Record<string, string>,
  { query = QUERY, ...variables }: { first: number; search?: string; query?: string },
) => {
  const nodes: Found[] = [];
  const bills: (readonly string[])[] = [];
  await gateway.bill();
  for (let after: string | null = null; ;) {
    const { data, errors } = await gateway.execute(query, session, { ...variables, after });
    expect(errors).toEqual([]);
    nodes.push(...data?.['people'].nodes);
    bills.push(await gateway.bill());
    const { hasNextPage, endCursor } = (data ?? {})['people'].pageInfo;
    if (!hasNextPage) return { nodes, bills };
    after = endCursor;
  }
};

const readOnce = async (options: GatewayOptions, headers: Record<string, string> | null, first = 100) => {
  const gateway = await withGateway(options);
  const session = headers ?? (await gateway.signIn());
  await gateway.bill();
  const answer = await gateway.execute(QUERY, session, { first });
  return { ...answer, bill: await gateway.bill() };
};

describe('people', () => {
  it.each([1, 7, 20, 42, 43, 44, 100])('in pages of %i are everybody of either platform', async (first) => {
    const gateway = await withGateway();
    const { nodes } = await readAll(gateway, await gateway.signIn(), { first });
    const users = people.filter(({ cloudlink }) => cloudlink !== undefined).map(nameOf);
    const alone = nodes.slice(users.length);
    expect(nodes.slice(0, users.length).map(({ name }) => name)).toEqual(users);
    // The mailbox that two people share is that of the one who has the extension too.
    expect(alone.map(({ name }) => name)).toEqual(['Quentin Desk', 'Front Relief']);
    expect(alone.filter(({ user }) => user !== null)).toEqual([]);
  });

  it.each([
    [3, [USERS, READ]],
    [10, [USERS, READ, USERS]],
    [42, [USERS, READ, USERS]],
  ])(
    'of a page of %i users cost two requests, and one for those who have only the extension in common',
    async (first, expected) => {
      const { data, errors, bill } = await readOnce({ users: 150 }, null, first);
      expect(errors).toEqual([]);
      expect(data?.['people'].nodes).toHaveLength(first);
      expect(bill).toEqual(expected);
    },
  );

  it('cost one request where nothing of the legacy platform is selected', async () => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(
      '{ people(first: 50) { nodes { name user { email } } } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(await gateway.bill()).toEqual([USERS]);
  });

  it('that fit into one page cost two requests, whether or not anything of the legacy platform is selected', async () => {
    const { data, bill } = await readOnce({}, null);
    expect(data?.['people'].pageInfo.hasNextPage).toBe(false);
    expect(data?.['people'].nodes).toHaveLength(people.length);
    expect(bill).toEqual([USERS, READ]);
  });

  it('after the last of the users cost a read of each side', async () => {
    const gateway = await withGateway();
    const { bills } = await readAll(gateway, await gateway.signIn(), { first: 20 });
    expect(bills.map((bill) => bill.length)).toEqual([3, 2, 3]);
    expect(bills[2]?.toSorted()).toEqual([USERS, USERS, READ].toSorted());
  });

  it.each([
    ['of a name', 'chloe', ['Chloe Martin']],
    ['of a name in another case', 'ÅNGSTRÖM', ['Zoë Ångström-Müller']],
    ['of an e-mail address that both have', 'ben.carter@', ['Ben Carter']],
    ['of an e-mail address that the legacy platform alone has', 'priya.home', ['Priya Nair']],
    ['of an extension that CloudLink does not know', '1013', ['Quentin Desk']],
    ['of what nobody has', 'nobody of this name', []],
  ])('are found by a part %s, for one read of each side', async (_what, search, expected) => {
    const gateway = await withGateway();
    const { nodes, bills } = await readAll(gateway, await gateway.signIn(), { first: 20, search });
    expect(nodes.map(({ name }) => name)).toEqual(expected);
    expect(bills[0]?.toSorted()).toEqual([USERS, READ].toSorted());
  });

  it('cost a request more for every 1,000 of either side where both are read whole', async () => {
    const gateway = await withGateway({ users: 1150 });
    const session = await gateway.signIn();
    const { nodes, bills } = await readAll(gateway, session, { first: 20, search: 'Chloe Martin' });
    expect(nodes).toHaveLength(1);
    expect(bills[0]?.toSorted()).toEqual([USERS, USERS, READ, READ].toSorted());
  });

  it('that are found on both platforms are found once', async () => {
    const gateway = await withGateway();
    const { nodes } = await readAll(gateway, await gateway.signIn(), { first: 3, search: 'example.test' });
    const names = nodes.map(({ name }) => name);
    expect(names).toContain('Quentin Desk');
    expect(new Set(names).size).toBe(names.length);
  });

  it('keep their ids, by which they are found again', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const { data } = await gateway.execute('{ people(first: 100) { nodes { id name } } }', session);
    const { nodes } = (data ?? {})['people'];
    expect(new Set(nodes.map(({ id }: any) => id)).size).toBe(nodes.length);
    const { data: again, errors } = await gateway.execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Person { name } } }',
      session,
      { ids: nodes.map(({ id }: any) => id) },
    );
    expect(errors).toEqual([]);
    expect(again?.['nodes']).toEqual(nodes);
  });
});

describe('people where one platform cannot be asked', () => {
  it.each([
    ['cloudlink', 'subscriber'],
    ['subscriber', 'user'],
  ] as const)('for want of a token other than of %s are those of this one', async (mine, missing) => {
    const gateway = await withGateway();
    const tokens = await gateway.tokens();
    const { data, errors, extensions } = await gateway.execute(QUERY, tokens[mine], { first: 100 });
    const { nodes, pageInfo } = (data ?? {})['people'];
    const expected = people.filter(({ cloudlink, legacy }) => (mine === 'cloudlink' ? cloudlink : legacy));
    expect(nodes.map(({ name }: any) => name).toSorted()).toEqual(expected.map(nameOf).toSorted());
    expect(pageInfo.hasNextPage).toBe(false);
    expect(nodes.filter((node: any) => node[missing] !== null)).toEqual([]);
    expect(errors.every(({ path }) => path?.at(-1) === missing)).toBe(true);
    expect(errors.every((error) => error.extensions['code'] === 'UNAUTHENTICATED')).toBe(true);
    expect(extensions['warnings']).toMatchObject([{ code: 'PARTIAL_PERSON' }]);
  });

  it('page on through those of the other one', async () => {
    const gateway = await withGateway();
    const { subscriber } = await gateway.tokens();
    const query = QUERY.replace('user { userId } ', '');
    const { nodes } = await readAll(gateway, subscriber, { first: 9, query });
    const extensions = nodes.map((node) => node.subscriber?.extension);
    expect(extensions).toEqual(
      [...new Set(extensions)].toSorted((one = '', other = '') => (one < other ? -1 : 1)),
    );
    expect(extensions).toHaveLength(people.filter(({ legacy }) => legacy !== undefined).length);
  });

  it.each([
    ['a page of users', 0],
    ['all users, after the last of them', 1],
  ])('are an error where %s cannot be had later, and go on where they were', async (_what, skip) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const namesOf = ({ data }: Answer) => data?.['people'].nodes.map(({ name }: any) => name);
    const page = (after: string | null) => gateway.execute(QUERY, session, { first: 30, after });
    const whole = await gateway.execute(QUERY, session, { first: 100 });
    const one = await page(null);
    const after = one.data?.['people'].pageInfo.endCursor;
    const fault = { type: 'status', status: 500 } as const;
    const { id } = await gateway.sandbox.fail({ match: { route: USERS }, skip, fault });
    const failed = await page(after);
    expect(failed.data).toEqual({ people: null });
    expect(failed.errors).toMatchObject([
      { path: ['people'], extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink' } },
    ]);
    await gateway.sandbox.control('DELETE', `/faults/${id}`);
    expect([...namesOf(one), ...namesOf(await page(after))]).toEqual(namesOf(whole));
  });

  it('begun on the legacy platform alone are so to the end, each once, though CloudLink is back', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const fault = { type: 'status', status: 500 } as const;
    const { id } = await gateway.sandbox.fail({ match: { route: USERS }, fault });
    const query = QUERY.replace('name user { userId } ', '');
    const one = await gateway.execute(query, session, { first: 20 });
    await gateway.sandbox.control('DELETE', `/faults/${id}`);
    const after = one.data?.['people'].pageInfo.endCursor;
    const two = await gateway.execute(QUERY, session, { first: 100, after });
    expect(two.errors).toEqual([]);
    const found = [one, two].flatMap(({ data }) =>
      data?.['people'].nodes.map(({ subscriber }: any) => subscriber.extension),
    );
    const expected = people.filter(({ legacy }) => legacy !== undefined).map(({ extension }) => extension);
    expect(found).toEqual(expected.toSorted());
    expect(two.data?.['people'].nodes.filter(({ user }: any) => user !== null).length).toBeGreaterThan(0);
    for (const { extensions } of [one, two])
      expect(extensions['warnings']).toContainEqual(
        expect.objectContaining({ code: 'PARTIAL_PERSON', path: ['people'] }),
      );
  });

  it('are an error where the legacy platform cannot be asked for those whom it alone has', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const users = people.filter(({ cloudlink }) => cloudlink !== undefined).length;
    const one = await gateway.execute(QUERY, session, { first: users + 1 });
    const { hasNextPage, endCursor: after } = (one.data ?? {})['people'].pageInfo;
    expect(hasNextPage).toBe(true);
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(QUERY, session, { first: 5, after });
    expect(data).toEqual({ people: null });
    expect(errors).toMatchObject([{ path: ['people'], extensions: { platform: 'subscriber' } }]);
  });

  it('are an error where neither can', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { route: USERS }, fault: { type: 'status', status: 500 } });
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(QUERY, session, { first: 5 });
    expect(data).toEqual({ people: null });
    expect(errors).toMatchObject([{ path: ['people'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  });

  it('of an account without a domain are its users', async () => {
    const { data, errors } = await readOnce({ env: { ACCOUNT_DOMAINS: '' } }, null);
    expect(errors).toEqual([]);
    expect(data?.['people'].nodes).toHaveLength(
      people.filter(({ cloudlink }) => cloudlink !== undefined).length,
    );
  });
});

describe('the arguments of people', () => {
  it.each([
    ['first', { first: 0 }],
    ['first', { first: 101 }],
    ['after', { first: 5, after: 'none' }],
    ['search', { first: 5, search: ' ' }],
    ['search', { first: 5, search: 'x'.repeat(257) }],
  ])('refuse what cannot be meant by `%s`, before anything is sent', async (argument, variables) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(QUERY, session, variables);
    expect(errors).toMatchObject([{ path: ['people'], extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('refuse an account that is none, and a cursor of another search', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const { errors } = await gateway.execute(
      'query ($id: ID) { people(account: $id) { nodes { name } } }',
      session,
      {
        id: globalId('cloudlink', 'User', `${acme}/${guid(2, 1)}`),
      },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'account' } }]);
    const page = await gateway.execute(QUERY, session, { first: 2 });
    const after = page.data?.['people'].pageInfo.endCursor;
    const other = await gateway.execute(QUERY, session, { first: 2, after, search: 'ada' });
    expect(other.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }]);
  });
});
