import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../src/sandbox/fault-rule.ts';
import { withGateway, type Answer, type TestGateway } from '../helpers/gateway.ts';

const QUERY = '{ users(first: 2) { nodes { name } } subscribers(first: 2) { nodes { extension } } }';

/** How the same thing is asked of either platform. */
const platforms = {
  cloudlink: {
    field: 'users',
    other: 'subscribers',
    filter: 'route=GET%20/accounts/{accountId}/users',
    match: { route: 'GET /accounts/{accountId}/users' },
    variable: 'CLOUDLINK_ADMIN_URL',
    base: '/admin/2017-09-01',
  },
  subscriber: {
    field: 'subscribers',
    other: 'users',
    filter: 'object=subscriber&action=read',
    match: { object: 'subscriber', action: 'read' },
    variable: 'SUBSCRIBER_API_URL',
    base: '/ns-api',
  },
} as const;
type Name = keyof typeof platforms;

interface Case {
  readonly title: string;
  readonly fault: Fault;
  /** What `extensions` hold beside the platform, the same for both or for each. */
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tries: number;
  readonly only?: Name;
  readonly env?: Readonly<Record<string, string>>;
}

const expectOneFailure = (name: Name, { data, errors, status }: Answer, extensions: object) => {
  const { field, other } = platforms[name];
  expect(errors.map((error) => ({ path: error.path, extensions: error.extensions }))).toEqual([
    { path: [field], extensions: { platform: name, ...extensions } },
  ]);
  expect(errors[0]?.message).toMatch(/^(CloudLink|The subscriber API) .*\.$/);
  expect(status).toBe(200);
  expect(data?.[field]).toBeNull();
  expect(data?.[other].nodes).toHaveLength(2);
};

const triesOf = async ({ sandbox }: TestGateway, name: Name) =>
  (await sandbox.requests(platforms[name].filter)).length;

const unavailable = { code: 'UPSTREAM_UNAVAILABLE', retryable: true };
const protocol = { code: 'UPSTREAM_PROTOCOL', retryable: false };
const timeout = { code: 'UPSTREAM_TIMEOUT', retryable: true };
const limited = { code: 'RATE_LIMITED', status: 429, retryable: true };
const answered = (status: number, code: string, retryable: boolean, rest: object = {}) => ({
  fault: { type: 'status', status, ...rest } as const,
  expected: { code, status, retryable },
});
const json = (body: unknown) => ({
  fault: { type: 'body', body, contentType: 'application/json' } as const,
  expected: { ...protocol, status: 200 },
  tries: 1,
});
const quick = { TRY_TIMEOUT_MS: '300', OPERATION_TIMEOUT_MS: '2000' };
const small = { MAX_UPSTREAM_ANSWER_BYTES: '100000' };

const cases: readonly Case[] = [
  { title: '400', ...answered(400, 'BAD_USER_INPUT', false), tries: 1 },
  { title: '401', ...answered(401, 'UNAUTHENTICATED', false), tries: 2 },
  { title: '403', ...answered(403, 'FORBIDDEN', false), tries: 1 },
  { title: '404', ...answered(404, 'NOT_FOUND', false), tries: 1, only: 'cloudlink' },
  { title: '409', ...answered(409, 'CONFLICT', false), tries: 1 },
  { title: '422', ...answered(422, 'UPSTREAM_UNAVAILABLE', true), tries: 1, only: 'cloudlink' },
  { title: '422', ...answered(422, 'UPSTREAM_PROTOCOL', false), tries: 1, only: 'subscriber' },
  { title: '405', ...answered(405, 'UPSTREAM_PROTOCOL', false), tries: 1 },
  { title: '415', ...answered(415, 'UPSTREAM_PROTOCOL', false), tries: 1 },
  { title: '418', ...answered(418, 'UPSTREAM_PROTOCOL', false), tries: 1 },
  { title: '500', ...answered(500, 'UPSTREAM_UNAVAILABLE', true), tries: 1 },
  { title: '501', ...answered(501, 'UPSTREAM_UNAVAILABLE', true), tries: 1 },
  { title: '502', ...answered(502, 'UPSTREAM_UNAVAILABLE', true), tries: 2 },
  { title: '503', ...answered(503, 'UPSTREAM_UNAVAILABLE', true), tries: 2 },
  { title: '504', ...answered(504, 'UPSTREAM_TIMEOUT', true), tries: 2 },
  {
    title: '503 with Retry-After',
    fault: { type: 'status', status: 503, headers: { 'retry-after': '7' } },
    expected: { ...unavailable, status: 503, retryAfterMs: 7000 },
    tries: 1,
  },
  {
    title: '502 as a web page',
    ...answered(502, 'UPSTREAM_UNAVAILABLE', true, { body: '<html><h1>Bad Gateway at 10.0.0.7</h1></html>' }),
    tries: 2,
  },
  { title: '429', fault: { type: 'tooMany' }, expected: limited, tries: 1 },
  {
    title: '429 with seconds',
    fault: { type: 'tooMany', retryAfter: 30 },
    expected: { ...limited, retryAfterMs: 30_000 },
    tries: 1,
  },
  {
    title: '429 with a date in the past',
    fault: { type: 'tooMany', retryAfter: 'date:-5' },
    expected: { ...limited, retryAfterMs: 0 },
    tries: 1,
  },
  {
    title: '429 with a wait of no known form',
    fault: { type: 'tooMany', retryAfter: 'soon, please' },
    expected: limited,
    tries: 1,
  },
  {
    title: '429 with a negative wait',
    fault: { type: 'tooMany', retryAfter: '-1' },
    expected: limited,
    tries: 1,
  },
  { title: 'a reset', fault: { type: 'reset' }, expected: unavailable, tries: 2 },
  { title: 'a reset after the work', fault: { type: 'resetAfter' }, expected: unavailable, tries: 2 },
  { title: 'a truncated answer', fault: { type: 'truncate', bytes: 20 }, expected: unavailable, tries: 2 },
  { title: 'no byte of the body', fault: { type: 'truncate', bytes: 0 }, expected: unavailable, tries: 2 },
  { title: 'silence', fault: { type: 'hang' }, expected: timeout, tries: 1, env: quick },
  {
    title: 'a drip',
    fault: { type: 'drip', bytes: 1, intervalMs: 100 },
    expected: timeout,
    tries: 1,
    env: quick,
  },
  {
    title: 'an answer that is too late',
    fault: { type: 'latency', ms: 5_000 },
    expected: timeout,
    tries: 1,
    env: quick,
  },
  {
    title: 'an answer that is too large',
    fault: { type: 'large', bytes: 50_000_000 },
    expected: protocol,
    tries: 1,
    env: small,
  },
  {
    title: 'a compressed answer that nobody asked for',
    fault: { type: 'large', bytes: 50_000_000, gzip: true },
    expected: { ...protocol, status: 200 },
    tries: 1,
    env: small,
  },
  {
    title: 'a redirect',
    fault: { type: 'redirect', status: 302, location: '/elsewhere' },
    expected: { ...protocol, status: 302 },
    tries: 1,
  },
  { title: 'a web page with 200', ...json('<!doctype html><title>Sign in</title>') },
  { title: 'text with 200', ...json('not json') },
  { title: 'half of a JSON text', ...json('{"_embedded": {"items": [{"userId": "1"') },
  { title: 'XML with 200', ...json('<xml><subscriber><user>1001</user></subscriber></xml>') },
  { title: 'a number', ...json(42) },
  { title: 'a text', ...json('"hello"') },
  { title: 'true', ...json(true) },
  { title: 'an array of numbers', ...json([1, 2, 3]) },
  { title: 'an array of arrays', ...json([[{ user: '1001' }]]) },
  { title: 'an empty body', ...json(''), only: 'cloudlink' },
  { title: 'null', ...json('null'), only: 'cloudlink' },
  { title: 'an empty object', ...json({}), only: 'cloudlink' },
  { title: 'an object that is no list', ...json({ users: [{ userId: '1' }] }), only: 'cloudlink' },
  { title: 'a list of texts', ...json({ _links: {}, _embedded: { items: ['ada'] } }), only: 'cloudlink' },
  { title: 'a list that is none', ...json({ _links: {}, _embedded: { items: 'ada' } }), only: 'cloudlink' },
  { title: 'a list without items', ...json({ _links: {}, _embedded: [] }), only: 'cloudlink' },
  {
    title: 'an error of its own with 200',
    ...json({ error: 'oops', error_description: 'It broke.' }),
    only: 'subscriber',
  },
];

const table = cases.flatMap((entry) =>
  (Object.keys(platforms) as Name[])
    .filter((name) => (entry.only ?? name) === name)
    .map((name) => ({ name, ...entry })),
);

it.each(table)('$name: $title is told by its code, and costs the other platform nothing', async (entry) => {
  const { name, fault, expected, tries, env = {} } = entry;
  const gateway = await withGateway({ env });
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: platforms[name].match, fault });

  const answer = await gateway.execute(QUERY, session);

  const { correlationId, ...rest } = answer.errors[0]?.extensions ?? {};
  expectOneFailure(name, answer, { ...expected, ...(correlationId !== undefined && { correlationId }) });
  expect(rest).not.toHaveProperty('reason');
  expect(await triesOf(gateway, name)).toBe(tries);
});

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: a 429 with a date tells the wait until then',
  async (name) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const fault = { type: 'tooMany', retryAfter: 'date:60' } as const;
    await gateway.sandbox.fail({ match: platforms[name].match, fault });

    const { errors } = await gateway.execute(QUERY, session);

    expect(errors[0]?.extensions['retryAfterMs']).toBeGreaterThan(50_000);
    expect(errors[0]?.extensions['retryAfterMs']).toBeLessThanOrEqual(60_000);
  },
);

it('subscriber: a 429 without Retry-After tells the wait of the RateLimit header', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const ratelimit = '"subscriber_minute";r=0;t=31;pk=:YQ==:, "client_minute";r=5;t=50;pk=:Yg==:';
  const fault = { type: 'status', status: 429, headers: { ratelimit } } as const;
  await gateway.sandbox.fail({ match: platforms.subscriber.match, fault });

  const answer = await gateway.execute(QUERY, session);
  expectOneFailure('subscriber', answer, { ...limited, retryAfterMs: 31_000 });
  expect(await triesOf(gateway, 'subscriber')).toBe(1);
});

it('subscriber: a 404 to a read is an empty list, and one from a web server a wrong path', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { match } = platforms.subscriber;
  await gateway.sandbox.fail({ match, times: 1, fault: { type: 'status', status: 404 } });
  expect((await gateway.execute(QUERY, session)).data?.['subscribers'].nodes).toEqual([]);

  const fault = { type: 'status', status: 404, body: '<html>nothing here</html>' } as const;
  await gateway.sandbox.fail({ match, fault });
  const answer = await gateway.execute(QUERY, session);

  expectOneFailure('subscriber', answer, { ...protocol, status: 404 });
  expect(answer.errors[0]?.message).toContain('SUBSCRIBER_API_URL');
});

it('cloudlink: an error carries the correlation id of its answer, and so does the log', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const headers = { 'x-mitel-correlation-id': 'corr-4711' };
  const fault = { type: 'status', status: 500, headers } as const;
  await gateway.sandbox.fail({ match: platforms.cloudlink.match, fault });

  const answer = await gateway.execute(QUERY, session);

  expectOneFailure('cloudlink', answer, { ...unavailable, status: 500, correlationId: 'corr-4711' });
  expect(gateway.log.at(-1)?.['failures']).toEqual([
    { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink', status: 500, correlationId: 'corr-4711' },
  ]);
});

it('cloudlink: a validation message names the field in both spellings of an index', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  for (const path of ['data.originalParticipants(0).type', 'data.originalParticipants[0].type']) {
    const body = { name: 'BadRequestError', message: `${path} should be equal to one of the allowed values` };
    const fault = { type: 'status', status: 400, body } as const;
    await gateway.sandbox.fail({ match: platforms.cloudlink.match, times: 1, fault });
    const { errors } = await gateway.execute(QUERY, session);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'originalParticipants.0.type',
    });
  }
});

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: one lost read is repeated, and nobody notices',
  async (name) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    for (const fault of [{ type: 'reset' }, { type: 'status', status: 503 }] as const) {
      await gateway.bill();
      await gateway.sandbox.fail({ match: platforms[name].match, times: 1, fault });
      const { errors } = await gateway.execute(QUERY, session);
      expect(errors).toEqual([]);
      expect(await triesOf(gateway, name)).toBe(2);
    }
  },
);

it('sends few more requests to a platform that is down than it was asked for', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { platform: 'cloudlink' }, fault: { type: 'status', status: 503 } });

  await Promise.all(Array.from({ length: 100 }, () => gateway.execute(QUERY, session)));

  // A tenth of a hundred is saved up beforehand, and a fifth is earned on the way (R2).
  expect(await triesOf(gateway, 'cloudlink')).toBeLessThanOrEqual(100 + 10 + 20);
});

/** A listener that is no HTTP server; it counts who came, and answers with these bytes. */
const withListener = async (answer: string | null) => {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    if (answer === null) socket.resume();
    else socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => server.close(),
  };
};

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: never follows a redirect to another host',
  async (name) => {
    const decoy = await withListener(null);
    const gateway = await withGateway();
    const session = await gateway.signIn();
    for (const status of [301, 302, 303, 307, 308]) {
      const fault = { type: 'redirect', status, location: `http://127.0.0.1:${decoy.port}/ns-api` } as const;
      await gateway.sandbox.fail({ match: platforms[name].match, times: 1, fault });
      expectOneFailure(name, await gateway.execute(QUERY, session), { ...protocol, status });
    }
    expect(decoy.connections()).toBe(0);
  },
);

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: a refused connection is told, twice tried',
  async (name) => {
    const closed = await withListener(null);
    closed.close();
    const gateway = await startWith(name, `http://127.0.0.1:${closed.port}`);

    expectOneFailure(name, await gateway.execute(QUERY, gateway.headers), unavailable);
    expect(gateway.log.at(-1)).toMatchObject({
      upstream: { [name]: 2 },
      failures: [{ code: 'UPSTREAM_UNAVAILABLE', platform: name, reason: 'ECONNREFUSED' }],
    });
  },
);

it.each(['cloudlink', 'subscriber'] as const)('%s: a name that does not resolve is told', async (name) => {
  const gateway = await startWith(name, 'http://nowhere.invalid');
  const answer = await gateway.execute(QUERY, gateway.headers);
  expectOneFailure(name, answer, unavailable);
  expect(answer.errors[0]?.message).toContain('cannot be reached');
});

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: https to a port that speaks none is told',
  async (name) => {
    const listener = await withListener('HTTP/1.1 400 Bad Request\r\n\r\n');
    const gateway = await startWith(name, `https://127.0.0.1:${listener.port}`);
    const answer = await gateway.execute(QUERY, gateway.headers);
    expectOneFailure(name, answer, unavailable);
    expect(answer.errors[0]?.message).toContain('cannot be reached securely');
  },
);

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: an answer that is not HTTP is told, once tried',
  async (name) => {
    const listener = await withListener('220 mail.example.test ESMTP\r\n');
    const gateway = await startWith(name, `http://127.0.0.1:${listener.port}`);
    expectOneFailure(name, await gateway.execute(QUERY, gateway.headers), protocol);
    expect(listener.connections()).toBe(1);
  },
);

/** A gateway one of whose platforms is elsewhere, and tokens that were got where it should be. */
const startWith = async (name: Name, url: string) => {
  const home = await withGateway();
  const { cloudlink, subscriber } = await home.tokens();
  const { variable, base, other } = platforms[name];
  const { variable: good, base: goodBase } = platforms[other === 'users' ? 'cloudlink' : 'subscriber'];
  const gateway = await withGateway({
    env: { [variable]: `${url}${base}`, [good]: `${home.sandbox.url}${goodBase}` },
  });
  // The tokens do not tell a domain without being asked, so the query names it.
  const execute: TestGateway['execute'] = (query, headers) =>
    gateway.execute(query.replace('subscribers(', 'subscribers(domain: "acme.12345.service", '), headers);
  return {
    ...gateway,
    execute,
    get log() {
      return gateway.log;
    },
    headers: { ...cloudlink, ...subscriber },
  };
};

it('cloudlink: a wrong base URL is reported as a wrong route, without the token that upstream echoes', async () => {
  const base = await withGateway();
  const gateway = await withGateway({
    env: { CLOUDLINK_ADMIN_URL: `${base.sandbox.url}/admin/2019-01-01` },
  });
  const { cloudlink } = await base.tokens();

  const { errors, data } = await gateway.execute('{ users(first: 2) { nodes { name } } }', cloudlink);

  expect(data?.['users']).toBeNull();
  expect(errors[0]?.extensions).toMatchObject({ ...protocol, platform: 'cloudlink', status: 403 });
  expect(errors[0]?.message).toMatch(
    /^CloudLink has no route `GET accounts\/[\w-]+\/users` .*CLOUDLINK_…_URL/,
  );
  const token = cloudlink['authorization']?.slice('Bearer '.length) ?? '';
  expect(token.length).toBeGreaterThan(100);
  expect(JSON.stringify([errors, gateway.log])).not.toContain(token);
});

it.each(['cloudlink', 'subscriber'] as const)(
  '%s: a client that leaves takes its request with it',
  async (name) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: platforms[name].match, fault: { type: 'hang' } });
    const client = new AbortController();
    const asked = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...session },
      body: JSON.stringify({ query: QUERY }),
      signal: client.signal,
    });
    await expect.poll(() => triesOf(gateway, name), { interval: 10 }).toBe(1);

    client.abort();

    await expect(asked).rejects.toThrow('aborted');
    await expect
      .poll(async () => (await gateway.sandbox.requests(platforms[name].filter))[0]?.aborted, {
        interval: 10,
        timeout: 1_000,
      })
      .toBe(true);
  },
);

it('answers by the deadline of the operation, with what the other platform gave', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '700', OPERATION_TIMEOUT_MS: '700' } });
  const session = await gateway.signIn();
  // The first call is answered at the last moment, so that little is left for those below it.
  await gateway.sandbox.fail({ match: platforms.cloudlink.match, fault: { type: 'latency', ms: 400 } });
  await gateway.sandbox.fail({
    match: { route: 'GET /accounts/{accountId}/sites' },
    fault: { type: 'hang' },
  });
  const started = performance.now();

  const { data, errors } = await gateway.execute(
    '{ users(first: 2) { nodes { name site { name } } } subscribers(first: 2) { nodes { extension } } }',
    session,
  );

  expect(performance.now() - started).toBeLessThan(700 + 250);
  expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['UPSTREAM_TIMEOUT']);
  expect(errors[0]?.extensions['paths']).toHaveLength(2);
  expect(data?.['subscribers'].nodes).toHaveLength(2);
  expect(data?.['users'].nodes.map((node: { site: unknown }) => node.site)).toEqual([null, null]);
});

it.each([
  ['503, then a reset', { type: 'status', status: 503 }, { type: 'reset' }],
  ['a reset, then 502', { type: 'reset' }, { type: 'status', status: 502 }],
] as const)('a read that is lost twice, by %s, leaves twice and no more', async (_how, first, second) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { match } = platforms.cloudlink;
  await gateway.sandbox.fail({ match, times: 1, fault: first });
  await gateway.sandbox.fail({ match, fault: second });
  const { errors } = await gateway.execute('{ users(first: 1) { nodes { name } } }', session);
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  expect(await triesOf(gateway, 'cloudlink')).toBe(2);
});

it('a 401 that refuses the call and not the caller renews nothing', async () => {
  const gateway = await withGateway({ switches: { legacyOutOfScope: '401' } });
  const session = await gateway.signIn();
  await gateway.sandbox.control('DELETE', '/requests');
  const { errors } = await gateway.execute(
    '{ subscriber(domain: "globex.67890.service", user: "2001") { name } }',
    session,
  );
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', status: 401 } }]);
  expect(await gateway.sandbox.requests()).toHaveLength(1);
});
