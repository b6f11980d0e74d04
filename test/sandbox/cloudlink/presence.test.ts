import { describe, expect, it } from 'vitest';
import { createCompany } from '../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, GRACE, PRESENCE, acme, itemsOf, userIdOf, withCloudlink } from './cloudlink.ts';

const pathOf = (email: string) => `${PRESENCE}/users/${userIdOf(email)}/presence`;
const people = createCompany().people.filter(
  ({ accountId, cloudlink }) => accountId === acme.accountId && cloudlink !== undefined,
);

const withPresence = async () => {
  const cloudlink = await withCloudlink();
  const ada = await cloudlink.signIn(ADA);
  const list = async (query: string) =>
    itemsOf(await cloudlink.send('GET', `${PRESENCE}/presences?${query}`, { token: ada }));
  return { ...cloudlink, ada, list };
};

describe('presence', () => {
  it('is told of one user', async () => {
    const { send, signIn, clock } = await withPresence();
    const { status, body } = await send('GET', pathOf(ADA), { token: await signIn(BEN) });
    expect([status, body]).toEqual([
      200,
      {
        userId: userIdOf(ADA),
        accountId: acme.accountId,
        status: 'available',
        modifiedOn: new Date(clock.now() - 60_000).toISOString(),
        modifiedBy: userIdOf(ADA),
        _links: { self: `/2017-09-01/users/${userIdOf(ADA)}/presence` },
      },
    ]);
  });

  it('is told of several users in one request, and of no others', async () => {
    const { send, ada, list } = await withPresence();
    const emails = [BEN, 'zoe@example.test', 'oscar.lind@example.test'];
    const filter = [...emails, GRACE].map((email) => `userId eq '${userIdOf(email)}'`).join(' or ');
    const items = await list(`$filter=${encodeURIComponent(filter)}`);
    expect(items.map(({ userId }) => userId)).toEqual(emails.map(userIdOf));
    expect((await send('GET', pathOf(BEN), { token: ada })).body).toEqual(items[0]);
  });

  it('is told of everybody, with every status there is', async () => {
    const { list } = await withPresence();
    const items = await list('$top=1000');
    expect(items.map(({ userId }) => userId)).toEqual(people.map(({ userId }) => userId));
    expect(new Set(items.map(({ status }) => status))).toEqual(
      new Set(['available', 'busy', 'dnd', 'away', 'offline', 'unknown']),
    );
    expect(await list('$top=15')).toEqual(items.slice(0, 15));
  });

  it('agrees with the telephone of the legacy side', async () => {
    const { list } = await withPresence();
    const statusOf = new Map((await list('$top=1000')).map(({ userId, status }) => [userId, status]));
    const fitting: Readonly<Record<string, readonly string[]>> = {
      open: ['available', 'dnd', 'away'],
      closed: ['offline', 'away'],
    };
    for (const { userId, legacy, cloudlink } of people) {
      if (cloudlink?.login === false || legacy === undefined) continue;
      expect(fitting[legacy.presence] ?? ['busy']).toContain(statusOf.get(userId));
    }
  });

  it('is unknown of a user who was just made, and goes with them', async () => {
    const { send, ada, list } = await withPresence();
    const json = { email: 'new@example.test' };
    const { body: made } = await send('POST', `${ACME}/users`, { token: ada, json });
    const userId = String(made.userId);
    expect((await list(`$filter=userId eq '${userId}'`)).map(({ status }) => status)).toEqual(['unknown']);
    await send('DELETE', `${ACME}/users/${userId}`, { token: ada });
    expect(await list(`$filter=userId eq '${userId}'`)).toEqual([]);
    expect((await send('GET', `${PRESENCE}/users/${userId}/presence`, { token: ada })).status).toBe(404);
  });

  it('is set by oneself, with or without a reason', async () => {
    const { send, signIn, clock, list } = await withPresence();
    const token = await signIn(BEN);
    clock.advance(5000);
    const json = { status: 'dnd', reason: 'Glück & Ruhe' };
    const first = await send('PUT', pathOf(BEN), { token, json });
    const modifiedOn = new Date(clock.now()).toISOString();
    expect([first.status, first.body]).toEqual([
      200,
      expect.objectContaining({ ...json, modifiedOn, modifiedBy: userIdOf(BEN) }),
    ]);
    expect(await list(`$filter=userId eq '${userIdOf(BEN)}'`)).toEqual([first.body]);
    await send('PUT', pathOf(BEN), { token, json: { ...first.body, status: 'away' } });
    const { body } = await send('PUT', pathOf(BEN), { token, json: { status: 'available' } });
    expect([body.status, 'reason' in body]).toEqual(['available', false]);
  });

  it('is set by administrators for others, and by nobody else', async () => {
    const { send, signIn, ada } = await withPresence();
    const json = { status: 'away' };
    const zoe = await signIn('zoe@example.test');
    const byAda = await send('PUT', pathOf(BEN), { token: ada, json });
    expect([byAda.status, byAda.body.modifiedBy]).toEqual([200, userIdOf(ADA)]);
    expect((await send('PUT', pathOf(BEN), { token: zoe, json })).status).toBe(403);
    expect((await send('PUT', pathOf(GRACE), { token: ada, json })).status).toBe(404);
    expect((await send('GET', pathOf(GRACE), { token: ada })).status).toBe(404);
  });

  it.each<[object, string]>([
    [{}, "data should have required property 'status'"],
    [{ status: 'Available' }, 'data.status should be equal to one of the allowed values'],
    [{ status: 'busy', reason: 1 }, 'data.reason should be string'],
    [{ status: 'busy', mode: 'work' }, 'data should NOT have additional properties'],
  ])('is refused as %j', async (json, message) => {
    const { send, ada } = await withPresence();
    const { status, body } = await send('PUT', pathOf(ADA), { token: ada, json });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });
});
