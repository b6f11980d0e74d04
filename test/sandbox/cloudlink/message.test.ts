import { describe, expect, it } from 'vitest';
import { LONG, withChat } from './chat.ts';
import { ADA, BEN, acme, itemsOf, linksOf, userIdOf } from './cloudlink.ts';

const CARD = 'application/vnd.mitel.action-card';

describe('the messages of a conversation', () => {
  it('come ten at a time, newest first, and are followed to the end', async () => {
    const { ask, pathOf } = await withChat();
    const path = `${await pathOf(LONG)}/messages`.replace('/chat', '');
    const times: string[] = [];
    const sizes: unknown[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const page = await ask('GET', `/chat${next}`);
      sizes.push(page.body.count);
      times.push(...itemsOf(page).map(({ createdOn }) => String(createdOn)));
      next = linksOf(page.body).next;
    }
    expect(sizes).toEqual([...Array.from({ length: 12 }, () => 10), 0]);
    expect(new Set(times).size).toBe(120);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('are paged by $skip and $top', async () => {
    const { ask, pathOf } = await withChat();
    const path = `${await pathOf(LONG)}/messages`;
    const all = itemsOf(await ask('GET', `${path}?$top=1000`));
    const page = await ask('GET', `${path}?$skip=110&$top=25`);
    expect(itemsOf(page)).toEqual(all.slice(110));
    expect(linksOf(page.body)).toEqual({ self: `${path.replace('/chat', '')}?$skip=110&$top=25` });
    const first = await ask('GET', path);
    expect(linksOf(first.body).next).toBe(`${path.replace('/chat', '')}?$skip=10&$top=10`);
  });

  it('are filtered by who wrote them', async () => {
    const { ask, pathOf } = await withChat();
    const path = `${await pathOf(LONG)}/messages?$top=1000&$filter=createdBy eq '${userIdOf(ADA)}'`;
    const items = itemsOf(await ask('GET', path));
    expect(items).toHaveLength(15);
    expect(items.every(({ createdBy }) => createdBy === userIdOf(ADA))).toBe(true);
  });
});

describe('a new message', () => {
  it('needs only a body, and is plain text', async () => {
    const { ask, start, clock } = await withChat();
    const path = await start();
    const { status, body } = await ask('POST', `${path}/messages`, { json: { body: 'Parcel arrived' } });
    const conversationId = path.split('/').at(-1);
    expect(status).toBe(201);
    expect(body).toEqual({
      messageId: expect.stringMatching(/^[\da-f-]{36}$/),
      conversationId,
      accountId: acme.accountId,
      contentType: 'text/plain',
      body: 'Parcel arrived',
      createdBy: userIdOf(ADA),
      createdOn: new Date(clock.now()).toISOString(),
      _links: { self: `/2017-09-01/conversations/${conversationId}/messages/${String(body.messageId)}` },
    });
    expect((await ask('GET', `/chat${linksOf(body).self}`)).body).toEqual(body);
    expect(itemsOf(await ask('GET', `${path}/messages`))).toEqual([body]);
  });

  it.each([
    { body: '<b>Hi</b>', contentType: 'text/html' },
    { body: '', contentType: 'text/plain' },
    { body: 'e\u0301 👩‍👩‍👧‍👦 \u0000 "\n', tag: '{"sendId":"17"}' },
    { body: 'x'.repeat(300_000), contentType: 'application/vnd.example+json; charset=utf-8' },
    { body: '{"title":"Pick","buttons":[]}', contentType: CARD, fallbackText: 'Pick' },
  ])('is kept as it was sent: $contentType', async (json) => {
    const { ask, start } = await withChat();
    const path = `${await start()}/messages`;
    const { status, body } = await ask('POST', path, { json });
    expect([status, body]).toEqual([201, expect.objectContaining(json)]);
    expect(itemsOf(await ask('GET', path))[0]).toEqual(body);
  });

  it('comes before older ones of the same instant', async () => {
    const { ask, start } = await withChat();
    const path = `${await start()}/messages`;
    for (const text of ['one', 'two', 'three']) await ask('POST', path, { json: { body: text } });
    expect(itemsOf(await ask('GET', path)).map(({ body }) => body)).toEqual(['three', 'two', 'one']);
  });

  it.each<[object, string]>([
    [{}, "data should have required property 'body'"],
    [{ contentType: 'text/plain' }, "data should have required property 'body'"],
    [{ body: { text: 'Hi' } }, 'data.body should be string'],
    [{ body: 'Hi', tag: { sendId: 17 } }, 'data.tag should be string'],
    [{ body: 'Hi', contentType: '' }, 'data.contentType should NOT be shorter than 1 characters'],
    [{ body: 'Hi', conversationId: 'x' }, 'data should NOT have additional properties'],
    [{ body: 'Hi', attachments: [] }, 'data should NOT have additional properties'],
    [{ body: { buttons: [] }, contentType: CARD }, 'data.body should be string'],
    [{ body: 'Hi', contentType: CARD }, 'data.body should be a JSON object as a string'],
    [{ body: '[]', contentType: CARD }, 'data.body should be a JSON object as a string'],
  ])('is refused as %j', async (json, message) => {
    const { ask, start } = await withChat();
    const path = `${await start()}/messages`;
    const { status, body } = await ask('POST', path, { json });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
    expect((await ask('GET', path)).body.count).toBe(0);
  });
});

describe('a message', () => {
  const withMessage = async () => {
    const chat = await withChat();
    const messages = `${await chat.start()}/messages`;
    const { body } = await chat.ask('POST', messages, { json: { body: 'Helo', tag: '{"sendId":"1"}' } });
    return { ...chat, messages, path: `${messages}/${String(body.messageId)}`, sent: body };
  };

  it('is edited by its author, who may send back what was read', async () => {
    const { ask, clock, path, sent, messages } = await withMessage();
    await ask('POST', messages, { json: { body: 'later' } });
    clock.advance(60_000);
    const { status, body } = await ask('PUT', path, { json: { ...sent, body: 'Hello' } });
    const modifiedOn = new Date(clock.now()).toISOString();
    expect([status, body]).toEqual([200, { ...sent, body: 'Hello', modifiedOn, modifiedBy: userIdOf(ADA) }]);
    const items = itemsOf(await ask('GET', messages));
    expect(items.map(({ body: text }) => text)).toEqual(['later', 'Hello']);
  });

  it('keeps what the edit does not name', async () => {
    const { ask, path, sent } = await withMessage();
    const { body } = await ask('PUT', path, { json: { contentType: 'text/html' } });
    expect(body).toMatchObject({ body: 'Helo', tag: sent.tag, contentType: 'text/html' });
  });

  it('does not become a card whose body is no JSON', async () => {
    const { ask, path } = await withMessage();
    expect((await ask('PUT', path, { json: { contentType: CARD } })).status).toBe(400);
  });

  it('is deleted by its author', async () => {
    const { ask, path, messages } = await withMessage();
    const { status, body } = await ask('DELETE', path);
    expect([status, body]).toEqual([200, {}]);
    expect((await ask('GET', path)).status).toBe(404);
    expect((await ask('DELETE', path)).status).toBe(404);
    expect((await ask('GET', messages)).body.count).toBe(0);
  });

  it('is neither edited nor deleted by another participant', async () => {
    const { ask, path, sent, signIn } = await withMessage();
    const token = await signIn(BEN);
    expect((await ask('PUT', path, { token, json: { body: 'Bye' } })).status).toBe(403);
    expect((await ask('DELETE', path, { token })).status).toBe(403);
    expect((await ask('GET', path, { token })).body).toEqual(sent);
  });

  it('is found in its own conversation alone', async () => {
    const { ask, start, path } = await withMessage();
    const id = path.split('/').at(-1);
    expect((await ask('GET', `${await start()}/messages/${id}`)).status).toBe(404);
  });
});
