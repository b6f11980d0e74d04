import { describe, expect, it } from 'vitest';
import { CLIENT, PASSCODE, PASSWORD } from '../../src/sandbox/company.ts';
import { withGateway, type GatewayOptions } from './gateway.ts';
import { expectNoSecrets } from './secrets.ts';

const registered: GatewayOptions = {
  env: {
    CLOUDLINK_CLIENT_ID: CLIENT.id,
    CLOUDLINK_CLIENT_SECRET: CLIENT.secret,
    CLOUDLINK_SIGN_IN: 'code',
  },
};

/** A gateway at which somebody signed in by a code, and with a second factor, in a log that was cleared since. */
const used = async () => {
  const gateway = await withGateway(registered);
  await gateway.signIn();
  const login = `username: "1003@acme.12345.service", password: "${PASSWORD}", passcode: "${PASSCODE}"`;
  await gateway.execute(`mutation { signIn(input: { subscriber: { ${login} } }) { expiresAt } }`);
  const answers = (await gateway.sandbox.requests()).map(({ answer }) => answer);
  await gateway.bill();
  expect(await gateway.sandbox.requests()).toEqual([]);
  const find = (pattern: RegExp) => answers.flatMap((answer) => pattern.exec(answer)?.[1] ?? []);
  return { gateway, find };
};

describe('the search for secrets', () => {
  it.each([
    ['a refresh token of CloudLink', /"refresh_token":"(eyJ[^"]+)"/],
    ['a refresh token of the subscriber API', /"refresh_token":"([\da-f]+)"/],
    ['an access token of CloudLink', /"access_token":"(eyJ[^"]+)"/],
    ['the half token before a second factor', /"access_token":"([\da-f]+)".*"scope":"MFA"/],
    ['a code', /"code":"([^"]+)"/],
    ['the signature of a token', /"access_token":"eyJ[^".]+\.[^".]+\.([^"]+)"/],
  ])('finds %s that an answer of a platform held, though its log was cleared', async (_what, pattern) => {
    const { gateway, find } = await used();
    const [secret = ''] = find(pattern);
    expect(secret).not.toBe('');
    for (const leak of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      const line = JSON.stringify({ level: 'warn', msg: `it was ${leak}, then` });
      await expect(expectNoSecrets(['{}', line], gateway.sandbox)).rejects.toThrow(
        'secrets in what the gateway',
      );
    }
    await expectNoSecrets([JSON.stringify({ level: 'warn', msg: 'nothing' })], gateway.sandbox);
  });

  it('finds a credential that was passed through, though the world was reset', async () => {
    const gateway = await withGateway();
    const { cloudlink } = await gateway.tokens();
    await gateway.execute('{ users { totalCount } }', cloudlink);
    await gateway.sandbox.control('POST', '/reset');
    const token = cloudlink['authorization']?.slice('Bearer '.length) ?? '';
    await expect(expectNoSecrets([`x${token}x`], gateway.sandbox)).rejects.toThrow('secrets in what');
  });

  it('still knows every secret when the sandbox has been closed', async () => {
    const { gateway, find } = await used();
    const [secret = ''] = find(/"refresh_token":"([\da-f]+)"/);
    await gateway.sandbox.close();
    await expect(expectNoSecrets([secret], gateway.sandbox)).rejects.toThrow('secrets in what');
  });

  it('finds a session token anywhere but in the answer that hands it out', async () => {
    const { gateway } = await used();
    const issued = ['gws_0123456789'];
    await expect(expectNoSecrets(['a gws_0123456789'], gateway.sandbox, issued)).rejects.toThrow('secrets');
  });
});
