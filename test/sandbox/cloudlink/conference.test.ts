import { describe, expect, it } from 'vitest';
import { ADA, BEN, GRACE, acme, itemsOf, linksOf, userIdOf } from './cloudlink.ts';
import { CHLOE, withMedia } from './media.ts';

type Body = Readonly<Record<string, unknown>>;

/** The items of a collection inside a conference. */
const inside = (conference: Body, name: string): readonly Record<string, unknown>[] => {
  const { _embedded: collections } = conference as { _embedded: Record<string, object> };
  const { _embedded: embedded } = (collections[name] ?? {}) as {
    _embedded?: { items: readonly Record<string, unknown>[] };
  };
  return embedded?.items ?? [];
};

const namesOf = (items: readonly Body[]) => items.map(({ name }) => name);

/** Ben's conference with Chloe, and Ada who is in it only as an administrator. */
const withConference = async (extra: object = {}) => {
  const setting = await withMedia();
  const [ada, ben, chloe] = [
    await setting.signIn(ADA),
    await setting.signIn(BEN),
    await setting.signIn(CHLOE),
  ];
  const participants = [{ participantId: userIdOf(CHLOE) }];
  const created = await setting.media(ben, 'POST', '/conferences', { name: 'Plans', participants, ...extra });
  const path = `/conferences/${String(created.body.id)}`;
  const join = (token: string, email: string) =>
    setting.media(token, 'POST', `${path}/participants/${userIdOf(email)}/connections`, {});
  const act = (token: string, action: string) => setting.media(token, 'POST', path, { action });
  return { ...setting, ada, ben, chloe, created, path, join, act };
};

describe('POST /conferences', () => {
  it('answers 200 with what was asked for and the usual', async () => {
    const { created } = await withConference();
    expect(created.status).toBe(200);
    expect(created.body).toMatchObject({
      accountId: acme.accountId,
      name: 'Plans',
      visibility: 'private',
      state: 'inactive',
      type: 'everyoneAllowed',
      lobbyPolicy: 'guestLobby',
      createdBy: userIdOf(BEN),
    });
    expect(created.body.accessCode).toMatch(/^\d{9}$/);
    expect(inside(created.body, 'participants')).toMatchObject([
      { participantId: userIdOf(BEN), state: 'accepted', type: 'webapi' },
      { participantId: userIdOf(CHLOE), state: 'invited' },
    ]);
    expect(inside(created.body, 'addresses')).toEqual([{ type: 'pstn', address: '+12125550100' }]);
    expect(Object.keys(linksOf(created.body))).toEqual(['self', 'participants', 'tags']);
  });

  it('takes an id, once, and the length of the code', async () => {
    const { media, ben, created, path } = await withConference({
      id: 'plans-1',
      accessCodeLength: 4,
      type: 'inviteOnly',
      lobbyPolicy: 'noLobby',
    });
    expect(path).toBe('/conferences/plans-1');
    expect(created.body).toMatchObject({ type: 'inviteOnly', lobbyPolicy: 'noLobby' });
    expect(created.body.accessCode).toMatch(/^\d{4}$/);
    expect((await media(ben, 'POST', '/conferences', { id: 'plans-1' })).status).toBe(409);
  });

  it.each([
    [{ accessCodeLength: 0 }, 'data.accessCodeLength should be >= 1'],
    [{ accessCodeLength: 100 }, 'data.accessCodeLength should be <= 99'],
    [{ type: 'invite' }, 'data.type should be equal to one of the allowed values'],
    [{ participants: [{}] }, "data.participants(0) should have required property 'participantId'"],
    [
      { participants: [{ participantId: 'a', type: 'USER' }] },
      'data.participants(0) should NOT have additional properties',
    ],
    [{ visibility: 'public' }, 'data should NOT have additional properties'],
  ])('refuses %j', async (json, message) => {
    const { media, signIn } = await withMedia();
    const { status, body } = await media(await signIn(BEN), 'POST', '/conferences', json);
    expect([status, body.message]).toEqual([400, message]);
  });
});

describe('GET /conferences', () => {
  it('pages newest first by $skiptoken, and stays in step when one comes or goes', async () => {
    const { media, signIn, clock } = await withMedia();
    const token = await signIn(ADA);
    const all = itemsOf(await media(token, 'GET', '/conferences?$top=1000'));
    expect(all).toHaveLength(30);
    const times = all.map(({ createdOn }) => String(createdOn));
    expect(times).toEqual(times.toSorted().toReversed());

    const seen = [];
    let path: string | undefined = '/conferences?$top=7';
    while (path !== undefined) {
      const page = await media(token, 'GET', path);
      seen.push(...itemsOf(page));
      path = linksOf(page.body).next?.replace('/2017-09-01', '');
      expect(path ?? '$skiptoken').toContain('$skiptoken');
      clock.advance(1000);
      await media(token, 'POST', '/conferences', { name: 'Comes between' });
      if (seen.length === 7) await media(token, 'DELETE', `/conferences/${String(seen[6]?.id)}`);
    }
    expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it('refuses a token that is none', async () => {
    const { media, signIn } = await withMedia();
    const { status, body } = await media(await signIn(ADA), 'GET', '/conferences?$skiptoken=next');
    expect([status, body.message]).toEqual([400, '$skiptoken is malformed']);
  });

  it('shows a user those they take part in, an administrator all of the account', async () => {
    const { media, signIn, ben, path } = await withConference();
    const mine = itemsOf(await media(ben, 'GET', '/conferences?$top=1000'));
    expect(mine.length).toBeGreaterThan(1);
    expect(mine.length).toBeLessThan(31);
    for (const conference of mine) {
      const ids = inside(conference, 'participants').map(({ participantId }) => participantId);
      expect(ids).toContain(userIdOf(BEN));
    }
    const dmitri = await signIn('dmitri.volkov@example.test');
    expect((await media(dmitri, 'GET', path)).status).toBe(403);
    expect((await media(await signIn(GRACE), 'GET', path)).status).toBe(404);
    expect(itemsOf(await media(await signIn(GRACE), 'GET', '/conferences'))).toHaveLength(4);
  });

  it('finds by id, access code and external id, and by all participants with me among them', async () => {
    const { media, ben, ada } = await withConference();
    const [own, other] = itemsOf(await media(ada, 'GET', '/conferences'));
    const filter = `accessCode eq '${String(own?.accessCode)}' or externalId eq '${String(other?.externalId)}' or id eq 'x'`;
    expect(itemsOf(await media(ada, 'GET', `/conferences?$filter=${filter}`))).toEqual([own, other]);
    const both = `/conferences?$top=1000&containsAllParticipants=me,${userIdOf(CHLOE)}`;
    const found = itemsOf(await media(ben, 'GET', both));
    expect(namesOf(found)).toContain('Plans');
    for (const conference of found) {
      const ids = new Set(inside(conference, 'participants').map(({ participantId }) => participantId));
      expect([userIdOf(BEN), userIdOf(CHLOE)].filter((id) => !ids.has(id))).toEqual([]);
    }
    expect((await media(ben, 'GET', '/conferences?containsAllParticipants=me,nobody')).body.count).toBe(0);
  });

  it('shows on $expand=tags which chat a meeting belongs to, as JSON in a string', async () => {
    const { media, send, signIn } = await withMedia();
    const token = await signIn(ADA);
    const [plain] = itemsOf(await media(token, 'GET', '/conferences'));
    expect(inside(plain ?? {}, 'conferenceTags')).toEqual([]);
    const [tagged] = itemsOf(await media(token, 'GET', '/conferences?$expand=tags'));
    const [tag] = inside(tagged ?? {}, 'conferenceTags');
    const { meeting } = JSON.parse(String(tag?.value)) as { meeting: { conversationId: string } };
    const chat = await send('GET', `/chat/2017-09-01/conversations/${meeting.conversationId}`, { token });
    expect([chat.status, chat.body.conversationId]).toEqual([200, meeting.conversationId]);
  });

  it('is searched by its content', async () => {
    const { media, signIn } = await withMedia();
    const token = await signIn(ADA);
    const found = itemsOf(await media(token, 'GET', '/conferences/content?$search=SÜD kunden'));
    expect(new Set(namesOf(found))).toEqual(new Set(['Kundentermin Süd']));
    expect((await media(token, 'GET', '/conferences/content?$search=süd board')).body.count).toBe(0);
    const missing = await media(token, 'GET', '/conferences/content');
    expect([missing.status, missing.body.message]).toEqual([
      400,
      "query should have required property '$search'",
    ]);
  });
});

describe('one conference', () => {
  it('takes a name and a lobby policy from its owner', async () => {
    const { media, ben, chloe, path } = await withConference();
    const change = { name: 'Plans B', lobbyPolicy: 'nonOwnerLobby' };
    expect((await media(chloe, 'PUT', path, change)).status).toBe(403);
    expect((await media(ben, 'PUT', path, change)).body).toMatchObject(change);
    expect((await media(chloe, 'GET', path)).body).toMatchObject(change);
    const more = await media(ben, 'PUT', path, { type: 'inviteOnly' });
    expect([more.status, more.body.message]).toEqual([400, 'data should NOT have additional properties']);
  });

  it('is active while somebody is in it', async () => {
    const { media, ben, chloe, path, join, act } = await withConference();
    const state = async () => (await media(ben, 'GET', path)).body.state;
    expect((await join(ben, BEN)).body.state).toBe('active');
    expect((await join(ben, BEN)).status).toBe(409);
    expect(await state()).toBe('active');
    await join(chloe, CHLOE);
    await media(ben, 'PUT', `${path}/participants/${userIdOf(BEN)}`, { action: 'leave' });
    expect(await state()).toBe('active');
    expect((await act(chloe, 'end')).status).toBe(403);
    expect((await act(ben, 'end')).body.state).toBe('inactive');
    expect((await act(ben, 'end')).status).toBe(409);
  });

  it('is recorded, paused and resumed in that order only', async () => {
    const { ben, join, act } = await withConference();
    expect((await act(ben, 'record')).status).toBe(409);
    await join(ben, BEN);
    const statuses = [];
    for (const action of ['stop-record', 'record', 'record', 'resume-record', 'pause-record', 'pause-record'])
      statuses.push((await act(ben, action)).status);
    for (const action of ['resume-record', 'pause-record', 'stop-record', 'pause-record', 'record', 'end'])
      statuses.push((await act(ben, action)).status);
    expect(statuses).toEqual([409, 200, 409, 409, 200, 409, 200, 200, 200, 409, 200, 200]);
    const { status, body } = await act(ben, 'start');
    expect([status, body.message]).toEqual([400, 'data.action should be equal to one of the allowed values']);
  });

  it('is deleted by its owner', async () => {
    const { media, ben, chloe, path } = await withConference();
    expect((await media(chloe, 'DELETE', path)).status).toBe(403);
    expect((await media(ben, 'DELETE', path)).status).toBe(200);
    expect((await media(ben, 'GET', path)).status).toBe(404);
  });
});
