import { describe, expect, it } from 'vitest';
import { createClock } from '../../../src/sandbox/clock.ts';
import { postAuthorize } from '../../../src/sandbox/cloudlink/authorize.ts';
import { seedStore } from '../../../src/sandbox/cloudlink/seed.ts';
import { CLIENT, PASSWORD, createCompany } from '../../../src/sandbox/company.ts';
import { defaultSwitches } from '../../../src/sandbox/switches.ts';
import { claimsOf } from './claims.ts';
import { ACME, ADA, AUTHENTICATION, acme, withCloudlink } from './cloudlink.ts';

const AUTHORIZE = `${AUTHENTICATION}/authorize`;
const request = {
  response_type: 'code',
  client_id: CLIENT.id,
  username: ADA,
  password: PASSWORD,
  account_id: acme.accountNumber,
  redirect_uri: 'https://app.example.com/back',
};

const withCode = async () => {
  const cloudlink = await withCloudlink();
  const { status, body } = await cloudlink.send('POST', AUTHORIZE, { form: request });
  const exchange = (change: Readonly<Record<string, string>> = {}) =>
    cloudlink.postToken({
      grant_type: 'authorization_code',
      code: String(body.code),
      client_id: CLIENT.id,
      ...change,
    });
  return { ...cloudlink, status, exchange };
};

describe('POST /authorize', () => {
  it('answers 201 with a code that buys tokens once', async () => {
    const { status, exchange } = await withCode();
    const first = await exchange();
    const second = await exchange();
    expect([status, first.status, second.status]).toEqual([201, 200, 401]);
    expect(claimsOf(first.body.access_token).email).toBe(ADA);
    expect(typeof first.body.refresh_token).toBe('string');
  });

  it('gives a code that lasts less than a minute', async () => {
    const { exchange, clock } = await withCode();
    clock.advance(60_000);
    expect((await exchange()).status).toBe(401);
  });

  it('takes the code exchange as JSON, as the official sample sends it', async () => {
    const { send } = await withCloudlink();
    const { body } = await send('POST', AUTHORIZE, { json: request });
    const json = { grant_type: 'authorization_code', code: body.code, client_id: CLIENT.id };
    expect((await send('POST', `${AUTHENTICATION}/token`, { json })).status).toBe(200);
  });

  it('takes the form without a content type', async () => {
    const { send } = await withCloudlink();
    const text = new URLSearchParams(request).toString();
    const headers = { 'Content-Type': '' };
    expect((await send('POST', AUTHORIZE, { text, headers })).status).toBe(201);
  });

  it('forgets codes that nobody used once they are past their minute', () => {
    const clock = createClock();
    const store = seedStore(createCompany(), clock.now());
    const body = Buffer.from(new URLSearchParams(request).toString());
    const incoming = { method: 'POST', path: '/2017-09-01/authorize', query: '', headers: {}, body };
    const limiter = { admit: () => undefined };
    const call = { incoming, store, clock, switches: defaultSwitches, limiter };
    const authorize = () =>
      postAuthorize({ ...call, path: incoming.path, query: new URLSearchParams(), parameter: () => '' });
    authorize();
    authorize();
    expect(store.grants.size).toBe(2);
    clock.advance(60_000);
    authorize();
    expect(store.grants.size).toBe(1);
  });

  it.each([
    ['another client', { client_id: 'other' }],
    ['a wrong secret', { client_secret: 'wrong' }],
    ['a code that never was', { code: 'nonsense' }],
  ])('refuses the code from %s', async (_, change) => {
    const { exchange } = await withCode();
    const { status, body } = await exchange(change);
    expect([status, body.name]).toEqual([401, 'UnauthorizedError']);
  });

  it('refuses the code from another client of the account', async () => {
    const { send, signIn, exchange } = await withCode();
    const json = { name: 'Another' };
    const { body } = await send('POST', `${ACME}/clients`, { token: await signIn(ADA), json });
    expect((await exchange({ client_id: String(body.clientId) })).status).toBe(401);
  });

  it.each([
    [{ ...request, password: 'wrong' }, 401],
    [{ ...request, client_id: 'unknown' }, 401],
    [{ ...request, response_type: 'token' }, 400],
    [{ response_type: 'code', username: ADA, password: PASSWORD }, 400],
  ])('refuses %j with %i', async (form, expected) => {
    const { send } = await withCloudlink();
    expect((await send('POST', AUTHORIZE, { form })).status).toBe(expected);
  });
});
