import { PASSWORD } from '../../src/sandbox/company.ts';
import type { TestGateway } from './gateway.ts';

const ADA = {
  grant_type: 'password',
  username: 'ada@example.test',
  password: PASSWORD,
  account_id: '100200300',
};

/** The lives of CloudLink's tokens differ from one to the next, by this many seconds. */
const nextLife = (seconds: number) => 3600 + ((seconds - 3600 + 137) % 401);

const issue = async (gateway: TestGateway): Promise<{ access_token: string; expires_in: number }> => {
  const response = await fetch(`${gateway.sandbox.url}/authentication/2017-09-01/token`, {
    method: 'POST',
    body: new URLSearchParams(ADA),
  });
  return response.json() as Promise<{ access_token: string; expires_in: number }>;
};

/** Does something while the sandbox's clock is back by so much that the next token of CloudLink ends in `seconds`. */
export const atTheEndOfLife = async <Result>(
  gateway: TestGateway,
  seconds: number,
  run: () => Promise<Result>,
): Promise<Result> => {
  const { expires_in: life } = await issue(gateway);
  const advanceMs = (seconds - nextLife(life)) * 1000;
  await gateway.sandbox.control('POST', '/clock', { advanceMs });
  const result = await run();
  await gateway.sandbox.control('POST', '/clock', { reset: true });
  return result;
};

/** A token of Ada's for CloudLink that ends in so many seconds, and when that is. */
export const shortToken = async (
  gateway: TestGateway,
  seconds: number,
): Promise<{ readonly headers: Record<string, string>; readonly endsAt: number }> => {
  const { access_token: token } = await atTheEndOfLife(gateway, seconds, () => issue(gateway));
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return { headers: { authorization: `Bearer ${token}` }, endsAt: exp * 1000 };
};
