import { expect, test } from 'vitest';
import { CLIENT, PASSCODE } from '../../../src/sandbox/company.ts';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, CHLOE, explanation, GLOBEX, passwordGrant, start } from './start.ts';

const client = { client_id: CLIENT.id, client_secret: CLIENT.secret };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Reply = Record<string, unknown>;
const open = async (switches = {}) => {
  const platform = await start(switches);
  const ask = async (fields: Record<string, string>, headers?: Record<string, string>) =>
    (await (await platform.askToken(fields, headers)).json()) as Reply;
  const refresh = (token: unknown) =>
    platform.askToken({ grant_type: 'refresh_token', ...client, refresh_token: String(token) });
  const status = async (token: unknown) =>
    (await platform.call(String(token), { object: 'subscriber', action: 'read', uid: BEN })).status;
  return { ...platform, ask, refresh, status };
};

test('a password gives tokens with the facts of their owner', async () => {
  const { ask } = await open();
  const reply = await ask(passwordGrant(ADA));
  expect(reply).toEqual({
    access_token: expect.stringMatching(/^[0-9a-f]{32}$/),
    refresh_token: expect.stringMatching(/^[0-9a-f]{32}$/),
    expires_in: 3600,
    scope: 'Office Manager',
    token_type: 'Bearer',
    legacy: false,
    domain: ACME,
    apiversion: 'Version: 40.1.3',
    username: ADA,
    user: '1001',
    uid: ADA,
    login: ADA,
    territory: '12345',
    department: 'Sales',
    site: 'Harbour',
    group: 'Sales',
    displayName: 'Ada Example',
    user_email: 'ada@example.test',
    client_id: CLIENT.id,
  });
});

test('newer builds give the user as a number and another version', async () => {
  const { ask } = await open({ legacyTyping: 'numeric' });
  const reply = await ask(passwordGrant(`0012@${ACME}`));
  expect(reply).toMatchObject({ user: 12, uid: `0012@${ACME}`, apiversion: 'Version: 41.2.3' });
});

test('operators log in, their domain being administrative', async () => {
  const { ask } = await open();
  expect(await ask(passwordGrant(RESELLER_LOGIN))).toMatchObject({
    scope: 'Reseller',
    domain: '0000.12345',
    territory: '12345',
    site: 'n/a',
    department: 'n/a',
    group: 'n/a',
  });
  expect(await ask(passwordGrant(SUPER_USER_LOGIN))).toMatchObject({ scope: 'Super User' });
});

test('a token reply is XML only where XML is asked for', async () => {
  const { askToken } = await open();
  const response = await askToken({ ...passwordGrant(ADA), format: 'xml' });
  expect(await response.text()).toMatch(/^<xml><oauth2><access_token>[0-9a-f]{32}<\/access_token>/);
});

test('the client may prove itself by HTTP Basic', async () => {
  const { askToken } = await open();
  const { client_id: _id, client_secret: _secret, ...fields } = passwordGrant(ADA);
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  expect((await askToken(fields, basic(`${CLIENT.id}:${CLIENT.secret}`))).status).toBe(200);
  expect((await askToken(fields, basic(`${CLIENT.id}:wrong`))).status).toBe(401);
  expect((await askToken(fields)).status).toBe(400);
});

test('wrong credentials get 401, its text in the status line and in the warning, and no body', async () => {
  const { askToken } = await open();
  const wrongPassword = await askToken({ ...passwordGrant(ADA), password: 'wrong' });
  expect(explanation(wrongPassword)).toEqual({
    status: 401,
    statusText: 'Unauthorized Invalid username and password combination.',
    warning: 'Invalid username and password combination.',
  });
  expect(await wrongPassword.text()).toBe('');
  const wrongClient = await askToken({ ...passwordGrant(ADA), client_secret: 'wrong' });
  expect(explanation(wrongClient)).toMatchObject({
    status: 401,
    warning: 'The client credentials are invalid.',
  });
  expect((await askToken(passwordGrant('nobody@nowhere'))).status).toBe(401);
  expect((await askToken(passwordGrant(`800@${ACME}`))).status).toBe(401);
});

test('wrong credentials are told in a body, or in a success without a token, by switch', async () => {
  const { askToken, change } = await open({ legacyBadCredentials: '400-json' });
  const wrong = { ...passwordGrant(ADA), password: 'wrong' };
  const told = {
    error: 'invalid_grant',
    error_description: 'Invalid username and password combination.',
  };
  const refused = await askToken(wrong);
  expect([refused.status, await refused.json()]).toEqual([400, told]);
  await change({ legacyBadCredentials: '200-without-token' });
  const inBand = await askToken(wrong);
  expect([inBand.status, await inBand.json()]).toEqual([200, told]);
});

test('the warning takes the form of the HTTP header by switch', async () => {
  const { send, logIn, call } = await open({ legacyWarning: '199' });
  const response = await send('/ns-api/?object=subscriber&action=read');
  expect(response.headers.get('warning')).toMatch(/^199 127\.0\.0\.1:\d+ "No access token was supplied\."$/);
  const quoted = await call(await logIn(ADA), { object: '"a" é', action: 'read' });
  expect(quoted.headers.get('warning')).toMatch(/ "Unknown object or action: 'a' \? read"$/);
});

test('a grant without what it needs, or of an unknown type, is a bad request', async () => {
  const { askToken } = await open();
  const { username: _username, ...nameless } = passwordGrant(ADA);
  expect(explanation(await askToken(nameless))).toMatchObject({
    status: 400,
    warning: 'Missing parameter: username',
  });
  expect((await askToken({ ...client })).status).toBe(400);
  expect((await askToken({ ...passwordGrant(ADA), grant_type: 'implicit' })).status).toBe(400);
});

test('a token is missing, invalid or expired in three texts', async () => {
  const { send, logIn, call, advance } = await open();
  const fields = { object: 'subscriber', action: 'read', uid: ADA };
  const token = await logIn(ADA);
  expect(explanation(await send('/ns-api/?object=subscriber&action=read'))).toEqual({
    status: 401,
    statusText: 'Unauthorized No access token was supplied.',
    warning: 'No access token was supplied.',
  });
  expect(explanation(await call('bogus', fields))).toEqual({
    status: 401,
    statusText: 'Unauthorized The access token provided is invalid.',
    warning: 'The access token provided is invalid.',
  });
  await advance(HOUR - MINUTE);
  expect((await call(token, fields)).status).toBe(200);
  await advance(MINUTE);
  expect(explanation(await call(token, fields))).toEqual({
    status: 401,
    statusText: 'Unauthorized The access token provided has expired.',
    warning: 'The access token provided has expired.',
  });
});

test('the word before a token is read in any case', async () => {
  const { send, logIn } = await open();
  const headers = { authorization: `bearer ${await logIn(ADA)}` };
  const response = await send(`/ns-api/?object=subscriber&action=read&uid=${ADA}`, { headers });
  expect(response.status).toBe(200);
});

test('a refresh gives new tokens and another subset of facts', async () => {
  const { ask, refresh, status } = await open();
  const first = await ask(passwordGrant(BEN));
  const second = (await (await refresh(first.refresh_token)).json()) as Reply;
  expect(second).toEqual({
    access_token: expect.stringMatching(/^[0-9a-f]{32}$/),
    refresh_token: expect.stringMatching(/^[0-9a-f]{32}$/),
    expires_in: 3600,
    expires: expect.any(Number),
    token_type: 'Bearer',
    scope: 'Basic User',
    uid: BEN,
    domain: ACME,
    territory: '12345',
    client_id: CLIENT.id,
    rate_limit: '0',
    apiversion: 'Version: 40.1.3',
  });
  expect(second.access_token).not.toBe(first.access_token);
  expect(Math.abs(Number(second.expires) - (Date.now() + HOUR) / 1000)).toBeLessThan(60);
  expect(await status(second.access_token)).toBe(200);
});

test('a refresh token is good once, for 24 hours', async () => {
  const { ask, refresh, advance } = await open();
  const { refresh_token: used } = await ask(passwordGrant(BEN));
  expect((await refresh(used)).status).toBe(200);
  expect(explanation(await refresh(used))).toMatchObject({ status: 401, warning: 'Invalid refresh token.' });

  const { refresh_token: kept } = await ask(passwordGrant(BEN));
  await advance(24 * HOUR - MINUTE);
  const { refresh_token: next } = (await (await refresh(kept)).json()) as Reply;
  await advance(24 * HOUR);
  expect(explanation(await refresh(next))).toMatchObject({
    status: 401,
    warning: 'Refresh token has expired.',
  });
});

test('a used refresh token stays good for the grace of its switch', async () => {
  const { ask, refresh, advance } = await open({ legacyRefreshGraceMs: MINUTE });
  const { refresh_token: used } = await ask(passwordGrant(BEN));
  expect((await refresh(used)).status).toBe(200);
  await advance(MINUTE / 2);
  expect((await refresh(used)).status).toBe(200);
  await advance(MINUTE / 2);
  expect((await refresh(used)).status).toBe(401);
});

test('many tokens of one user are good at once, also after a refresh', async () => {
  const { ask, refresh, status } = await open();
  const first = await ask(passwordGrant(BEN));
  const second = await ask(passwordGrant(BEN));
  await refresh(first.refresh_token);
  expect([await status(first.access_token), await status(second.access_token)]).toEqual([200, 200]);
});

test('a second factor turns a token that is good for nothing else into a real one', async () => {
  const { ask, askToken, status, call } = await open();
  const first = await ask(passwordGrant(CHLOE));
  expect(first.scope).toBe('MFA');
  expect(await status(first.access_token)).toBe(401);

  const step = {
    ...client,
    grant_type: 'mfa',
    mfa_vendor: 'google',
    mfa_type: 'authenticator',
    ns_id_type: 'subscriber',
    access_token: String(first.access_token),
  };
  expect((await askToken({ ...step, passcode: '000000' })).status).toBe(401);
  const second = await ask({ ...step, passcode: PASSCODE });
  expect(second).toMatchObject({ scope: 'Basic User', uid: CHLOE });
  const own = await call(String(second.access_token), { object: 'subscriber', action: 'read', uid: CHLOE });
  expect(own.status).toBe(200);
  expect((await askToken({ ...step, passcode: PASSCODE })).status).toBe(401);
});

test('a token with its full scope is no first step', async () => {
  const { askToken, logIn } = await open();
  const step = { ...client, grant_type: 'mfa', passcode: PASSCODE, access_token: await logIn(ADA) };
  expect((await askToken(step)).status).toBe(401);
});

test('a refresh does not replace the second factor', async () => {
  const { ask, refresh, status } = await open();
  const first = await ask(passwordGrant(CHLOE));
  const refreshed = (await (await refresh(first.refresh_token)).json()) as Reply;
  expect(refreshed.scope).toBe('MFA');
  expect(await status(refreshed.access_token)).toBe(401);
});

test('scopes above an office manager act as the users they see', async () => {
  const { ask, askToken, logIn } = await open();
  const masquerade = async (login: string, uid: string) => ({
    grant_type: 'masquerade',
    mask_uid: uid,
    access_token: await logIn(login),
  });
  expect(await ask(await masquerade(RESELLER_LOGIN, BEN))).toMatchObject({ uid: BEN, scope: 'Basic User' });
  expect((await askToken(await masquerade(ADA, BEN))).status).toBe(403);
  expect((await askToken(await masquerade(RESELLER_LOGIN, `2001@${GLOBEX}`))).status).toBe(403);
  expect((await askToken(await masquerade(RESELLER_LOGIN, `4711@${ACME}`))).status).toBe(404);
});

test('a token tells about itself', async () => {
  const { send, logIn, advance } = await open();
  const headers = { authorization: `Bearer ${await logIn(ADA)}` };
  const read = (search = '') => send(`/ns-api/oauth2/read${search}`, { headers });
  expect(await (await read('?format=json')).json()).toMatchObject({
    uid: ADA,
    login: ADA,
    scope: 'Office Manager',
    domain: ACME,
    territory: '12345',
    client_id: CLIENT.id,
    expires: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  });
  await advance(HOUR);
  expect((await read()).status).toBe(401);
});

test('a revoked token is invalid, whether it gave access or refreshed', async () => {
  const { ask, send, refresh, status } = await open();
  const reply = await ask(passwordGrant(BEN));
  const revoke = (token: unknown, fields: Record<string, string> = client) =>
    send('/ns-api/oauth2/revoke', {
      method: 'POST',
      body: new URLSearchParams({ ...fields, token: String(token) }),
    });
  expect((await revoke(reply.access_token, { ...client, client_secret: 'wrong' })).status).toBe(401);
  expect(await status(reply.access_token)).toBe(200);
  expect((await revoke(reply.access_token)).status).toBe(200);
  expect(await status(reply.access_token)).toBe(401);
  expect((await revoke(reply.refresh_token)).status).toBe(200);
  expect((await refresh(reply.refresh_token)).status).toBe(401);
  expect((await send('/ns-api/oauth2/revoke?token=x')).status).toBe(405);
});

test('tokens survive a reset', async () => {
  const { ask, status, reset, refresh } = await open();
  const reply = await ask(passwordGrant(BEN));
  await reset({ switches: { legacyWriteDelayMs: 0 } });
  expect(await status(reply.access_token)).toBe(200);
  expect((await refresh(reply.refresh_token)).status).toBe(200);
});
