import { describe, expect, it } from 'vitest';
import { ACME, ADA, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

describe('contacts of an account', () => {
  it('are two, each of which can be read', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const items = itemsOf(await send('GET', `${ACME}/contacts`, { token }));
    expect(items.map(({ contactType }) => contactType)).toEqual(['ADMINISTRATIVE', 'TECHNICAL']);
    const [first = {}] = items;
    const path = `${ACME}/contacts/${String(first.contactId)}`;
    expect((await send('GET', path, { token })).body).toEqual(first);
    expect(first).toMatchObject({
      accountId: acme.accountId,
      email: 'administrative.1@example.test',
      createdBy: userIdOf(ADA),
      _links: { self: path.replace('/admin', '') },
    });
  });
});
