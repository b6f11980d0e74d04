import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../../../src/sandbox/company.ts';
import { claimsOf } from './claims.ts';
import { ACME, ADA, acme, userIdOf, withCloudlink } from './cloudlink.ts';

const grant = { grant_type: 'password', username: ADA, password: PASSWORD };

describe('tokens', () => {
  it('carry exactly the documented claims in the access token', async () => {
    const { signIn, clock } = await withCloudlink();
    const claims = claimsOf(await signIn(ADA));
    const userId = userIdOf(ADA);
    const domain = `${acme.accountId}.us.dev.api.example.test`;
    const iat = Math.floor(clock.now() / 1000);
    expect(claims).toEqual({
      uniqueUserId: userId,
      principalId: userId,
      userId,
      accountId: acme.accountId,
      partnerId: '400100200',
      domain,
      name: 'Ada Example',
      email: ADA,
      emailVerified: true,
      mobileVerified: false,
      phoneVerified: true,
      extensionVerified: true,
      languageCode: 'en-US',
      role: 'ACCOUNT_ADMIN',
      sipAddress: `${userId}@${domain}`,
      iss: 'https://authentication.us-east-1.us.dev.api.example.test/cloudlink',
      iat,
      exp: expect.any(Number),
    });
  });

  it('expire when the answer said they would', async () => {
    const { postToken, clock } = await withCloudlink();
    const { body } = await postToken(grant);
    expect(claimsOf(body.access_token).exp).toBe(Math.floor(clock.now() / 1000) + Number(body.expires_in));
  });

  it('carry exactly the documented claims in the refresh token', async () => {
    const { postToken, clock } = await withCloudlink();
    const iat = Math.floor(clock.now() / 1000);
    expect(claimsOf((await postToken(grant)).body.refresh_token)).toEqual({
      accountId: acme.accountId,
      iss: 'https://authentication.us-east-1.us.dev.api.example.test/cloudlink',
      type: 'user',
      id: userIdOf(ADA),
      assumedRole: 'ACCOUNT_ADMIN',
      authProvider: 'cloudlink',
      iat,
      exp: iat + 360 * 3600,
    });
  });
});

describe('the Authorization header', () => {
  it.each([['Bearer '], ['bearer '], ['']])('is understood with the prefix "%s"', async (prefix) => {
    const { send, signIn } = await withCloudlink();
    const headers = { Authorization: `${prefix}${await signIn(ADA)}` };
    expect((await send('GET', ACME, { headers })).status).toBe(200);
  });

  it('is refused from the second the token expires', async () => {
    const { send, postToken, clock } = await withCloudlink();
    const { access_token: token, expires_in: seconds } = (await postToken(grant)).body;
    const { status } = await send('GET', ACME, { token: String(token) });
    clock.advance(Number(seconds) * 1000 - 1000);
    const late = await send('GET', ACME, { token: String(token) });
    clock.advance(1000);
    const tooLate = await send('GET', ACME, { token: String(token) });
    expect([status, late.status, tooLate.status]).toEqual([200, 200, 401]);
    expect(tooLate.body).toEqual({ message: 'Unauthorized' });
  });

  it('is refused where it is missing, nonsense, forged or a refresh token', async () => {
    const { send, postToken } = await withCloudlink();
    const { access_token: access, refresh_token: refresh } = (await postToken(grant)).body;
    const [header, , signature] = String(access).split('.');
    const forgedClaims = Buffer.from(JSON.stringify({ ...claimsOf(access), role: 'PARTNER_ADMIN' }));
    const forged = `${header}.${forgedClaims.toString('base64url')}.${signature}`;
    for (const headers of [
      {},
      { Authorization: 'x' },
      { Authorization: forged },
      { Authorization: String(refresh) },
    ]) {
      const { status, body } = await send('GET', ACME, { headers });
      expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
    }
  });

  it('stays good over a reset', async () => {
    const { send, signIn, control } = await withCloudlink();
    const token = await signIn(ADA);
    await send('PUT', ACME, { token, json: { name: 'Changed' } });
    expect((await control('POST', '/reset', {})).status).toBe(204);
    expect((await send('GET', ACME, { token })).body.name).toBe('Acme Ltd');
  });
});
