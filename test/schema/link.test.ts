import { describe, expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';

const USERS = 'GET /accounts/{accountId}/users';
const READ = 'subscriber read';
const acme = guid(1, 1);

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

/** A row of the legacy platform without an address. */
const row = (user: string | number, login: string) => ({
  user,
  domain: ACME,
  subscriber_login: login,
  email: '',
  srv_code: '',
});

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
        return [name, legacy === undefined ? null : extension];
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

  it('are those who share the extension too where several share an address, and null with a warning for the others', async () => {
    const { found, warnings } = await usersBySubscriber();
    expect([found.get('900'), found.get('901')]).toEqual(['Front Desk', null]);
    const indexOf = (extension: string) => [...found.keys()].indexOf(extension);
    expect(warnings).toEqual(
      ['901'].map((extension) => ({
        code: 'AMBIGUOUS_LINK',
        message:
          `Subscriber ${extension}@${ACME} matches by email somebody on the other platform whom others match at least ` +
          'as well, so that it is not linked.',
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

  it('are null with a warning where two people have the address, and neither has the extension', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const body = ['902', '903'].map((user) => ({ ...row(user, ''), email: 'reception@example.test' }));
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body } });
    const { data, errors, extensions } = await gateway.execute(
      '{ users(filter: { search: "Front Desk" }) { nodes { subscriber { extension } } } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['users'].nodes).toEqual([{ subscriber: null }]);
    expect(extensions['warnings']).toEqual([
      {
        code: 'AMBIGUOUS_LINK',
        message: `User ${guid(2, 10)} matches 2 people on the other platform by email, so that none is chosen.`,
        path: ['users', 'nodes', 0, 'subscriber'],
      },
    ]);
  });

  it.each([
    ['email,extension', { 'Dmitri Volkov': '1004', 'Priya Nair': '1012', 'Front Desk': '900' }],
    ['extension,email', { 'Dmitri Volkov': '1004', 'Priya Nair': '1012', 'Front Desk': '900' }],
    ['email', { 'Dmitri Volkov': null, 'Priya Nair': '1012', 'Front Desk': null }],
    ['extension', { 'Dmitri Volkov': '1004', 'Priya Nair': null, 'Front Desk': '900' }],
  ])('are linked by %s where LINK_BY says so', async (order, expected) => {
    const { found, warnings } = await subscribersByUser({ env: { LINK_BY: order } });
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found.get(name)]))).toEqual(
      expected,
    );
    expect(warnings?.length ?? 0).toBe(order === 'email' ? 1 : 0);
  });

  it('are linked by the zeros that a number has lost where the login still has them', async () => {
    const switches = { legacyTyping: 'numeric' as const };
    const { found } = await subscribersByUser({ switches });
    expect(found.get('Leading Zero')).toBe('0012');
    expect((await usersBySubscriber({ switches })).found.get('0012')).toBe('Leading Zero');
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
