import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { changeAs, groupId, siteId, userId } from '../helpers/admin.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const PATCH = 'PATCH /accounts/{accountId}/users';
const shape = 'givenId isDone user { name email } rejection { code field message correlationId }';

const bulk = (
  gateway: TestGateway,
  session: Record<string, string>,
  changes: readonly object[],
  data = shape,
) => changeAs(gateway, session)('changeUsers', { changes }, data);

it.each([1, 10, 100])('changes %i users in one request', async (first) => {
  const gateway = await withGateway({ users: 300 });
  const session = await gateway.signIn();
  const people = 'query ($first: Int!) { users(first: $first) { nodes { id } } }';
  const { data: list } = await gateway.execute(people, session, { first });
  const ids: readonly string[] = list?.['users'].nodes.map(({ id }: any) => id);
  expect(ids).toHaveLength(first);
  await gateway.bill();
  const changes = ids.map((user, index) => ({ update: { user, name: `Person ${index}` } }));
  const { data } = await bulk(gateway, session, changes);
  expect(data).toMatchObject(
    ids.map((id, index) => ({
      givenId: id,
      isDone: true,
      user: { name: `Person ${index}` },
      rejection: null,
    })),
  );
  expect(await gateway.bill()).toEqual([PATCH]);
});

it('gives every change a result of its own, in order', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const gone = globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(9, 9)}`);
  const { data } = await bulk(gateway, session, [
    { update: { user: userId(2), name: 'Benjamin' } },
    { update: { user: gone, name: 'Nobody' } },
    { update: { user: userId(4), email: 'ada@example.test' } },
    { delete: { user: userId(3) } },
    { update: { user: userId(5), role: 'PARTNER_ADMIN' } },
    { update: { user: userId(6), site: siteId(0) } },
  ]);
  const done = { isDone: true, rejection: null };
  const refused = { isDone: false, user: null };
  expect(data).toMatchObject([
    { givenId: userId(2), ...done, user: { name: 'Benjamin' } },
    { givenId: gone, ...refused, rejection: { code: 'NOT_FOUND', correlationId: expect.any(String) } },
    { givenId: userId(4), ...refused, rejection: { code: 'CONFLICT' } },
    { givenId: userId(3), ...done, user: null },
    { givenId: userId(5), ...refused, rejection: { code: 'FORBIDDEN' } },
    { givenId: userId(6), ...done },
  ]);
});

const answerWith = (gateway: TestGateway, operations: readonly unknown[]) =>
  gateway.sandbox.fail({ match: { route: PATCH }, fault: { type: 'body', body: { operations } } });

const two = [{ update: { user: userId(2), name: 'x' } }, { update: { user: userId(3), name: 'y' } }];

it('names the part of the change that is refused, as it stands in the input', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const body = { message: 'data.siteId should be the id of a site' };
  await answerWith(gateway, [{ statusCode: 200 }, { statusCode: 400, body }]);
  const { data } = await bulk(gateway, session, two);
  expect(data[1].rejection).toMatchObject({ code: 'BAD_USER_INPUT', field: 'changes.1.update.site' });
});

it('reads the users together whom CloudLink does not answer with', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await answerWith(gateway, [{ statusCode: 200, body: {} }, { statusCode: 204 }]);
  await gateway.bill();
  const { data } = await bulk(gateway, session, two);
  expect(data).toMatchObject([{ user: { name: 'x' } }, { user: { name: 'y' } }]);
  expect(await gateway.bill()).toEqual([PATCH, 'GET /accounts/{accountId}/users']);
});

it.each([
  ['a failure', { statusCode: 500, body: { message: 'oops' } }, 'UPSTREAM_UNAVAILABLE'],
  ['no status', {}, 'UPSTREAM_PROTOCOL'],
  ['the result of another', { statusCode: 200, body: { userId: guid(2, 9) } }, 'UPSTREAM_PROTOCOL'],
])('%s is an error of its own change and of no other', async (_what, result, code) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await answerWith(gateway, [{ statusCode: 200, body: { userId: guid(2, 2), name: 'x' } }, result]);
  const { data, errors } = await gateway.execute(
    `mutation ($changes: [UserChangeInput!]!) {
      changeUsers(input: { changes: $changes }) { ... on ChangeUsersSuccess { data { ${shape} } } }
    }`,
    session,
    { changes: two },
  );
  expect(data?.['changeUsers'].data).toMatchObject([
    { isDone: true, user: { name: 'x' } },
    { isDone: false, user: null, rejection: null },
  ]);
  expect(errors).toMatchObject([
    { path: ['changeUsers', 'data', 1, 'rejection'], extensions: { code, platform: 'cloudlink' } },
  ]);
});

it.each([[[]], [[{ statusCode: 200 }]], [[{ statusCode: 200 }, null]]])(
  'tells a change as made, and no more, where the results %j cannot be told apart',
  async (operations) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await answerWith(gateway, operations);
    const { data, errors } = await gateway.execute(
      'mutation ($changes: [UserChangeInput!]!) { changeUsers(input: { changes: $changes }) { ... on Rejection { code } } }',
      session,
      { changes: two },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ changeUsers: { code: 'ACCEPTED_NOT_VISIBLE' } });
  },
);

const strange = globalId('cloudlink', 'User', `${guid(1, 2)}/${guid(3, 1)}`);

it.each([
  [[], 'changes'],
  [Array.from({ length: 101 }, (_, index) => ({ delete: { user: userId(index) } })), 'changes'],
  [[{ delete: { user: userId(2) } }, { update: { user: userId(2), name: 'x' } }], 'changes.1.update.user'],
  [[{ delete: { user: userId(2) } }, { delete: { user: strange } }], 'changes.1.delete.user'],
  [[{ delete: { user: groupId(0) } }], 'changes.0.delete.user'],
  [[{ update: { user: userId(2) } }], 'changes.0.update'],
  [[{ update: { user: userId(2), email: 'x' } }], 'changes.0.update.email'],
])('refuses %j before anything is sent', async (changes, field) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  expect(await bulk(gateway, session, changes)).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});
