import { describe, expect, it } from 'vitest';
import { ACME, ADA, BEN, userIdOf, withCloudlink } from './cloudlink.ts';

const USERS = `${ACME}/users`;
const CHLOE = 'chloe.martin@example.test';

interface Result {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

const withBulk = async () => {
  const cloudlink = await withCloudlink();
  const patch = async (email: string, operations: readonly unknown[]) => {
    const { status, body } = await cloudlink.send('PATCH', USERS, {
      token: await cloudlink.signIn(email),
      json: { operations },
    });
    return { status, results: body.operations as readonly Result[] };
  };
  return { ...cloudlink, patch };
};

describe('PATCH /accounts/{accountId}/users', () => {
  it('answers each operation on its own, in order, and 200 as a whole', async () => {
    const { patch, send, signIn } = await withBulk();
    const { status, results } = await patch(ADA, [
      { op: 'update', id: userIdOf(BEN), body: { name: 'Benjamin' } },
      { op: 'update', id: 'unknown', body: {} },
      { op: 'update', id: userIdOf(BEN), body: { role: 'KING' } },
      { op: 'update', id: userIdOf(BEN), body: { email: ADA } },
      { op: 'delete', id: userIdOf(CHLOE) },
      { op: 'delete', id: userIdOf(CHLOE) },
    ]);
    expect(status).toBe(200);
    expect(results.map(({ statusCode }) => statusCode)).toEqual([200, 404, 400, 409, 200, 404]);
    expect(results[0]?.body).toMatchObject({
      userId: userIdOf(BEN),
      name: 'Benjamin',
      modifiedBy: userIdOf(ADA),
    });
    expect(results[2]?.body.message).toBe('data.role should be equal to one of the allowed values');
    expect(new Set(results.map(({ headers }) => headers['x-mitel-correlation-id'])).size).toBe(6);

    const token = await signIn(ADA);
    expect((await send('GET', `${USERS}/${userIdOf(BEN)}`, { token })).body.name).toBe('Benjamin');
    expect((await send('GET', `${USERS}/${userIdOf(CHLOE)}`, { token })).status).toBe(404);
  });

  it('takes a hundred operations', async () => {
    const { patch } = await withBulk();
    const operation = { op: 'update', id: userIdOf(BEN), body: {} };
    const { status, results } = await patch(
      ADA,
      Array.from({ length: 100 }, () => operation),
    );
    expect([status, results.length]).toEqual([200, 100]);
  });

  it('lets an ordinary user change nobody but themselves', async () => {
    const { patch } = await withBulk();
    const { results } = await patch(BEN, [
      { op: 'update', id: userIdOf(BEN), body: { name: 'Benjamin' } },
      { op: 'update', id: userIdOf(ADA), body: { name: 'X' } },
      { op: 'update', id: userIdOf(BEN), body: { role: 'ACCOUNT_ADMIN' } },
      { op: 'delete', id: userIdOf(BEN) },
    ]);
    expect(results.map(({ statusCode }) => statusCode)).toEqual([200, 403, 403, 403]);
  });
});
