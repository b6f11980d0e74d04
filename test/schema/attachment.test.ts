import { expect, it } from 'vitest';
import { conversationGuid, conversationId } from '../helpers/chat.ts';
import { withGateway } from '../helpers/gateway.ts';

const ANNOUNCE = 'POST /conversations/{conversationId}/attachments';
const CONTENT = 'PUT /conversations/{conversationId}/attachments/{attachmentId}/content';

const upload = `mutation ($input: UploadAttachmentInput!) {
  uploadAttachment(input: $input) {
    ... on UploadAttachmentSuccess { data { id attachmentId name contentType size conversation { id } } }
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

it('that was announced and not sent has no size', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { route: CONTENT }, fault: { type: 'status', status: 500 } });
  const { data, errors } = await gateway.execute(upload, session, {
    input: { ...file, content: 'eA==' },
  });
  expect(data).toEqual({ uploadAttachment: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
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
