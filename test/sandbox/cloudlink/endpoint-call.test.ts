import { describe, expect, it } from 'vitest';
import { ADA, BEN, acme, itemsOf, linksOf, userIdOf } from './cloudlink.ts';
import { CHLOE, withMedia } from './media.ts';

const CALLS = '/endpoints/1001/calls';

describe('a call to a colleague', () => {
  it('is connected for the caller at once and rings at the other', async () => {
    const { media, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    const { status, body } = await media(token, 'POST', CALLS, { to: '1002' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '1001',
      fromName: 'Ada Example',
      fromPrincipalId: userIdOf(ADA),
      to: '1002',
      toName: 'Ben Carter',
      toPrincipalId: userIdOf(BEN),
      fromNumberE164: false,
      toNumberE164: false,
      state: 'connected',
      cause: 'newCall',
      direction: 'outbound',
      createdOn: new Date(clock.now()).toISOString(),
      completed: false,
    });
    expect(body.callId).toMatch(/^endpoints\/1001\/calls\/\d+$/);
    expect(linksOf(body).self).toBe(`/2017-09-01/${String(body.callId)}`);

    const [view, ...others] = itemsOf(await media(await signIn(BEN), 'GET', '/endpoints/1002/calls'));
    expect(others).toEqual([]);
    expect(view).toMatchObject({ from: '1001', to: '1002', state: 'ringing', direction: 'inbound' });
    expect(view?.callId).toMatch(/^endpoints\/1002\/calls\/\d+$/);
    expect((await media(token, 'GET', '/endpoints/1002')).body.state).toBe('ringing');
    expect((await media(token, 'GET', '/endpoints/1001')).body.state).toBe('connected');
  });

  it('is answered after three seconds where the extension is even', async () => {
    const { place, statesOf, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    await place(token, '1001', { to: '1002' });
    clock.advance(2999);
    expect(Object.values(await statesOf(token, '1002'))).toEqual(['ringing']);
    clock.advance(1);
    expect(Object.values(await statesOf(token, '1002'))).toEqual(['connected']);
    clock.advance(3_600_000);
    expect(Object.values(await statesOf(token, '1002'))).toEqual(['connected']);
  });

  it.each([
    [{}, 30],
    [{ originateTimeout: 0 }, 30],
    [{ originateTimeout: 120 }, 120],
    [{ originateTimeout: 2 }, 2],
  ])('rings where the extension is odd, with %j for %i seconds', async (timeout, seconds) => {
    const { media, place, statesOf, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    const id = await place(token, '1001', { to: '1003', ...timeout });
    clock.advance(seconds * 1000 - 1);
    expect(Object.values(await statesOf(token, '1003'))).toEqual(['ringing']);
    clock.advance(1);
    expect(await statesOf(token, '1003')).toEqual({});
    expect(await statesOf(token, '1001')).toEqual({});
    const { body } = await media(token, 'GET', `${CALLS}/${id}`);
    expect(body).toMatchObject({
      state: 'completed',
      cause: 'callNotAnswer',
      completed: false,
      ringTime: seconds,
      billingTime: 0,
    });
  });

  it('is not answered by itself within a timeout that is shorter than that', async () => {
    const { place, statesOf, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    await place(token, '1001', { to: '1002', originateTimeout: 3 });
    clock.advance(3000);
    expect(await statesOf(token, '1002')).toEqual({});
  });

  it.each([
    ['doNotDisturb', '1002', true],
    ['destNotObtainable', '7777', false],
  ])('ends after a second for the cause %s', async (cause, to, isDnd) => {
    const { media, place, statesOf, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    const dnd = { action: 'dnd', userAvailability: 'dnd', enabled: isDnd };
    await media(token, 'PUT', '/endpoints/1002', dnd);
    const id = await place(token, '1001', { to });
    expect(await statesOf(token, '1002')).toEqual({});
    clock.advance(1000);
    expect((await media(token, 'GET', `${CALLS}/${id}`)).body).toMatchObject({ state: 'completed', cause });
  });

  it('ends as busy where there are two calls already', async () => {
    const { media, place, statesOf, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    await place(token, '1001', { to: '1003' });
    await place(token, '1005', { to: '1003' });
    const id = await place(token, '1008', { to: '1003' });
    expect(Object.keys(await statesOf(token, '1003'))).toHaveLength(2);
    clock.advance(1000);
    const { body } = await media(token, 'GET', `/endpoints/1008/calls/${id}`);
    expect(body).toMatchObject({ state: 'completed', cause: 'busy' });
  });

  it('whom only the PBX knows has one view, with their name', async () => {
    const { media, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    const { body } = await media(token, 'POST', CALLS, { to: '1013' });
    expect(body).toMatchObject({ to: '1013', toName: 'Quentin Desk' });
    expect('toPrincipalId' in body).toBe(false);
    clock.advance(3000);
    expect((await media(token, 'GET', linksOf(body).self.replace('/2017-09-01', ''))).body).toMatchObject({
      ringTime: 3,
    });
  });
});

describe('a call to a number outside', () => {
  it('has one view and is answered after three seconds', async () => {
    const { media, place, signIn, clock } = await withMedia();
    const token = await signIn(BEN);
    await place(token, '1002', { to: '+14155550123', fromName: 'Support' });
    const read = async () => itemsOf(await media(token, 'GET', '/calls'));
    expect(await read()).toMatchObject([
      { to: '+14155550123', toName: '', toNumberE164: true, fromName: 'Support', state: 'connected' },
    ]);
    expect((await read()).map((item) => 'connectedParty' in item)).toEqual([false]);
    clock.advance(3000);
    expect(await read()).toMatchObject([{ connectedParty: { name: '+14155550123' }, ringTime: 3 }]);
  });
});

describe('POST /endpoints/{endpointId}/calls', () => {
  it.each([
    [{}, "data should have required property 'to'"],
    [{ to: 1002 }, 'data.to should be string'],
    [{ to: 'Ben' }, 'data.to should match pattern "^\\+?[0-9*#]{1,32}$"'],
    [{ to: '1002', record: 'true' }, 'data.record should be boolean'],
    [{ to: '1002', originateTimeout: 121 }, 'data.originateTimeout should be <= 120'],
    [{ to: '1002', originateTimeout: -1 }, 'data.originateTimeout should be >= 0'],
    [
      { to: '1002', executeOnAnswer: 'Bridge' },
      'data.executeOnAnswer should be equal to one of the allowed values',
    ],
    [{ to: '1002', successUrl: 'nowhere' }, 'data.successUrl should match format "uri"'],
    [{ to: '1002', colour: 'red' }, 'data should NOT have additional properties'],
  ])('refuses %j', async (call, message) => {
    const { media, signIn } = await withMedia();
    const { status, body } = await media(await signIn(ADA), 'POST', CALLS, call);
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });

  it('takes everything that is documented', async () => {
    const { media, signIn } = await withMedia();
    const call = {
      to: '1002',
      from: '+12125550100',
      fromName: 'Acme',
      record: true,
      originateTimeout: 60,
      timeoutMs: 6000,
      successUrl: 'https://erp.example.com/ok',
      failureUrl: 'https://erp.example.com/failed',
      associatedCallId: 'order-17',
      executeOnAnswer: 'bridge',
    };
    const { status, body } = await media(await signIn(ADA), 'POST', CALLS, call);
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: '+12125550100', fromName: 'Acme', fromPrincipalId: userIdOf(ADA) });
  });

  it('is a conflict towards itself, forbidden from a colleague’s endpoint, and 404 from nobody’s', async () => {
    const { media, signIn } = await withMedia();
    const [ada, ben] = [await signIn(ADA), await signIn(BEN)];
    expect((await media(ada, 'POST', CALLS, { to: '1001' })).status).toBe(409);
    expect((await media(ben, 'POST', CALLS, { to: '1002' })).status).toBe(403);
    expect((await media(ben, 'POST', '/endpoints/1002/calls', { to: '1003' })).status).toBe(200);
    expect((await media(ada, 'POST', '/endpoints/9999/calls', { to: '1003' })).status).toBe(404);
  });
});

describe('the three kinds of call id', () => {
  it('are a path fragment in lists, its last part in the path, and a GUID in records', async () => {
    const { media, place, signIn } = await withMedia();
    const token = await signIn(ADA);
    const id = await place(token, '1001', { to: '1002' });
    expect((await media(token, 'GET', `${CALLS}/${id}`)).status).toBe(200);

    const fragment = `endpoints/1001/calls/${id}`;
    const misplaced = await media(token, 'GET', `/calls/${fragment}/records`);
    expect(misplaced.status).toBe(403);
    expect(misplaced.body.message).toContain('not a valid key=value pair (missing equal-sign)');
    expect((await media(token, 'GET', `${CALLS}/${encodeURIComponent(fragment)}`)).status).toBe(404);

    const bare = await media(token, 'GET', `/calls/${id}/records`);
    expect([bare.status, bare.body]).toEqual([404, { name: 'NotFoundError', message: 'Not Found' }]);
    const [record] = itemsOf(await media(token, 'GET', '/calls/records?$top=1'));
    expect((await media(token, 'GET', `/calls/${String(record?.callId)}/records`)).status).toBe(200);
    expect((await media(token, 'GET', `${CALLS}/${String(record?.callId)}`)).status).toBe(404);
  });
});

describe('the lists', () => {
  it('filter and page the calls of an endpoint', async () => {
    const { media, place, signIn } = await withMedia();
    const token = await signIn(ADA);
    await place(token, '1001', { to: '1003' });
    await place(token, '1001', { to: '+14155550123' });
    const filtered = await media(token, 'GET', `${CALLS}?$filter=to eq '1003'`);
    expect(itemsOf(filtered)).toMatchObject([{ to: '1003' }]);
    const first = await media(token, 'GET', `${CALLS}?$top=1`);
    const next = String(linksOf(first.body).next).replace('/2017-09-01', '');
    expect(itemsOf(await media(token, 'GET', next))).toMatchObject([{ to: '+14155550123' }]);
  });

  it('show everybody the calls of an endpoint, but one call only its user and administrators', async () => {
    const { media, place, signIn } = await withMedia();
    const [ada, ben, chloe] = [await signIn(ADA), await signIn(BEN), await signIn(CHLOE)];
    const id = await place(ada, '1002', { to: '1003' });
    expect(itemsOf(await media(chloe, 'GET', '/endpoints/1002/calls'))).toHaveLength(1);
    const statuses = [ada, ben, chloe].map(
      async (token) => (await media(token, 'GET', `/endpoints/1002/calls/${id}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 403]);
  });

  it('are the caller’s own under /calls, with what only they show', async () => {
    const { media, place, signIn, clock } = await withMedia();
    const [ada, ben] = [await signIn(ADA), await signIn(BEN)];
    await place(ada, '1001', { to: '1002' });
    await place(ada, '1005', { to: '1006' });
    clock.advance(3000);
    const [own, ...others] = itemsOf(await media(ben, 'GET', '/calls'));
    expect(others).toEqual([]);
    expect(own).toMatchObject({
      accountId: acme.accountId,
      userId: userIdOf(BEN),
      sequenceNumber: '1',
      connectedParty: { accountId: acme.accountId, userId: userIdOf(ADA), name: 'Ada Example' },
    });
    const [same] = itemsOf(await media(ben, 'GET', '/endpoints/1002/calls'));
    expect(['sequenceNumber', 'connectedParty', 'accountId'].filter((name) => name in (same ?? {}))).toEqual(
      [],
    );
  });
});
