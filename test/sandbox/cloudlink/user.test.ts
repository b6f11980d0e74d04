import { describe, expect, it } from 'vitest';
import { CANARY, PASSWORD, createCompany } from '../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const USERS = `${ACME}/users`;

describe('users of the account', () => {
  it('are those whom CloudLink knows, as CloudLink writes them', async () => {
    const { send, signIn } = await withCloudlink();
    const items = itemsOf(await send('GET', `${USERS}?$top=100`, { token: await signIn(BEN) }));
    const expected = createCompany().people.flatMap(({ accountId, cloudlink }) =>
      accountId === acme.accountId && cloudlink !== undefined ? [cloudlink] : [],
    );
    expect(items.map(({ email, role, extension = '' }) => ({ email, role, extension }))).toEqual(
      expected.map(({ email, role, extension }) => ({ email, role, extension })),
    );
  });

  it('carry their SIP password, as the platform does', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(BEN);
    const items = itemsOf(await send('GET', `${USERS}?$top=100`, { token }));
    expect(items.every(({ sipPassword }) => String(sipPassword).includes(CANARY))).toBe(true);
    expect(new Set(items.map(({ sipPassword }) => sipPassword)).size).toBe(items.length);
    expect((await send('GET', `${USERS}/${userIdOf(ADA)}`, { token })).body.sipPassword).toContain(CANARY);
  });

  it('have real booleans, pictures for some, and no login for those the PBX made', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const ada = (await send('GET', `${USERS}/${userIdOf(ADA)}`, { token })).body;
    const ben = (await send('GET', `${USERS}/${userIdOf(BEN)}`, { token })).body;
    const oscar = (await send('GET', `${USERS}/${userIdOf('oscar.lind@example.test')}`, { token })).body;
    expect(ada).toMatchObject({
      uniqueUserId: userIdOf(ADA),
      accountId: acme.accountId,
      name: 'Ada Example',
      emailVerified: true,
      mobileVerified: false,
      sipAddress: `${userIdOf(ADA)}@${acme.accountId}.us.dev.api.example.test`,
    });
    expect(Object.keys(ada.avatars as object)).toEqual(['50', '150', '300', 'scaled']);
    expect('avatars' in ben).toBe(false);
    expect(oscar).toMatchObject({ source: 'cloudlink-gateway', userVerified: false });
  });

  it('carry tags only where they are expanded', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const [plain] = itemsOf(await send('GET', `${USERS}?$top=1`, { token }));
    const [expanded] = itemsOf(await send('GET', `${USERS}?$top=1&$expand=tags`, { token }));
    expect([plain?.tags, expanded?.tags]).toEqual([undefined, { onboarding: { done: true } }]);
  });
});

describe('a new user', () => {
  it('needs only an e-mail and is a USER who cannot sign in', async () => {
    const { send, signIn, postToken, clock } = await withCloudlink();
    const token = await signIn(ADA);
    const { status, body } = await send('POST', USERS, { token, json: { email: 'new@example.test' } });
    const now = new Date(clock.now()).toISOString();
    const audit = { createdOn: now, createdBy: userIdOf(ADA), modifiedOn: now, modifiedBy: userIdOf(ADA) };
    expect(status).toBe(201);
    expect(body).toMatchObject({
      email: 'new@example.test',
      role: 'USER',
      userId: body.uniqueUserId,
      ...audit,
    });
    expect((await send('GET', `${USERS}/${String(body.userId)}`, { token })).body).toEqual(body);
    const grant = { grant_type: 'password', username: 'new@example.test', password: PASSWORD };
    expect((await postToken(grant)).status).toBe(401);
  });

  it('may have every documented field', async () => {
    const { send, signIn } = await withCloudlink();
    const json = {
      email: 'new@example.test',
      name: 'New One',
      displayName: 'New',
      role: 'ACCOUNT_ADMIN',
      extension: '7001',
      phone: '+15550100',
      mobile: '+15550101',
      siteId: 'somewhere',
    };
    const { status, body } = await send('POST', USERS, { token: await signIn(ADA), json });
    expect(status).toBe(201);
    expect(body).toMatchObject(json);
  });

  it.each([[BEN], ['Ben.Carter@EXAMPLE.test']])('cannot take the e-mail %s', async (email) => {
    const { send, signIn } = await withCloudlink();
    const { status, body } = await send('POST', USERS, { token: await signIn(ADA), json: { email } });
    const message = 'One or more of the attribute values are already in use';
    expect([status, body]).toEqual([409, { name: 'ConflictError', message }]);
  });
});

describe('a changed user', () => {
  it('keeps what the change does not name', async () => {
    const { send, signIn, clock } = await withCloudlink();
    const token = await signIn(ADA);
    const path = `${USERS}/${userIdOf(BEN)}`;
    const { body: before } = await send('GET', path, { token });
    clock.advance(5000);
    const { body } = await send('PUT', path, { token, json: { mobile: '+1999' } });
    const modifiedOn = new Date(clock.now()).toISOString();
    expect(body).toEqual({ ...before, mobile: '+1999', modifiedOn, modifiedBy: userIdOf(ADA) });
    expect((await send('GET', path, { token })).body).toEqual(body);
  });

  it('keeps their login under a new e-mail, which nobody else may have', async () => {
    const { send, signIn, postToken } = await withCloudlink();
    const token = await signIn(ADA);
    const path = `${USERS}/${userIdOf(BEN)}`;
    expect((await send('PUT', path, { token, json: { email: ADA } })).status).toBe(409);
    expect((await send('PUT', path, { token, json: { email: 'benjamin@example.test' } })).status).toBe(200);
    const ask = (username: string) => postToken({ grant_type: 'password', username, password: PASSWORD });
    expect([(await ask('benjamin@example.test')).status, (await ask(BEN)).status]).toEqual([200, 401]);
  });
});

describe('a deleted user', () => {
  it('is gone from the directory, the groups and the door', async () => {
    const { send, signIn, postToken } = await withCloudlink();
    const token = await signIn(ADA);
    const path = `${USERS}/${userIdOf(BEN)}`;
    const groups = async () => JSON.stringify(itemsOf(await send('GET', `${ACME}/groups`, { token })));
    expect(await groups()).toContain(userIdOf(BEN));
    const { status, body } = await send('DELETE', path, { token });
    expect([status, body]).toEqual([200, {}]);
    expect((await send('GET', path, { token })).status).toBe(404);
    expect((await send('DELETE', path, { token })).status).toBe(404);
    expect(await groups()).not.toContain(userIdOf(BEN));
    expect((await postToken({ grant_type: 'password', username: BEN, password: PASSWORD })).status).toBe(401);
  });
});
