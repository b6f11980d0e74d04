import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { accountId, changeAs, groupId, siteId, userId } from '../helpers/admin.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const GROUPS = '/accounts/{accountId}/groups';
const GROUP = `${GROUPS}/{groupId}`;
const USERS = 'GET /accounts/{accountId}/users';
const shape = 'id name description groupType extension members { totalCount }';

it('makes a group, changes and deletes it, for one request each', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const made = await change(
    'createGroup',
    { name: "Night & 'day'", description: 'Shift', groupType: 'SHIFT', members: [userId(1), userId(2)] },
    shape,
  );
  expect(made['data']).toMatchObject({
    name: "Night & 'day'",
    description: 'Shift',
    groupType: 'SHIFT',
    extension: null,
    members: { totalCount: 2 },
  });
  const group = made['data'].id;
  // Counting members costs nothing; a page of them is read because a connection holds one.
  expect(await gateway.bill()).toEqual([`POST ${GROUPS}`, USERS]);
  const names = 'name description extension';
  const changed = await change('updateGroup', { group, description: null, extension: '4000' }, names);
  expect(changed['data']).toEqual({ name: "Night & 'day'", description: null, extension: '4000' });
  expect(await gateway.bill()).toEqual([`PUT ${GROUP}`]);
  expect(await change('deleteGroup', { group })).toMatchObject({ data: group });
  expect(await gateway.bill()).toEqual([`DELETE ${GROUP}`]);
  expect(await change('deleteGroup', { group })).toMatchObject({ code: 'NOT_FOUND' });
});

it('takes a user into a group and out of it, and reads the group back', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  const made = await change('createGroup', { name: 'Night' }, 'id');
  const input = { group: made['data'].id, user: userId(2) };
  await gateway.bill();
  const members = 'members(first: 5) { nodes { userId } }';
  const added = await change('addGroupMember', input, members);
  expect(added['data'].members.nodes).toEqual([{ userId: guid(2, 2) }]);
  expect(await gateway.bill()).toEqual([`POST ${GROUP}/members`, `GET ${GROUP}`, `${USERS}/{userId}`]);
  const removed = await change('removeGroupMember', input, members);
  expect(removed['data'].members.nodes).toEqual([]);
  expect(await gateway.bill()).toEqual([`DELETE ${GROUP}/members/{userId}`, `GET ${GROUP}`]);
  expect(await change('removeGroupMember', input, 'id')).toMatchObject({ code: 'NOT_FOUND' });
});

it('shows later fields of an operation what an earlier one changed', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    `mutation ($group: ID!, $ben: ID!, $ada: ID!) {
      before: addGroupMember(input: { group: $group, user: $ben }) { ...Members }
      renamed: updateUser(input: { user: $ben, name: "Benjamin" }) { __typename }
      after: addGroupMember(input: { group: $group, user: $ada }) { ...Members }
      moved: deleteSite(input: { site: "${siteId(0)}" }) { __typename }
      last: addGroupMember(input: { group: $group, user: $ada }) { ...Members }
    }
    fragment Members on AddGroupMemberResult {
      ... on AddGroupMemberSuccess { data { members(first: 50) { nodes { userId name site { name } } } } }
    }`,
    await gateway.signIn(),
    { group: groupId(1), ben: userId(2), ada: userId(1) },
  );
  expect(errors).toEqual([]);
  const find = (field: string, index: number) =>
    data?.[field].data.members.nodes.find(({ userId: id }: any) => id === guid(2, index));
  expect(find('before', 2).name).toBe('Ben Carter');
  expect(find('after', 2).name).toBe('Benjamin');
  expect(find('after', 1).site).toEqual({ name: 'Harbour' });
  expect(find('last', 1).site).toBeNull();
});

it('tells a member who does not show from one who was refused', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  const body = { groupId: guid(5, 1000), members: [] };
  await gateway.sandbox.fail({ match: { route: `GET ${GROUP}` }, fault: { type: 'body', body } });
  await gateway.bill();
  const input = { group: groupId(0), user: userId(2) };
  expect(await change('addGroupMember', input, 'id')).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
  expect(await gateway.bill()).toEqual([`POST ${GROUP}/members`, ...Array(5).fill(`GET ${GROUP}`)]);
});

const gone = globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(9, 9)}`);

it('names the part of the input that CloudLink refuses', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  expect(await change('addGroupMember', { group: groupId(0), user: gone }, 'id')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'user',
  });
  expect(await change('createGroup', { name: 'x', members: [userId(1), gone] }, 'id')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'members.1',
  });
});

const stranger = globalId('cloudlink', 'User', `${guid(1, 2)}/${guid(3, 1)}`);

it.each([
  ['createGroup', { name: ' ' }, 'name'],
  ['createGroup', { name: 'x', account: groupId(0) }, 'account'],
  ['createGroup', { name: 'x', account: accountId, members: [userId(1), stranger] }, 'members.1'],
  ['createGroup', { name: 'x', members: [groupId(0)] }, 'members.0'],
  ['createGroup', { name: 'x', extension: '\ud800' }, 'extension'],
  ['updateGroup', { group: groupId(0) }, 'input'],
  ['updateGroup', { group: groupId(0), name: null }, 'name'],
  ['updateGroup', { group: userId(1), name: 'x' }, 'group'],
  ['addGroupMember', { group: groupId(0), user: stranger }, 'user'],
  ['removeGroupMember', { group: groupId(0), user: groupId(0) }, 'user'],
])('%s refuses %j by its field before anything is sent', async (name, input, field) => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  expect(await change(name, input, 'id')).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});
