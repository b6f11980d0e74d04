import { describe, expect, it } from 'vitest';
import { ACME, ADA, BEN, GLOBEX, itemsOf, withCloudlink } from './cloudlink.ts';

const POLICIES = `${ACME}/policies`;
const statement = {
  statementId: 'recording',
  effect: 'deny',
  action: ['*'],
  resource: ['https://mitel.io/auth/conversations/features/recording'],
};

describe('the policy of an account', () => {
  it('is found in the list, by the id the account names, and as `account`', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const { policyId } = (await send('GET', ACME, { token })).body;
    const { status, body } = await send('GET', `${POLICIES}/${String(policyId)}`, { token });
    expect([status, body.policyId]).toEqual([200, policyId]);
    expect(itemsOf(await send('GET', POLICIES, { token }))).toEqual([body]);
    expect((await send('GET', `${POLICIES}/account`, { token })).body).toEqual(body);
    expect((await send('GET', `${POLICIES}/other`, { token })).status).toBe(404);
    expect((await send('GET', `${GLOBEX}/policies`, { token })).status).toBe(403);
  });

  it('is made of statements, which administrators add, replace and delete', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const all = `${POLICIES}/account/statements`;
    const one = `${all}/recording`;
    const before = itemsOf(await send('GET', all, { token }));
    expect(before).toMatchObject([{ statementId: 'conversations', effect: 'allow' }]);

    expect((await send('GET', one, { token })).status).toBe(404);
    expect((await send('POST', all, { token: await signIn(BEN), json: statement })).status).toBe(403);
    expect((await send('POST', all, { token, json: statement })).status).toBe(201);
    expect((await send('GET', one, { token })).body).toMatchObject(statement);
    await send('POST', all, { token, json: { ...statement, effect: 'allow' } });
    expect(itemsOf(await send('GET', all, { token }))).toMatchObject([
      { statementId: 'conversations' },
      { statementId: 'recording', effect: 'allow' },
    ]);

    expect((await send('DELETE', one, { token })).status).toBe(200);
    expect((await send('DELETE', one, { token })).status).toBe(404);
    expect(itemsOf(await send('GET', all, { token }))).toEqual(before);
  });

  it('takes no statement that is not whole', async () => {
    const { send, signIn } = await withCloudlink();
    const json = { statementId: 'x', effect: 'deny', action: '*' };
    const path = `${POLICIES}/account/statements`;
    const { status, body } = await send('POST', path, { token: await signIn(ADA), json });
    expect([status, body.message]).toEqual([400, "data should have required property 'resource'"]);
  });
});
