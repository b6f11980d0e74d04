import { describe, expect, it } from 'vitest';
import { withChat } from './chat.ts';
import { ADA, BEN, acme, linksOf, userIdOf } from './cloudlink.ts';

const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256));

const withAttachment = async (json: object = { name: 'plan ü/1.bin', type: 'image/png' }) => {
  const chat = await withChat();
  const token = await chat.signIn(ADA);
  const path = await chat.start();
  const { status, body } = await chat.ask('POST', `${path}/attachments`, { json });
  const attachment = `${path}/attachments/${String(body.attachmentId)}`;

  const upload = (name: string, content: Uint8Array<ArrayBuffer>, contentType?: string) =>
    fetch(`${chat.url}${path}/attachments/${encodeURIComponent(name)}/content`, {
      method: 'PUT',
      body: content,
      headers: { Authorization: token, ...(contentType !== undefined && { 'Content-Type': contentType }) },
    });
  const download = async (from = attachment) => {
    const response = await fetch(`${chat.url}${from}/content`, { headers: { Authorization: token } });
    const received = Buffer.from(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get('content-type'), bytes: received };
  };

  return { ...chat, path, attachment, status, announced: body, upload, download };
};

describe('an attachment', () => {
  it('is announced, uploaded under its name, and read under its id', async () => {
    const { ask, attachment, announced, status, upload, download, clock } = await withAttachment();
    const now = new Date(clock.now()).toISOString();
    const self = attachment.replace('/chat', '');
    expect(status).toBe(201);
    expect(announced).toEqual({
      attachmentId: expect.stringMatching(/^[\da-f-]{36}$/),
      conversationId: attachment.split('/')[4],
      accountId: acme.accountId,
      name: 'plan ü/1.bin',
      type: 'image/png',
      createdOn: now,
      createdBy: userIdOf(ADA),
      modifiedOn: now,
      modifiedBy: userIdOf(ADA),
      _links: { self, content: `${self}/content` },
    });
    expect((await download()).status).toBe(404);
    expect((await upload('plan ü/1.bin', bytes, 'application/x-plan')).status).toBe(200);
    expect(await download()).toEqual({ status: 200, type: 'application/x-plan', bytes });
    const { body } = await ask('GET', attachment);
    expect(body).toEqual({ ...announced, size: bytes.length, contentType: 'application/x-plan' });
    expect((await download(`/chat${linksOf(body).self}`)).bytes).toEqual(bytes);
  });

  it('is uploaded under its id too, and again', async () => {
    const { announced, upload, download } = await withAttachment();
    await upload(String(announced.attachmentId), bytes, 'text/plain');
    await upload(String(announced.attachmentId), Buffer.from('{"a":1}'), 'application/json');
    expect(await download()).toEqual({
      status: 200,
      type: 'application/json',
      bytes: Buffer.from('{"a":1}'),
    });
  });

  it.each([
    [{ name: 'a', type: 'image/png' }, 'image/png'],
    [{ name: 'a', type: '' }, 'application/octet-stream'],
    [{ name: 'a' }, 'application/octet-stream'],
  ])('announced as %j is downloaded as %s where the upload does not say', async (json, type) => {
    const { upload, download } = await withAttachment(json);
    await upload('a', bytes);
    expect((await download()).type).toBe(type);
  });

  it('is the newest of its name where there are several', async () => {
    const { ask, path, upload, download } = await withAttachment({ name: 'twice' });
    const { body } = await ask('POST', `${path}/attachments`, { json: { name: 'twice' } });
    await upload('twice', bytes);
    expect((await download()).status).toBe(404);
    expect((await download(`${path}/attachments/${String(body.attachmentId)}`)).bytes).toEqual(bytes);
  });

  it('may be empty', async () => {
    const { upload, download, ask, attachment } = await withAttachment({ name: 'void' });
    await upload('void', Buffer.alloc(0), 'text/plain');
    expect((await download()).bytes).toHaveLength(0);
    expect((await ask('GET', attachment)).body.size).toBe(0);
  });

  it('is read by the other participants', async () => {
    const { ask, attachment, announced, signIn } = await withAttachment();
    expect((await ask('GET', attachment, { token: await signIn(BEN) })).body).toEqual(announced);
  });

  it('is not found in another conversation, nor one that was never announced', async () => {
    const { attachment, start, download, upload, ask } = await withAttachment();
    const elsewhere = `${await start()}/attachments/${attachment.split('/').at(-1)}`;
    expect((await ask('GET', elsewhere)).status).toBe(404);
    expect((await upload('surprise', bytes)).status).toBe(404);
    expect((await download(elsewhere)).status).toBe(404);
  });

  it.each<[object, string]>([
    [{ type: 'image/png' }, "data should have required property 'name'"],
    [{ name: '' }, 'data.name should NOT be shorter than 1 characters'],
    [{ name: 'a', type: 1 }, 'data.type should be string'],
    [{ name: 'a', size: 3 }, 'data should NOT have additional properties'],
  ])('is refused as %j', async (json, message) => {
    const { status, announced } = await withAttachment(json);
    expect([status, announced]).toEqual([400, { name: 'BadRequestError', message }]);
  });
});
