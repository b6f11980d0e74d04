import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { openSocket, openStream } from './helpers/subscribers.ts';

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
      const { status, headers, data } = await attempt(gateway, username.toUpperCase());
      expect([status, data?.['signIn'] ?? null]).toEqual([429, null]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      const other = await gateway.execute(SIGN_IN, {}, login('1002@acme.12345.service', PASSWORD));
      expect(codeOf(other)).toBeNull();
    },
  );

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
