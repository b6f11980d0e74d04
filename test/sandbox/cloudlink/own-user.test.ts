import { describe, expect, it } from 'vitest';
import { ACME, ADA, ADMIN, BEN, GLOBEX, GRACE, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const USERS = `${ADMIN}/users`;

describe('the short route to users', () => {
  it("lists the users of the token's account whole", async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(GRACE);
    const items = itemsOf(await send('GET', `${USERS}?$top=100`, { token }));
    expect(items.map(({ email }) => email)).toContain(GRACE);
    expect(items.map(({ email }) => email)).not.toContain(ADA);
    const path = `${GLOBEX}/users/${userIdOf(GRACE)}`;
    const { _links: links, ...whole } = (await send('GET', path, { token })).body;
    expect(items.find(({ email }) => email === GRACE)).toMatchObject(whole);
    expect(Object.keys(whole)).toEqual(expect.arrayContaining(['extension', 'siteId', 'sipPassword']));
    expect(links).toEqual({ self: path.replace('/admin', '') });
  });

  it('reads one at its own address', async () => {
    const { send, signIn } = await withCloudlink();
    const { body } = await send('GET', `${USERS}/${userIdOf(ADA)}`, { token: await signIn(BEN) });
    expect(body).toMatchObject({ email: ADA, _links: { self: `/2017-09-01/users/${userIdOf(ADA)}` } });
  });

  it('creates a USER with hardly anything, whatever was sent', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const json = {
      email: 'new@example.test',
      name: 'New',
      role: 'ACCOUNT_ADMIN',
      extension: '7001',
      phone: '+1',
    };
    const { status, body } = await send('POST', USERS, { token, json });
    expect(status).toBe(201);
    const { body: whole } = await send('GET', `${ACME}/users/${String(body.userId)}`, { token });
    expect(whole).toMatchObject({ name: 'New', role: 'USER', accountId: acme.accountId });
    expect(['extension' in whole, 'phone' in whole]).toEqual([false, false]);
  });

  it('changes numbers, and silently no role', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const json = { name: 'Benjamin', role: 'ACCOUNT_ADMIN', extension: '7001', phone: '+1555' };
    expect((await send('PUT', `${USERS}/${userIdOf(BEN)}`, { token, json })).status).toBe(200);
    const { body } = await send('GET', `${ACME}/users/${userIdOf(BEN)}`, { token });
    expect(body).toMatchObject({ ...json, role: 'USER' });
  });

  it('takes back what was read there', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(BEN);
    const path = `${USERS}/${userIdOf(BEN)}`;
    const { body: before } = await send('GET', path, { token });
    const { status, body } = await send('PUT', path, { token, json: { ...before, displayName: 'Benny' } });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...before,
      displayName: 'Benny',
      modifiedOn: body.modifiedOn,
      modifiedBy: userIdOf(BEN),
    });
  });
});

describe('PUT /users/{email}/password', () => {
  it.each([
    [ADA, {}, 200],
    ['Ada@Example.TEST', { email: ADA, accountId: acme.accountId }, 200],
    [ADA, { accountId: 'another' }, 404],
    ['nobody@example.test', {}, 404],
    [ADA, { action: 'reset' }, 400],
  ])('answers %s %j with %i, without a token', async (email, change, expected) => {
    const { send } = await withCloudlink();
    const path = `${USERS}/${encodeURIComponent(email)}/password`;
    expect((await send('PUT', path, { json: { action: 'forgot', ...change } })).status).toBe(expected);
  });
});
