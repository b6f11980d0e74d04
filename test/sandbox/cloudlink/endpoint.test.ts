import { describe, expect, it } from 'vitest';
import { ADA, ADMIN, BEN, GRACE, acme, userIdOf } from './cloudlink.ts';
import { withMedia } from './media.ts';

describe('an endpoint', () => {
  it('is the extension of a user, idle until there is a call', async () => {
    const { media, signIn } = await withMedia();
    const { status, headers, body } = await media(await signIn(BEN), 'GET', '/endpoints/1001');
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(body).toEqual({
      endpointId: '1001',
      name: 'Ada Example',
      state: 'idle',
      userAvailability: 'available',
      messageWaiting: true,
      dnd: false,
      pstnRouting: false,
      _links: { self: '/2017-09-01/endpoints/1001' },
    });
  });

  it.each([['9999'], ['1012'], ['2001'], ['constructor']])('%s is not there for Acme', async (endpointId) => {
    const { media, signIn } = await withMedia();
    const { status, body } = await media(await signIn(ADA), 'GET', `/endpoints/${endpointId}`);
    expect([status, body]).toEqual([404, { name: 'NotFoundError', message: 'Not Found' }]);
  });

  it('of the same number is another one in another account', async () => {
    const { media, signIn } = await withMedia();
    const names = [ADA, GRACE].map(async (email) => {
      const { body } = await media(await signIn(email), 'GET', '/endpoints/1002');
      return body.name;
    });
    expect(await Promise.all(names)).toEqual(['Ben Carter', 'Jonas Weber']);
  });

  it('follows the extension of its user', async () => {
    const { media, send, signIn } = await withMedia();
    const token = await signIn(ADA);
    const path = `${ADMIN}/accounts/${acme.accountId}/users/${userIdOf(BEN)}`;
    await send('PUT', path, { token, json: { extension: '7002' } });
    expect((await media(token, 'GET', '/endpoints/1002')).status).toBe(404);
    expect((await media(token, 'GET', '/endpoints/7002')).body.name).toBe('Ben Carter');
  });

  it('is available as the legacy presence of its user suggests', async () => {
    const { media, signIn } = await withMedia();
    const token = await signIn(ADA);
    const seen = ['1002', '1005', '1006'].map(
      async (id) => (await media(token, 'GET', `/endpoints/${id}`)).body.userAvailability,
    );
    expect(await Promise.all(seen)).toEqual(['busy', 'available', 'busy']);
  });
});

describe('PUT /endpoints/{endpointId}', () => {
  it.each(['dnd', 'messageWaiting', 'pstnRouting'])('sets %s and the availability', async (action) => {
    const { media, signIn } = await withMedia();
    const token = await signIn(BEN);
    const change = { action, userAvailability: 'away', enabled: true, timeoutMs: 3000 };
    const { status, body } = await media(token, 'PUT', '/endpoints/1002', change);
    expect([status, body[action], body.userAvailability]).toEqual([200, true, 'away']);
    await media(token, 'PUT', '/endpoints/1002', { action, userAvailability: 'available' });
    const { body: after } = await media(token, 'GET', '/endpoints/1002');
    expect([after[action], after.userAvailability]).toEqual([false, 'available']);
  });

  it.each([
    [{ userAvailability: 'away' }, "data should have required property 'action'"],
    [{ action: 'dnd' }, "data should have required property 'userAvailability'"],
    [
      { action: 'sleep', userAvailability: 'away' },
      'data.action should be equal to one of the allowed values',
    ],
    [
      { action: 'dnd', userAvailability: 'DND' },
      'data.userAvailability should be equal to one of the allowed values',
    ],
    [{ action: 'dnd', userAvailability: 'dnd', enabled: 'true' }, 'data.enabled should be boolean'],
    [{ action: 'dnd', userAvailability: 'dnd', timeoutMs: 2999 }, 'data.timeoutMs should be >= 3000'],
    [{ action: 'dnd', userAvailability: 'dnd', timeoutMs: 30001 }, 'data.timeoutMs should be <= 30000'],
    [{ action: 'dnd', userAvailability: 'dnd', until: 1 }, 'data should NOT have additional properties'],
  ])('refuses %j', async (change, message) => {
    const { media, signIn } = await withMedia();
    const { status, body } = await media(await signIn(BEN), 'PUT', '/endpoints/1002', change);
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });

  it('is for its user and administrators', async () => {
    const { media, signIn } = await withMedia();
    const change = { action: 'dnd', userAvailability: 'dnd', enabled: true };
    expect((await media(await signIn(BEN), 'PUT', '/endpoints/1001', change)).status).toBe(403);
    expect((await media(await signIn(ADA), 'PUT', '/endpoints/1002', change)).status).toBe(200);
  });

  it('is only accepted where the switch says so, and happens all the same', async () => {
    const { media, signIn } = await withMedia({ cloudlinkAcceptCommands: true });
    const token = await signIn(BEN);
    const change = { action: 'dnd', userAvailability: 'dnd', enabled: true };
    const { status, body } = await media(token, 'PUT', '/endpoints/1002', change);
    expect([status, body]).toEqual([202, {}]);
    expect((await media(token, 'GET', '/endpoints/1002')).body.dnd).toBe(true);
  });

  it('times out at the PBX when a fault says so', async () => {
    const { media, signIn, control } = await withMedia();
    const token = await signIn(BEN);
    const body = { name: 'GatewayTimeoutError', message: 'The PBX did not answer in time' };
    const match = { route: 'GET /endpoints/{endpointId}' };
    await control('POST', '/faults', { match, times: 1, fault: { type: 'status', status: 504, body } });
    const answer = await media(token, 'GET', '/endpoints/1002');
    expect([answer.status, answer.body]).toEqual([504, body]);
    expect((await media(token, 'GET', '/endpoints/1002')).status).toBe(200);
  });
});
