import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { connect, openSocket, openStream } from './helpers/subscribers.ts';

const VIEWER = '{ viewer { __typename } }';
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { expiresAt } }`;

const codeOf = ({ errors }: Awaited<ReturnType<TestGateway['execute']>>) =>
  errors[0]?.extensions['code'] ?? null;

const codesOf = async (times: number, run: () => ReturnType<TestGateway['execute']>) => {
  const codes: unknown[] = [];
  for (let time = 0; time < times; time += 1) codes.push(codeOf(await run()));
  return codes;
};

const repeat = (code: unknown, times: number) => Array.from({ length: times }, () => code);

describe('a client that asks too often', () => {
  /** Those of ten seconds may come at once. */
  const most = 10;
  const limited = (env: Readonly<Record<string, string>> = {}) =>
    withGateway({ env: { MAX_OPERATIONS_PER_SECOND: '1', ...env } });

  it('is refused with 429, and told when to come back, and asks no platform any more', async () => {
    const gateway = await limited();
    const { cloudlink } = await gateway.tokens();
    const me = '{ users(first: 1) { nodes { id } } }';
    expect(await codesOf(most, () => gateway.execute(me, cloudlink))).toEqual(repeat(null, most));
    await gateway.bill();
    const { status, headers, errors, data } = await gateway.execute(me, cloudlink);
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    const { retryAfterMs, ...extensions } = errors[0]?.extensions ?? {};
    expect(extensions).toEqual({ code: 'RATE_LIMITED', retryable: true });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(headers.get('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1000)));
    expect(await gateway.bill()).toEqual([]);
  });

  it('keeps nobody else from being served', async () => {
    const gateway = await limited();
    const [{ cloudlink: ada }, { cloudlink: ben }] = [await gateway.tokens(), await gateway.tokens('ben')];
    expect(await codesOf(most + 2, () => gateway.execute(VIEWER, ada))).toEqual([
      ...repeat(null, most),
      ...repeat('RATE_LIMITED', 2),
    ]);
    expect(await codesOf(most, () => gateway.execute(VIEWER, ben))).toEqual(repeat(null, most));
  });

  it('is one client over HTTP, WebSocket, event streams and the routes beside GraphQL', async () => {
    const gateway = await limited();
    const { cloudlink } = await gateway.tokens();
    const client = await openSocket(gateway, cloudlink);
    const earlier = most - 5;
    expect(await codesOf(earlier, () => gateway.execute(VIEWER, cloudlink))).toEqual(repeat(null, earlier));
    expect((await client.execute(VIEWER)).errors).toBeUndefined();
    expect(codeOf(await gateway.execute(VIEWER, cloudlink))).toBeNull();
    expect((await gateway.fetch('/recordings/nothing', { headers: cloudlink })).status).toBe(400);
    expect((await gateway.fetch('/export/calls.csv?from=never', { headers: cloudlink })).status).toBe(400);
    expect((await openStream(gateway, VIEWER, cloudlink)).response.statusCode).toBe(200);

    expect((await client.execute(VIEWER)).errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
    expect(codeOf(await gateway.execute(VIEWER, cloudlink))).toBe('RATE_LIMITED');
    for (const path of ['/recordings/nothing', '/export/calls.csv?from=never']) {
      const answer = await gateway.fetch(path, { headers: cloudlink });
      expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    }
    expect((await openStream(gateway, VIEWER, cloudlink)).response.statusCode).toBe(429);
  });

  it('is no other client with a header that is of no use beside its token, nor with tokens that it makes up', async () => {
    const gateway = await limited();
    const { cloudlink } = await gateway.tokens();
    let made = 0;
    const besides = () =>
      gateway.execute(VIEWER, { ...cloudlink, 'x-subscriber-authorization': `x${(made += 1)}` });
    expect((await codesOf(most + 1, besides)).at(-1)).toBe('RATE_LIMITED');
    const madeUp = () => gateway.execute(VIEWER, { authorization: `Bearer made-up-${(made += 1)}` });
    // All of one address may do ten times as much as one client.
    expect((await codesOf(9 * most, madeUp)).at(-1)).toBe('RATE_LIMITED');
  });

  it('is refused, once its limit is reached, with a burst over one socket', async () => {
    const gateway = await limited();
    const { cloudlink } = await gateway.tokens();
    const client = await openSocket(gateway, cloudlink);
    const answers = await Promise.all(Array.from({ length: 90 }, () => client.execute(VIEWER)));
    const refused = answers.filter(({ errors }) => errors?.[0]?.extensions['code'] === 'RATE_LIMITED');
    expect(refused).toHaveLength(90 - most);
  });

  it('is refused for a document that cannot be read as for any other', async () => {
    const gateway = await limited();
    const codes = await codesOf(most + 1, () => gateway.execute('{'));
    expect(codes).toEqual([...repeat('GRAPHQL_PARSE_FAILED', most), 'RATE_LIMITED']);
  });

  it('is told apart from others by nobody where a proxy has no name here, which the log says once', async () => {
    const gateway = await limited();
    for (let last = 0; last < 3; last += 1)
      await gateway.execute(VIEWER, { 'x-forwarded-for': `192.0.2.${last}` });
    const told = gateway.log.filter(({ msg }) => String(msg).includes('TRUSTED_PROXIES'));
    expect(told).toMatchObject([{ address: '127.0.0.1' }]);
  });

  it('gets no more sockets let in from its address, with 1013', async () => {
    const gateway = await limited();
    const { cloudlink } = await gateway.tokens();
    for (let count = 0; count < most * 10; count += 1) await gateway.execute('{');
    const client = await connect(gateway);
    client.send({ type: 'connection_init', payload: cloudlink });
    expect(await client.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('one address') });
  });

  it('is known by its address where it presents nothing, which only our own proxies can tell', async () => {
    const gateway = await limited({ TRUSTED_PROXIES: 'loopback' });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect(await codesOf(most + 1, () => gateway.execute(VIEWER, from('192.0.2.1')))).toEqual([
      ...repeat(null, most),
      'RATE_LIMITED',
    ]);
    expect(codeOf(await gateway.execute(VIEWER, from('192.0.2.2')))).toBeNull();

    const plain = await limited();
    let last = 0;
    const codes = await codesOf(most + 1, () => plain.execute(VIEWER, from(`192.0.2.${(last += 1)}`)));
    expect(codes.at(-1)).toBe('RATE_LIMITED');
  });
});

describe('whoever tries to sign in too often', () => {
  const login = (username: string, password = 'wrong') => ({
    input: { subscriber: { username, password } },
  });
  const attempt = (gateway: TestGateway, username: string, headers = {}) =>
    gateway.execute(SIGN_IN, headers, login(username));

  it.each([
    ['that exists', '1001@acme.12345.service'],
    ['that does not', 'nobody@acme.12345.service'],
  ])(
    'is refused to an account %s after so many attempts, and the platform is not asked',
    async (_what, username) => {
      const gateway = await withGateway({ env: { MAX_SIGN_INS_PER_ACCOUNT: '3' } });
      expect(await codesOf(4, () => attempt(gateway, username))).toEqual([
        ...repeat('UNAUTHENTICATED', 3),
        'RATE_LIMITED',
      ]);
      const asked = await gateway.sandbox.requests();
      expect(asked.filter(({ object }) => object === 'oauth2')).toHaveLength(3);
      for (const written of [username.toUpperCase(), ` ${username} `, username.replace('1', '\uff11')]) {
        const { status, errors } = await attempt(gateway, written);
        expect([status, errors[0]?.extensions]).toEqual([
          200,
          { code: 'RATE_LIMITED', retryable: true, retryAfterMs: expect.any(Number) },
        ]);
      }
      const other = await gateway.execute(SIGN_IN, {}, login('1002@acme.12345.service', PASSWORD));
      expect(codeOf(other)).toBeNull();
    },
  );

  it('keeps nobody from an account who comes from elsewhere, until ten such have tried', async () => {
    const gateway = await withGateway({
      env: { MAX_SIGN_INS_PER_ACCOUNT: '1', TRUSTED_PROXIES: 'loopback' },
    });
    const username = '1001@acme.12345.service';
    const from = (last: number) => ({ 'x-forwarded-for': `192.0.2.${last}` });
    let last = 0;
    const next = () => attempt(gateway, username, from((last += 1)));
    expect(await codesOf(9, next)).toEqual(repeat('UNAUTHENTICATED', 9));
    const owner = () => gateway.execute(SIGN_IN, from(100), login(username, PASSWORD));
    expect(codeOf(await owner())).toBeNull();
    expect(codeOf(await next())).toBe('RATE_LIMITED');
  });

  it('has over a socket no more attempts than elsewhere', async () => {
    const gateway = await withGateway({
      env: { MAX_SIGN_INS_PER_ADDRESS: '3', TRUSTED_PROXIES: 'loopback' },
    });
    const { cloudlink } = await gateway.tokens('ben');
    const over = (address: string) =>
      openSocket(gateway, cloudlink, { headers: { 'x-forwarded-for': address } });
    const [one, other] = [await over('192.0.2.1'), await over('192.0.2.2')];
    const attemptOver = async (client: typeof one, username: string) =>
      (await client.execute(SIGN_IN, login(username))).errors?.[0]?.extensions['code'];
    for (const username of ['a', 'b', 'c']) expect(await attemptOver(one, username)).toBe('UNAUTHENTICATED');
    expect(await attemptOver(one, 'd')).toBe('RATE_LIMITED');
    expect(await attemptOver(other, 'e')).toBe('UNAUTHENTICATED');
  });

  it('is refused that alone, where other fields of the operation were carried out', async () => {
    const gateway = await withGateway({ env: { MAX_SIGN_INS_PER_ACCOUNT: '1' } });
    await attempt(gateway, '1001@acme.12345.service');
    const session = await gateway.signIn('ben');
    const { status, data, errors } = await gateway.execute(
      `mutation ($input: SignInInput!) { signOut signIn(input: $input) { expiresAt } }`,
      session,
      login('1001@acme.12345.service'),
    );
    expect({ status, data }).toEqual({ status: 200, data: { signOut: true, signIn: null } });
    expect(errors[0]?.extensions['code']).toBe('RATE_LIMITED');
  });

  it('is refused to further accounts, however many there are, from one address', async () => {
    const gateway = await withGateway({
      env: { MAX_SIGN_INS_PER_ADDRESS: '3', TRUSTED_PROXIES: 'loopback' },
    });
    const from = { 'x-forwarded-for': '192.0.2.1' };
    let last = 0;
    const next = () => attempt(gateway, `${(last += 1)}@acme.12345.service`, from);
    expect(await codesOf(4, next)).toEqual([...repeat('UNAUTHENTICATED', 3), 'RATE_LIMITED']);
    expect(codeOf(await attempt(gateway, '9@acme.12345.service'))).toBe('UNAUTHENTICATED');
  });
});
