import { expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const acme = guid(1, 1);
const salesId = globalId('cloudlink', 'Group', `${acme}/${guid(5, 1000)}`);
const GROUP = 'GET /accounts/{accountId}/groups/{groupId}';
const USERS = 'GET /accounts/{accountId}/users';

/** The people of the department Sales that CloudLink knows. */
const salesOf = (size?: number) =>
  createCompany(size)
    .people.filter(
      ({ accountId, department, cloudlink }) =>
        accountId === acme && department === 'Sales' && cloudlink !== undefined,
    )
    .map(({ userId }) => userId);

it('lists the groups of an account', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ account { groups { nodes { id groupId name description groupType extension } } } }',
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['account'].groups.nodes).toHaveLength(4);
  expect(data?.['account'].groups.nodes[0]).toEqual({
    id: salesId,
    groupId: guid(5, 1000),
    name: 'Sales',
    description: 'Everybody in Sales',
    groupType: 'DEPARTMENT',
    extension: null,
  });
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}', 'GET /accounts/{accountId}/groups']);
});

it('answers the members of a group with their number, for one more request', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { ... on Group { members(first: 50) { totalCount nodes { userId } } } } }',
    session,
    { id: salesId },
  );
  expect(errors).toEqual([]);
  const members = salesOf();
  expect(members.length).toBeGreaterThan(8);
  expect(data?.['node'].members).toEqual({
    totalCount: members.length,
    nodes: members.map((userId) => ({ userId })),
  });
  expect(await gateway.bill()).toEqual([GROUP, USERS]);
});

it('asks for the members of every group of an account together, in one read where they are more than 50', async () => {
  const gateway = await withGateway({ users: 102 });
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ account { groups { nodes { members(first: 100) { nodes { userId } } } } } }',
    session,
  );
  expect(errors).toEqual([]);
  const members = data?.['account'].groups.nodes.flatMap((group: any) => group.members.nodes);
  expect(new Set(members.map(({ userId }: any) => userId)).size).toBe(100);
  expect((await gateway.bill()).slice(2)).toEqual([USERS]);
});

const members = (first: number) => `query ($after: String) {
  node(id: "${salesId}") {
    ... on Group {
      list: members(first: ${first}, after: $after) {
        nodes { userId }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }
  }
}`;

it('walks the members of a group without losing or doubling one', async () => {
  const gateway = await withGateway({ users: 300 });
  const session = await gateway.signIn();
  const pages = await walk(gateway, session, members(10));
  expect(pages.flat().map(({ userId }) => userId)).toEqual(salesOf(300));
});

it('fills a page although its first members are no longer there', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const gone = Array.from({ length: 25 }, (_, index) => guid(9, index));
  const there = [guid(2, 1), guid(2, 2), guid(2, 3)];
  await gateway.sandbox.fail({
    match: { route: GROUP },
    fault: { type: 'body', body: { groupId: guid(5, 1000), name: 'Sales', members: [...gone, ...there] } },
  });
  await gateway.bill();
  const first = await gateway.execute(members(2), session);
  expect(await gateway.bill()).toEqual([GROUP, USERS, USERS]);
  expect(first.errors).toEqual([]);
  expect(first.data?.['node'].list).toMatchObject({
    nodes: there.slice(0, 2).map((userId) => ({ userId })),
    pageInfo: { hasNextPage: true, endCursor: expect.any(String) },
  });
  const second = await gateway.execute(members(2), session, {
    after: first.data?.['node'].list.pageInfo.endCursor,
  });
  expect(second.data?.['node'].list).toMatchObject({
    nodes: [{ userId: there[2] }],
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
  });
});

it('takes members that come as objects', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const [one, two] = [{ userId: guid(2, 1) }, { principalId: guid(2, 2) }];
  await gateway.sandbox.fail({
    match: { route: GROUP },
    fault: { type: 'body', body: { groupId: guid(5, 1000), members: [one, two, null, {}] } },
  });
  const { data } = await gateway.execute(members(10), session);
  expect(data?.['node'].list.nodes).toEqual([{ userId: guid(2, 1) }, { userId: guid(2, 2) }]);
});

it('keeps the groups and members of another account', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(members(10), await gateway.signIn('grace'));
  expect(data).toEqual({ node: null });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', platform: 'cloudlink' } }]);
});

it('walks the groups of an account by pages of one', async () => {
  const gateway = await withGateway();
  const query = `query ($after: String) {
    account { list: groups(first: 1, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }
  }`;
  const pages = await walk(gateway, await gateway.signIn(), query);
  expect(pages).toEqual(['Sales', 'Support', 'Engineering', 'Finance'].map((name) => [{ name }]));
});
