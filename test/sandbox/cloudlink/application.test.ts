import { describe, expect, it } from 'vitest';
import {
  ADA,
  AUTHENTICATION,
  BEN,
  GRACE,
  PARTNER,
  acme,
  globex,
  itemsOf,
  userIdOf,
  withCloudlink,
} from './cloudlink.ts';

const APPS = `${AUTHENTICATION}/apps`;
const ONE = `${AUTHENTICATION}/applications/7d0c8a52-0000-4000-8000-000000000001`;
const application = {
  accountId: acme.accountId,
  name: 'Wallboard',
  description: 'Shows who is there',
  redirectUris: ['https://wallboard.example.com/back'],
  active: true,
};

describe('applications', () => {
  it('are enabled by a PUT to the id their maker has for them', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(PARTNER);
    expect((await send('GET', ONE, { token })).status).toBe(404);
    const { status, body } = await send('PUT', ONE, { token, json: application });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...application,
      applicationId: '7d0c8a52-0000-4000-8000-000000000001',
      createdBy: userIdOf(PARTNER),
    });
    expect((await send('GET', ONE, { token })).body).toEqual(body);
    expect(itemsOf(await send('GET', APPS, { token }))).toEqual([body]);
  });

  it('keep what a later PUT does not name', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    await send('PUT', ONE, { token, json: application });
    const { body } = await send('PUT', ONE, { token, json: { active: false } });
    expect(body).toMatchObject({ ...application, active: false });
  });

  it('are of an account the caller administers', async () => {
    const { send, signIn } = await withCloudlink();
    const put = async (user: string, json: object) =>
      (await send('PUT', ONE, { token: await signIn(user), json })).status;
    expect(await put(BEN, application)).toBe(403);
    expect(await put(ADA, { ...application, accountId: globex.accountId })).toBe(403);
    expect(await put(ADA, { ...application, accountId: 'none' })).toBe(404);
    expect(await put(ADA, { name: 'Nobody' })).toBe(400);
    expect(await put(ADA, application)).toBe(200);
    expect(await put(GRACE, { name: 'Stolen', accountId: globex.accountId })).toBe(403);
    expect((await send('GET', ONE, { token: await signIn(GRACE) })).status).toBe(404);
    expect(itemsOf(await send('GET', APPS, { token: await signIn(GRACE) }))).toEqual([]);
  });
});
