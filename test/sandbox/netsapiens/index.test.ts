import { expect, test } from 'vitest';
import { ACME, ADA, BEN, explanation, passwordGrant, start } from './start.ts';

test('requests are described by object and action, the token endpoint as oauth2', async () => {
  const { send, askToken, requests } = await start();
  await askToken(passwordGrant(ADA));
  await send('/ns-api/oauth2/read');
  await send('/ns-api/oauth2/revoke', { method: 'POST' });
  await send('/ns-api/?object=Subscriber', { method: 'POST', body: new URLSearchParams({ action: 'READ' }) });
  await send('/ns-api/nothing');
  expect((await requests()).requests).toMatchObject([
    { platform: 'netsapiens', object: 'oauth2', action: 'token' },
    { object: 'oauth2', action: 'read' },
    { object: 'oauth2', action: 'revoke' },
    { object: 'subscriber', action: 'read' },
    { platform: 'netsapiens' },
  ]);
});

test('a path that only begins like the platform is none of its own', async () => {
  const { send, requests } = await start();
  await send('/ns-apiary/');
  expect((await requests()).requests).toMatchObject([{ platform: null }]);
});

test('a token that a fault expires is refused like an expired one', async () => {
  const { addFault, logIn, call } = await start();
  const token = await logIn(BEN);
  await addFault({ match: { object: 'subscriber' }, times: 1, fault: { type: 'expiredToken' } });
  const fields = { object: 'subscriber', action: 'read', uid: BEN };
  expect(explanation(await call(token, fields))).toEqual({
    status: 401,
    statusText: 'Unauthorized The access token provided has expired.',
    warning: 'The access token provided has expired.',
  });
  expect((await call(token, fields)).status).toBe(200);
});

test('a reset brings the first day back, with as many people as asked for', async () => {
  const { reset, logIn, call, rows } = await start();
  const token = await logIn(ADA);
  const read = { object: 'subscriber', action: 'read', domain: ACME, srv_code: '' };
  await call(token, { object: 'subscriber', action: 'create', user: '1099', domain: ACME });
  expect(await rows(token, read)).toHaveLength(43);
  await reset();
  expect(await rows(token, read)).toHaveLength(42);
  await reset({ users: 260 });
  expect(await rows(token, read)).toHaveLength(258);
});
