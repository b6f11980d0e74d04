import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const LIST = 'GET /presences';
const QUERY =
  'query ($first: Int!) { users(first: $first) { nodes { userId presence { status statusText } } } }';

it.each([
  [1, ['GET /users/{userId}/presence']],
  [10, [LIST]],
  [50, [LIST]],
  [100, [LIST, LIST]],
])('of %i users costs one request for every 50', async (first, bill) => {
  const gateway = await withGateway({ users: 150 });
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(QUERY, session, { first });
  expect(errors).toEqual([]);
  const nodes = data?.['users'].nodes;
  expect(nodes).toHaveLength(first);
  expect(nodes.filter(({ presence }: any) => presence === null)).toEqual([]);
  expect((await gateway.bill()).slice(1)).toEqual(bill);
});

it('is answered in our words, with the reason that somebody gave', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    '{ users(first: 40) { nodes { presence { status statusText reason modifiedAt } } } }',
    await gateway.signIn(),
  );
  expect(errors).toEqual([]);
  const found = data?.['users'].nodes.map(({ presence }: any) => presence);
  expect(found).toContainEqual({
    status: 'DO_NOT_DISTURB',
    statusText: 'dnd',
    reason: 'Glück & Grüße: bitte nicht stören',
    modifiedAt: expect.stringMatching(/Z$/),
  });
  // CloudLink's own word for not knowing is none that the schema lists.
  expect(found).toContainEqual(expect.objectContaining({ status: 'UNKNOWN', statusText: 'unknown' }));
});

it('belongs to its user, in whatever order they come, and is null where there is none', async () => {
  const gateway = await withGateway();
  const rows = [3, 1].map((index) => ({ userId: guid(2, index), status: `status of ${index}` }));
  await gateway.sandbox.fail({
    match: { route: LIST },
    fault: { type: 'body', body: { count: 2, _links: {}, _embedded: { items: rows } } },
  });
  const { data, errors } = await gateway.execute(QUERY, await gateway.signIn(), { first: 3 });
  expect(errors).toEqual([]);
  expect(data?.['users'].nodes).toEqual([
    { userId: guid(2, 1), presence: { status: 'UNKNOWN', statusText: 'status of 1' } },
    { userId: guid(2, 2), presence: null },
    { userId: guid(2, 3), presence: { status: 'UNKNOWN', statusText: 'status of 3' } },
  ]);
});

it('that cannot be had leaves the users as they are', async () => {
  const gateway = await withGateway({ users: 150 });
  const session = await gateway.signIn();
  // The first chunk fails, the second does not.
  await gateway.sandbox.fail({ match: { route: LIST }, times: 1, fault: { type: 'status', status: 500 } });
  const { data, errors } = await gateway.execute(QUERY, session, { first: 60 });
  const known = data?.['users'].nodes.filter(({ presence }: any) => presence !== null);
  expect(data?.['users'].nodes).toHaveLength(60);
  expect([10, 50]).toContain(known.length);
  expect(errors).toHaveLength(1);
  expect(pathsOf(errors)).toHaveLength(60 - known.length);
  expect(errors[0]).toMatchObject({
    path: ['users', 'nodes', expect.any(Number), 'presence'],
    extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink' },
  });
});

it('names the variable to set where no presence service is configured, and leaves the rest', async () => {
  const gateway = await withGateway({ env: { CLOUDLINK_PRESENCE_URL: '' } });
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(QUERY, session, { first: 1 });
  expect(data?.['users'].nodes).toEqual([{ userId: guid(2, 1), presence: null }]);
  expect(errors).toMatchObject([
    {
      message: expect.stringContaining('set CLOUDLINK_PRESENCE_URL'),
      extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform: 'cloudlink' },
    },
  ]);
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users']);
});

it('needs a token as everything of CloudLink does', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { user(id: $id) { presence { status } } }',
    {},
    { id: globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, 1)}`) },
  );
  expect(data).toEqual({ user: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});
