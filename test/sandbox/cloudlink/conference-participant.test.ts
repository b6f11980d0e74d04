import { describe, expect, it } from 'vitest';
import { ADA, BEN, itemsOf, linksOf, userIdOf } from './cloudlink.ts';
import { CHLOE, withMedia } from './media.ts';

/** Ben's conference with Chloe; `at` is the path of its participants. */
const withParticipants = async (conference: object = {}) => {
  const setting = await withMedia();
  const [ben, chloe] = [await setting.signIn(BEN), await setting.signIn(CHLOE)];
  const participants = [{ participantId: userIdOf(CHLOE) }];
  const { body } = await setting.media(ben, 'POST', '/conferences', { participants, ...conference });
  const at = `/conferences/${String(body.id)}/participants`;
  const change = (token: string, email: string, json: object) =>
    setting.media(token, 'PUT', `${at}/${userIdOf(email)}`, json);
  const join = (token: string, email: string) =>
    setting.media(token, 'POST', `${at}/${userIdOf(email)}/connections`);
  return { ...setting, ben, chloe, at, change, join };
};

describe('participants', () => {
  it('are listed newest first and read one by one', async () => {
    const { media, ben, at } = await withParticipants();
    const list = await media(ben, 'GET', at);
    expect(itemsOf(list)).toMatchObject([
      { participantId: userIdOf(CHLOE), state: 'invited', type: 'webapi', muted: false },
      { participantId: userIdOf(BEN), state: 'accepted' },
    ]);
    const [first] = itemsOf(list);
    expect((await media(ben, 'GET', `${at}/${userIdOf(CHLOE)}`)).body).toEqual(first);
    expect(linksOf(first ?? {}).self).toBe(`/2017-09-01${at}/${userIdOf(CHLOE)}`);
    const page = await media(ben, 'GET', `${at}?$top=1`);
    expect(linksOf(page.body).next).toContain('$skiptoken=');
    expect((await media(ben, 'GET', `${at}/${userIdOf(ADA)}`)).status).toBe(404);
  });

  it('are added once, by the owner', async () => {
    const { media, ben, chloe, at } = await withParticipants();
    const guest = {
      participantId: '+12125550188',
      type: 'pstn',
      externalId: 'bakery',
      onetimeAcceptance: true,
    };
    expect((await media(chloe, 'POST', at, guest)).status).toBe(403);
    const { status, body } = await media(ben, 'POST', at, guest);
    expect([status, body]).toEqual([200, expect.objectContaining({ ...guest, state: 'invited' })]);
    expect((await media(ben, 'POST', at, guest)).status).toBe(409);
    expect((await media(ben, 'GET', at)).body.count).toBe(3);
  });

  it.each([
    [{}, "data should have required property 'participantId'"],
    [{ participantId: 'a', type: 'USER' }, 'data.type should be equal to one of the allowed values'],
    [{ participantId: 'a', name: 'A' }, 'data should NOT have additional properties'],
  ])('refuse %j', async (json, message) => {
    const { media, ben, at } = await withParticipants();
    const { status, body } = await media(ben, 'POST', at, json);
    expect([status, body.message]).toEqual([400, message]);
  });

  it('are muted and leave, by themselves or the owner', async () => {
    const { ben, chloe, change, join } = await withParticipants();
    expect((await change(chloe, CHLOE, { action: 'leave' })).status).toBe(409);
    await join(chloe, CHLOE);
    expect((await change(ben, CHLOE, { muted: true })).body).toMatchObject({ muted: true, state: 'active' });
    expect((await change(chloe, BEN, { muted: true })).status).toBe(403);
    expect((await change(chloe, CHLOE, { action: 'leave' })).body).toMatchObject({
      muted: false,
      state: 'inactive',
    });
    const { status, body } = await change(ben, CHLOE, { action: 'join' });
    expect([status, body.message]).toEqual([400, 'data.action should be equal to one of the allowed values']);
  });

  it('are taken out', async () => {
    const { media, ben, chloe, at } = await withParticipants();
    expect((await media(chloe, 'DELETE', `${at}/${userIdOf(BEN)}`)).status).toBe(403);
    expect((await media(chloe, 'DELETE', `${at}/${userIdOf(CHLOE)}`)).status).toBe(200);
    expect((await media(ben, 'GET', at)).body.count).toBe(1);
    expect((await media(chloe, 'GET', at)).status).toBe(403);
  });

  it('do not come in once the conference has expired', async () => {
    const { ben, clock, join } = await withParticipants({ expiryDateTime: '2020-01-01T00:00:00Z' });
    expect(clock.now()).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'));
    const { status, body } = await join(ben, BEN);
    expect([status, body.message]).toEqual([409, 'The conference has expired']);
  });
});

describe('GET /users/{userId}/conferences and /attendances', () => {
  it('show where somebody takes part and when they were there', async () => {
    const { media, ben, clock, change, join } = await withParticipants({ name: 'Plans' });
    await join(ben, BEN);
    const started = new Date(clock.now()).toISOString();
    clock.advance(90_000);
    await change(ben, BEN, { action: 'leave' });
    const conferences = itemsOf(await media(ben, 'GET', `/users/${userIdOf(BEN)}/conferences?$top=1`));
    expect(conferences).toMatchObject([{ name: 'Plans' }]);
    const page = await media(ben, 'GET', `/users/${userIdOf(BEN)}/attendances?$top=1`);
    expect(itemsOf(page)).toMatchObject([
      {
        conferenceId: conferences[0]?.id,
        participantId: userIdOf(BEN),
        createdOn: started,
        durationInSeconds: 90,
      },
    ]);
    const next = String(linksOf(page.body).next).replace('/2017-09-01', '');
    const [older] = itemsOf(await media(ben, 'GET', next));
    expect(String(older?.createdOn) < started).toBe(true);
  });

  it('are for themselves and administrators', async () => {
    const { media, signIn, ben, chloe } = await withParticipants();
    const ada = await signIn(ADA);
    for (const list of ['conferences', 'attendances']) {
      const path = `/users/${userIdOf(BEN)}/${list}`;
      const statuses = [ben, ada, chloe].map(async (token) => (await media(token, 'GET', path)).status);
      expect(await Promise.all(statuses)).toEqual([200, 200, 403]);
      expect((await media(ada, 'GET', `/users/nobody/${list}`)).status).toBe(404);
    }
  });
});
