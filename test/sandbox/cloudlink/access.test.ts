import { describe, expect, it } from 'vitest';
import {
  ACME,
  ADA,
  ADMIN,
  BEN,
  GLOBEX,
  GRACE,
  PARTNER,
  globex,
  itemsOf,
  userIdOf,
  withCloudlink,
} from './cloudlink.ts';

const FORBIDDEN = { name: 'ForbiddenError', message: 'Forbidden' };

describe('an account', () => {
  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', '?hard=true'],
    ['GET', '/contacts'],
    ['GET', '/users'],
    ['POST', '/users'],
    ['PATCH', '/users'],
    ['GET', `/users/${userIdOf(GRACE)}`],
    ['PUT', `/users/${userIdOf(GRACE)}`],
    ['DELETE', `/users/${userIdOf(GRACE)}`],
    ['GET', `/users/${userIdOf(GRACE)}/tags/onboarding`],
    ['PUT', `/users/${userIdOf(GRACE)}/tags/onboarding`],
    ['GET', '/tags/mitel_connect_refs'],
    ['PUT', '/tags/mitel_connect_refs'],
    ['GET', '/clients'],
    ['POST', '/clients'],
    ['GET', '/groups'],
    ['POST', '/groups'],
    ['GET', '/sites'],
    ['POST', '/sites'],
  ])('is closed to the admin of another: %s %s', async (method, path) => {
    const { send, signIn } = await withCloudlink();
    const { status, body } = await send(method, `${GLOBEX}${path}`, { token: await signIn(ADA) });
    expect([status, body]).toEqual([403, FORBIDDEN]);
  });

  it('does not lend out the users, groups and sites of another by their ids', async () => {
    const { send, signIn } = await withCloudlink();
    const [ada, grace] = [await signIn(ADA), await signIn(GRACE)];
    const ids = async (noun: string, id: string) => {
      const [first] = itemsOf(await send('GET', `${GLOBEX}/${noun}`, { token: grace }));
      return String(first?.[id]);
    };
    const paths = [
      `${ACME}/users/${userIdOf(GRACE)}`,
      `${ADMIN}/users/${userIdOf(GRACE)}`,
      `${ACME}/groups/${await ids('groups', 'groupId')}`,
      `${ACME}/sites/${await ids('sites', 'siteId')}`,
      `${ACME}/contacts/${await ids('contacts', 'contactId')}`,
    ];
    for (const path of paths) expect((await send('GET', path, { token: ada })).status).toBe(404);
  });

  it("is open to the partner's admin, with all it holds", async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(PARTNER);
    const { status } = await send('PUT', `${ACME}/users/${userIdOf(BEN)}`, { token, json: { name: 'Ben' } });
    expect([status, (await send('GET', `${GLOBEX}/users`, { token })).status]).toEqual([200, 200]);
  });
});

describe('a user without a special role', () => {
  it('reads the directory of their account', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(BEN);
    const paths = ['', '/users', `/users/${userIdOf(ADA)}`, '/groups', '/sites', '/contacts', '/clients'];
    for (const path of paths) expect((await send('GET', `${ACME}${path}`, { token })).status).toBe(200);
  });

  it.each([
    ['PUT', ACME, { name: 'X' }],
    ['PUT', `${ACME}/tags/x`, {}],
    ['DELETE', `${ACME}/tags/mitel_connect_refs`, undefined],
    ['POST', `${ACME}/users`, { email: 'new@example.test' }],
    ['POST', `${ADMIN}/users`, { email: 'new@example.test' }],
    ['PUT', `${ACME}/users/${userIdOf(ADA)}`, { name: 'X' }],
    ['PUT', `${ADMIN}/users/${userIdOf(ADA)}`, { name: 'X' }],
    ['DELETE', `${ACME}/users/${userIdOf(ADA)}`, undefined],
    ['DELETE', `${ACME}/users/${userIdOf(BEN)}`, undefined],
    ['PUT', `${ACME}/users/${userIdOf(ADA)}/tags/x`, {}],
    ['PUT', `${ACME}/users/${userIdOf(BEN)}`, { role: 'ACCOUNT_ADMIN' }],
    ['POST', `${ACME}/clients`, { name: 'X' }],
    ['POST', `${ACME}/groups`, { name: 'X' }],
    ['POST', `${ACME}/sites`, { name: 'X' }],
  ])('may not %s %s %j', async (method, path, json) => {
    const { send, signIn } = await withCloudlink();
    const { status, body } = await send(method, path, { token: await signIn(BEN), json });
    expect([status, body]).toEqual([403, FORBIDDEN]);
  });

  it('writes their own record and tags', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(BEN);
    const path = `${ACME}/users/${userIdOf(BEN)}`;
    const { body } = await send('PUT', path, { token, json: { name: 'Benjamin', role: 'USER' } });
    expect(body).toMatchObject({ name: 'Benjamin', modifiedBy: userIdOf(BEN) });
    expect((await send('PUT', `${path}/tags/x`, { token, json: { a: 1 } })).status).toBe(200);
  });
});

describe('roles', () => {
  it("cannot be raised to the partner's admin by an account's admin", async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const json = { role: 'PARTNER_ADMIN', email: 'new@example.test' };
    const raised = await send('PUT', `${ACME}/users/${userIdOf(BEN)}`, { token, json });
    const made = await send('POST', `${ACME}/users`, { token, json });
    expect([raised.status, made.status]).toEqual([403, 403]);
  });

  it("can be raised to the partner's admin by the partner's admin", async () => {
    const { send, signIn } = await withCloudlink();
    const json = { role: 'PARTNER_ADMIN' };
    const path = `${GLOBEX}/users/${userIdOf(GRACE)}`;
    const { status, body } = await send('PUT', path, { token: await signIn(PARTNER), json });
    expect([status, body.role, body.accountId]).toEqual([200, 'PARTNER_ADMIN', globex.accountId]);
  });
});
