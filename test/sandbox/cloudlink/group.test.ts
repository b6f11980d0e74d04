import { describe, expect, it } from 'vitest';
import { createCompany } from '../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const GROUPS = `${ACME}/groups`;

describe('groups', () => {
  it('are the departments with their people', async () => {
    const { send, signIn } = await withCloudlink();
    const items = itemsOf(await send('GET', GROUPS, { token: await signIn(BEN) }));
    expect(items.map(({ name }) => name)).toEqual(acme.departments);
    const sales = createCompany().people.filter(
      (person) =>
        person.accountId === acme.accountId &&
        person.department === 'Sales' &&
        person.cloudlink !== undefined,
    );
    expect(items[0]?.members).toEqual(sales.map(({ userId }) => userId));
  });

  it('are created, read, changed and deleted', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const json = { name: 'Choir', description: 'Sings', members: [userIdOf(ADA), userIdOf(ADA)] };
    const made = await send('POST', GROUPS, { token, json });
    const path = `${GROUPS}/${String(made.body.groupId)}`;
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...json, accountId: acme.accountId, members: [userIdOf(ADA)] });
    expect((await send('GET', path, { token })).body).toEqual(made.body);
    const changed = await send('PUT', path, { token, json: { members: [userIdOf(BEN)], extension: '8000' } });
    expect(changed.body).toMatchObject({ name: 'Choir', extension: '8000', members: [userIdOf(BEN)] });
    expect((await send('DELETE', path, { token })).status).toBe(200);
    expect((await send('GET', path, { token })).status).toBe(404);
  });
});
