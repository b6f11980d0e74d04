import { describe, expect, it } from 'vitest';
import { CLIENT, PARTNER_ID, PASSWORD } from '../../../src/sandbox/company.ts';
import {
  ACME,
  ADA,
  AUTHENTICATION,
  BEN,
  GRACE,
  PARTNER,
  acme,
  globex,
  userIdOf,
  withCloudlink,
} from './cloudlink.ts';
import { claimsOf } from './claims.ts';

const TOKEN = `${AUTHENTICATION}/token`;
const ada = { grant_type: 'password', username: ADA, password: PASSWORD };
const client = { grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret };

describe('POST /token with a password', () => {
  it('answers a form with the documented body', async () => {
    const { status, body } = await (await withCloudlink()).postToken(ada);
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(
      ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'].toSorted(),
    );
    expect(body).toMatchObject({ token_type: 'bearer', scope: 'read write' });
  });

  it.each([
    ['JSON', { 'Content-Type': 'application/json' }],
    ['JSON without a content type', { 'Content-Type': '' }],
  ])('answers %s', async (_, headers) => {
    const { send } = await withCloudlink();
    const { status, body } = await send('POST', TOKEN, { text: JSON.stringify(ada), headers });
    expect(status).toBe(200);
    expect(claimsOf(body.access_token).email).toBe(ADA);
  });

  it.each([
    ['a form without a content type', new URLSearchParams(ada).toString(), ''],
    ['a form as plain text', new URLSearchParams(ada).toString(), 'text/plain;charset=UTF-8'],
    ['JSON as a form, as curl sends it', JSON.stringify(ada), 'application/x-www-form-urlencoded'],
    ['JSON as plain text', ` ${JSON.stringify(ada)}`, 'text/plain'],
  ])('knows %s by its content', async (_, text, type) => {
    const { send } = await withCloudlink();
    const { status, body } = await send('POST', TOKEN, { text, headers: { 'Content-Type': type } });
    expect([status, claimsOf(body.access_token).email]).toEqual([200, ADA]);
  });

  it('is refused where it says it is JSON and is not', async () => {
    const { send } = await withCloudlink();
    const headers = { 'Content-Type': 'application/json' };
    const { status, body } = await send('POST', TOKEN, { text: 'grant_type=password', headers });
    expect([status, body.message]).toEqual([400, 'The body is not valid JSON']);
  });

  it('takes account and client as not given where they were left empty', async () => {
    const { send, postToken } = await withCloudlink();
    const form = { ...ada, account_id: '', client_id: '', client_secret: '', scope: '' };
    expect((await postToken(form)).status).toBe(200);
    const json = { ...ada, account_id: null };
    expect((await send('POST', TOKEN, { json })).status).toBe(200);
    const { status, body } = await postToken({ ...client, account_id: '' });
    expect([status, body.message]).toEqual([400, "data should have required property 'account_id'"]);
  });

  it('gives an hour and up to 400 seconds, not the same each time', async () => {
    const { postToken } = await withCloudlink();
    const lifetimes = new Set<number>();
    for (let index = 0; index < 10; index += 1) lifetimes.add(Number((await postToken(ada)).body.expires_in));
    expect(Math.min(...lifetimes)).toBeGreaterThanOrEqual(3600);
    expect(Math.max(...lifetimes)).toBeLessThanOrEqual(4000);
    expect(lifetimes.size).toBeGreaterThan(5);
  });

  it.each([
    ['the number', acme.accountNumber],
    ['the GUID', acme.accountId],
  ])('takes %s of the account', async (_, account) => {
    const { body } = await (await withCloudlink()).postToken({ ...ada, account_id: account });
    expect(claimsOf(body.access_token).accountId).toBe(acme.accountId);
  });

  it('takes the account as a JSON number', async () => {
    const { send } = await withCloudlink();
    const { status } = await send('POST', TOKEN, {
      json: { ...ada, account_id: Number(acme.accountNumber) },
    });
    expect(status).toBe(200);
  });

  it.each([
    ['a partner id', PARTNER_ID],
    ['an unknown account', '999999999'],
  ])('answers %s in place of the account with a bare 401', async (_, account) => {
    const { status, body } = await (await withCloudlink()).postToken({ ...ada, account_id: account });
    expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
  });

  it.each([
    ['a wrong password', { ...ada, password: 'wrong' }],
    ['an unknown address', { ...ada, username: 'nobody@example.test' }],
    ['somebody without a login', { ...ada, username: 'oscar.lind@example.test' }],
    ['an account of others', { ...ada, account_id: globex.accountNumber }],
    ['a wrong client secret', { ...ada, client_id: CLIENT.id, client_secret: 'wrong' }],
    ['an unknown client', { ...ada, client_id: 'unknown' }],
    ['a secret without its client', { ...ada, client_secret: CLIENT.secret }],
  ])('answers %s with a 401 and a message', async (_, form) => {
    const { status, body } = await (await withCloudlink()).postToken(form);
    expect([status, body.name, typeof body.message]).toEqual([401, 'UnauthorizedError', 'string']);
  });

  it('accepts the client that goes with the password', async () => {
    const { postToken } = await withCloudlink();
    const { status } = await postToken({ ...ada, client_id: CLIENT.id, client_secret: CLIENT.secret });
    expect(status).toBe(200);
  });

  it.each([['username'], ['password']])('names a missing %s', async (name) => {
    const { postToken } = await withCloudlink();
    const form = Object.fromEntries(Object.entries(ada).filter(([field]) => field !== name));
    const { status, body } = await postToken(form);
    expect([status, body.message]).toEqual([400, `data should have required property '${name}'`]);
  });

  it.each([
    [{}, "data should have required property 'grant_type'"],
    [{ grant_type: 'magic' }, 'data.grant_type should be equal to one of the allowed values'],
    [{ grant_type: '__proto__' }, 'data.grant_type should be equal to one of the allowed values'],
  ])('refuses the grant of %j', async (form, message) => {
    const { status, body } = await (await withCloudlink()).postToken(form);
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });

  it('asks somebody in two accounts which one, and takes either', async () => {
    const { send, postToken, signIn } = await withCloudlink();
    const token = await signIn(GRACE);
    await send('POST', `/admin/2017-09-01/accounts/${globex.accountId}/users`, {
      token,
      json: { email: ADA },
    });
    const undecided = await postToken(ada);
    expect([undecided.status, undecided.body.message]).toEqual([
      400,
      "data should have required property 'account_id'",
    ]);
    for (const { accountId, accountNumber } of [acme, globex]) {
      const { body } = await postToken({ ...ada, account_id: accountNumber });
      expect(claimsOf(body.access_token).accountId).toBe(accountId);
    }
  });

  it("lets the partner's admin into any account of the partner", async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(PARTNER, acme.accountNumber);
    expect(claimsOf(token)).toMatchObject({
      accountId: acme.accountId,
      role: 'PARTNER_ADMIN',
      email: PARTNER,
    });
    expect((await send('GET', `${ACME}/users`, { token })).status).toBe(200);
  });
});

describe('POST /token with a refresh token', () => {
  it.each([['refresh_token'], ['token']])('takes it in the field %s', async (name) => {
    const { postToken } = await withCloudlink();
    const first = await postToken(ada);
    const second = await postToken({ grant_type: 'refresh_token', [name]: String(first.body.refresh_token) });
    expect(second.status).toBe(200);
    expect(claimsOf(second.body.access_token).email).toBe(ADA);
    expect(second.body.access_token).not.toBe(first.body.access_token);
  });

  it('lasts 360 hours', async () => {
    const { postToken, clock } = await withCloudlink();
    const { refresh_token: token } = (await postToken(ada)).body;
    const refresh = () => postToken({ grant_type: 'refresh_token', refresh_token: String(token) });
    clock.advance(360 * 3_600_000 - 2000);
    expect((await refresh()).status).toBe(200);
    clock.advance(2000);
    expect((await refresh()).status).toBe(401);
  });

  it('keeps the account the partner entered', async () => {
    const { postToken } = await withCloudlink();
    const first = await postToken({ ...ada, username: PARTNER, account_id: acme.accountNumber });
    const second = await postToken({
      grant_type: 'refresh_token',
      refresh_token: String(first.body.refresh_token),
    });
    expect(claimsOf(second.body.access_token).accountId).toBe(acme.accountId);
  });

  it.each([
    ['an access token', 'access_token'],
    ['nonsense', 'scope'],
  ])('refuses %s', async (_, field) => {
    const { postToken } = await withCloudlink();
    const { body } = await postToken(ada);
    const { status } = await postToken({ grant_type: 'refresh_token', refresh_token: String(body[field]) });
    expect(status).toBe(401);
  });

  it('refuses somebody who has been deleted', async () => {
    const { postToken, send, signIn } = await withCloudlink();
    const { refresh_token: token } = (await postToken({ ...ada, username: BEN })).body;
    await send('DELETE', `${ACME}/users/${userIdOf(BEN)}`, { token: await signIn(ADA) });
    const { status } = await postToken({ grant_type: 'refresh_token', refresh_token: String(token) });
    expect(status).toBe(401);
  });

  it('names a missing token', async () => {
    const { status, body } = await (await withCloudlink()).postToken({ grant_type: 'refresh_token' });
    expect([status, body.message]).toEqual([400, "data should have required property 'refresh_token'"]);
  });
});

describe('POST /token with client credentials', () => {
  it.each([
    [acme.accountNumber, acme.accountId],
    [globex.accountId, globex.accountId],
  ])('signs the client in to account %s, without a refresh token', async (account, accountId) => {
    const { postToken, send } = await withCloudlink();
    const { status, body } = await postToken({ ...client, account_id: account });
    expect([status, 'refresh_token' in body]).toEqual([200, false]);
    expect(claimsOf(body.access_token)).toMatchObject({
      principalId: CLIENT.id,
      accountId,
      role: 'ACCOUNT_ADMIN',
    });
    const token = String(body.access_token);
    expect((await send('GET', `/admin/2017-09-01/accounts/${accountId}/users`, { token })).status).toBe(200);
  });

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 'Invalid client'],
    ['an unknown client', { client_id: 'unknown' }, 'Invalid client'],
    ['a partner id', { account_id: PARTNER_ID }, 'Unauthorized'],
  ])('refuses %s', async (_, change, message) => {
    const { postToken } = await withCloudlink();
    const { status, body } = await postToken({ ...client, account_id: acme.accountNumber, ...change });
    expect([status, body.message]).toEqual([401, message]);
  });

  it('names a missing account', async () => {
    const { status, body } = await (await withCloudlink()).postToken(client);
    expect([status, body.message]).toEqual([400, "data should have required property 'account_id'"]);
  });
});

describe('GET /token', () => {
  it('tells a user who they are, with strings where others have booleans and times', async () => {
    const { send, signIn, clock } = await withCloudlink();
    const { status, body } = await send('GET', TOKEN, { token: await signIn(ADA) });
    expect(status).toBe(200);
    expect(body).toEqual({
      principalId: userIdOf(ADA),
      userId: userIdOf(ADA),
      uniqueUserId: userIdOf(ADA),
      accountId: acme.accountId,
      partnerId: PARTNER_ID,
      role: 'ACCOUNT_ADMIN',
      name: 'Ada Example',
      email: ADA,
      loginId: ADA,
      emailVerified: 'true',
      mobileVerified: 'false',
      phoneVerified: 'true',
      extensionVerified: 'true',
      extension: '1001',
      phone: '+15553000000',
      mobile: '+15551001000',
      siteId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      photoUrl: expect.stringMatching(/^https:/),
      profileHeaderUrl: '',
      languageCode: 'en-US',
      domain: `${acme.accountId}.us.dev.api.example.test`,
      sipAddress: `${userIdOf(ADA)}@${acme.accountId}.us.dev.api.example.test`,
      iss: expect.stringMatching(/\/cloudlink$/),
      aud: '',
      iat: String(Math.floor(clock.now() / 1000)),
      exp: expect.stringMatching(/^\d{10}$/),
      integrationLatency: 0,
    });
  });

  it('tells a client who it is, with empty strings for what only people have', async () => {
    const { send, postToken } = await withCloudlink();
    const { access_token: token } = (await postToken({ ...client, account_id: acme.accountNumber })).body;
    const { body } = await send('GET', TOKEN, { token: String(token) });
    expect(body).toMatchObject({
      principalId: CLIENT.id,
      userId: '',
      email: '',
      extension: '',
      emailVerified: '',
    });
  });
});
