import { expect, it } from 'vitest';
import { ADA, BEN, CHAT, GRACE, acme, withCloudlink } from './cloudlink.ts';

const path = `${CHAT}/accounts/${acme.accountId}`;

it('chat tells who an account is, and nothing of its policy', async () => {
  const { send, signIn } = await withCloudlink();
  const { status, body } = await send('GET', path, { token: await signIn(BEN) });
  expect([status, body]).toEqual([
    200,
    {
      accountId: acme.accountId,
      name: acme.name,
      languageCode: 'en-US',
      domain: `${acme.accountId}.us.dev.api.example.test`,
      active: true,
      partnerId: '400100200',
      createdOn: '2026-10-01T08:00:00.000Z',
      modifiedOn: '2026-10-01T08:00:00.000Z',
      _links: { self: `/2017-09-01/accounts/${acme.accountId}` },
    },
  ]);
});

it('chat refuses the account of others and finds none that is not there', async () => {
  const { send, signIn } = await withCloudlink();
  expect((await send('GET', path, { token: await signIn(GRACE) })).status).toBe(403);
  expect((await send('GET', `${CHAT}/accounts/none`, { token: await signIn(ADA) })).status).toBe(404);
});
