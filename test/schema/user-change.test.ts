import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { ACME_ACCOUNT, accountId, changeAs, groupId, siteId, userId } from '../helpers/admin.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { hostileTexts } from '../helpers/loss.ts';

const USERS = '/accounts/{accountId}/users';
const USER = `${USERS}/{userId}`;
const shape = 'id name displayName email role extension phone mobile site { name }';

it('makes a user, changes and deletes them, for one request each', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const made = await change(
    'createUser',
    {
      email: "mara.o'neill@example.test",
      name: 'Mara “the” O’Neill',
      displayName: 'Mara',
      role: 'USER',
      extension: '1990',
      phone: '+1 555 010 & 1990',
      mobile: '+15550101990',
      site: siteId(0),
    },
    shape,
  );
  expect(made['data']).toMatchObject({
    name: 'Mara “the” O’Neill',
    email: "mara.o'neill@example.test",
    role: 'USER',
    extension: '1990',
    phone: '+1 555 010 & 1990',
    site: { name: 'Harbour' },
  });
  const site = 'GET /accounts/{accountId}/sites/{siteId}';
  expect(await gateway.bill()).toEqual([`POST ${USERS}`, site]);

  const user = made['data'].id;
  const changed = await change('updateUser', { user, name: 'M. O’Neill', phone: null, site: null }, shape);
  expect(changed['data']).toEqual({
    ...made['data'],
    name: 'M. O’Neill',
    phone: null,
    site: null,
  });
  expect(await gateway.bill()).toEqual([`PUT ${USER}`]);

  expect(await change('deleteUser', { user })).toEqual({ __typename: 'DeleteUserSuccess', data: user });
  expect(await gateway.bill()).toEqual([`DELETE ${USER}`]);
  expect(await change('updateUser', { user, name: 'x' }, shape)).toMatchObject({ code: 'NOT_FOUND' });
});

it('sends what is changed and nothing else', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  await change('updateUser', { user: userId(2), mobile: '+15550102222' }, 'id');
  const [request] = await gateway.sandbox.requests();
  expect(JSON.parse(request?.body ?? '')).toEqual({ mobile: '+15550102222' });
});

it('reads the user anew where CloudLink does not answer with them', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  const fault = { type: 'body', body: {} } as const;
  await gateway.sandbox.fail({ match: { route: `PUT ${USER}` }, fault });
  await gateway.bill();
  const changed = await change('updateUser', { user: userId(2), name: 'x' }, 'name');
  expect(changed['data']).toEqual({ name: 'x' });
  expect(await gateway.bill()).toEqual([`PUT ${USER}`, `GET ${USER}`]);
});

it('tells a change that cannot be looked at from one that was refused', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.sandbox.fail({ match: { route: `PUT ${USER}` }, fault: { type: 'body', body: {} } });
  await gateway.sandbox.fail({ match: { route: `GET ${USER}` }, fault: { type: 'status', status: 403 } });
  await gateway.bill();
  for (const key of ['key-1', 'key-1']) {
    const answer = await change('updateUser', { user: userId(2), name: 'x' }, 'name', key);
    expect(answer).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
  }
  expect(await gateway.bill()).toEqual([`PUT ${USER}`, `GET ${USER}`]);
});

it('shows later fields of an operation who is no longer whom on the other platform', async () => {
  const gateway = await withGateway();
  const read = '... on UpdateUserSuccess { data { name subscriber { extension } } }';
  const { data, errors } = await gateway.execute(
    `mutation ($user: ID!) {
      before: updateUser(input: { user: $user, name: "One" }) { ${read} }
      after: updateUser(input: { user: $user, email: "new@example.test", extension: "7777" }) { ${read} }
    }`,
    await gateway.signIn(),
    { user: userId(2) },
  );
  expect(errors).toEqual([]);
  expect(data?.['before'].data.subscriber).toEqual({ extension: '1002' });
  expect(data?.['after'].data.subscriber).toBeNull();
});

it('makes a user once for a key, whatever is answered', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const input = { email: 'twice@example.test' };
  const [first, second] = [
    await change('createUser', input, 'id', 'key-1'),
    await change('createUser', input, 'id', 'key-1'),
  ];
  expect(second).toEqual(first);
  expect(await gateway.bill()).toEqual([`POST ${USERS}`]);
});

it('refuses an address that is taken, with a reason', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  expect(await change('createUser', { email: 'ADA@example.test' }, 'id')).toMatchObject({
    __typename: 'Rejection',
    code: 'CONFLICT',
    message: expect.stringContaining('already in use'),
  });
});

it('lets an ordinary user change themselves, and nobody else', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn('ben'));
  const forbidden = { __typename: 'Rejection', code: 'FORBIDDEN' };
  expect(await change('updateUser', { user: userId(2), name: 'Benjamin' }, 'name')).toMatchObject({
    data: { name: 'Benjamin' },
  });
  expect(await change('updateUser', { user: userId(2), role: 'ACCOUNT_ADMIN' }, 'id')).toMatchObject(
    forbidden,
  );
  expect(await change('updateUser', { user: userId(1), name: 'x' }, 'id')).toMatchObject(forbidden);
  expect(await change('deleteUser', { user: userId(2) })).toMatchObject(forbidden);
  expect(await change('createUser', { email: 'x@example.test' }, 'id')).toMatchObject(forbidden);
});

const strangeSite = globalId('cloudlink', 'Site', `${guid(1, 2)}/${guid(6, 2000)}`);

it.each([
  ['createUser', { email: 'no address' }, 'email'],
  ['createUser', { email: 'a@b.test,c@d.test' }, 'email'],
  ['createUser', { email: 'a@b.test', name: '' }, 'name'],
  ['createUser', { email: 'a@b.test', name: 'half \ud800' }, 'name'],
  ['createUser', { email: 'a@b.test', account: groupId(0) }, 'account'],
  ['createUser', { email: 'a@b.test', account: accountId, site: strangeSite }, 'site'],
  ['updateUser', { user: userId(2) }, 'input'],
  ['updateUser', { user: userId(2), email: null }, 'email'],
  ['updateUser', { user: userId(2), role: null }, 'role'],
  ['updateUser', { user: userId(2), site: strangeSite }, 'site'],
  ['updateUser', { user: groupId(0), name: 'x' }, 'user'],
  ['deleteUser', { user: accountId }, 'user'],
])('%s with %j is refused by its field before anything is sent', async (name, input, field) => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const data = name === 'deleteUser' ? '' : 'id';
  expect(await change(name, input, data)).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});

it('refuses a role that is none before anything is sent', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { errors } = await gateway.execute(
    `mutation { createUser(input: { email: "a@b.test", role: UNKNOWN }) { __typename } }`,
    session,
  );
  expect(errors).toMatchObject([{ message: expect.stringContaining('NewUserRole') }]);
  expect(await gateway.bill()).toEqual([]);
});

it('sends a hostile text as it is, or not at all', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  const url = `/admin/2017-09-01/accounts/${ACME_ACCOUNT}/users/${guid(2, 2)}`;
  for (const name of hostileTexts) {
    await gateway.bill();
    const { data = null, field = null } = await change('updateUser', { user: userId(2), name }, 'name');
    const sent = (await gateway.sandbox.requests()).map((request) => [request.url, JSON.parse(request.body)]);
    const isText = name.trim() !== '' && name.isWellFormed();
    expect({ data, field, sent }).toEqual(
      isText
        ? { data: { name }, field: null, sent: [[url, { name }]] }
        : { data: null, field: 'name', sent: [] },
    );
  }
});

it('names the part of the input that CloudLink refuses', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  const body = { name: 'BadRequestError', message: 'data.siteId should be the id of a site' };
  await gateway.sandbox.fail({
    match: { route: `PUT ${USER}` },
    fault: { type: 'status', status: 400, body },
  });
  expect(await change('updateUser', { user: userId(2), site: siteId(0) }, 'id')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'site',
  });
});
