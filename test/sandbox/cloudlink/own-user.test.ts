import { describe, expect, it } from 'vitest';
import { CANARY } from '../../../src/sandbox/company.ts';
import { ACME, ADA, ADMIN, BEN, GRACE, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const USERS = `${ADMIN}/users`;

describe('the short route to users', () => {
  it("lists the users of the token's account with fewer fields", async () => {
    const { send, signIn } = await withCloudlink();
    const answer = await send('GET', `${USERS}?$top=100`, { token: await signIn(GRACE) });
    const items = itemsOf(answer);
    expect(items.map(({ email }) => email)).toContain(GRACE);
    expect(items.map(({ email }) => email)).not.toContain(ADA);
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
    for (const name of ['extension', 'phone', 'siteId', 'sipAddress', 'source'])
      expect(items.some((item) => name in item)).toBe(false);
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

  it('changes a name but silently neither role nor extension', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const json = { name: 'Benjamin', role: 'ACCOUNT_ADMIN', extension: '7001' };
    expect((await send('PUT', `${USERS}/${userIdOf(BEN)}`, { token, json })).status).toBe(200);
    const { body } = await send('GET', `${ACME}/users/${userIdOf(BEN)}`, { token });
    expect(body).toMatchObject({ name: 'Benjamin', role: 'USER', extension: '1002' });
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
