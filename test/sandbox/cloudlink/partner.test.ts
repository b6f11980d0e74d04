import { describe, expect, it } from 'vitest';
import { PARTNER_ID } from '../../../src/sandbox/company.ts';
import { ADA, ADMIN, PARTNER, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const PARTNERS = `${ADMIN}/partners`;
const OWN = `${PARTNERS}/${PARTNER_ID}`;

describe('partners', () => {
  it("are the one of the caller's account, in a list and alone", async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const { status, body } = await send('GET', OWN, { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      partnerId: PARTNER_ID,
      name: 'Example Telephony',
      _links: { self: `/2017-09-01/partners/${PARTNER_ID}` },
    });
    expect(itemsOf(await send('GET', PARTNERS, { token }))).toEqual([body]);
    expect((await send('GET', `${PARTNERS}/400100299`, { token })).status).toBe(404);
  });

  it('are changed by their own administrators alone', async () => {
    const { send, signIn } = await withCloudlink();
    const json = { name: 'Renamed' };
    expect((await send('PUT', OWN, { token: await signIn(ADA), json })).status).toBe(403);
    const { status, body } = await send('PUT', OWN, { token: await signIn(PARTNER), json });
    expect([status, body.name, body.modifiedBy]).toEqual([200, 'Renamed', userIdOf(PARTNER)]);
    expect((await send('GET', OWN, { token: await signIn(ADA) })).body).toEqual(body);
  });
});
