import { describe, expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const acme = guid(1, 1);
const adaId = globalId('cloudlink', 'User', `${acme}/${guid(2, 1)}`);
const LIST = 'GET /accounts/{accountId}/users';
const ONE = 'GET /accounts/{accountId}/users/{userId}';

describe('user', () => {
  it('is answered in our words, without its SIP password', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `query ($id: ID!) {
        user(id: $id) {
          id userId account { id } name displayName firstName lastName email role roleText extension phone mobile
          site { name } sipAddress photoUrl avatars { small medium large scaled } isEmailVerified isMobileVerified
          isPhoneVerified isExtensionVerified isVerified source audit { createdAt createdBy modifiedAt modifiedBy }
        }
      }`,
      session,
      { id: adaId },
    );
    expect(errors).toEqual([]);
    const picture = (size: string) => `https://photo.example.test/${guid(2, 1)}/${size}.png`;
    expect(data?.['user']).toEqual({
      id: adaId,
      userId: guid(2, 1),
      account: { id: globalId('cloudlink', 'Account', acme) },
      name: 'Ada Example',
      displayName: 'Ada Example',
      firstName: 'Ada',
      lastName: 'Example',
      email: 'ada@example.test',
      role: 'ACCOUNT_ADMIN',
      roleText: 'ACCOUNT_ADMIN',
      extension: '1001',
      phone: '+15553000000',
      mobile: '+15551001000',
      site: { name: 'Harbour' },
      sipAddress: `${guid(2, 1)}@${acme}.us.dev.api.example.test`,
      photoUrl: picture('scaled'),
      avatars: {
        small: picture('50'),
        medium: picture('150'),
        large: picture('300'),
        scaled: picture('scaled'),
      },
      isEmailVerified: true,
      isMobileVerified: false,
      isPhoneVerified: true,
      isExtensionVerified: true,
      isVerified: true,
      source: 'cloudlink',
      audit: {
        createdAt: '2026-10-01T08:00:00.000Z',
        createdBy: guid(2, 1),
        modifiedAt: '2026-10-01T08:00:00.000Z',
        modifiedBy: guid(2, 1),
      },
    });
    expect((await gateway.bill()).toSorted()).toEqual(
      [ONE, 'GET /accounts/{accountId}', 'GET /accounts/{accountId}/sites/{siteId}'].toSorted(),
    );
  });

  it('has null for what upstream leaves out, and no login where a PBX made it', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      `{ users(filter: { email: "oscar.lind@example.test" }) {
        nodes { name phone photoUrl avatars { small } sipAddress isVerified source }
      } }`,
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    expect(data?.['users'].nodes).toEqual([
      {
        name: 'Oscar Lind',
        phone: null,
        photoUrl: expect.any(String),
        avatars: { small: expect.any(String) },
        sipAddress: null,
        isVerified: false,
        source: 'cloudlink-gateway',
      },
    ]);
  });

  it('has empty avatars and a role of its own wording where upstream has them so', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const body = {
      userId: guid(2, 1),
      role: 'PLATFORM_OWNER',
      avatars: null,
      emailVerified: 'true',
      name: '',
    };
    await gateway.sandbox.fail({ match: { route: ONE }, fault: { type: 'body', body } });
    const { data, errors } = await gateway.execute(
      'query ($id: ID!) { user(id: $id) { role roleText avatars { small } isEmailVerified name } }',
      session,
      { id: adaId },
    );
    expect(errors).toEqual([]);
    expect(data?.['user']).toEqual({
      role: 'UNKNOWN',
      roleText: 'PLATFORM_OWNER',
      avatars: { small: null },
      isEmailVerified: true,
      name: null,
    });
  });

  it('is null by an id of nobody', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      'query ($id: ID!) { user(id: $id) { name } }',
      await gateway.signIn(),
      { id: globalId('cloudlink', 'User', `${acme}/${guid(9, 9)}`) },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ user: null });
  });
});

const search = (filter: object, first = 100) =>
  [
    'query ($filter: UserFilter, $first: Int!) { users(filter: $filter, first: $first) { nodes { name } } }',
    { filter, first },
  ] as const;

describe('users(filter)', () => {
  it.each([
    ['search', { search: 'ADA EX' }, ['Ada Example']],
    ['search', { search: '  ben.CARTER@example.test ' }, ['Ben Carter']],
    ['search', { search: '0012' }, ['Leading Zero']],
    ['search', { search: 'zoë ÅNGSTRÖM' }, ['Zoë Ångström-Müller']],
    ['search in decomposed letters', { search: 'Zoë'.normalize('NFD') }, ['Zoë Ångström-Müller']],
    ['search', { search: '山田' }, ['太郎 山田']],
    ['search', { search: 'RECEPTION@' }, ['Front Desk']],
    ['search', { search: 'mcDONALD' }, ['Nora McDonald']],
    ['search', { search: "' or 1 eq 1" }, []],
    ['search', { search: '%' }, []],
    ['search', { search: '.*' }, []],
    ['email', { email: 'ADA@example.TEST' }, ['Ada Example']],
    ['email', { email: 'ada@example' }, []],
    ['extension', { extension: '0012' }, ['Leading Zero']],
    ['extension', { extension: '12' }, []],
    ['extension', { extension: '100' }, []],
    ['role', { role: 'ACCOUNT_ADMIN' }, ['Ada Example']],
    ['role', { role: 'PARTNER_ADMIN' }, []],
    ['role', { role: 'UNKNOWN' }, []],
    ['role and search', { role: 'USER', search: 'ada ex' }, []],
    ['role and search', { role: 'ACCOUNT_ADMIN', search: 'ada' }, ['Ada Example']],
    ['email and extension', { email: 'ada@example.test', extension: '1002' }, []],
  ])('finds by %s %j', async (_what, filter, names) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(search(filter)[0], session, search(filter)[1]);
    expect(errors).toEqual([]);
    expect(data?.['users'].nodes.map(({ name }: any) => name)).toEqual(names);
    expect(await gateway.bill()).toEqual([LIST]);
  });

  it('finds whoever has the text in the name, and in no other field', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const [query, variables] = search({ search: 'ar' });
    const { data } = await gateway.execute(query, session, variables);
    const expected = createCompany()
      .people.filter(({ accountId, cloudlink }) => accountId === acme && cloudlink !== undefined)
      .filter(({ firstName, lastName, cloudlink }) =>
        [`${firstName} ${lastName}`, cloudlink?.email, cloudlink?.extension].some((text) =>
          text?.toLowerCase().includes('ar'),
        ),
      )
      .map(({ firstName, lastName }) => ({ name: `${firstName} ${lastName}` }));
    expect(expected.length).toBeGreaterThan(3);
    expect(data?.['users'].nodes).toEqual(expected);
  });

  it('is everybody without a condition', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    for (const filter of [{}, { search: null, role: null }]) {
      const [query, variables] = search(filter);
      expect((await gateway.execute(query, session, variables)).data?.['users'].nodes).toHaveLength(42);
    }
  });

  it.each([
    ['search', ''],
    ['search', '   '],
    ['search', 'x'.repeat(257)],
    ['email', ''],
    ['email', ' \t'],
    ['extension', ''],
  ])('refuses a blank or endless %s unsent', async (field, text) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const [query, variables] = search({ [field]: text });
    const { errors } = await gateway.execute(query, session, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: `filter.${field}` } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('costs a request for every 1,000 users that are looked through, and stops when the page is full', async () => {
    const gateway = await withGateway({ users: 2300 });
    const session = await gateway.signIn();
    await gateway.bill();
    const [query, nobody] = search({ search: 'nobody at all' });
    expect((await gateway.execute(query, session, nobody)).data?.['users'].nodes).toEqual([]);
    expect(await gateway.bill()).toEqual([LIST, LIST, LIST]);
    const [, last] = search({ extension: '3300' });
    expect((await gateway.execute(query, session, last)).data?.['users'].nodes).toHaveLength(1);
    expect(await gateway.bill()).toEqual([LIST, LIST, LIST]);
    const [, many] = search({ search: 'archer' }, 20);
    expect((await gateway.execute(query, session, many)).data?.['users'].nodes).toHaveLength(20);
    expect(await gateway.bill()).toEqual([LIST]);
  });

  it('is paged through within what it finds', async () => {
    const gateway = await withGateway({ users: 2300 });
    const session = await gateway.signIn();
    const query = `query ($after: String) {
      list: users(filter: { search: "archer" }, first: 30, after: $after) {
        nodes { userId } pageInfo { hasNextPage endCursor }
      }
    }`;
    const expected = createCompany(2300)
      .people.filter(({ accountId, lastName }) => accountId === acme && lastName.startsWith('Archer'))
      .map(({ userId }) => userId);
    const pages = await walk(gateway, session, query);
    expect(pages.flat().map(({ userId }) => userId)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(200);
    expect(pages.slice(0, -1).every((nodes) => nodes.length === 30)).toBe(true);
  });
});

it('is the same list from the account as from the query', async () => {
  const gateway = await withGateway();
  const { data } = await gateway.execute(
    `{
      users(first: 5, filter: { search: "a" }) { nodes { id } }
      account { users(first: 5, filter: { search: "a" }) { nodes { id } } }
    }`,
    await gateway.signIn(),
  );
  expect(data?.['users'].nodes).toHaveLength(5);
  expect(data?.['account'].users).toEqual(data?.['users']);
});
