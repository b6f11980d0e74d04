import { describe, expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway, type GatewayOptions, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX, legacyCalls } from '../helpers/legacy.ts';

const USERS = 'GET /accounts/{accountId}/users';
const READ = 'subscriber read';
const acme = guid(1, 1);
const globex = guid(1, 2);

/** The extension of each user's subscriber, by the user's name. */
const subscribersByUser = async (options: GatewayOptions = {}) => {
  const gateway = await withGateway(options);
  const session = await gateway.signIn();
  const { data, errors, extensions } = await gateway.execute(
    '{ users(first: 100) { nodes { name subscriber { extension } } } }',
    session,
  );
  expect(errors).toEqual([]);
  const found = new Map<string, string | null>(
    data?.['users'].nodes.map(({ name, subscriber }: any) => [name, subscriber?.extension ?? null]),
  );
  return { found, warnings: extensions['warnings'] };
};

/** The name of each subscriber's user, by the subscriber's extension. */
const usersBySubscriber = async (options: GatewayOptions = {}) => {
  const gateway = await withGateway(options);
  const session = await gateway.signIn();
  const { data, errors, extensions } = await gateway.execute(
    '{ subscribers(first: 100) { nodes { extension user { name } } } }',
    session,
  );
  expect(errors).toEqual([]);
  const found = new Map<string, string | null>(
    data?.['subscribers'].nodes.map(({ extension, user }: any) => [extension, user?.name ?? null]),
  );
  return { found, warnings: extensions['warnings'] };
};

describe('a user and its subscriber', () => {
  it.each([
    ['by their e-mail address', 'Ada Example', '1001'],
    ['by their e-mail address in any letter case', 'Chloe Martin', '1003'],
    ['by one of several e-mail addresses', 'Priya Nair', '1012'],
    ['by their extension where one has no e-mail address', 'Dmitri Volkov', '1004'],
    ['by an extension with leading zeros', 'Leading Zero', '0012'],
    ['in any script', '太郎 山田', '1006'],
    ['without a login', 'Oscar Lind', '1009'],
  ])('are linked %s', async (_how, name, extension) => {
    expect((await subscribersByUser()).found.get(name)).toBe(extension);
    expect((await usersBySubscriber()).found.get(extension)).toBe(name);
  });

  it('are linked for everybody who is on both platforms, and for nobody else', async () => {
    const { found } = await subscribersByUser();
    const expected = createCompany()
      .people.filter(({ accountId, cloudlink }) => accountId === acme && cloudlink !== undefined)
      .map(({ firstName, lastName, extension, legacy }) => {
        const name = `${firstName} ${lastName}`;
        return [name, legacy === undefined || name === 'Front Desk' ? null : extension];
      });
    expect([...found]).toEqual(expected);
  });

  it('are null without a warning for whoever is on one platform only', async () => {
    const users = await subscribersByUser();
    expect(['Ruth Remote', 'Sam Softphone'].map((name) => users.found.get(name))).toEqual([null, null]);
    const subscribers = await usersBySubscriber();
    expect(subscribers.found.get('1013')).toBeNull();
    expect(subscribers.warnings.filter(({ message }: any) => message.includes('1013'))).toEqual([]);
  });

  it('are null with a warning where two of those that are asked for have the address of one', async () => {
    const { found, warnings } = await usersBySubscriber();
    expect([found.get('900'), found.get('901')]).toEqual([null, null]);
    const indexOf = (extension: string) => [...found.keys()].indexOf(extension);
    expect(warnings).toEqual(
      ['900', '901'].map((extension) => ({
        code: 'AMBIGUOUS_LINK',
        message:
          `Subscriber ${extension}@${ACME} matches by email somebody on the other platform whom others match as well ` +
          '(2 in all), so that it is not linked.',
        path: ['subscribers', 'nodes', indexOf(extension), 'user'],
      })),
    );
  });

  it('are null with a warning where two users have one extension', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const items = [1, 2, 3].map((index) => ({
      userId: guid(2, index),
      accountId: acme,
      name: `User ${index}`,
      extension: index === 3 ? '1003' : '1001',
    }));
    await gateway.sandbox.fail({
      match: { route: USERS },
      fault: { type: 'body', body: { count: 3, _links: {}, _embedded: { items } } },
    });
    const { data, errors, extensions } = await gateway.execute(
      '{ users { nodes { name subscriber { extension } } } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['users'].nodes).toEqual([
      { name: 'User 1', subscriber: null },
      { name: 'User 2', subscriber: null },
      { name: 'User 3', subscriber: { extension: '1003' } },
    ]);
    expect(extensions['warnings']).toMatchObject([
      { code: 'AMBIGUOUS_LINK', path: ['users', 'nodes', 0, 'subscriber'] },
      { code: 'AMBIGUOUS_LINK', path: ['users', 'nodes', 1, 'subscriber'] },
    ]);
  });

  it('are null with a warning where two people have the address', async () => {
    const { found, warnings } = await subscribersByUser();
    const index = [...found.keys()].indexOf('Front Desk');
    expect(found.get('Front Desk')).toBeNull();
    expect(warnings).toEqual([
      {
        code: 'AMBIGUOUS_LINK',
        message: `User ${guid(2, 10)} matches 2 people on the other platform by email, so that none is chosen.`,
        path: ['users', 'nodes', index, 'subscriber'],
      },
    ]);
  });

  it.each([
    ['email,extension', { 'Dmitri Volkov': '1004', 'Priya Nair': '1012', 'Front Desk': null }],
    ['extension,email', { 'Dmitri Volkov': '1004', 'Priya Nair': '1012', 'Front Desk': '900' }],
    ['email', { 'Dmitri Volkov': null, 'Priya Nair': '1012', 'Front Desk': null }],
    ['extension', { 'Dmitri Volkov': '1004', 'Priya Nair': null, 'Front Desk': '900' }],
  ])('are linked by %s where LINK_BY says so', async (order, expected) => {
    const { found, warnings } = await subscribersByUser({ env: { LINK_BY: order } });
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found.get(name)]))).toEqual(
      expected,
    );
    expect(warnings?.length ?? 0).toBe(order.startsWith('email') ? 1 : 0);
  });

  it('are linked by the zeros that a number has lost where the login still has them', async () => {
    const switches = { legacyTyping: 'numeric' as const };
    const { found } = await subscribersByUser({ switches });
    expect(found.get('Leading Zero')).toBe('0012');
    expect((await usersBySubscriber({ switches })).found.get('0012')).toBe('Leading Zero');
  });

  const row = (user: string | number, login: string) => ({
    user,
    domain: ACME,
    subscriber_login: login,
    email: '',
    srv_code: '',
  });

  it.each([
    ['not by a text that differs in zeros', [row('12', 'twelve@example.test')], null, 0],
    ['by a number, which may have lost zeros', [row(12, 'twelve@example.test')], '12', 0],
    ['not by a number whose login says that it lost none', [row(12, `12@${ACME}`)], null, 0],
    [
      'by the one of two numbers whose login has the zeros',
      [row(12, `12@${ACME}`), row(12, `0012@${ACME}`)],
      '0012',
      0,
    ],
    ['not by either of two numbers', [row(12, 'one@example.test'), row(12, 'two@example.test')], null, 1],
    ['not by either of two numbers without a login', [row(12, ''), row(12, '')], null, 1],
    [
      'by a number that is told twice of one subscriber',
      [row(12, 'twelve@example.test'), row(12, 'twelve@example.test')],
      '12',
      0,
    ],
  ])('are linked %s', async (_how, body, extension, warned) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body } });
    const { data, errors, extensions } = await gateway.execute(
      '{ users(filter: { search: "Leading Zero" }) { nodes { subscriber { extension } } } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['users'].nodes).toEqual([{ subscriber: extension === null ? null : { extension } }]);
    expect(extensions['warnings'] ?? []).toHaveLength(warned);
  });

  it('are not linked to either of two numbers the other way round, with a warning for each', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const body = [row(12, ''), row(12, '')];
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body } });
    const { data, extensions } = await gateway.execute(
      '{ subscribers { nodes { user { name } } } }',
      session,
    );
    expect(data?.['subscribers'].nodes).toEqual([{ user: null }, { user: null }]);
    expect(extensions['warnings']).toHaveLength(2);
  });

  it('are linked inside their own account and domain, though another domain has the same extension', async () => {
    const gateway = await withGateway({ env: { LINK_BY: 'extension' } });
    const query = '{ subscriber(user: "1002") { name user { name } } }';
    expect((await gateway.execute(query, await gateway.signIn())).data?.['subscriber']).toEqual({
      name: 'Ben Carter',
      user: { name: 'Ben Carter' },
    });
    expect((await gateway.execute(query, await gateway.signIn('grace'))).data?.['subscriber']).toEqual({
      name: 'Jonas Weber',
      user: { name: 'Jonas Weber' },
    });
  });

  it('lead to each other and back', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      '{ subscribers(first: 5) { nodes { id user { id subscriber { id user { id } } } } } }',
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    const linked = data?.['subscribers'].nodes;
    expect(linked).toHaveLength(5);
    expect(linked.map(({ user }: any) => user.subscriber)).toEqual(
      linked.map(({ id, user }: any) => ({ id, user: { id: user.id } })),
    );
  });

  it('are no people where the row is none, which costs nothing', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `{ subscribers(filter: { kinds: [DOMAIN_DEFAULT, DEPARTMENT, CALL_QUEUE, ATTENDANT, CONFERENCE] }) {
        nodes { extension user { id } }
      } }`,
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['subscribers'].nodes).toHaveLength(9);
    expect(data?.['subscribers'].nodes.filter(({ user }: any) => user !== null)).toEqual([]);
    expect(await gateway.bill()).toEqual([READ]);
  });
});

describe('ACCOUNT_DOMAINS', () => {
  const linked = async (gateway: TestGateway, session: Record<string, string>) => {
    await gateway.bill();
    const forth = await gateway.execute(
      '{ users(first: 2) { nodes { subscriber { extension } } } }',
      session,
    );
    const forthBill = await gateway.bill();
    const back = await gateway.execute('{ subscribers(first: 2) { nodes { user { name } } } }', session);
    expect([...forth.errors, ...back.errors]).toEqual([]);
    return {
      forth: forth.data?.['users'].nodes.map(({ subscriber }: any) => subscriber?.extension ?? null),
      back: back.data?.['subscribers'].nodes.map(({ user }: any) => user?.name ?? null),
      bills: [forthBill, await gateway.bill()],
      warnings: [forth, back].map(({ extensions }) => extensions['warnings']),
    };
  };
  const good = {
    forth: ['1001', '1002'],
    back: ['Leading Zero', 'Ada Example'],
    warnings: [undefined, undefined],
  };

  it.each([
    ['GUID', `${acme}=${ACME}`],
    ['GUID in capitals', `${acme.toUpperCase()}=${ACME}`],
    ['GUID, with the domain in capitals', `${acme}=${ACME.toUpperCase()}`],
    ['GUID among others', `${globex}=${GLOBEX},${acme}=${ACME}`],
  ])('names an account by its %s, which costs nothing', async (_how, pairs) => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: pairs } });
    expect(await linked(gateway, await gateway.signIn())).toEqual({
      ...good,
      bills: [
        [USERS, READ],
        [READ, USERS],
      ],
    });
  });

  it.each([
    ['alone', `100200300=${ACME}`],
    ['among others', `200300400=${GLOBEX},100200300=${ACME}`],
  ])('names an account by its number (%s), which is looked up once', async (_how, pairs) => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: pairs } });
    expect(await linked(gateway, await gateway.signIn())).toEqual({
      ...good,
      bills: [
        [USERS, 'GET /accounts/{accountId}', READ],
        [READ, 'GET /accounts', USERS],
      ],
    });
  });

  it('names an account by its GUID although another is named by its number', async () => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: `200300400=${GLOBEX},${acme}=${ACME}` } });
    const { bills, ...result } = await linked(gateway, await gateway.signIn());
    expect(result).toEqual(good);
    expect(bills[0]).toEqual([USERS, READ]);
  });

  it.each([
    ['nothing', ''],
    ['only another account', `${globex}=${GLOBEX}`],
  ])('that holds %s gives one warning and no link, and asks for nothing', async (_what, pairs) => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: pairs } });
    expect(await linked(gateway, await gateway.signIn())).toEqual({
      forth: [null, null],
      back: [null, null],
      bills: [[USERS], [READ]],
      warnings: [
        [
          {
            code: 'ACCOUNT_NOT_MAPPED',
            message: `ACCOUNT_DOMAINS does not say what belongs to account ${acme}: add the pair of account and domain.`,
            path: ['users', 'nodes', 0, 'subscriber'],
          },
        ],
        [
          {
            code: 'ACCOUNT_NOT_MAPPED',
            message: `ACCOUNT_DOMAINS does not say what belongs to domain ${ACME}: add the pair of account and domain.`,
            path: ['subscribers', 'nodes', 0, 'user'],
          },
        ],
      ],
    });
  });

  it('that leads to a domain of somebody else gives an error, not their data', async () => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: `${acme}=${GLOBEX}` } });
    const { data, errors } = await gateway.execute(
      '{ users(first: 2) { nodes { name subscriber { name } } } }',
      await gateway.signIn(),
    );
    expect(data?.['users'].nodes.map(({ subscriber }: any) => subscriber)).toEqual([null, null]);
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']));
  });
});

describe('the bill of the join', () => {
  const bill = async (query: string, options: GatewayOptions = {}, variables = {}) => {
    const gateway = await withGateway(options);
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(query, session, variables);
    expect(errors).toEqual([]);
    return { data, bill: await gateway.bill() };
  };

  it('is two requests for forty users with their subscribers', async () => {
    const { data, bill: paid } = await bill(
      '{ users(first: 40) { nodes { name subscriber { extension } } } }',
    );
    expect(data?.['users'].nodes).toHaveLength(40);
    expect(paid).toEqual([USERS, READ]);
  });

  it('is still two requests for the same forty by two aliases', async () => {
    const { data, bill: paid } = await bill(`{
      a: users(first: 40) { nodes { name subscriber { extension presence } } }
      b: users(first: 40) { nodes { email subscriber { extension site } } }
    }`);
    expect(data?.['a'].nodes).toHaveLength(40);
    expect(data?.['b'].nodes.map(({ subscriber }: any) => subscriber?.extension)).toEqual(
      data?.['a'].nodes.map(({ subscriber }: any) => subscriber?.extension),
    );
    expect(paid).toEqual([USERS, READ]);
  });

  it('is two requests for forty subscribers with their users', async () => {
    const { data, bill: paid } = await bill('{ subscribers(first: 40) { nodes { name user { email } } } }');
    expect(data?.['subscribers'].nodes).toHaveLength(40);
    expect(paid).toEqual([READ, USERS]);
  });

  it('reads the domain once where two lists of users come at different times', async () => {
    const { data, bill: paid } = await bill(`{
      a: users(first: 40) { nodes { subscriber { extension } } }
      b: users(first: 3, filter: { search: "a" }) { nodes { subscriber { extension } } }
    }`);
    expect([data?.['a'].nodes.length, data?.['b'].nodes.length]).toEqual([40, 3]);
    // Two lists of users, and one domain.
    expect(paid.toSorted()).toEqual([USERS, USERS, READ]);
  });

  it('is one request more for the way back, however often it is mentioned', async () => {
    const { bill: paid } = await bill(`{
      users(first: 40) { nodes { one: subscriber { user { name } } two: subscriber { user { email } } } }
    }`);
    expect(paid).toEqual([USERS, READ, USERS]);
  });

  it('is two requests for a user by its id', async () => {
    const { data, bill: paid } = await bill(
      'query ($id: ID!) { user(id: $id) { subscriber { name } } }',
      {},
      { id: globalId('cloudlink', 'User', `${acme}/${guid(2, 2)}`) },
    );
    expect(data).toEqual({ user: { subscriber: { name: 'Ben Carter' } } });
    expect(paid).toEqual([`${USERS}/{userId}`, READ]);
  });

  it('grows by one request for every 1,000 people', async () => {
    const forth = await bill('{ users(first: 100) { nodes { subscriber { extension } } } }', { users: 2300 });
    expect(forth.bill).toEqual([USERS, READ, READ, READ]);
    const back = await bill('{ subscribers(first: 100) { nodes { user { name } } } }', { users: 2300 });
    expect(back.bill).toEqual([READ, USERS, USERS, USERS]);
    expect(forth.data?.['users'].nodes.filter(({ subscriber }: any) => subscriber === null)).toHaveLength(3);
  });

  it('is one request more where the number of people is a round one', async () => {
    const forty = '{ users(first: 40) { nodes { subscriber { extension } } } }';
    expect((await bill(forty, { users: 502 })).bill).toEqual([USERS, READ, READ]);
    expect((await bill(forty, { users: 503 })).bill).toEqual([USERS, READ]);
  });

  it('asks for people only, and for as many at once as it may', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.execute('{ users(first: 2) { nodes { subscriber { extension } } } }', session);
    expect(await legacyCalls(gateway.sandbox)).toEqual([
      {
        action: 'read',
        format: 'json',
        domain: ACME,
        srv_code: '',
        fields: 'user,domain,email,subscriber_login,srv_code',
        start: '0',
        limit: '1000',
        sort: 'user ASC',
      },
    ]);
  });
});

describe('when one platform fails', () => {
  it('users are there, and each subscriber is null with an error of its platform', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { platform: 'netsapiens' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ users(first: 3) { nodes { name subscriber { extension } } } }',
      session,
    );
    expect(data?.['users'].nodes).toEqual([
      { name: 'Ada Example', subscriber: null },
      { name: 'Ben Carter', subscriber: null },
      { name: 'Chloe Martin', subscriber: null },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'subscriber' } }]);
    expect(pathsOf(errors)).toEqual([0, 1, 2].map((index) => ['users', 'nodes', index, 'subscriber']));
  });

  it('subscribers are there, and each user is null with an error of its platform', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { service: 'admin' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ subscribers(first: 2) { nodes { extension user { name } } } }',
      session,
    );
    expect(data?.['subscribers'].nodes).toEqual([
      { extension: '0012', user: null },
      { extension: '1001', user: null },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink' } }]);
    expect(pathsOf(errors)).toEqual([0, 1].map((index) => ['subscribers', 'nodes', index, 'user']));
  });

  it('says which header is missing where one platform has no token', async () => {
    const gateway = await withGateway();
    const { cloudlink, subscriber } = await gateway.tokens();
    const users = await gateway.execute(
      '{ users(first: 1) { nodes { name subscriber { name } } } }',
      cloudlink,
    );
    expect(users.data?.['users'].nodes).toEqual([{ name: 'Ada Example', subscriber: null }]);
    expect(users.errors).toMatchObject([
      {
        path: ['users', 'nodes', 0, 'subscriber'],
        message: expect.stringContaining('X-Subscriber-Authorization'),
        extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' },
      },
    ]);
    const subscribers = await gateway.execute(
      '{ subscribers(first: 2) { nodes { extension user { name } } } }',
      subscriber,
    );
    expect(subscribers.data?.['subscribers'].nodes[1]).toEqual({ extension: '1001', user: null });
    expect(subscribers.errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } },
    ]);
    expect(pathsOf(subscribers.errors)).toContainEqual(['subscribers', 'nodes', 1, 'user']);
  });

  it('is not configured at all, the other one answers', async () => {
    const gateway = await withGateway({
      env: { SUBSCRIBER_API_URL: '', SUBSCRIBER_CLIENT_ID: '', SUBSCRIBER_CLIENT_SECRET: '' },
    });
    const { cloudlink } = await gateway.tokens();
    const { data, errors } = await gateway.execute(
      '{ users(first: 1) { nodes { name subscriber { name } } } }',
      cloudlink,
    );
    expect(data?.['users'].nodes).toEqual([{ name: 'Ada Example', subscriber: null }]);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('SUBSCRIBER_API_URL'),
        extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform: 'subscriber' },
      },
    ]);
  });
});
