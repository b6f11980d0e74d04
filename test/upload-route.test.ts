import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { guid } from '../src/sandbox/company.ts';
import { announce, announced, READ, SEND } from './helpers/attachment.ts';
import { conversationGuid, conversationId } from './helpers/chat.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { globalId } from './helpers/global-id.ts';
import { hostileTexts, losses } from './helpers/loss.ts';
import { listen } from './helpers/sound.ts';

const withAnnounced = async (env: Record<string, string> = {}, given: object = {}) => {
  const gateway = await withGateway({ env });
  const session = await gateway.signIn();
  return { gateway, session, ...(await announced(gateway, session, given)) };
};

const errorOf = async (response: Response) => {
  const { errors } = (await response.json()) as {
    errors: { extensions: { code: string }; message: string }[];
  };
  return { status: response.status, code: errors[0]?.extensions.code };
};

/** Writes by hand what fetch would send whole: a body that comes piece by piece, or not. */
const upload = (gateway: TestGateway, path: string, headers: Record<string, string | number>) => {
  const client = httpRequest(`${gateway.url}${path}`, { method: 'PUT', headers });
  client.on('error', () => undefined).flushHeaders();
  return client;
};

/** Waits until bytes are on their way upstream, and forgets the requests so far. */
const isSending = async (gateway: TestGateway) => {
  await expect
    .poll(async () => (await gateway.sandbox.requests()).some(({ method }) => method === 'PUT'))
    .toBe(true);
  await gateway.bill();
};

const logged = (gateway: TestGateway) => gateway.log.find(({ msg }) => msg === 'upload');

it('passes the bytes on as they are, under the announced content type, for two reads and one write', async () => {
  const { gateway, session, send, attachment } = await withAnnounced();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
  const response = await send(bytes, { ...session, 'content-type': 'text/html' });
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe(attachment.path);
  expect(await response.json()).toEqual({
    name: attachment.name,
    contentType: attachment.contentType,
    size: bytes.length,
    path: attachment.path,
  });
  expect(await gateway.bill()).toEqual([READ, READ, SEND]);
  expect(logged(gateway)).toMatchObject({ status: 201 });

  const { cloudlink } = await gateway.tokens();
  const content = await fetch(
    `${gateway.sandbox.url}/chat/2017-09-01/conversations/${conversationGuid(0)}/attachments/${attachment.attachmentId}/content`,
    { headers: cloudlink },
  );
  expect(content.headers.get('content-type')).toBe(attachment.contentType);
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  const again = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { ... on Attachment { name size uploadPath audit { createdBy } } } }',
    session,
    { id: attachment.id },
  );
  expect(again.errors).toEqual([]);
  expect(again.data?.['node']).toMatchObject({ name: attachment.name, size: bytes.length, uploadPath: null });
});

it('takes the bytes of a file once', async () => {
  const { gateway, send } = await withAnnounced();
  expect((await send('first')).status).toBe(201);
  await gateway.bill();
  expect(await errorOf(await send('second'))).toEqual({ status: 409, code: 'CONFLICT' });
  expect(await gateway.bill()).toEqual([READ]);
});

it('sends no bytes to a newer file of the same name, which keeps its own', async () => {
  const { gateway, session, send } = await withAnnounced();
  const newer = await announced(gateway, session);
  expect((await newer.send('theirs')).status).toBe(201);
  await gateway.bill();
  expect(await errorOf(await send('mine'))).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  expect(await gateway.bill()).toEqual([READ, READ]);
  const kept = await gateway.fetch(newer.attachment.path, { headers: session });
  expect(await kept.text()).toBe('theirs');
});

it('tells where the platform kept the bytes under another file', async () => {
  const { gateway, send } = await withAnnounced();
  const body = JSON.stringify({ attachmentId: guid(9, 9), name: 'other', size: 4 });
  await gateway.sandbox.fail({ match: { route: SEND }, fault: { type: 'status', status: 200, body } });
  expect(await errorOf(await send('mine'))).toEqual({ status: 502, code: 'UPSTREAM_PROTOCOL' });
});

it('takes the bytes of one client at a time', async () => {
  const { gateway, session, uploadPath, send } = await withAnnounced();
  const first = upload(gateway, uploadPath, { ...session, 'content-length': 6 });
  const answer = once(first, 'response');
  first.write('fir');
  await isSending(gateway);
  expect(await errorOf(await send('second'))).toEqual({ status: 409, code: 'CONFLICT' });
  first.end('st!');
  const [response] = await answer;
  expect(response.statusCode).toBe(201);
  response.resume();
});

it('are no more than four at once for one principal, and another has as many', async () => {
  const { gateway, session, send } = await withAnnounced();
  const clients = [];
  for (const name of ['1', '2', '3', '4']) {
    const { uploadPath } = await announced(gateway, session, { name });
    const client = upload(gateway, uploadPath, { ...session, 'content-length': 2 });
    client.write('a');
    await isSending(gateway);
    clients.push(client);
  }
  const refused = await send('bytes');
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(await errorOf(refused)).toEqual({ status: 429, code: 'RATE_LIMITED' });
  expect((await send('bytes', await gateway.signIn())).status).toBe(201);
  for (const client of clients) client.destroy();
});

it('keeps no connection from anything else, however slowly it comes', async () => {
  const { gateway, session, attachment } = await withAnnounced({ MAX_UPSTREAM_CONNECTIONS: '2' });
  const clients = [];
  for (const name of ['1', '2']) {
    const { uploadPath } = await announced(gateway, session, { name });
    const client = upload(gateway, uploadPath, { ...session, 'content-length': 2 });
    client.write('a');
    await isSending(gateway);
    clients.push(client);
  }
  const { errors } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { ... on Attachment { name } } }',
    session,
    { id: attachment.id },
  );
  expect(errors).toEqual([]);
  for (const client of clients) client.destroy();
});

it('waits for a connection without taking that for slowness of the platform', async () => {
  const { gateway, session, send } = await withAnnounced({
    MAX_UPSTREAM_CONNECTIONS: '1',
    TRY_TIMEOUT_MS: '300',
  });
  const { uploadPath } = await announced(gateway, session, { name: 'first' });
  const client = upload(gateway, uploadPath, { ...session, 'content-length': 2 });
  const answer = once(client, 'response');
  client.write('a');
  await isSending(gateway);
  const waiting = send('second');
  // Time itself is what this is about: the second waits longer than a try may take.
  await delay(700);
  client.end('b');
  const [first] = await answer;
  first.resume();
  expect([first.statusCode, (await waiting).status]).toEqual([201, 201]);
});

it('is not told as done where the platform was content with a part, and nobody waits for the rest', async () => {
  const attachmentId = guid(9, 9);
  const host = await listen((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET')
      response.end(JSON.stringify({ attachmentId, name: 'a', type: 'text/plain' }));
    else request.once('data', () => response.end('{}'));
  });
  const gateway = await withGateway({ env: { CLOUDLINK_CHAT_URL: `http://${host}` } });
  const session = await gateway.signIn();
  const path = `/uploads/${globalId('cloudlink', 'Attachment', `${conversationGuid(0)}/${attachmentId}`)}`;
  const client = upload(gateway, path, { ...session, 'content-length': 5_000_000 });
  const [answer, closed] = [
    once(client, 'response'),
    new Promise((resolve) => client.once('close', resolve)),
  ];
  client.write(Buffer.alloc(500_000));
  const [response] = await answer;
  expect(response.statusCode).toBe(502);
  response.resume();
  await closed;
});

it('tells that the platform finds it too large', async () => {
  const { gateway, send } = await withAnnounced();
  await gateway.sandbox.fail({ match: { route: SEND }, fault: { type: 'status', status: 413 } });
  expect(await errorOf(await send('bytes'))).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
});

it('reads with a renewed token where the old one has come to its end, and sends the bytes with that', async () => {
  const { gateway, send } = await withAnnounced();
  const fault = { type: 'status', status: 401, body: { message: 'Unauthorized' } } as const;
  await gateway.sandbox.fail({ match: { route: READ }, fault, times: 1 });
  expect((await send('bytes')).status).toBe(201);
  expect(await gateway.bill()).toEqual([READ, READ, READ, SEND]);
});

it.each(losses)('sends the bytes once where they meet %s', async (_loss, fault, code) => {
  const { gateway, send } = await withAnnounced({ TRY_TIMEOUT_MS: '400' });
  await gateway.sandbox.fail({ match: { route: SEND }, fault });
  expect((await errorOf(await send('bytes'))).code).toBe(code);
  expect(await gateway.bill()).toEqual([READ, READ, SEND]);
});

it('sends the bytes once where their token is refused', async () => {
  const { gateway, send } = await withAnnounced();
  const fault = { type: 'status', status: 401, body: { message: 'Unauthorized' } } as const;
  await gateway.sandbox.fail({ match: { route: SEND }, fault });
  expect(await errorOf(await send('bytes'))).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  expect(await gateway.bill()).toEqual([READ, READ, SEND]);
});

it('names the file upstream letter by letter', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const sent: string[] = [];
  for (const name of hostileTexts) {
    const { data } = await announce(gateway, session, { name });
    const { uploadPath } = data?.['uploadAttachment'].data ?? {};
    if (uploadPath === undefined) continue;
    await gateway.bill();
    const response = await gateway.fetch(uploadPath, { method: 'PUT', headers: session, body: 'x' });
    expect([name, response.status]).toEqual([name, 201]);
    const [write, ...others] = (await gateway.sandbox.requests()).filter(({ method }) => method !== 'GET');
    expect(others).toEqual([]);
    expect([write?.route, decodeURIComponent(write?.url ?? '').split('/attachments/')[1]]).toEqual([
      SEND,
      `${name}/content`,
    ]);
    sent.push(name);
  }
  expect(sent.length).toBeGreaterThanOrEqual(8);
});

it.each([
  ['no token', {}, 401, 'UNAUTHENTICATED'],
  ['half of a token', { authorization: 'Bearer gws_nobody' }, 401, 'UNAUTHENTICATED'],
])('takes nothing from somebody with %s', async (_what, headers, status, code) => {
  const { gateway, send } = await withAnnounced();
  expect(await errorOf(await send('bytes', headers))).toEqual({ status, code });
  expect((await gateway.bill()).filter((route) => route === SEND)).toEqual([]);
});

it('takes nothing from somebody who cannot see the conversation', async () => {
  const { gateway, send } = await withAnnounced();
  const grace = await gateway.signIn('grace');
  await gateway.bill();
  expect([403, 404]).toContain((await send('bytes', grace)).status);
  expect(await gateway.bill()).toEqual([READ]);
});

it.each([
  [
    'a file that was never announced',
    globalId('cloudlink', 'Attachment', `${conversationGuid(0)}/${guid(9, 9)}`),
    404,
  ],
  ['what is no file', conversationId(0), 400],
  ['no id at all', 'nonsense', 400],
])('sends no bytes to %s', async (_what, id, status) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const response = await gateway.fetch(`/uploads/${id}`, { method: 'PUT', headers: session, body: 'x' });
  expect(response.status).toBe(status);
  expect((await gateway.bill()).filter((route) => route === SEND)).toEqual([]);
});

it('takes no more bytes than it may, and says so before it reads them', async () => {
  const { gateway, send, uploadPath, session } = await withAnnounced({ MAX_UPLOAD_BYTES: '1000' });
  const response = await send(Buffer.alloc(1001));
  expect(await errorOf(response)).toEqual({ status: 413, code: 'BAD_REQUEST' });
  const client = upload(gateway, uploadPath, { ...session, 'content-length': 1_000_000_000 });
  const [early] = await once(client, 'response');
  expect(early.statusCode).toBe(413);
  client.destroy();
  expect(await gateway.bill()).toEqual([]);
  expect((await send(Buffer.alloc(1000))).status).toBe(201);
});

it.each([
  ['of no bytes', { 'content-length': 0 }, 400],
  ['of unknown length', { 'transfer-encoding': 'chunked' }, 411],
  ['that are compressed', { 'content-length': 5, 'content-encoding': 'gzip' }, 415],
])('refuses a body %s', async (_what, headers, status) => {
  const { gateway, uploadPath, session } = await withAnnounced();
  const client = upload(gateway, uploadPath, { ...session, ...headers });
  const [response] = await once(client, 'response');
  expect(response.statusCode).toBe(status);
  client.destroy();
  expect(await gateway.bill()).toEqual([]);
});

it.each(['GET', 'POST', 'DELETE'])('is not there for %s', async (method) => {
  const { gateway, uploadPath, session } = await withAnnounced();
  const response = await gateway.fetch(uploadPath, { method, headers: session });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'PUT']);
});

it('ends upstream too where the client goes away in the middle, and the file stays without bytes', async () => {
  const { gateway, session, uploadPath, send } = await withAnnounced();
  const client = upload(gateway, uploadPath, { ...session, 'content-length': 1_000_000 });
  client.write(Buffer.alloc(500_000));
  await expect
    .poll(async () => (await gateway.sandbox.requests()).some(({ method }) => method === 'PUT'))
    .toBe(true);
  client.destroy();
  await expect.poll(() => logged(gateway)).toMatchObject({ errors: ['CLIENT_GONE'] });
  await expect
    .poll(async () => (await gateway.sandbox.requests()).find(({ method }) => method === 'PUT'))
    .toMatchObject({ aborted: true });
  expect((await send('whole')).status).toBe(201);
});

it('is cut where its client sends nothing more', async () => {
  const { gateway, session, uploadPath } = await withAnnounced({ STALLED_CLIENT_TIMEOUT_MS: '300' });
  const client = upload(gateway, uploadPath, { ...session, 'content-length': 1_000_000 });
  const closed = new Promise((resolve) => client.once('close', resolve));
  client.write(Buffer.alloc(10));
  await closed;
  await expect.poll(() => logged(gateway)).toMatchObject({ errors: ['CLIENT_STALLED'] });
});

it('lasts as long as its client goes on, past the time of an operation and of a try', async () => {
  const { gateway, session, uploadPath } = await withAnnounced({
    TRY_TIMEOUT_MS: '150',
    OPERATION_TIMEOUT_MS: '200',
  });
  const client = upload(gateway, uploadPath, { ...session, 'content-length': 8 });
  const answer = once(client, 'response');
  // Time itself is what this is about: each piece comes later than a whole operation may take.
  let pieces = 0;
  const sending = setInterval(() => {
    pieces += 1;
    if (pieces < 4) client.write('ab');
    else {
      clearInterval(sending);
      client.end('ab');
    }
  }, 250);
  const [response] = await answer;
  expect(response.statusCode).toBe(201);
  response.resume();
});
