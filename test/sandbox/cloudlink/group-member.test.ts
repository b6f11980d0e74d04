import { describe, expect, it } from 'vitest';
import { ACME, ADA, BEN, GRACE, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const withMembers = async () => {
  const { send, signIn } = await withCloudlink();
  const token = await signIn(ADA);
  const { body } = await send('POST', `${ACME}/groups`, {
    token,
    json: { name: 'Choir', members: [userIdOf(ADA)] },
  });
  const group = `${ACME}/groups/${String(body.groupId)}`;
  const list = async () =>
    itemsOf(await send('GET', `${group}/members`, { token })).map(({ userId }) => userId);
  return { send, signIn, token, group, list };
};

describe('members of a group', () => {
  it('are shown with enough to name them, and no secret', async () => {
    const { send, token, group } = await withMembers();
    expect(itemsOf(await send('GET', `${group}/members`, { token }))).toEqual([
      {
        userId: userIdOf(ADA),
        name: 'Ada Example',
        email: ADA,
        extension: '1001',
        _links: { self: `/2017-09-01/accounts/${acme.accountId}/users/${userIdOf(ADA)}` },
      },
    ]);
  });

  it('come and go one by one, nobody twice', async () => {
    const { send, token, group, list } = await withMembers();
    const add = () => send('POST', `${group}/members`, { token, json: { userId: userIdOf(BEN) } });
    expect([(await add()).status, (await add()).status]).toEqual([201, 201]);
    expect(await list()).toEqual([userIdOf(ADA), userIdOf(BEN)]);
    const remove = () => send('DELETE', `${group}/members/${userIdOf(ADA)}`, { token });
    expect([(await remove()).status, (await remove()).status]).toEqual([200, 404]);
    expect(await list()).toEqual([userIdOf(BEN)]);
    expect((await send('GET', group, { token })).body.members).toEqual([userIdOf(BEN)]);
  });

  it('are users of the same account, added by an admin', async () => {
    const { send, signIn, token, group } = await withMembers();
    const stranger = await send('POST', `${group}/members`, { token, json: { userId: userIdOf(GRACE) } });
    expect(stranger.status).toBe(400);
    const json = { userId: userIdOf(BEN) };
    expect((await send('POST', `${group}/members`, { token: await signIn(BEN), json })).status).toBe(403);
  });
});
