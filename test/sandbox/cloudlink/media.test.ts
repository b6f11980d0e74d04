import { describe, expect, it } from 'vitest';
import { media } from '../../../src/sandbox/cloudlink/media.ts';
import { ACME, ADA, PARTNER, acme, globex, itemsOf } from './cloudlink.ts';
import { MEDIA, withMedia } from './media.ts';

describe('the media service', () => {
  it.each(Object.keys(media.routes))('wants a token for %s', async (route) => {
    const { send } = await withMedia();
    const [method = '', path = ''] = route.split(' ');
    const { status, body } = await send(method, `${MEDIA}${path.replaceAll(/\{\w+\}/g, 'x')}`);
    expect([status, body]).toEqual([401, { message: 'Unauthorized' }]);
  });

  it('forgets an account that is deleted', async () => {
    const { media, send, signIn } = await withMedia();
    const [ada, partner] = [await signIn(ADA), await signIn(PARTNER, globex.accountNumber)];
    expect((await media(ada, 'GET', '/conferences')).body.count).toBe(20);
    expect((await send('DELETE', `${ACME}?hard=true`, { token: partner })).status).toBe(200);
    const statuses = ['/endpoints/1001', '/calls/records', '/recordings'].map(
      async (path) => (await media(ada, 'GET', path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 404]);
    expect(itemsOf(await media(ada, 'GET', '/conferences'))).toEqual([]);
    expect(itemsOf(await media(partner, 'GET', '/conferences'))).toHaveLength(4);
  });

  it('serves the client of an account as it does an administrator', async () => {
    const { media, postToken } = await withMedia();
    const { body } = await postToken({
      grant_type: 'client_credentials',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
      account_id: acme.accountId,
    });
    const token = String(body.access_token);
    expect((await media(token, 'POST', '/endpoints/1001/calls', { to: '1002' })).status).toBe(200);
    expect((await media(token, 'GET', '/calls')).body.count).toBe(0);
    expect((await media(token, 'GET', '/calls/records')).body.count).toBe(20);
  });

  it('goes back to its first day on reset, with as many calls as asked for', async () => {
    const { media, signIn, place, reset, statesOf } = await withMedia();
    const token = await signIn(ADA);
    await place(token, '1001', { to: '1003' });
    await reset(7);
    expect(await statesOf(token, '1003')).toEqual({});
    expect((await media(token, 'GET', '/calls/records')).body.count).toBeLessThan(8);
    expect(await place(token, '1001', { to: '1003' })).toBe('40001');
  });
});
