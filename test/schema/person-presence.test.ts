import { describe, expect, it } from 'vitest';
import { mergeStatus } from '../../src/schema/person-presence.ts';
import { withGateway } from '../helpers/gateway.ts';

const USER = 'GET /accounts/{accountId}/users/{userId}';
const USERS = 'GET /accounts/{accountId}/users';
const ONE = 'GET /users/{userId}/presence';
const LIST = 'GET /presences';
const READ = 'subscriber read';

const PRESENCE = 'presence { status user { status } line lineText statusMessage }';

it.each([
  ['DO_NOT_DISTURB', 'OPEN', 'DO_NOT_DISTURB'],
  ['DO_NOT_DISTURB', 'IN_USE', 'DO_NOT_DISTURB'],
  ['AVAILABLE', 'IN_USE', 'BUSY'],
  ['AVAILABLE', 'ALERTING', 'BUSY'],
  ['AVAILABLE', 'PROGRESSING', 'BUSY'],
  ['AWAY', 'HELD', 'BUSY'],
  ['BUSY', 'OPEN', 'BUSY'],
  ['AWAY', 'OPEN', 'AWAY'],
  ['OFFLINE', 'OPEN', 'AVAILABLE'],
  ['AVAILABLE', 'CLOSED', 'AVAILABLE'],
  ['OFFLINE', 'CLOSED', 'OFFLINE'],
  ['UNKNOWN', 'CLOSED', 'OFFLINE'],
  ['UNKNOWN', 'UNKNOWN', null],
  ['UNKNOWN', null, null],
  [null, 'OPEN', 'AVAILABLE'],
  ['AWAY', null, 'AWAY'],
  [null, null, null],
] as const)('%s in CloudLink and a line that is %s are %s', (status, line, merged) => {
  expect(mergeStatus(status, line)).toBe(merged);
});

describe('the presence of people', () => {
  it.each([
    [1, [USERS, ONE, READ]],
    [10, [USERS, LIST, READ, USERS]],
    [50, [USERS, LIST, READ, USERS]],
    [100, [USERS, LIST, LIST, READ, USERS]],
  ])('for %i of them costs one request for every 50, and the join', async (first, expected) => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `query ($first: Int!) { people(first: $first) { nodes { name ${PRESENCE} } } }`,
      session,
      { first },
    );
    expect(errors).toEqual([]);
    const { nodes } = (data ?? {})['people'];
    expect(nodes).toHaveLength(first);
    for (const { presence } of nodes)
      expect(presence.status).toBe(mergeStatus(presence.user?.status ?? null, presence.line));
    expect((await gateway.bill()).toSorted()).toEqual(expected.toSorted());
  });

  it('asks CloudLink alone for what CloudLink alone says', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.execute('{ people(first: 5) { nodes { presence { user { status } } } } }', session);
    expect(await gateway.bill()).toEqual([USERS, LIST]);
  });

  it('has the state of the line in our words and in those of the platform', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn('ben');
    const { data, errors } = await gateway.execute(`{ me { ${PRESENCE} } }`, session);
    expect(errors).toEqual([]);
    expect(data?.['me'].presence).toMatchObject({ status: 'BUSY', line: 'IN_USE', lineText: 'inuse' });
  });

  it.each([
    ['CloudLink fails', { route: ONE }, 'BUSY', ['user']],
    ['the legacy platform fails', { object: 'subscriber' }, expect.any(String), ['line', 'lineText']],
  ])('is what the other platform says, with a warning, where %s', async (_what, match, status, failed) => {
    const gateway = await withGateway();
    const session = await gateway.signIn('ben');
    await gateway.sandbox.fail({ match, fault: { type: 'status', status: 500 } });
    const { data, errors, extensions } = await gateway.execute(
      '{ me { presence { status user { status } line lineText } } }',
      session,
    );
    const { presence } = (data ?? {})['me'];
    expect(presence.status).toEqual(status);
    expect(failed.map((field) => presence[field])).toEqual(failed.map(() => null));
    expect(extensions['warnings']).toMatchObject([
      { code: 'PARTIAL_PERSON', path: ['me', 'presence', 'status'] },
    ]);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('tells the message of the legacy platform, with a warning, where CloudLink fails, and neither where both do', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn('ben');
    const fault = { type: 'status', status: 500 } as const;
    await gateway.sandbox.fail({ match: { route: ONE }, fault });
    const one = await gateway.execute('{ me { presence { statusMessage } } }', session);
    expect(one.errors).toEqual([]);
    expect(one.data).toEqual({ me: { presence: { statusMessage: 'Back at two' } } });
    expect(one.extensions['warnings']).toMatchObject([
      { code: 'PARTIAL_PERSON', path: ['me', 'presence', 'statusMessage'] },
    ]);
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault });
    const both = await gateway.execute('{ me { presence { statusMessage } } }', session);
    expect(both.data).toEqual({ me: { presence: { statusMessage: null } } });
    expect(both.errors).toMatchObject([
      {
        path: ['me', 'presence', 'statusMessage'],
        extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink' },
      },
    ]);
  });

  it('needs a token of one platform at least', async () => {
    const gateway = await withGateway();
    const { cloudlink } = await gateway.tokens();
    await gateway.bill();
    const { data, errors } = await gateway.execute('{ me { presence { status line } } }', cloudlink);
    expect(data?.['me'].presence).toMatchObject({ status: expect.any(String), line: null });
    expect(errors).toMatchObject([
      { path: ['me', 'presence', 'line'], extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(await gateway.bill()).toEqual([USER, ONE]);
  });
});
