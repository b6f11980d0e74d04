import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { accountId, changeAs, groupId, userId } from '../helpers/admin.ts';
import { withGateway } from '../helpers/gateway.ts';

const USERS = 'GET /accounts/{accountId}/users';
const ACCOUNT = 'GET /accounts/{accountId}';
const TAG = '/accounts/{accountId}/users/{userId}/tags/{tagId}';

it('asks for tags only where they are selected', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  await gateway.execute('{ users(first: 2) { nodes { name } } account { name } }', session);
  expect(
    (await gateway.sandbox.requests()).map(({ url }) => url).filter((url) => url.includes('expand')),
  ).toEqual([]);
});

it.each([1, 10, 100])('reads the tags of %i users with the list itself', async (first) => {
  const gateway = await withGateway({ users: 300 });
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    'query ($first: Int!) { users(first: $first) { edges { node { name tags { tagId value } } } } }',
    session,
    { first },
  );
  expect(errors).toEqual([]);
  expect(data?.['users'].edges).toHaveLength(first);
  expect(data?.['users'].edges[0].node).toEqual({
    name: 'Ada Example',
    tags: [{ tagId: 'onboarding', value: { done: true } }],
  });
  expect(data?.['users'].edges.slice(1).every(({ node }: any) => node.tags.length === 0)).toBe(true);
  expect(await gateway.bill()).toEqual([USERS]);
});

it('reads the tags of an account and of a user with them, however they are asked for', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  for (const [field, route] of [
    ['account { tags { tagId value } }', ACCOUNT],
    ['account(number: "100200300") { ...on Account { tags { tagId value } } }', 'GET /accounts'],
    ['accounts(first: 1) { nodes { tags { tagId value } } }', 'GET /accounts'],
    [`user(id: "${userId(1)}") { tags { tagId value } }`, `${USERS}/{userId}`],
  ] as const) {
    await gateway.bill();
    const { data, errors } = await gateway.execute(`{ it: ${field} }`, session);
    expect(errors).toEqual([]);
    const owner = data?.['it'].nodes?.[0] ?? data?.['it'];
    expect(owner.tags).toMatchObject([{ tagId: expect.any(String), value: expect.any(Object) }]);
    expect([field, await gateway.bill()]).toEqual([field, [route]]);
  }
});

it('reads the tags of users who were read without them together', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    `query ($id: ID!) { node(id: $id) { ... on Group { members(first: 10) { nodes { name tags { tagId } } } } } }`,
    session,
    { id: groupId(0) },
  );
  expect(errors).toEqual([]);
  expect(data?.['node'].members.nodes.length).toBeGreaterThan(5);
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/groups/{groupId}', USERS, USERS]);
});

it('sets, replaces and takes away any JSON, for one request each', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const change = changeAs(gateway, session);
  const read = async () => {
    const { data } = await gateway.execute(
      'query ($id: ID!) { user(id: $id) { tags { tagId value } } }',
      session,
      { id: userId(2) },
    );
    return data?.['user'].tags;
  };
  const values = [
    { crm: { id: 4711, groups: ['a', null, 1.5, true], 'odd key': {} }, __proto__x: 1 },
    JSON.parse('{"__proto__":{"isAdmin":true},"constructor":null}'),
    ['one', ['two']],
    'text & <b>',
    0,
    false,
  ];
  for (const value of values) {
    await gateway.bill();
    const answer = await change('setTag', { owner: userId(2), tagId: 'crm.ref', value }, 'tagId value');
    expect(answer['data']).toEqual({ tagId: 'crm.ref', value });
    expect(await gateway.bill()).toEqual([`PUT ${TAG}`]);
    expect(JSON.stringify(await read())).toBe(JSON.stringify([{ tagId: 'crm.ref', value }]));
  }
  await gateway.bill();
  const input = { owner: userId(2), tagId: 'crm.ref' };
  expect(await change('deleteTag', input)).toMatchObject({ data: 'crm.ref' });
  expect(await gateway.bill()).toEqual([`DELETE ${TAG}`]);
  expect(await read()).toEqual([]);
  expect(await change('deleteTag', input)).toMatchObject({ code: 'NOT_FOUND' });
});

it('takes a value that is written in the operation, with variables in it', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    `mutation ($owner: ID!, $city: JSON!) {
      setTag(input: { owner: $owner, tagId: "place", value: { city: $city, floors: [1, 2.5, null], kind: HOUSE } }) {
        ... on SetTagSuccess { data { value } }
      }
    }`,
    await gateway.signIn(),
    { owner: accountId, city: 'Lagos' },
  );
  expect(errors).toEqual([]);
  expect(data?.['setTag'].data.value).toEqual({ city: 'Lagos', floors: [1, 2.5, null], kind: 'HOUSE' });
});

it('leaves out the links that CloudLink puts among the tags', async () => {
  const gateway = await withGateway();
  const tags = { _links: { self: '/x' }, a: { _links: { self: '/y' }, b: 1 }, c: null };
  const body = { userId: guid(2, 1), tags };
  await gateway.sandbox.fail({ match: { route: `${USERS}/{userId}` }, fault: { type: 'body', body } });
  const { data } = await gateway.execute(
    `{ user(id: "${userId(1)}") { tags { tagId value } } }`,
    await gateway.signIn(),
  );
  expect(data?.['user'].tags).toEqual([
    { tagId: 'a', value: { b: 1 } },
    { tagId: 'c', value: null },
  ]);
});

const nest = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

it('refuses a value that nobody could walk through, in either direction', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const set =
    'mutation ($input: SetTagInput!, $key: String) { setTag(input: $input, clientMutationKey: $key) { __typename } }';
  await gateway.bill();
  for (const value of [nest(33), 'half \ud800', { 'half \udfff': 1 }]) {
    const { errors } = await gateway.execute(set, session, {
      input: { owner: userId(2), tagId: 'x', value },
      key: 'key-1',
    });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  const deepest = JSON.stringify({
    query: set,
    variables: { input: { owner: userId(2), tagId: 'x', value: 'VALUE' } },
  });
  const { status } = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...session },
    body: deepest.replace('"VALUE"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`),
  });
  expect(status).toBeLessThan(500);
  expect(await gateway.bill()).toEqual([]);
  const deep = { userId: guid(2, 1), tags: { deep: nest(500), flat: 1 } };
  await gateway.sandbox.fail({ match: { route: `${USERS}/{userId}` }, fault: { type: 'body', body: deep } });
  const { data, errors } = await gateway.execute(
    `{ user(id: "${userId(1)}") { tags { tagId value } } }`,
    session,
  );
  expect(data?.['user'].tags).toEqual([
    { tagId: 'deep', value: null },
    { tagId: 'flat', value: 1 },
  ]);
  expect(errors).toMatchObject([
    { path: ['user', 'tags', 0, 'value'], extensions: { code: 'UPSTREAM_PROTOCOL' } },
  ]);
});

it.each([
  ['setTag', { owner: userId(2), tagId: '..', value: 1 }, 'tagId'],
  ['setTag', { owner: userId(2), tagId: 'a/b', value: 1 }, 'tagId'],
  ['setTag', { owner: userId(2), tagId: 'a?x=1', value: 1 }, 'tagId'],
  ['setTag', { owner: userId(2), tagId: '', value: 1 }, 'tagId'],
  ['setTag', { owner: userId(2), tagId: 'x', value: 'y'.repeat(65_536) }, 'value'],
  ['setTag', { owner: groupId(0), tagId: 'x', value: 1 }, 'owner'],
  ['setTag', { owner: 'x', tagId: 'x', value: 1 }, 'owner'],
  ['deleteTag', { owner: userId(2), tagId: '%2e%2e' }, 'tagId'],
])('%s refuses %j by its field before anything is sent', async (name, input, field) => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const data = name === 'setTag' ? 'tagId' : '';
  expect(await change(name, input, data)).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});

it('lets a user note something on themselves, and on nobody else', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn('ben'));
  const note = (owner: string) => change('setTag', { owner, tagId: 'x', value: 1 }, 'tagId');
  expect(await note(userId(2))).toMatchObject({ data: { tagId: 'x' } });
  expect(await note(userId(1))).toMatchObject({ code: 'FORBIDDEN' });
  expect(await note(accountId)).toMatchObject({ code: 'FORBIDDEN' });
});
