import { expect, it } from 'vitest';
import { fingerprint, principalOf, readCredentials } from '../src/auth.ts';
import { withGateway } from './helpers/gateway.ts';

const QUERY = '{ users(first: 1) { nodes { name } } domain { name } }';

const missing = (platform: string) => ({ code: 'UNAUTHENTICATED', platform, retryable: false });

it('asks for the header of a platform by name, and answers the other one', async () => {
  const gateway = await withGateway();
  const { cloudlink, subscriber } = await gateway.tokens();

  const noSubscriber = await gateway.execute(QUERY, cloudlink);
  expect(noSubscriber.data?.['users'].nodes).toHaveLength(1);
  expect(noSubscriber.errors).toEqual([
    {
      message: expect.stringContaining('"X-Subscriber-Authorization: Bearer …"'),
      path: ['domain'],
      locations: expect.any(Array),
      extensions: missing('subscriber'),
    },
  ]);

  const noCloudlink = await gateway.execute(QUERY, subscriber);
  expect(noCloudlink.data?.['domain']).toEqual({ name: 'acme.12345.service' });
  expect(noCloudlink.errors).toEqual([
    {
      message: expect.stringContaining('"Authorization: Bearer …"'),
      path: ['users'],
      locations: expect.any(Array),
      extensions: missing('cloudlink'),
    },
  ]);

  const both = await gateway.execute(QUERY, { ...cloudlink, ...subscriber });
  expect(both.errors).toEqual([]);
});

it('sends nothing upstream for somebody who presents nothing', async () => {
  const gateway = await withGateway();
  const { errors, data } = await gateway.execute(QUERY);
  expect(errors.map(({ path, extensions }) => `${path?.[0]} ${extensions['code']}`).toSorted()).toEqual([
    'domain UNAUTHENTICATED',
    'users UNAUTHENTICATED',
  ]);
  expect(data).toEqual({ users: null, domain: null });
  expect(await gateway.sandbox.requests()).toEqual([]);
});

it('takes a token with and without the word Bearer, in any case', async () => {
  const gateway = await withGateway();
  const { cloudlink, subscriber } = await gateway.tokens();
  const [first = '', second = ''] = [cloudlink, subscriber].map(
    (headers) => Object.values(headers)[0]?.slice('Bearer '.length) ?? '',
  );
  for (const prefix of ['', 'Bearer ', 'bearer ', 'BEARER   ']) {
    const { errors } = await gateway.execute(QUERY, {
      authorization: `${prefix}${first}`,
      'x-subscriber-authorization': `${prefix}${second}`,
    });
    expect({ prefix, errors }).toEqual({ prefix, errors: [] });
  }
  expect(
    new Set((await gateway.sandbox.requests('service=admin')).map(({ headers }) => headers.authorization)),
  ).toEqual(new Set([`Bearer ${first}`]));
});

it.each([
  ['two words', 'Bearer one two'],
  ['the scheme alone', 'Bearer'],
  ['another scheme', 'Basic YWRhOnNlY3JldA=='],
  ['a letter outside ASCII', 'Bearer tök'],
  ['nothing', ''],
  ['more than any platform sends', `Bearer ${'x'.repeat(8193)}`],
])('takes %s for no token, and sends it nowhere', async (_title, header) => {
  const gateway = await withGateway();
  for (const name of ['authorization', 'x-subscriber-authorization']) {
    const { errors } = await gateway.execute(QUERY, { [name]: header });
    expect(errors.map(({ extensions }) => extensions)).toEqual(
      expect.arrayContaining([missing('cloudlink'), missing('subscriber')]),
    );
  }
  expect(await gateway.sandbox.requests()).toEqual([]);
});

it('tells an expired token that was passed through after one try, and asks for no other', async () => {
  const gateway = await withGateway();
  const { cloudlink, subscriber } = await gateway.tokens();
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * 60 * 60 * 1000 });
  await gateway.sandbox.control('DELETE', '/requests');

  const { errors } = await gateway.execute(
    '{ users { nodes { name } } domain(name: "acme.12345.service") { name } }',
    {
      ...cloudlink,
      ...subscriber,
    },
  );

  expect(errors.map(({ extensions }) => extensions)).toEqual(
    expect.arrayContaining([
      { ...missing('cloudlink'), status: 401, correlationId: expect.any(String) },
      { ...missing('subscriber'), status: 401 },
    ]),
  );
  expect(errors.find(({ path }) => path?.[0] === 'domain')?.message).toContain('has expired');
  expect(
    (await gateway.sandbox.requests())
      .map(({ route, object, action }) => route ?? `${object} ${action}`)
      .toSorted(),
  ).toEqual(['GET /accounts/{accountId}/users', 'domain read']);
});

it('prefers a token that is presented to the part of a session', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn('ada');
  const { subscriber } = await gateway.tokens('grace');

  const { data } = await gateway.execute('{ domain { name } viewer { cloudlink { email } } }', {
    ...session,
    ...subscriber,
  });

  expect(data).toEqual({
    domain: { name: 'globex.67890.service' },
    viewer: { cloudlink: { email: 'ada@example.test' } },
  });
});

it('names a principal without saying anything of the credential', () => {
  const credentials = readCredentials((name) => ({ Authorization: 'Bearer gws_secret' })[name] ?? null);
  expect(credentials).toEqual({ session: 'gws_secret', cloudlink: null, subscriber: null });
  expect(principalOf(credentials)).toBe(`session:${fingerprint('gws_secret').slice(0, 12)}`);
  expect(principalOf({ session: null, cloudlink: 'one', subscriber: 'two' })).toMatch(
    /^cloudlink:[\da-f]{12} subscriber:[\da-f]{12}$/,
  );
  expect(principalOf({ session: null, cloudlink: null, subscriber: null })).toBe('anonymous');
});

it('a session token is for this gateway alone, in whichever header it stands', async () => {
  const gateway = await withGateway();
  const { authorization = '' } = await gateway.signIn();
  const { data, errors } = await gateway.execute(
    '{ users(first: 1) { nodes { name } } subscribers(first: 1) { nodes { extension } } }',
    { 'x-subscriber-authorization': authorization },
  );
  expect(errors).toEqual([]);
  expect(data).toMatchObject({ users: { nodes: [{}] }, subscribers: { nodes: [{}] } });
  const sent = (await gateway.sandbox.requests()).map(({ credential }) => credential);
  expect(sent.filter((credential) => credential?.startsWith('gws_'))).toEqual([]);
});
