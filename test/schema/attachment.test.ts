import { expect, it } from 'vitest';
import { conversationGuid, conversationId } from '../helpers/chat.ts';
import { withGateway } from '../helpers/gateway.ts';

const ANNOUNCE = 'POST /conversations/{conversationId}/attachments';
const CONTENT = 'PUT /conversations/{conversationId}/attachments/{attachmentId}/content';

const upload = `mutation ($input: UploadAttachmentInput!) {
  uploadAttachment(input: $input) {
    ... on UploadAttachmentSuccess { data { id attachmentId name contentType size path conversation { id } } }
    ... on Rejection { code field message }
  }
}`;
const file = {
  conversation: conversationId(0),
  name: 'Grüße & more?.bin',
  contentType: 'application/octet-stream',
};

it('sends the bytes as they are, under their own content type, and finds the file again', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const bytes = Buffer.from(Array.from({ length: 700 }, (_, index) => (index * 7) % 256));
  await gateway.bill();
  const { data, errors } = await gateway.execute(upload, session, {
    input: { ...file, content: bytes.toString('base64') },
  });
  expect(errors).toEqual([]);
  const attachment = data?.['uploadAttachment'].data;
  expect(attachment).toEqual({
    id: expect.any(String),
    attachmentId: expect.any(String),
    name: file.name,
    contentType: file.contentType,
    size: 700,
    path: expect.any(String),
    conversation: { id: file.conversation },
  });
  expect((await gateway.bill()).slice(0, 2)).toEqual([ANNOUNCE, CONTENT]);

  const { cloudlink } = await gateway.tokens();
  const content = await fetch(
    `${gateway.sandbox.url}/chat/2017-09-01/conversations/${conversationGuid(0)}/attachments/${attachment.attachmentId}/content`,
    { headers: cloudlink },
  );
  expect(content.headers.get('content-type')).toBe(file.contentType);
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);

  const again = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { ... on Attachment { name size contentType audit { createdBy } } } }',
    session,
    { id: attachment.id },
  );
  expect(again.errors).toEqual([]);
  expect(again.data?.['node']).toMatchObject({ name: file.name, size: 700, contentType: file.contentType });
});

it('that was announced and not sent is told as half made', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { route: CONTENT }, fault: { type: 'status', status: 500 } });
  const { data, errors } = await gateway.execute(upload, session, {
    input: { ...file, content: 'eA==' },
  });
  expect(errors).toEqual([]);
  expect(data?.['uploadAttachment']).toMatchObject({
    code: 'ACCEPTED_NOT_VISIBLE',
    message: expect.stringMatching(/^The change was accepted, but then .* do not repeat it\.$/),
  });
});

it.each([
  ['name', { name: '..' }],
  ['name', { name: 'a/b' }],
  ['name', { name: 'a\\b' }],
  ['name', { name: ' ' }],
  ['name', { name: 'a\r\nb' }],
  ['name', { name: '\udc00' }],
  ['name', { name: 'x'.repeat(256) }],
  ['contentType', { contentType: 'text/plain\r\nX-Injected: yes' }],
  ['contentType', { contentType: 'text/plain; charset=utf-8' }],
  ['contentType', { contentType: 'text' }],
  ['content', { content: '' }],
  ['content', { content: 'not base64' }],
  ['content', { content: 'eA' }],
  ['content', { content: 'eA==\n' }],
  ['conversation', { conversation: conversationGuid(0) }],
])('is refused by its %s unsent: %j', async (field, given) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(upload, session, {
    input: { ...file, content: 'eA==', ...given },
  });
  expect(errors).toEqual([]);
  expect(data?.['uploadAttachment']).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});

it('is no larger than a request may be', async () => {
  const gateway = await withGateway({ env: { MAX_BODY_BYTES: '2000' } });
  const session = await gateway.signIn();
  await gateway.bill();
  const content = Buffer.alloc(2000).toString('base64');
  const { status } = await gateway.execute(upload, session, { input: { ...file, content } });
  expect(status).toBe(413);
  expect(await gateway.bill()).toEqual([]);
});

const DOWNLOAD = 'GET /conversations/{conversationId}/attachments/{attachmentId}/content';

/** A gateway with one file in a conversation, and where its bytes are. */
const withFile = async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const content = Buffer.from('one parcel, left at the reception');
  const { data } = await gateway.execute(upload, session, {
    input: { ...file, content: content.toString('base64') },
  });
  await gateway.bill();
  const path: string = data?.['uploadAttachment'].data.path;
  const get = (headers: Record<string, string> = session, query = '') =>
    gateway.fetch(`${path}${query}`, { headers });
  return { gateway, session, content, path, get };
};

it('is downloaded through this gateway for one request, with the token of whoever asks', async () => {
  const { gateway, content, get } = await withFile();
  const response = await get();
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  });
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  expect(await gateway.bill()).toEqual([DOWNLOAD]);
  const grace = await get(await gateway.signIn('grace'));
  expect([404, 403]).toContain(grace.status);
  expect(await grace.json()).toMatchObject({ errors: [{ extensions: { platform: 'cloudlink' } }] });
});

it('is downloaded with a new token where the old one has come to its end', async () => {
  const { gateway, content, get } = await withFile();
  await gateway.sandbox.fail({
    match: { route: DOWNLOAD },
    fault: { type: 'status', status: 401, body: { message: 'Unauthorized' } },
    times: 1,
  });
  const response = await get();
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  expect(await gateway.bill()).toEqual([DOWNLOAD, DOWNLOAD]);
});

it.each([
  ['no token', 401, 'UNAUTHENTICATED', {}, ''],
  ['a format', 400, 'BAD_USER_INPUT', undefined, '?format=mp3'],
  ['a channel', 400, 'BAD_USER_INPUT', undefined, '?channel=1'],
] as const)(
  'is not downloaded with %s, for no request at all',
  async (_what, status, code, headers, query) => {
    const { gateway, get } = await withFile();
    const response = await get(headers, query);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(await gateway.bill()).toEqual([]);
  },
);

it.each([
  [404, 404, 'NOT_FOUND'],
  [403, 403, 'FORBIDDEN'],
  [503, 502, 'UPSTREAM_UNAVAILABLE'],
])('says what is wrong where the platform answers %i', async (upstream, status, code) => {
  const { gateway, get } = await withFile();
  await gateway.sandbox.fail({
    match: { route: DOWNLOAD },
    fault: { type: 'status', status: upstream },
  });
  const response = await get();
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  expect(await gateway.bill()).toEqual([DOWNLOAD]);
});
