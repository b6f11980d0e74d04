import { expect, it } from 'vitest';
import { PASSCODE, PASSWORD } from '../src/sandbox/company.ts';
import type { Fault } from '../src/sandbox/fault-rule.ts';
import { createLogger } from '../src/logger.ts';
import { createMemoryLeases } from '../src/state/lease.ts';
import { createMemorySessionStore } from '../src/state/session-store.ts';
import { createSessions } from '../src/sessions.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';

const SIGN_IN =
  'mutation ($input: SignInInput!) { signIn(input: $input) { sessionToken expiresAt hasCloudlink hasSubscriber } }';
const BOTH = '{ users(first: 1) { nodes { name } } subscribers(first: 1) { nodes { extension } } }';
const HOUR = 60 * 60 * 1000;

const ada = {
  cloudlink: { username: 'ada@example.test', password: PASSWORD, accountId: '100200300' },
  subscriber: { username: '1001@acme.12345.service', password: PASSWORD },
};
/** The one with a second factor. */
const chloe = { username: '1003@acme.12345.service', password: PASSWORD };

const signIn = (gateway: TestGateway, input: object) => gateway.execute(SIGN_IN, {}, { input });

const tokenRoutes = {
  cloudlink: { filter: 'route=POST%20/token', match: { route: 'POST /token' } },
  subscriber: { filter: 'object=oauth2&action=token', match: { object: 'oauth2', action: 'token' } },
} as const;
const dataRoutes = {
  cloudlink: {
    filter: 'service=admin',
    match: { service: 'admin' },
    query: '{ users(first: 1) { nodes { name } } }',
  },
  subscriber: {
    filter: 'object=subscriber',
    match: { object: 'subscriber' },
    query: '{ subscribers(first: 1) { nodes { extension } } }',
  },
} as const;
type Name = keyof typeof tokenRoutes;
const names = ['cloudlink', 'subscriber'] as const;

const countTokens = async ({ sandbox }: TestGateway, name: Name) =>
  (await sandbox.requests(tokenRoutes[name].filter)).length;
const countData = async ({ sandbox }: TestGateway, name: Name) =>
  (await sandbox.requests(dataRoutes[name].filter)).length;

const codesOf = ({
  errors,
}: {
  readonly errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
}) => errors.map(({ extensions }) => extensions['code']);

it('signs in to both platforms, and answers a token of 256 random bits', async () => {
  const gateway = await withGateway();
  const { data, errors } = await signIn(gateway, ada);
  expect(errors).toEqual([]);
  expect(data?.['signIn']).toMatchObject({ hasCloudlink: true, hasSubscriber: true });
  const { sessionToken, expiresAt } = data?.['signIn'] ?? {};
  expect(sessionToken).toMatch(/^gws_[\w-]{43}$/);
  expect(Buffer.from(sessionToken.slice(4), 'base64url')).toHaveLength(32);
  // As long as the longer of the two can be renewed: 15 days.
  expect((Date.parse(expiresAt) - Date.now()) / (24 * HOUR)).toBeCloseTo(15, 1);

  const answer = await gateway.execute(BOTH, { authorization: `Bearer ${sessionToken}` });
  expect(answer.errors).toEqual([]);
  const again = await signIn(gateway, ada);
  expect(again.data?.['signIn'].sessionToken).not.toBe(sessionToken);
});

it.each([
  { part: 'cloudlink', lacks: 'subscribers', flags: { hasCloudlink: true, hasSubscriber: false } },
  { part: 'subscriber', lacks: 'users', flags: { hasCloudlink: false, hasSubscriber: true } },
] as const)('signs in to $part alone, and says so of the other', async ({ part, lacks, flags }) => {
  const gateway = await withGateway();
  const { data } = await signIn(gateway, { [part]: ada[part] });
  expect(data?.['signIn']).toMatchObject(flags);

  const answer = await gateway.execute(BOTH, { authorization: data?.['signIn'].sessionToken });

  expect(answer.errors).toMatchObject([{ path: [lacks], extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(answer.errors[0]?.message).toMatch(
    /^This session has no (CloudLink|subscriber API) part: nobody signed in there/,
  );
});

it('refuses to sign in to nothing', async () => {
  const gateway = await withGateway();
  const { errors } = await signIn(gateway, {});
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'input' } }]);
});

it.each(['1', '10020030', '1002003000', 'abcdefghi', '../../token', '100200300 or 1', ''])(
  'refuses %j as an account before anything is sent',
  async (accountId) => {
    const gateway = await withGateway();
    const answer = await signIn(gateway, { cloudlink: { ...ada.cloudlink, accountId } });
    expect(answer.errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', argument: 'input.cloudlink.accountId' } },
    ]);
    expect(await gateway.sandbox.requests()).toEqual([]);
  },
);

it('takes the account as a number and as a GUID, and none where there is only one', async () => {
  const gateway = await withGateway();
  const { username, password } = ada.cloudlink;
  for (const accountId of ['100200300', '00000001-5eed-4000-8000-000000000001', undefined]) {
    const { errors } = await signIn(gateway, { cloudlink: { username, password, accountId } });
    expect({ accountId, errors }).toEqual({ accountId, errors: [] });
  }
});

it.each([
  ['a wrong password', { ...ada.cloudlink, password: 'wrong' }],
  ['an account of others', { ...ada.cloudlink, accountId: '200300400' }],
  ['the number of a partner', { ...ada.cloudlink, accountId: '400100200' }],
  ['somebody unknown', { ...ada.cloudlink, username: 'nobody@example.test' }],
])('CloudLink: %s is refused with the environment in use and the partner hint', async (_title, cloudlink) => {
  const gateway = await withGateway();
  const { data, errors } = await signIn(gateway, { ...ada, cloudlink });
  expect(data?.['signIn'] ?? null).toBeNull();
  expect(errors).toMatchObject([
    {
      path: ['signIn'],
      extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink', status: 401, retryable: false },
    },
  ]);
  expect(errors[0]?.message).toContain('CLOUDLINK_…_URL');
  expect(errors[0]?.message).toContain('CLOUDLINK_ENVIRONMENT=production|sandbox');
  expect(errors[0]?.message).toContain("A partner portal's login is not a CloudLink login.");
  expect(await countTokens(gateway, 'cloudlink')).toBe(1);
});

it.each(['plain', '199'] as const)('legacy: a refusal carries the %s warning text', async (legacyWarning) => {
  const gateway = await withGateway({ switches: { legacyWarning } });
  const { errors } = await signIn(gateway, { ...ada, subscriber: { ...ada.subscriber, password: 'wrong' } });
  expect(errors).toMatchObject([
    {
      message: 'The subscriber API refused the sign-in: Invalid username and password combination.',
      extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber', status: 401, retryable: false },
    },
  ]);
});

it.each([
  ['401', 401],
  ['400-json', 400],
  ['200-without-token', 200],
] as const)(
  'legacy: wrong credentials answered by %s are a refused sign-in',
  async (legacyBadCredentials, status) => {
    const gateway = await withGateway({ switches: { legacyBadCredentials } });
    const { errors } = await signIn(gateway, { subscriber: { ...ada.subscriber, password: 'wrong' } });
    expect(errors).toMatchObject([
      {
        message: 'The subscriber API refused the sign-in: Invalid username and password combination.',
        extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber', status },
      },
    ]);
  },
);

it('a wrong client is a refused sign-in on both platforms', async () => {
  const env = {
    CLOUDLINK_CLIENT_ID: 'nobody',
    CLOUDLINK_CLIENT_SECRET: 'wrong',
    SUBSCRIBER_CLIENT_SECRET: 'wrong',
  };
  const gateway = await withGateway({ env });
  for (const name of names) {
    const { errors } = await signIn(gateway, { [name]: ada[name] });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: name } }]);
  }
});

it('asks for the second factor by a code of its own, and takes the passcode', async () => {
  const gateway = await withGateway();

  const due = await signIn(gateway, { subscriber: chloe });
  expect(due.errors).toMatchObject([
    {
      message: expect.stringContaining('passcode'),
      extensions: { code: 'SECOND_FACTOR_REQUIRED', platform: 'subscriber' },
    },
  ]);
  const empty = await signIn(gateway, { subscriber: { ...chloe, passcode: '' } });
  expect(codesOf(empty)).toEqual(['SECOND_FACTOR_REQUIRED']);

  const wrong = await signIn(gateway, { subscriber: { ...chloe, passcode: '000000' } });
  expect(wrong.errors).toMatchObject([
    {
      message: 'The subscriber API refused the sign-in: Invalid passcode.',
      extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' },
    },
  ]);

  const right = await signIn(gateway, { subscriber: { ...chloe, passcode: PASSCODE } });
  const { data, errors } = await gateway.execute(
    '{ viewer { subscriber { name scopeText domainName } } subscribers(first: 5) { nodes { extension } } }',
    { authorization: right.data?.['signIn'].sessionToken },
  );
  expect(errors).toEqual([]);
  expect(data?.['viewer'].subscriber).toEqual({
    name: 'Chloe Martin',
    scopeText: 'Basic User',
    domainName: 'acme.12345.service',
  });
});

it('never uses a token that waits for its second factor', async () => {
  const gateway = await withGateway();
  const response = await fetch(`${gateway.sandbox.url}/ns-api/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
      ...chloe,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  const { errors } = await gateway.execute('{ viewer { subscriber { name } } }', {
    'x-subscriber-authorization': token,
  });
  expect(codesOf({ errors })).toEqual(['SECOND_FACTOR_REQUIRED']);
});

it('signs in by code where the client is registered for that', async () => {
  const env = {
    CLOUDLINK_SIGN_IN: 'code',
    CLOUDLINK_CLIENT_ID: 'sandbox-client',
    CLOUDLINK_CLIENT_SECRET: 'sandbox-secret',
  };
  const gateway = await withGateway({ env });
  const { data, errors } = await signIn(gateway, { cloudlink: ada.cloudlink });
  expect(errors).toEqual([]);
  const requests = await gateway.sandbox.requests('service=authentication');
  expect(requests.map(({ route, status }) => [route, status])).toEqual([
    ['POST /authorize', 201],
    ['POST /token', 200],
  ]);
  expect(requests[1]?.body).toContain('grant_type=authorization_code');
  expect(requests[1]?.body).not.toContain('password');
  const answer = await gateway.execute('{ viewer { cloudlink { email } } }', {
    authorization: data?.['signIn'].sessionToken,
  });
  expect(answer.data).toEqual({ viewer: { cloudlink: { email: 'ada@example.test' } } });

  const refused = await signIn(gateway, { cloudlink: { ...ada.cloudlink, password: 'wrong' } });
  expect(codesOf(refused)).toEqual(['UNAUTHENTICATED']);
});

it('keeps every secret in the body of a form, and none in a URL', async () => {
  const gateway = await withGateway({
    env: { CLOUDLINK_CLIENT_ID: 'sandbox-client', CLOUDLINK_CLIENT_SECRET: 'sandbox-secret' },
  });
  const session = await gateway.signIn();
  await signIn(gateway, { subscriber: { ...chloe, passcode: PASSCODE } });
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
  await gateway.execute(BOTH, session);
  await gateway.execute('mutation { signOut }', session);

  const requests = await gateway.sandbox.requests();
  const grants = requests
    .map(({ body }) => /grant_type=(\w+)/.exec(body)?.[1])
    .filter((grant) => grant !== undefined);
  expect(grants.toSorted()).toEqual([
    'mfa',
    'password',
    'password',
    'password',
    'refresh_token',
    'refresh_token',
  ]);
  const isSecret = /token=|secret|password|passcode|grant_type|client_id/;
  expect(requests.filter(({ url }) => isSecret.test(url))).toEqual([]);
  const bodies = requests.filter(({ body }) => isSecret.test(body));
  expect(bodies.map(({ headers }) => headers['content-type'])).toEqual(
    Array.from({ length: 7 }, () => 'application/x-www-form-urlencoded'),
  );
});

it('ends a session at sign-out, and revokes the legacy token', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  expect((await gateway.execute('mutation { signOut }', session)).data).toEqual({ signOut: true });

  expect(await gateway.sandbox.requests('object=oauth2&action=revoke')).toMatchObject([
    { status: 200, method: 'POST' },
  ]);
  const revoked = /token=(\w+)/.exec((await gateway.sandbox.requests('action=revoke'))[0]?.body ?? '')?.[1];
  const read = await fetch(`${gateway.sandbox.url}/ns-api/oauth2/read`, {
    headers: { authorization: `Bearer ${revoked}` },
  });
  expect(read.status).toBe(401);

  const { errors } = await gateway.execute(BOTH, session);
  expect(codesOf({ errors })).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  expect(errors[0]?.message).toBe(
    'This session is not known, or has ended. Sign in again with the mutation signIn.',
  );
  expect((await gateway.execute('mutation { signOut }', session)).data).toEqual({ signOut: false });
});

it('ends a session though its token cannot be revoked', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { object: 'oauth2' }, fault: { type: 'reset' } });
  expect((await gateway.execute('mutation { signOut }', session)).data).toEqual({ signOut: true });
  expect(codesOf(await gateway.execute(BOTH, session))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  expect(gateway.log.filter(({ level }) => level === 'warn')).toMatchObject([
    { msg: 'a token could not be revoked', requestId: expect.any(String) },
  ]);
});

it('knows no session but its own', async () => {
  const gateway = await withGateway();
  const forged = { authorization: `Bearer gws_${'A'.repeat(43)}` };
  expect(codesOf(await gateway.execute(BOTH, forged))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  expect((await gateway.execute('mutation { signOut }', forged)).data).toEqual({ signOut: false });
  expect((await gateway.execute('mutation { signOut }')).data).toEqual({ signOut: false });
  expect(await gateway.sandbox.requests()).toEqual([]);
});

it('never mixes the sessions of two people', async () => {
  const gateway = await withGateway();
  const people = [
    { session: await gateway.signIn('ada'), email: 'ada@example.test', domain: 'acme.12345.service' },
    { session: await gateway.signIn('grace'), email: 'grace@example.test', domain: 'globex.67890.service' },
  ];
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
  // Long enough that everybody's renewals are under way at the same time.
  await gateway.sandbox.fail({
    match: { method: 'POST', path: 'token' },
    fault: { type: 'latency', ms: 300 },
  });

  const query =
    '{ viewer { cloudlink { email user { email } } subscriber { domainName } } users(first: 1) { nodes { subscriber { domainName } } } }';
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { session, email, domain } = people[index % 2] ?? people[0]!;
      return { email, domain, ...(await gateway.execute(query, session)) };
    }),
  );

  for (const { email, domain, data, errors } of answers) {
    expect(errors).toEqual([]);
    expect(data).toEqual({
      viewer: { cloudlink: { email, user: { email } }, subscriber: { domainName: domain } },
      users: { nodes: [{ subscriber: { domainName: domain } }] },
    });
  }
  // Two sign-ins and two renewals on either platform.
  expect([await countTokens(gateway, 'cloudlink'), await countTokens(gateway, 'subscriber')]).toEqual([4, 4]);
});

it.each(names)(
  '%s: 500 operations on an expired token cause one token request and 500 answers',
  async (name) => {
    const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '15000', OPERATION_TIMEOUT_MS: '15000' } });
    const session = await gateway.signIn();
    await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
    await gateway.sandbox.control('DELETE', '/requests');

    const answers = await Promise.all(
      Array.from({ length: 500 }, () => gateway.execute(dataRoutes[name].query, session)),
    );

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(answers.filter(({ data }) => Object.values(data ?? {})[0]?.nodes.length === 1)).toHaveLength(500);
    expect(await countTokens(gateway, name)).toBe(1);
  },
);

/** Makes the next token of a platform one that lives as long as this. */
const shortenNextToken = async (gateway: TestGateway, name: Name, seconds: number, rest: object = {}) => {
  const path = name === 'cloudlink' ? '/authentication/2017-09-01/token' : '/ns-api/oauth2/token';
  const form =
    name === 'cloudlink'
      ? {
          grant_type: 'password',
          username: ada.cloudlink.username,
          password: PASSWORD,
          account_id: '100200300',
        }
      : {
          grant_type: 'password',
          client_id: 'sandbox-client',
          client_secret: 'sandbox-secret',
          ...ada.subscriber,
        };
  const response = await fetch(`${gateway.sandbox.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const grant = { ...((await response.json()) as object), expires_in: seconds, ...rest };
  const fault = { type: 'body', body: grant, contentType: 'application/json' } as const;
  await gateway.sandbox.fail({ match: tokenRoutes[name].match, times: 1, fault });
  await gateway.sandbox.control('DELETE', '/requests');
  return grant as unknown as { access_token: string; refresh_token: string };
};

it.each(names)(
  '%s: expires_in is believed, and 500 operations after it cause one token request',
  async (name) => {
    const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '15000', OPERATION_TIMEOUT_MS: '15000' } });
    await shortenNextToken(gateway, name, 0);
    const session = await gateway.signIn();
    await gateway.sandbox.control('DELETE', '/requests');

    const answers = await Promise.all(
      Array.from({ length: 500 }, () => gateway.execute(dataRoutes[name].query, session)),
    );

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await countTokens(gateway, name)).toBe(1);
    expect(await countData(gateway, name)).toBe(500);
  },
);

it.each(names)('%s: a token is renewed ahead of its end, once', async (name) => {
  const gateway = await withGateway();
  // Nine tenths of this life are over soon, and the last tenth is when it has to be renewed.
  const { access_token: first } = await shortenNextToken(gateway, name, 1);
  const session = await gateway.signIn();
  await gateway.sandbox.control('DELETE', '/requests');
  await gateway.sandbox.fail({ match: tokenRoutes[name].match, fault: { type: 'latency', ms: 300 } });

  await expect
    .poll(
      async () => {
        const { errors } = await gateway.execute(dataRoutes[name].query, session);
        expect(errors).toEqual([]);
        const credentials = (await gateway.sandbox.requests(dataRoutes[name].filter)).map(
          ({ credential }) => credential,
        );
        return credentials.at(-1) === first;
      },
      { interval: 20, timeout: 5_000 },
    )
    .toBe(false);

  expect(await countTokens(gateway, name)).toBe(1);
  expect(
    (await gateway.sandbox.requests(dataRoutes[name].filter)).filter(({ status }) => status !== 200),
  ).toEqual([]);
});

it.each(names)('%s: a refused token is renewed once and the read repeated once', async (name) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.control('DELETE', '/requests');
  await gateway.sandbox.fail({ match: dataRoutes[name].match, times: 1, fault: { type: 'expiredToken' } });

  const { errors } = await gateway.execute(dataRoutes[name].query, session);

  expect(errors).toEqual([]);
  expect([await countData(gateway, name), await countTokens(gateway, name)]).toEqual([2, 1]);
  const [first, second] = await gateway.sandbox.requests(dataRoutes[name].filter);
  expect(first?.credential).not.toBe(second?.credential);
});

it.each(names)(
  '%s: tokens that are refused for ever end in UNAUTHENTICATED after one renewal',
  async (name) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.control('DELETE', '/requests');
    await gateway.sandbox.fail({ match: dataRoutes[name].match, fault: { type: 'expiredToken' } });

    const answer = await gateway.execute(dataRoutes[name].query, session);

    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect([await countData(gateway, name), await countTokens(gateway, name)]).toEqual([2, 1]);
  },
);

it('a renewal keeps what it does not tell: who the subscriber is', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await shortenNextToken(gateway, 'subscriber', 3600, {
    uid: undefined,
    domain: undefined,
    scope: undefined,
    territory: undefined,
  });
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
  // The first operation is refused with its old token and gets the new one, which is old as well by now.
  await gateway.execute(dataRoutes.subscriber.query, session);
  await gateway.sandbox.control('DELETE', '/requests');

  const { data, errors } = await gateway.execute(
    '{ subscribers(first: 1) { nodes { domainName } } }',
    session,
  );

  expect(errors).toEqual([]);
  expect(data?.['subscribers'].nodes).toEqual([{ domainName: 'acme.12345.service' }]);
  // The domain was known without asking again.
  expect(await gateway.sandbox.requests('action=read&object=oauth2')).toEqual([]);
});

it.each(names)('%s: a refresh token is used once, and its successor the next time', async (name) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  for (let round = 0; round < 3; round += 1) {
    await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => gateway.execute(dataRoutes[name].query, session)),
    );
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  }
  const used = (await gateway.sandbox.requests(tokenRoutes[name].filter))
    .map(({ body }) => new URLSearchParams(body).get('refresh_token'))
    .filter((token) => token !== null);
  expect(used).toHaveLength(3);
  expect(new Set(used).size).toBe(3);
});

it.each(names)(
  '%s: a refused renewal ends that part of the session, and is not tried again',
  async (name) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.control('POST', '/clock', { advanceMs: 400 * HOUR });
    await gateway.sandbox.control('DELETE', '/requests');

    const first = await gateway.execute(dataRoutes[name].query, session);
    expect(codesOf(first)).toEqual(['UNAUTHENTICATED']);
    expect(first.errors[0]?.message).toMatch(/sign in again/i);
    for (let count = 0; count < 5; count += 1) {
      const later = await gateway.execute(dataRoutes[name].query, session);
      expect(codesOf(later)).toEqual(['UNAUTHENTICATED']);
      expect(later.errors[0]?.message).toMatch(/sign in again/i);
    }
    expect([await countTokens(gateway, name), await countData(gateway, name)]).toEqual([1, 1]);
  },
);

it.each(['401', '400-json', '200-without-token'] as const)(
  'legacy: a renewal refused by %s ends the part as well',
  async (legacyBadCredentials) => {
    const gateway = await withGateway({ switches: { legacyBadCredentials } });
    const session = await gateway.signIn();
    await gateway.sandbox.control('POST', '/clock', { advanceMs: 48 * HOUR });
    await gateway.sandbox.control('DELETE', '/requests');
    const { errors } = await gateway.execute(dataRoutes.subscriber.query, session);
    expect(errors).toMatchObject([
      {
        message:
          'The subscriber part of this session has ended, sign in again; the subscriber API refused to renew it: Refresh token has expired.',
        extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' },
      },
    ]);
    await gateway.execute(dataRoutes.subscriber.query, session);
    expect(await countTokens(gateway, 'subscriber')).toBe(1);
  },
);

const outages: readonly (readonly [string, Fault, string])[] = [
  ['answers 500', { type: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
  ['answers 429', { type: 'tooMany', retryAfter: 9 }, 'RATE_LIMITED'],
  ['resets', { type: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
  ['hangs', { type: 'hang' }, 'UPSTREAM_TIMEOUT'],
  ['sends a web page', { type: 'status', status: 200, body: '<html></html>' }, 'UPSTREAM_PROTOCOL'],
  ['is not there', { type: 'status', status: 404 }, 'UPSTREAM_PROTOCOL'],
];

it.each([
  ...outages.map((outage) => ['cloudlink', ...outage] as const),
  ...outages.slice(-3).map((outage) => ['subscriber', ...outage] as const),
])(
  '%s: a token endpoint that %s does not end the session, and is asked once a second at most',
  async (name, _title, fault, code) => {
    const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '300' } });
    const session = await gateway.signIn();
    await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
    await gateway.sandbox.control('DELETE', '/requests');
    const { id } = await gateway.sandbox.fail({ match: tokenRoutes[name].match, fault });

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => gateway.execute(dataRoutes[name].query, session)),
    );
    expect(new Set(answers.flatMap(codesOf))).toEqual(new Set([code]));
    expect(await countTokens(gateway, name)).toBe(1);

    await gateway.sandbox.control('DELETE', `/faults/${id}`);
    await expect
      .poll(async () => codesOf(await gateway.execute(dataRoutes[name].query, session)), {
        interval: 100,
        timeout: 3_000,
      })
      .toEqual([]);
    expect(await countTokens(gateway, name)).toBe(2);
  },
);

it.each(names)('%s: a token that is good keeps working while its endpoint is down', async (name) => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '2000' } });
  // Renewal is due after nine tenths of a life, which is now.
  await shortenNextToken(gateway, name, 2);
  const session = await gateway.signIn();
  await gateway.sandbox.control('DELETE', '/requests');
  await gateway.sandbox.fail({ match: tokenRoutes[name].match, fault: { type: 'hang' } });

  await expect
    .poll(
      async () => {
        const started = performance.now();
        const { errors } = await gateway.execute(dataRoutes[name].query, session);
        expect(errors).toEqual([]);
        expect(performance.now() - started).toBeLessThan(1_000);
        return countTokens(gateway, name);
      },
      { interval: 20, timeout: 5_000 },
    )
    .toBe(1);
});

it('a session outlives an access token whose refresh token does not tell its end', async () => {
  const gateway = await withGateway();
  const { refresh_token: refreshToken } = await shortenNextToken(gateway, 'cloudlink', 0);
  expect(refreshToken).toMatch(/^eyJ/);
  await gateway.sandbox.control('DELETE', '/faults');
  await shortenNextToken(gateway, 'cloudlink', 0, { refresh_token: 'opaque-refresh-token' });
  const { data } = await signIn(gateway, { cloudlink: ada.cloudlink });
  await gateway.sandbox.control('DELETE', '/requests');

  await gateway.execute(dataRoutes.cloudlink.query, { authorization: data?.['signIn'].sessionToken });

  expect((await gateway.sandbox.requests(tokenRoutes.cloudlink.filter))[0]?.body).toContain(
    'refresh_token=opaque-refresh-token',
  );
});

it.each([
  ['a token with a line break', { access_token: 'one\r\nx-evil: 1' }],
  ['a token of 9 KB', { access_token: 'x'.repeat(9_000) }],
  ['no lifetime', { expires_in: undefined }],
  ['a lifetime that is no number', { expires_in: 'soon' }],
])('%s in a grant is told as a broken protocol', async (_title, rest) => {
  const gateway = await withGateway();
  for (const name of names) {
    await shortenNextToken(gateway, name, 3600, rest);
    const { errors } = await signIn(gateway, { [name]: ada[name] });
    // A legacy answer without a usable token is how some builds refuse (facts §2.4).
    const code = name === 'subscriber' && 'access_token' in rest ? 'UNAUTHENTICATED' : 'UPSTREAM_PROTOCOL';
    expect(errors).toMatchObject([{ extensions: { code, platform: name } }]);
  }
});

it('a lifetime past the end of time makes a session that works', async () => {
  const gateway = await withGateway();
  for (const name of names) {
    await shortenNextToken(gateway, name, 999_999_999_999_999, { refresh_token: undefined });
    const { data, errors } = await signIn(gateway, { [name]: ada[name] });
    expect(errors).toEqual([]);
    const answer = await gateway.execute(dataRoutes[name].query, {
      authorization: data?.['signIn'].sessionToken,
    });
    expect(answer.errors).toEqual([]);
  }
});

it('a session signed out while it is renewed stays ended', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
  await gateway.sandbox.control('DELETE', '/requests');
  await gateway.sandbox.fail({ match: tokenRoutes.subscriber.match, fault: { type: 'latency', ms: 400 } });
  const late = gateway.execute(dataRoutes.subscriber.query, session);
  await expect.poll(() => countTokens(gateway, 'subscriber'), { interval: 10 }).toBe(1);

  expect((await gateway.execute('mutation { signOut }', session)).data).toEqual({ signOut: true });

  expect((await late).errors[0]?.message).toContain('ended while it was being renewed');
  expect(codesOf(await gateway.execute(BOTH, session))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
});

it('a renewal that ended while a session was being read is not made again', async () => {
  const store = createMemorySessionStore(10);
  const read = (key: string) => store.read(key);
  // A store over a network may answer late, with what was true when it was asked.
  let hold: Promise<void> | undefined;
  const slowStore = {
    ...store,
    read: async (key: string) => {
      const held = hold;
      const session = await read(key);
      await held;
      return session;
    },
  };
  const used: string[] = [];
  const grant = (count: number, life: number) => ({
    accessToken: `access-${count}`,
    refreshToken: `refresh-${count}`,
    expiresAt: Date.now() + life,
    renewAt: Date.now() + life,
    refreshExpiresAt: Date.now() + HOUR,
  });
  const nothing = () => Promise.reject(new Error('not asked for'));
  const grants = {
    cloudlink: {
      signIn: async () => grant(0, 0),
      refresh: async (token: string) => {
        used.push(token);
        return grant(used.length, HOUR);
      },
    },
    subscriber: { signIn: nothing, refresh: nothing, revoke: nothing },
  };
  const caller = { requestId: 'request-1', onCall: () => undefined };
  const sessions = createSessions(
    { sessions: slowStore, leases: createMemoryLeases() },
    grants,
    createLogger('silent'),
  );
  const { token } = await sessions.signIn({ cloudlink: ada.cloudlink }, caller);
  const { cloudlink: source } = (await sessions.open(token, caller)).tokens;

  let release = (): void => undefined;
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const late = source.get();
  hold = undefined;
  expect(await source.get()).toBe('access-1');
  release();

  expect(await late).toBe('access-1');
  expect(used).toEqual(['refresh-0']);
});

it('renews both parts at once without losing either', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  for (let round = 0; round < 10; round += 1) {
    await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
    expect(codesOf(await gateway.execute(BOTH, session))).toEqual([]);
  }
  expect([await countTokens(gateway, 'cloudlink'), await countTokens(gateway, 'subscriber')]).toEqual([
    11, 11,
  ]);
});

it('an operation waits for a token no longer than it may last, and its neighbours get it', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '600', OPERATION_TIMEOUT_MS: '600' } });
  const session = await gateway.signIn();
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * HOUR });
  await gateway.sandbox.fail({
    match: dataRoutes.cloudlink.match,
    fault: { type: 'latency', ms: 400 },
    times: 1,
  });
  await gateway.sandbox.fail({ match: tokenRoutes.cloudlink.match, fault: { type: 'latency', ms: 500 } });
  const started = performance.now();

  const answer = await gateway.execute(dataRoutes.cloudlink.query, session);

  expect(performance.now() - started).toBeLessThan(600 + 250);
  expect(codesOf(answer)).toEqual(['UPSTREAM_TIMEOUT']);
  await expect
    .poll(async () => codesOf(await gateway.execute(dataRoutes.cloudlink.query, session)), { interval: 50 })
    .toEqual([]);
});

it('revokes the legacy token of a sign-in whose other half was refused', async () => {
  const gateway = await withGateway();
  const { errors } = await signIn(gateway, {
    ...ada,
    cloudlink: { ...ada.cloudlink, password: 'wrong-password' },
  });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } }]);
  expect(await gateway.sandbox.requests('object=oauth2&action=revoke')).toHaveLength(1);
});
