import { describe, expect, it } from 'vitest';
import { ACME, ADA, ADMIN, AUTHENTICATION, withCloudlink } from './cloudlink.ts';

const asked = {
  Origin: 'http://localhost:4200',
  'Access-Control-Request-Method': 'PUT',
  'Access-Control-Request-Headers': 'authorization,content-type,x-mitel-app',
};

describe('a page in a browser', () => {
  it.each([
    [`${ADMIN}/accounts`, 200],
    [`${ACME}/users/none`, 404],
    [`${AUTHENTICATION}/token`, 200],
    ['/media/2017-09-01/nonsense', 403],
    ['/2017-09-01/nonsense', 403],
  ])('may read the answer of %s, which is a %i', async (path, expected) => {
    const { send, signIn } = await withCloudlink();
    const { status, headers } = await send('GET', path, { token: await signIn(ADA) });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([expected, '*']);
  });

  it.each([
    [`${ACME}/users/any`, 'OPTIONS, GET, PUT, DELETE'],
    [`${AUTHENTICATION}/token`, 'OPTIONS, POST, GET'],
    ['/2017-09-01/authorize', 'OPTIONS, POST'],
  ])('asks before without a token and is let in at %s', async (path, methods) => {
    const { send } = await withCloudlink({ cloudlinkRequireApp: true });
    const { status, headers } = await send('OPTIONS', path, { headers: asked });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-methods')).toBe(methods);
    expect(headers.get('access-control-allow-headers')).toBe(asked['Access-Control-Request-Headers']);
    expect(headers.get('x-mitel-correlation-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('is told the usual headers where it asks for none', async () => {
    const { send } = await withCloudlink();
    const { headers } = await send('OPTIONS', ACME);
    expect(headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type, X-Mitel-App');
  });

  it('is not let in where there is no path', async () => {
    const { send } = await withCloudlink();
    const { status, body } = await send('OPTIONS', `${ADMIN}/nonsense`, { headers: asked });
    expect([status, body]).toEqual([403, { message: 'Missing Authentication Token' }]);
  });
});
