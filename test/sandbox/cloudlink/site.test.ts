import { describe, expect, it } from 'vitest';
import { ACME, ADA, acme, itemsOf, withCloudlink } from './cloudlink.ts';

const SITES = `${ACME}/sites`;

describe('sites', () => {
  it('are those of the company', async () => {
    const { send, signIn } = await withCloudlink();
    const items = itemsOf(await send('GET', SITES, { token: await signIn(ADA) }));
    expect(items.map(({ name }) => name)).toEqual(acme.sites);
    expect(items[0]).toMatchObject({ location: { address: { country: 'US', city: 'New York' } } });
  });

  it('are created, read, changed and deleted', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const made = await send('POST', SITES, { token, json: { name: 'Airport' } });
    const path = `${SITES}/${String(made.body.siteId)}`;
    expect([made.status, (await send('GET', path, { token })).body]).toEqual([201, made.body]);
    const json = { location: { address: { city: 'Newark' } } };
    const changed = await send('PUT', path, { token, json });
    expect(changed.body).toMatchObject({ name: 'Airport', ...json });
    expect((await send('GET', path, { token })).body).toEqual(changed.body);
    expect((await send('DELETE', path, { token })).status).toBe(200);
    expect((await send('GET', path, { token })).status).toBe(404);
  });

  it('leave their users without a site when they go', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const [site] = itemsOf(await send('GET', SITES, { token }));
    const filter = encodeURIComponent(`siteId eq '${String(site?.siteId)}'`);
    const there = () => send('GET', `${ACME}/users?$filter=${filter}`, { token });
    expect((await there()).body.count).toBeGreaterThan(0);
    await send('DELETE', `${SITES}/${String(site?.siteId)}`, { token });
    expect((await there()).body.count).toBe(0);
  });
});
