import { expect, it } from 'vitest';
import { withGateway } from './helpers/gateway.ts';

const QUERY =
  'query Both { users(first: 2) { nodes { name } } subscribers(first: 2) { nodes { extension } } }';
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

it('hands the id of the client to both platforms, the answer and the log', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.control('DELETE', '/requests');

  const { headers } = await gateway.execute(QUERY, { ...session, 'x-request-id': 'erp:order.4711_a-b' });

  expect(headers.get('x-request-id')).toBe('erp:order.4711_a-b');
  const sent = await gateway.sandbox.requests();
  expect(sent).toHaveLength(2);
  expect(new Set(sent.map(({ platform }) => platform)).size).toBe(2);
  for (const request of sent) expect(request.headers['x-request-id']).toBe('erp:order.4711_a-b');
  expect(gateway.log.at(-1)?.['requestId']).toBe('erp:order.4711_a-b');
});

it.each([
  ['none', undefined],
  ['a blank', 'two words'],
  ['too long', 'x'.repeat(129)],
  ['markup', '<script>'],
  ['latin letters with accents', 'ä'],
  ['nothing', ''],
])('makes an id of its own where the client sends %s', async (_title, given) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.control('DELETE', '/requests');

  const { headers } = await gateway.execute(QUERY, {
    ...session,
    ...(given !== undefined && { 'x-request-id': given }),
  });

  const id = headers.get('x-request-id') ?? '';
  expect(id).toMatch(uuid);
  expect(
    new Set((await gateway.sandbox.requests()).map((request) => request.headers['x-request-id'])),
  ).toEqual(new Set([id]));
  expect(gateway.log.at(-1)?.['requestId']).toBe(id);
});

it('sends the id of an operation with its sign-in, its renewal and its sign-out too', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * 60 * 60 * 1000 });
  await gateway.execute(QUERY, { ...session, 'x-request-id': 'renewing' });
  await gateway.execute('mutation { signOut }', { ...session, 'x-request-id': 'leaving' });

  const ids = (await gateway.sandbox.requests()).map(({ route, action, body, headers }) => [
    new URLSearchParams(body).get('grant_type') ?? route ?? action,
    headers['x-request-id'],
  ]);
  const signedIn = gateway.log.find(({ kind }) => kind === 'mutation')?.['requestId'];
  expect(signedIn).toMatch(uuid);
  expect(new Set(ids.filter(([what]) => what === 'password').map(([, id]) => id))).toEqual(
    new Set([signedIn]),
  );
  expect(ids.filter(([what]) => what === 'refresh_token').map(([, id]) => id)).toEqual([
    'renewing',
    'renewing',
  ]);
  expect(ids.at(-1)).toEqual(['revoke', 'leaving']);
});

it('logs one line for each operation: name, principal, time and what it cost upstream', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.execute(QUERY, session);
  await gateway.execute('{ __typename }');
  await gateway.execute('mutation Leave { signOut }', session);

  const fingerprint = expect.stringMatching(/^session:[\da-f]{12}$/);
  expect(gateway.log).toEqual(
    [
      {
        kind: 'mutation',
        operation: null,
        principal: 'anonymous',
        upstream: { cloudlink: 1, subscriber: 1 },
      },
      { kind: 'query', operation: 'Both', principal: fingerprint, upstream: { cloudlink: 1, subscriber: 1 } },
      { kind: 'query', operation: null, principal: 'anonymous', upstream: { cloudlink: 0, subscriber: 0 } },
      {
        kind: 'mutation',
        operation: 'Leave',
        principal: fingerprint,
        upstream: { cloudlink: 0, subscriber: 1 },
      },
    ].map((line) => ({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      requestId: expect.stringMatching(uuid),
      durationMs: expect.any(Number),
      msg: 'operation',
      ...line,
    })),
  );
});

it('logs the codes of what went wrong', async () => {
  const gateway = await withGateway();
  await gateway.execute('{ users { nodes { name } } domain { name } node(id: "x") { id } }');
  expect(new Set(gateway.log[0]?.['errors'])).toEqual(new Set(['UNAUTHENTICATED', 'BAD_USER_INPUT']));
});

it('names the application on every request, and speaks to CloudLink by its own header', async () => {
  const gateway = await withGateway({ env: { APP_NAME: 'acme-erp' } });
  await gateway.execute(QUERY, await gateway.signIn());
  const requests = await gateway.sandbox.requests();
  expect(requests.length).toBe(4);
  for (const { platform, headers } of requests) {
    expect(headers['user-agent']).toMatch(/^acme-erp\/\d+\.\d+\.\d+$/);
    expect(headers['x-mitel-app'] ?? '').toMatch(
      platform === 'cloudlink' ? /^app=acme-erp\/[\d.]+;platform=node\/[\d.]+;session=\d+;$/ : /^$/,
    );
  }
});

it.each([
  ['users', 'cloudlink', 'CLOUDLINK_ENVIRONMENT', 'CLOUDLINK_'],
  ['subscribers', 'subscriber', 'SUBSCRIBER_API_URL', 'SUBSCRIBER_'],
])(
  'tells that the platform of %s is not configured, and answers the other',
  async (field, platform, variable, prefix) => {
    const names = [
      ...['AUTHENTICATION', 'ADMIN', 'CHAT', 'MEDIA', 'NOTIFICATIONS', 'PRESENCE'].map(
        (service) => `CLOUDLINK_${service}_URL`,
      ),
      'SUBSCRIBER_API_URL',
      'SUBSCRIBER_CLIENT_ID',
      'SUBSCRIBER_CLIENT_SECRET',
    ].filter((name) => name.startsWith(prefix));
    const gateway = await withGateway({ env: Object.fromEntries(names.map((name) => [name, ''])) });
    const { cloudlink, subscriber } = await gateway.tokens();

    const { errors, data } = await gateway.execute(QUERY, { ...cloudlink, ...subscriber });

    expect(errors).toMatchObject([
      { path: [field], extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform, retryable: false } },
    ]);
    expect(errors[0]?.message).toContain(variable);
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toHaveLength(1);

    const login = { username: 'ada@example.test', password: 'sandbox-password' };
    const refused = await gateway.execute(
      'mutation ($input: SignInInput!) { signIn(input: $input) { sessionToken } }',
      {},
      { input: { [platform]: login } },
    );
    expect(refused.errors).toMatchObject([{ extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform } }]);
  },
);

it('keeps what one operation reads to that operation', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  for (let round = 0; round < 2; round += 1) {
    await gateway.execute(
      '{ a: users(first: 2) { nodes { name } } b: users(first: 2) { nodes { name } } }',
      session,
    );
    expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users']);
  }
});
