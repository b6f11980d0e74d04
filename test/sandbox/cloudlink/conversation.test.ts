import { describe, expect, it } from 'vitest';
import { CLIENT } from '../../../src/sandbox/company.ts';
import { CONVERSATIONS, EMPTY, clientGrant, embeddedOf, rowsOf, withChat } from './chat.ts';
import { ADA, BEN, CHAT, GRACE, acme, itemsOf, linksOf, userIdOf } from './cloudlink.ts';

const user = (email: string) => ({ type: 'USER', participantId: userIdOf(email) });
const idsOf = (rows: readonly Record<string, unknown>[]) => rows.map(({ conversationId }) => conversationId);

describe('the conversations of somebody', () => {
  it.each([['/conversations'], ['/users/me/conversations']])(
    'are at %s, newest first, with them in each',
    async (path) => {
      const { ask } = await withChat();
      const answer = await ask('GET', `${CHAT}${path}?$top=100`);
      const items = itemsOf(answer);
      const times = items.map(({ createdOn }) => String(createdOn));
      expect(answer.body.count).toBe(55);
      expect(times).toEqual(times.toSorted().toReversed());
      expect(linksOf(answer.body).self).toBe(`/2017-09-01${path}?$top=100`);
      for (const item of items) {
        const { conversationId, _links: links } = item;
        expect(links).toEqual({ self: `/2017-09-01/conversations/${String(conversationId)}` });
        const participants = rowsOf(embeddedOf(item, 'participants'));
        expect(participants.map(({ participantId }) => participantId)).toContain(userIdOf(ADA));
      }
    },
  );

  it('are followed by next to the end, each once', async () => {
    const { ask } = await withChat();
    const found: unknown[] = [];
    const sizes: unknown[] = [];
    let next: string | undefined = `/2017-09-01/conversations?$filter=stream eq false`;
    while (next !== undefined) {
      const page = await ask('GET', `/chat${next}`);
      sizes.push(page.body.count);
      found.push(...idsOf(itemsOf(page)));
      next = linksOf(page.body).next;
    }
    expect(sizes).toEqual([20, 20, 4]);
    expect(new Set(found).size).toBe(44);
  });

  it('are filtered by stream', async () => {
    const { list } = await withChat();
    const chats = await list('stream eq false');
    const streams = await list('stream eq true');
    expect(chats.every(({ stream }) => stream === false)).toBe(true);
    expect(streams.every(({ stream }) => stream === true)).toBe(true);
    expect([chats.length, streams.length]).toEqual([44, 11]);
  });

  it('are as many as there are people, where there are more', async () => {
    const { ask, control } = await withChat();
    await control('POST', '/reset', { users: 150 });
    expect((await ask('GET', `${CONVERSATIONS}?$top=1000`)).body.count).toBe(150);
  });

  it('are told to a client too', async () => {
    const { ask, postToken } = await withChat();
    const { body } = await postToken(clientGrant(CLIENT.id, CLIENT.secret, acme.accountNumber));
    const items = itemsOf(await ask('GET', CONVERSATIONS, { token: String(body.access_token) }));
    expect(items.map(({ name }) => name)).toEqual(['Orders']);
  });
});

describe('what a conversation embeds', () => {
  it('is what its own addresses give, in a list and alone', async () => {
    const { ask } = await withChat();
    for (const item of itemsOf(await ask('GET', `${CONVERSATIONS}?$top=8`))) {
      const path = `${CONVERSATIONS}/${String(item.conversationId)}`;
      expect((await ask('GET', path)).body).toEqual(item);
      expect(embeddedOf(item, 'participants')).toEqual((await ask('GET', `${path}/participants`)).body);
      expect(embeddedOf(item, 'messages')).toEqual((await ask('GET', `${path}/messages?$top=1`)).body);
    }
  });

  it('is the latest message alone', async () => {
    const { ask, start } = await withChat();
    const path = await start();
    await ask('POST', `${path}/messages`, { json: { body: 'first' } });
    const { body: second } = await ask('POST', `${path}/messages`, { json: { body: 'second' } });
    const messages = embeddedOf((await ask('GET', path)).body, 'messages');
    expect([messages.count, rowsOf(messages)]).toEqual([1, [second]]);
  });

  it.each([
    [true, undefined],
    [false, { items: [] }],
  ])('is an empty collection where nothing was said (omitted: %s)', async (omitted, expected) => {
    const { ask, pathOf } = await withChat({ cloudlinkOmitEmptyEmbedded: omitted });
    const { body } = await ask('GET', await pathOf(EMPTY));
    const { count, _embedded: embedded } = embeddedOf(body, 'messages');
    expect([count, embedded]).toEqual([0, expected]);
  });

  it('is a first page of participants where there are many', async () => {
    const { ask, start } = await withChat();
    const guests = Array.from({ length: 24 }, (_, index) => ({
      type: 'GUEST',
      participantId: `guest-${index}`,
    }));
    const path = await start({ originalParticipants: guests });
    const participants = embeddedOf((await ask('GET', path)).body, 'participants');
    const second = await ask('GET', `/chat${String(linksOf(participants).next)}`);
    expect([participants.count, second.body.count]).toEqual([20, 5]);
  });

  it('is left out where the switch says so', async () => {
    const { ask, start } = await withChat({ cloudlinkEmbedConversations: false });
    const answers = [
      ...itemsOf(await ask('GET', CONVERSATIONS)),
      (await ask('GET', await start())).body,
      (await ask('POST', CONVERSATIONS, { json: {} })).body,
    ];
    expect(answers).toHaveLength(22);
    for (const answer of answers) expect(Object.keys(answer)).not.toContain('_embedded');
  });
});

describe('a new conversation', () => {
  it('is made by the body of the official sample', async () => {
    const { ask, clock, signIn } = await withChat();
    const json = {
      stream: false,
      hidden: true,
      generateSystemMessages: false,
      originalParticipants: [user(ADA), user(BEN)],
    };
    const { status, body } = await ask('POST', CONVERSATIONS, { json });
    const path = `${CONVERSATIONS}/${String(body.conversationId)}`;
    const now = new Date(clock.now()).toISOString();
    expect(status).toBe(201);
    expect(body).toEqual({
      conversationId: expect.stringMatching(/^[\da-f-]{36}$/),
      accountId: acme.accountId,
      stream: false,
      hidden: true,
      generateSystemMessages: false,
      visibility: 'PRIVATE',
      languageCode: 'en-US',
      accessCode: expect.stringMatching(/^\d{6}$/),
      email: expect.stringMatching(/^[^@]+@chat\.example\.test$/),
      createdOn: now,
      createdBy: userIdOf(ADA),
      modifiedOn: now,
      modifiedBy: userIdOf(ADA),
      _links: { self: `/2017-09-01/conversations/${String(body.conversationId)}` },
      _embedded: { participants: expect.anything(), messages: expect.anything() },
    });
    expect(rowsOf(embeddedOf(body, 'participants')).map(({ participantId }) => participantId)).toEqual([
      userIdOf(ADA),
      userIdOf(BEN),
    ]);
    const ben = await ask('GET', path, { token: await signIn(BEN) });
    expect(ben.body).toEqual(body);
    expect(idsOf(itemsOf(await ask('GET', `${CONVERSATIONS}?$top=1`)))).toEqual([body.conversationId]);
  });

  it('may have every documented field, and every type of participant', async () => {
    const { ask } = await withChat();
    const json = {
      name: 'Züri 🏔',
      stream: true,
      hidden: false,
      generateSystemMessages: true,
      thumbnailUrl: 'http://example.com',
      languageCode: 'de',
      visibility: 'PUBLIC',
    };
    const types = {
      USER: userIdOf(BEN),
      CLIENT: CLIENT.id,
      GUEST: 'guest@example.com',
      SMS: '+12125550188',
      WORKFLOW: 'flow-7',
    };
    const originalParticipants = Object.entries(types).map(([type, participantId]) => ({
      type,
      participantId,
    }));
    const { status, body } = await ask('POST', CONVERSATIONS, { json: { ...json, originalParticipants } });
    expect(status).toBe(201);
    expect(body).toMatchObject(json);
    const participants = rowsOf(embeddedOf(body, 'participants'));
    expect(participants.map(({ type, status: state }) => [type, state])).toEqual([
      ['USER', 'ACCEPTED'],
      ['USER', 'ACCEPTED'],
      ['CLIENT', 'ACCEPTED'],
      ['GUEST', 'INVITED'],
      ['SMS', 'ACCEPTED'],
      ['WORKFLOW', 'ACCEPTED'],
    ]);
  });

  it('has whoever starts it in it, nobody twice, and needs nobody else', async () => {
    const { ask } = await withChat();
    const originalParticipants = [user(BEN), user(BEN), user(ADA), { ...user(ADA), type: 'GUEST' }];
    const named = await ask('POST', CONVERSATIONS, { json: { originalParticipants } });
    const alone = await ask('POST', CONVERSATIONS, { json: {} });
    const idsIn = (body: Record<string, unknown>) =>
      rowsOf(embeddedOf(body, 'participants')).map(({ type, participantId }) => ({ type, participantId }));
    expect(idsIn(named.body)).toEqual([user(ADA), user(BEN)]);
    expect(idsIn(alone.body)).toEqual([user(ADA)]);
  });

  it('of a client has the client in it', async () => {
    const { ask, postToken } = await withChat();
    const grant = await postToken(clientGrant(CLIENT.id, CLIENT.secret, acme.accountNumber));
    const token = String(grant.body.access_token);
    const { body } = await ask('POST', CONVERSATIONS, { token, json: { originalParticipants: [user(ADA)] } });
    expect(rowsOf(embeddedOf(body, 'participants'))[0]).toMatchObject({
      type: 'CLIENT',
      participantId: CLIENT.id,
    });
    expect((await ask('GET', `${CONVERSATIONS}/${String(body.conversationId)}`)).status).toBe(200);
  });

  const pattern = 'should match pattern "^[a-z]{2}(-[A-Z]{2})?$"';
  const allowed = 'should be equal to one of the allowed values';
  const ben = user(BEN);
  it.each<[object, string]>([
    [{ participants: [] }, 'data should NOT have additional properties'],
    [{ conversationId: 'x' }, 'data should NOT have additional properties'],
    [{ accessCode: '123456' }, 'data should NOT have additional properties'],
    [{ originalParticipants: [{ ...ben, type: 'user' }] }, `data.originalParticipants(0).type ${allowed}`],
    [
      { originalParticipants: [ben, { ...ben, type: 'BOT' }] },
      `data.originalParticipants(1).type ${allowed}`,
    ],
    [{ originalParticipants: ben }, 'data.originalParticipants should be array'],
    [{ originalParticipants: ['x'] }, 'data.originalParticipants(0) should be object'],
    [
      { originalParticipants: [{ participantId: 'x' }] },
      "data.originalParticipants(0) should have required property 'type'",
    ],
    [
      { originalParticipants: [{ type: 'USER' }] },
      "data.originalParticipants(0) should have required property 'participantId'",
    ],
    [
      { originalParticipants: [{ type: 'SMS', participantId: '' }] },
      'data.originalParticipants(0).participantId should NOT be shorter than 1 characters',
    ],
    [
      { originalParticipants: [{ ...ben, name: 'Ben' }] },
      'data.originalParticipants(0) should NOT have additional properties',
    ],
    [
      { originalParticipants: [ben, { type: 'USER', participantId: userIdOf(GRACE) }] },
      'data.originalParticipants(1).participantId should be the id of a user of the account',
    ],
    [
      { originalParticipants: [{ type: 'CLIENT', participantId: userIdOf(BEN) }] },
      'data.originalParticipants(0).participantId should be the id of a client of the account',
    ],
    [{ languageCode: 'string' }, `data.languageCode ${pattern}`],
    [{ languageCode: 'en-us' }, `data.languageCode ${pattern}`],
    [{ visibility: 'public' }, `data.visibility ${allowed}`],
    [{ thumbnailUrl: 'picture' }, 'data.thumbnailUrl should match format "uri"'],
    [{ stream: 'false' }, 'data.stream should be boolean'],
    [{ hidden: 1 }, 'data.hidden should be boolean'],
    [{ generateSystemMessages: null }, 'data.generateSystemMessages should be boolean'],
    [{ name: 7 }, 'data.name should be string'],
  ])('is refused as %j', async (json, message) => {
    const { ask } = await withChat();
    const { status, body } = await ask('POST', CONVERSATIONS, { json });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
    expect((await ask('GET', `${CONVERSATIONS}?$top=100`)).body.count).toBe(55);
  });

  it('is what a message becomes whose conversation is in the query, and refused', async () => {
    const { ask } = await withChat();
    const json = { body: 'Hello' };
    const { status, body } = await ask('POST', `${CONVERSATIONS}?conversationId=x`, { json });
    const message = 'data should NOT have additional properties';
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });
});

describe('a deleted conversation', () => {
  it('is answered as JSON and then neither found nor spoken in', async () => {
    const { ask, start, list } = await withChat();
    const path = await start({ name: 'Short' });
    await ask('POST', `${path}/messages`, { json: { body: 'Hello' } });
    const { body: before } = await ask('GET', path);
    const { status, body } = await ask('DELETE', path);
    expect([status, body]).toEqual([200, before]);
    const after = [
      await ask('GET', path),
      await ask('DELETE', path),
      await ask('POST', `${path}/messages`, { json: { body: 'Anybody?' } }),
      await ask('GET', `${path}/messages`),
      await ask('GET', `${path}/participants`),
    ];
    expect(after.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 404]);
    expect(await list("name eq 'Short'")).toEqual([]);
  });

  it('goes with its account', async () => {
    const { ask, signIn, list } = await withChat();
    const partner = await signIn('partner@example.test');
    expect(await list('stream eq true or stream eq false')).toHaveLength(55);
    await ask('DELETE', `/admin/2017-09-01/accounts/${acme.accountId}?hard=true`, { token: partner });
    expect(await list('stream eq true or stream eq false')).toEqual([]);
  });
});

describe('somebody who is not in a conversation', () => {
  const requests = [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/participants'],
    ['POST', '/participants'],
    ['GET', `/participants/${userIdOf(ADA)}`],
    ['GET', '/messages'],
    ['POST', '/messages'],
    ['GET', '/messages/x'],
    ['PUT', '/messages/x'],
    ['DELETE', '/messages/x'],
    ['POST', '/attachments'],
    ['GET', '/attachments/x'],
    ['GET', '/attachments/x/content'],
    ['PUT', '/attachments/x/content'],
  ] as const;

  it.each(requests)('is refused %s %s, and told 404 from another account', async (method, path) => {
    const { ask, start, signIn } = await withChat();
    const conversation = await start();
    const statusFor = async (email: string) => {
      const json = method === 'GET' ? {} : { json: {} };
      return (await ask(method, `${conversation}${path}`, { token: await signIn(email), ...json })).status;
    };
    expect([await statusFor('zoe@example.test'), await statusFor(GRACE)]).toEqual([403, 404]);
  });

  it('is refused as an administrator too', async () => {
    const { ask, signIn } = await withChat();
    const ben = await signIn(BEN);
    const started = await ask('POST', CONVERSATIONS, { token: ben, json: {} });
    const { status, body } = await ask('GET', `${CONVERSATIONS}/${String(started.body.conversationId)}`);
    expect([status, body]).toEqual([403, { name: 'ForbiddenError', message: 'Forbidden' }]);
  });

  it('does not get in as the guest of that name', async () => {
    const { ask, start, signIn } = await withChat();
    const path = await start({ originalParticipants: [{ ...user(BEN), type: 'GUEST' }] });
    expect((await ask('GET', path, { token: await signIn(BEN) })).status).toBe(403);
  });
});
