import { describe, expect, it } from 'vitest';
import {
  ACME,
  ADA,
  ADMIN,
  BEN,
  GLOBEX,
  GRACE,
  PARTNER,
  acme,
  globex,
  itemsOf,
  userIdOf,
  withCloudlink,
} from './cloudlink.ts';

const ACCOUNTS = `${ADMIN}/accounts`;

describe('GET /accounts', () => {
  it.each([
    [ADA, ['Acme Ltd']],
    [BEN, ['Acme Ltd']],
    [GRACE, ['Globex GmbH']],
    [PARTNER, ['Acme Ltd', 'Globex GmbH']],
  ])('shows %s %j', async (email, names) => {
    const { send, signIn } = await withCloudlink();
    const answer = await send('GET', ACCOUNTS, { token: await signIn(email) });
    expect(itemsOf(answer).map(({ name }) => name)).toEqual(names);
    expect(itemsOf(answer).every((account) => !('contacts' in account) && !('tags' in account))).toBe(true);
  });

  it.each([
    ["substringof(name,'Glob')", 1],
    ["substringof(name,'glob')", 0],
    ["partnerId eq '400100200'", 2],
    [`accountNumber eq '${acme.accountNumber}'`, 1],
    ["substringof(name,'ACME') or substringof(name,'Acme') or substringof(name,'acme')", 1],
  ])('is filtered by %s', async (filter, count) => {
    const { send, signIn } = await withCloudlink();
    const path = `${ACCOUNTS}?$filter=${encodeURIComponent(filter)}`;
    expect((await send('GET', path, { token: await signIn(PARTNER) })).body.count).toBe(count);
  });

  it('is filtered by organization', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(PARTNER);
    const { organizationId } = (await send('GET', GLOBEX, { token })).body;
    const filter = encodeURIComponent(`organizationId eq '${String(organizationId)}'`);
    const [only, ...others] = itemsOf(await send('GET', `${ACCOUNTS}?$filter=${filter}`, { token }));
    expect([only?.accountId, others]).toEqual([globex.accountId, []]);
  });
});

describe('GET /accounts/{accountId}', () => {
  it('gives the documented fields and the contacts', async () => {
    const { send, signIn } = await withCloudlink();
    const { body } = await send('GET', ACME, { token: await signIn(BEN) });
    expect(body).toEqual({
      accountId: acme.accountId,
      accountNumber: '100200300',
      name: 'Acme Ltd',
      languageCode: 'en-US',
      domain: `${acme.accountId}.us.dev.api.example.test`,
      source: 'cloudlink',
      state: 'ACTIVE',
      active: true,
      partnerId: '400100200',
      organizationId: expect.any(String),
      policyId: expect.any(String),
      policy: { allowGuestAccess: false, allowProxyAuthentication: false },
      userLimit: 1000,
      accessTokenExpiryHours: 1,
      refreshTokenExpiryHours: 360,
      topLevelDomain: ['example.test'],
      location: {
        address: {
          country: 'US',
          street: '1 Example Street',
          city: 'New York',
          stateOrProvince: 'New York',
          zipCode: '10001',
        },
      },
      contacts: [expect.objectContaining({ contactType: 'ADMINISTRATIVE' }), expect.any(Object)],
      createdOn: '2026-10-01T08:00:00.000Z',
      createdBy: userIdOf(ADA),
      modifiedOn: '2026-10-01T08:00:00.000Z',
      modifiedBy: userIdOf(ADA),
      _links: { self: `/2017-09-01/accounts/${acme.accountId}` },
    });
  });

  it('carries tags where they are expanded', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const tags = { mitel_connect_refs: { domain: acme.domain, territory: acme.territory } };
    expect((await send('GET', `${ACME}?$expand=tags`, { token })).body.tags).toEqual(tags);
    expect(itemsOf(await send('GET', `${ACCOUNTS}?$expand=tags`, { token }))[0]?.tags).toEqual(tags);
  });
});

describe('PUT /accounts/{accountId}', () => {
  it('changes what it names and notes who and when', async () => {
    const { send, signIn, clock } = await withCloudlink();
    const token = await signIn(ADA);
    const { body: before } = await send('GET', ACME, { token });
    clock.advance(5000);
    await send('PUT', ACME, { token, json: { name: 'Acme Inc', userLimit: 7 } });
    const { body: after } = await send('GET', ACME, { token });
    const modifiedOn = new Date(clock.now()).toISOString();
    expect(after).toEqual({
      ...before,
      name: 'Acme Inc',
      userLimit: 7,
      modifiedOn,
      modifiedBy: userIdOf(ADA),
    });
  });

  it('decides how long tokens live', async () => {
    const { send, signIn, postToken } = await withCloudlink();
    await send('PUT', ACME, { token: await signIn(ADA), json: { accessTokenExpiryHours: 2 } });
    const { body } = await postToken({ grant_type: 'password', username: ADA, password: 'sandbox-password' });
    expect(Number(body.expires_in)).toBeGreaterThanOrEqual(7200);
  });
});

describe('DELETE /accounts/{accountId}', () => {
  it('is for the partner alone and only hard', async () => {
    const { send, signIn } = await withCloudlink();
    const partner = await signIn(PARTNER);
    expect((await send('DELETE', `${ACME}?hard=true`, { token: await signIn(ADA) })).status).toBe(403);
    expect((await send('DELETE', ACME, { token: partner })).status).toBe(400);
    expect((await send('DELETE', `${ACME}?hard=true`, { token: partner })).status).toBe(200);
    expect((await send('GET', ACME, { token: partner })).status).toBe(404);
    const { body } = await send('GET', `${GLOBEX}/users`, { token: partner });
    expect(body.count).toBeGreaterThan(0);
  });

  it('takes everybody in it along', async () => {
    const { send, signIn, postToken } = await withCloudlink();
    await send('DELETE', `${ACME}?hard=true`, { token: await signIn(PARTNER) });
    const { status } = await postToken({
      grant_type: 'password',
      username: ADA,
      password: 'sandbox-password',
    });
    expect(status).toBe(401);
  });
});
