import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ACME, ADA, ADMIN, AUTHENTICATION, acme, linksOf, withCloudlink } from './cloudlink.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A GET with a Host header of its own, which fetch does not allow. */
const getFromHost = async (url: string, host: string, token: string): Promise<number | undefined> => {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = { Host: host, Authorization: `Bearer ${token}` };
  request(url, { headers }, (response) => {
    response.resume();
    response.on('end', () => resolve(response.statusCode));
  })
    .on('error', reject)
    .end();
  return promise;
};

describe('paths', () => {
  it.each([['admin.localhost:4010'], ['admin.dev.example.test'], ['ADMIN.example.test'], ['127.0.0.1:4010']])(
    'are found without a prefix on host %s',
    async (host) => {
      const { url, signIn } = await withCloudlink();
      const token = await signIn(ADA);
      expect(await getFromHost(`${url}/2017-09-01/accounts/${acme.accountId}`, host, token)).toBe(200);
    },
  );

  it('belong to the service of the host alone', async () => {
    const { url, signIn } = await withCloudlink();
    const path = `${url}/2017-09-01/accounts/${acme.accountId}`;
    expect(await getFromHost(path, 'Authentication.localhost', await signIn(ADA))).toBe(403);
  });

  it('lead back to where they came from when they are a link', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const { body } = await send('GET', ACME, { token });
    expect((await send('GET', linksOf(body).self, { token })).body.accountId).toBe(acme.accountId);
    expect((await send('GET', '/2017-09-01/token', { token })).body.email).toBe(ADA);
  });

  it.each([
    ['GET', `${ADMIN}/nonsense`],
    ['GET', `${ADMIN}/accounts/`],
    ['PATCH', ACME],
    ['GET', '/admin/2016-12-31/accounts'],
    ['GET', '/admin'],
    ['GET', `${AUTHENTICATION}/.well-known/jwks`],
    ['POST', `${AUTHENTICATION}/guest/token`],
    ['GET', '/chat/2017-09-01/nonsense'],
    ['PATCH', '/chat/2017-09-01/conversations'],
    ['GET', '/presence/2017-09-01/nonsense'],
    ['GET', '/media/2017-09-01/nonsense'],
    ['GET', '/notifications/2017-09-01/nonsense'],
    ['GET', '/2017-09-01/nonsense'],
    ['GET', `${ADMIN}/accounts/%zz`],
  ])('that are unknown echo the token twice with a 403: %s %s', async (method, path) => {
    const { send } = await withCloudlink();
    const { status, body } = await send(method, path, { token: 'a.b.c' });
    const message =
      "'a.b.c' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer a.b.c'.";
    expect([status, body]).toEqual([403, { message }]);
  });

  it('that are unknown miss a token where there is none', async () => {
    const { status, body } = await (await withCloudlink()).send('GET', `${ADMIN}/nonsense`);
    expect([status, body]).toEqual([403, { message: 'Missing Authentication Token' }]);
  });

  it('that are known answer an unknown id with 404', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    for (const path of [`${ADMIN}/accounts/none`, `${ACME}/users/none`, `${ACME}/users/constructor`]) {
      const { status, body } = await send('GET', path, { token });
      expect([status, body]).toEqual([404, { name: 'NotFoundError', message: 'Not Found' }]);
    }
  });
});

describe('every answer', () => {
  it('carries a correlation id of its own, whatever the status', async () => {
    const { send, signIn, postToken } = await withCloudlink();
    const token = await signIn(ADA);
    const answers = await Promise.all([
      send('GET', ACME, { token }),
      send('GET', ACME),
      send('GET', `${ADMIN}/nonsense`),
      send('GET', `${ACME}/users/none`, { token }),
      postToken({}),
    ]);
    const ids = answers.map(({ headers }) => headers.get('x-mitel-correlation-id') ?? '');
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 403, 404, 400]);
    expect(ids.every((id) => GUID.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('X-Mitel-App', () => {
  it('is not missed unless the switch is on', async () => {
    const { send, signIn, control } = await withCloudlink();
    const token = await signIn(ADA);
    expect((await send('GET', ACME, { token })).status).toBe(200);
    await control('PATCH', '/switches', { cloudlinkRequireApp: true });
    const without = await send('GET', ACME, { token });
    expect([without.status, without.body.name]).toEqual([400, 'BadRequestError']);
    const headers = { 'X-Mitel-App': 'app=Test/1.0.0;platform=node/24;session=1;' };
    expect((await send('GET', ACME, { token, headers })).status).toBe(200);
  });
});

describe('the request log and the faults', () => {
  it('know a request by service and documented route', async () => {
    const { send, signIn, control } = await withCloudlink();
    const token = await signIn(ADA);
    await send('GET', `${ACME}/users?$top=1`, { token });
    await send('GET', `/2017-09-01/accounts`, { token });
    await send('GET', '/chat/2017-09-01/conversations', { token });
    await send('GET', '/chat/2017-09-01/nonsense', { token });
    const { requests } = (await (await control('GET', '/requests', undefined)).json()) as {
      requests: { service?: string; route?: string }[];
    };
    expect(requests.map(({ service, route }) => [service, route ?? null])).toEqual([
      ['authentication', 'POST /token'],
      ['admin', 'GET /accounts/{accountId}/users'],
      ['admin', 'GET /accounts'],
      ['chat', 'GET /conversations'],
      ['chat', null],
    ]);
  });

  it('can have a good token refused as an expired one is', async () => {
    const { send, signIn, control } = await withCloudlink();
    const token = await signIn(ADA);
    const rule = { match: { service: 'admin' }, times: 1, fault: { type: 'expiredToken' } };
    expect((await control('POST', '/faults', rule)).status).toBe(201);
    const refused = await send('GET', ACME, { token });
    expect([refused.status, refused.body]).toEqual([401, { message: 'Unauthorized' }]);
    expect(refused.headers.get('x-mitel-correlation-id')).toMatch(GUID);
    expect((await send('GET', ACME, { token })).status).toBe(200);
  });
});
