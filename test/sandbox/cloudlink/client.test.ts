import { describe, expect, it } from 'vitest';
import { CANARY, CLIENT } from '../../../src/sandbox/company.ts';
import { ACME, ADA, acme, globex, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const CLIENTS = `${ACME}/clients`;

describe('clients', () => {
  it('are read without their secrets', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const list = await send('GET', CLIENTS, { token });
    const one = await send('GET', `${CLIENTS}/${CLIENT.id}`, { token });
    expect(itemsOf(list)).toHaveLength(2);
    expect(one.body).toMatchObject({ clientId: CLIENT.id, accountId: acme.accountId, role: 'ACCOUNT_ADMIN' });
    const text = JSON.stringify([list.body, one.body]);
    for (const secret of [CANARY, CLIENT.secret, 'clientSecret']) expect(text).not.toContain(secret);
  });

  it('cannot be found by their secrets', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const found = await send('GET', `${CLIENTS}?$filter=clientSecret eq '${CLIENT.secret}'`, { token });
    expect([found.status, found.body.count]).toEqual([200, 0]);
  });

  it('show their secret when they are made and never again', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const { status, body } = await send('POST', CLIENTS, { token, json: { name: 'Mine' } });
    const { clientSecret, ...rest } = body;
    expect(status).toBe(201);
    expect(rest).toMatchObject({ name: 'Mine', accountId: acme.accountId, createdBy: userIdOf(ADA) });
    expect(String(clientSecret).length).toBeGreaterThan(20);
    expect((await send('GET', `${CLIENTS}/${String(rest.clientId)}`, { token })).body).toEqual(rest);
  });

  it('made at runtime sign in to their account and no other, with their role', async () => {
    const { send, signIn, postToken } = await withCloudlink();
    const token = await signIn(ADA);
    const { body } = await send('POST', CLIENTS, { token, json: { name: 'Mine', role: 'USER' } });
    const ask = (account: string) =>
      postToken({
        grant_type: 'client_credentials',
        client_id: String(body.clientId),
        client_secret: String(body.clientSecret),
        account_id: account,
      });
    const own = await ask(acme.accountNumber);
    expect([own.status, (await ask(globex.accountNumber)).status]).toEqual([200, 401]);
    const asClient = String(own.body.access_token);
    expect((await send('GET', `${ACME}/users`, { token: asClient })).status).toBe(200);
    expect((await send('POST', CLIENTS, { token: asClient, json: { name: 'X' } })).status).toBe(403);
  });
});
