import { expect, it } from 'vitest';
import { ANNOUNCE, announce, announced, DOWNLOAD, file } from '../helpers/attachment.ts';
import { conversationGuid } from '../helpers/chat.ts';
import { withGateway } from '../helpers/gateway.ts';

it('is announced for one request, and says where its bytes go', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await announce(gateway, session);
  expect(errors).toEqual([]);
  const attachment = data?.['uploadAttachment'].data;
  expect(attachment).toEqual({
    id: expect.any(String),
    attachmentId: expect.any(String),
    name: file.name,
    contentType: file.contentType,
    size: null,
    path: `/recordings/${attachment.id}`,
    uploadPath: `/uploads/${attachment.id}`,
    conversation: { id: file.conversation },
  });
  const bill = await gateway.bill();
  expect([bill.length, bill.filter((route) => route === ANNOUNCE)]).toEqual([2, [ANNOUNCE]]);
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
  ['conversation', { conversation: conversationGuid(0) }],
])('is refused by its %s unsent: %j', async (field, given) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await announce(gateway, session, given);
  expect(errors).toEqual([]);
  expect(data?.['uploadAttachment']).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});

/** A gateway with one file in a conversation, and where its bytes are. */
const withFile = async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const content = Buffer.from('one parcel, left at the reception');
  const { attachment, send } = await announced(gateway, session);
  await send(content);
  await gateway.bill();
  const get = (headers: Record<string, string> = session, query = '') =>
    gateway.fetch(`${attachment.path}${query}`, { headers });
  return { gateway, session, content, get };
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
