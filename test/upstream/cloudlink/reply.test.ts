import { expect, it } from 'vitest';
import { withGateway } from '../../helpers/gateway.ts';

const USERS = '{ users(first: 2) { nodes { name } } }';

it('A-04: names its application, so that a platform which requires that answers', async () => {
  const gateway = await withGateway({ switches: { cloudlinkRequireApp: true } });
  const refused = await fetch(`${gateway.sandbox.url}/authentication/2017-09-01/token`, { method: 'POST' });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('X-Mitel-App');

  const session = await gateway.signIn();
  const { errors } = await gateway.execute(`{ viewer { cloudlink { name } } ${USERS.slice(1)}`, session);
  expect(errors).toEqual([]);
});

it.each(['seconds', 'date'] as const)(
  'A-08: tells the wait of a 429 given in %s',
  async (cloudlinkRetryAfter) => {
    const gateway = await withGateway({ switches: { cloudlinkRateLimit: 3, cloudlinkRetryAfter } });
    const { cloudlink } = await gateway.tokens();

    const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.execute(USERS, cloudlink)));

    const refused = answers.flatMap(({ errors }) => errors);
    // A new second may begin in between, and lets three more in.
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const { extensions, path } of refused) {
      expect(path).toEqual(['users']);
      expect(extensions).toEqual({
        code: 'RATE_LIMITED',
        platform: 'cloudlink',
        status: 429,
        correlationId: expect.any(String),
        retryable: true,
        retryAfterMs: expect.any(Number),
      });
      expect(extensions['retryAfterMs']).toBeGreaterThanOrEqual(0);
      expect(extensions['retryAfterMs']).toBeLessThanOrEqual(2_000);
    }
    // Nobody tries again on its own.
    expect(await gateway.bill()).toHaveLength(8);
  },
);

it.each([true, false])('reads an empty collection with `_embedded` left out: %s', async (omit) => {
  const gateway = await withGateway({ switches: { cloudlinkOmitEmptyEmbedded: omit } });
  const session = await gateway.signIn();
  const page = '{ users(first: 100) { pageInfo { endCursor hasNextPage } } }';
  const last = (await gateway.execute(page, session)).data?.['users'].pageInfo;
  expect(last.hasNextPage).toBe(false);

  const { data, errors } = await gateway.execute(
    `{ users(first: 10, after: "${last.endCursor}") { nodes { name } pageInfo { hasNextPage } } }`,
    session,
  );

  expect(errors).toEqual([]);
  expect(data).toEqual({ users: { nodes: [], pageInfo: { hasNextPage: false } } });
});

it.each([
  ['nothing but items without their id', { _links: {}, _embedded: { items: [{ name: 'Ada' }] } }],
  ['an item with an object for an id', { _links: {}, _embedded: { items: [{ userId: { a: 1 } }] } }],
  ['an item that is null', { _links: {}, _embedded: { items: [null] } }],
])('%s is a broken protocol', async (_title, body) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const match = { route: 'GET /accounts/{accountId}/users' };
  await gateway.sandbox.fail({ match, fault: { type: 'body', body } });
  const { errors } = await gateway.execute(USERS, session);
  expect(errors).toMatchObject([
    { path: ['users'], extensions: { code: 'UPSTREAM_PROTOCOL', platform: 'cloudlink' } },
  ]);
});

/** Users as the platform sends them, with one in their middle that has lost its id. */
const withNameless = async (count: number) => {
  const gateway = await withGateway({ users: 60 });
  const session = await gateway.signIn();
  const match = { route: 'GET /accounts/{accountId}/users' };
  const items = Array.from({ length: count }, (_, index) => ({
    ...(index !== 2 && { userId: `u${index}` }),
    name: `Person ${index}`,
  }));
  const fail = (from: number, to: number) => {
    const links = to < count ? { next: '/next' } : {};
    const body = { _links: links, _embedded: { items: items.slice(from, to) } };
    return gateway.sandbox.fail({ match, times: 1, fault: { type: 'body', body } });
  };
  await gateway.bill();
  return { gateway, session, fail };
};

it('one item without its id is left out of its page with a warning, and no other is', async () => {
  const { gateway, session, fail } = await withNameless(5);
  await fail(0, 5);
  const { data, errors, extensions } = await gateway.execute(
    '{ a: users(first: 100) { nodes { userId } } b: users(first: 100) { nodes { name } } }',
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['a'].nodes.map(({ userId }: any) => userId)).toEqual(['u0', 'u1', 'u3', 'u4']);
  expect(data?.['b'].nodes).toHaveLength(4);
  expect(extensions['warnings']).toEqual([
    {
      code: 'ROW_LEFT_OUT',
      message:
        'CloudLink sent a resource without its `userId`. What cannot be named is left out of its list.',
      path: [],
    },
  ]);
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users']);
});

it('a page that would come short of it is filled, and the next one begins where it ends', async () => {
  const { gateway, session, fail } = await withNameless(6);
  await fail(0, 4);
  await fail(4, 5);
  const page = async (after: string | null) =>
    (
      await gateway.execute(
        'query ($after: String) { users(first: 3, after: $after) { nodes { userId } pageInfo { hasNextPage endCursor } } }',
        session,
        { after },
      )
    ).data?.['users'];
  const first = await page(null);
  expect(first.nodes.map(({ userId }: any) => userId)).toEqual(['u0', 'u1', 'u3']);
  expect(first.pageInfo.hasNextPage).toBe(true);
  const asked = (await gateway.sandbox.requests()).map(({ url }) => url.replace(/^[^?]*/, ''));
  expect(asked).toEqual(['?$top=4', '?$top=1&$skip=4']);
  await fail(4, 6);
  const second = await page(first.pageInfo.endCursor);
  expect(second.nodes.map(({ userId }: any) => userId)).toEqual(['u4', 'u5']);
});

it('an item whose other fields are nonsense is read as far as it makes sense', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const nonsense = {
    userId: 'u1',
    name: { first: 'Ada' },
    email: ['x'],
    role: 7,
    avatars: 'none',
    emailVerified: 'maybe',
    createdOn: 'yesterday',
    siteId: {},
    extension: 2001,
  };
  const body = { count: 'many', _links: { next: { href: '/x' } }, _embedded: { items: [nonsense] } };
  await gateway.sandbox.fail({
    match: { route: 'GET /accounts/{accountId}/users' },
    fault: { type: 'body', body },
  });
  const { data, errors } = await gateway.execute(
    '{ users(first: 2) { nodes { userId name email role roleText extension isEmailVerified avatars { small: size50 } audit { createdOn: createdAt } site { name } } } }'.replace(
      /avatars \{[^}]*\} audit \{[^}]*\} /,
      '',
    ),
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['users'].nodes).toEqual([
    {
      userId: 'u1',
      name: null,
      email: null,
      role: 'UNKNOWN',
      roleText: '7',
      extension: '2001',
      isEmailVerified: null,
      site: null,
    },
  ]);
});

it('quotes what CloudLink says of an input, without the token that is in it', async () => {
  const gateway = await withGateway();
  const { cloudlink } = await gateway.tokens();
  const message = `bad request from ${cloudlink['authorization']} and more ${'x'.repeat(1_000)}`;
  const match = { route: 'GET /accounts/{accountId}/users' };
  await gateway.sandbox.fail({ match, fault: { type: 'status', status: 400, body: { message } } });
  const { errors } = await gateway.execute(USERS, cloudlink);
  expect(errors[0]?.message).toMatch(
    /^CloudLink refused the input: bad request from Bearer \[token\] and more x+\.$/,
  );
  expect(errors[0]?.message.length).toBeLessThan(400);
});
