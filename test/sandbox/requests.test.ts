import { expect, test } from 'vitest';
import { createClock } from '../../src/sandbox/clock.ts';
import {
  createRequestLog,
  LOG_BODIES_LENGTH,
  LOG_SIZE,
  LOGGED_BODY_BYTES,
} from '../../src/sandbox/requests.ts';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { withSandbox } from '../helpers/sandbox.ts';
import { standIns } from './stand-in.ts';

const platforms = standIns;

test('tells of a request what came in and how it was answered', async () => {
  const sandbox = await withSandbox({ platforms });
  const response = await fetch(`${sandbox.url}/one/users?$filter=a%20b`, {
    method: 'POST',
    headers: { authorization: 'Bearer the-token', 'x-mitel-app': 'app=Test' },
    body: 'größe=1',
  });
  const [request, ...others] = await sandbox.requests();
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    id: 1,
    method: 'POST',
    url: '/one/users?$filter=a%20b',
    platform: 'cloudlink',
    service: 'admin',
    route: 'POST /one/users',
    body: 'größe=1',
    credential: 'the-token',
    status: 200,
    answer: await response.text(),
    aborted: false,
    concurrent: 1,
  });
  expect(request?.answer).toContain('größe=1');
  expect(request?.headers['x-mitel-app']).toBe('app=Test');
  expect(new Date(request?.at ?? '').toISOString()).toBe(request?.at);
  expect(request?.durationMs).toBeGreaterThanOrEqual(0);
});

test.each([
  ['Bearer abc.def', 'abc.def'],
  ['bearer abc', 'abc'],
  ['Basic c2FuZGJveA==', 'c2FuZGJveA=='],
  ['raw.jwt.token', 'raw.jwt.token'],
])('reads the credential of "%s"', async (authorization, credential) => {
  const sandbox = await withSandbox({ platforms });
  await fetch(`${sandbox.url}/one`, { headers: { authorization } });
  expect((await sandbox.requests())[0]?.credential).toBe(credential);
});

test('has no credential where none was sent', async () => {
  const sandbox = await withSandbox({ platforms });
  await fetch(`${sandbox.url}/one`);
  expect((await sandbox.requests())[0]?.credential).toBeNull();
});

test.each([
  ['platform=cloudlink', ['/one/a', '/one/b']],
  ['platform=netsapiens', ['/two?object=subscriber&action=read', '/two?object=domain&action=read']],
  ['service=admin', ['/one/a', '/one/b']],
  ['route=GET%20/one/a', ['/one/a']],
  ['object=domain', ['/two?object=domain&action=read']],
  ['action=read', ['/two?object=subscriber&action=read', '/two?object=domain&action=read']],
  ['method=post', ['/one/b']],
  ['since=2', ['/two?object=subscriber&action=read', '/two?object=domain&action=read', '/three']],
  ['since=2&object=domain', ['/two?object=domain&action=read']],
])('filters by %s', async (query, urls) => {
  const sandbox = await withSandbox({ platforms });
  await fetch(`${sandbox.url}/one/a`);
  await fetch(`${sandbox.url}/one/b`, { method: 'POST' });
  await fetch(`${sandbox.url}/two?object=subscriber&action=read`);
  await fetch(`${sandbox.url}/two?object=domain&action=read`);
  await fetch(`${sandbox.url}/three`);
  expect((await sandbox.requests(query)).map(({ url }) => url)).toEqual(urls);
});

test('refuses a filter it does not know, naming those it knows', async () => {
  const sandbox = await withSandbox({ platforms });
  const unknown = await sandbox.control('GET', '/requests?user=1');
  expect(unknown.status).toBe(400);
  expect(await unknown.json()).toEqual({
    message:
      '"user" is no field of the query; allowed are: platform, service, route, object, action, method, since.',
  });
  expect((await sandbox.control('GET', '/requests?since=yesterday')).status).toBe(400);
  const platform = await sandbox.control('GET', '/requests?platform=legacy');
  expect(await platform.json()).toEqual({
    message: '"platform" of the query must be one of "cloudlink", "netsapiens".',
  });
});

test('counts the requests under way at the start of each', async () => {
  const sandbox = await withSandbox({ platforms });
  await sandbox.fail({ match: { path: '/slow' }, fault: { type: 'hang' } });
  const hanging = fetch(`${sandbox.url}/one/slow`).catch(() => 'cut');
  await expect.poll(() => sandbox.requests()).toHaveLength(1);
  await fetch(`${sandbox.url}/one/quick`);
  await fetch(`${sandbox.url}/one/quick`);
  expect((await sandbox.requests()).map(({ concurrent }) => concurrent)).toEqual([1, 2, 2]);
  await sandbox.control('POST', '/reset');
  expect(await hanging).toBe('cut');
  await fetch(`${sandbox.url}/one/quick`);
  expect((await sandbox.requests()).map(({ concurrent }) => concurrent)).toEqual([1]);
});

test('logs no control request, and forgets all on DELETE without using an id twice', async () => {
  const sandbox = await withSandbox({ platforms });
  await fetch(`${sandbox.url}/one`);
  expect(await sandbox.requests()).toHaveLength(1);
  expect((await sandbox.control('DELETE', '/requests')).status).toBe(204);
  expect(await sandbox.requests()).toEqual([]);
  await fetch(`${sandbox.url}/one`);
  expect((await sandbox.requests()).map(({ id }) => id)).toEqual([2]);
});

test('tells of an answer what was sent of it', async () => {
  const sandbox = await withSandbox({ platforms });
  const get = (path: string, method = 'GET') =>
    fetch(`${sandbox.url}${path}`, { method })
      .then((response) => response.text())
      .catch(() => 'cut');
  const whole = await get('/one/a');
  await sandbox.fail({ match: { path: '/cut' }, fault: { type: 'truncate', bytes: 4 } });
  await sandbox.fail({ match: { path: '/slow' }, fault: { type: 'drip', bytes: 8, intervalMs: 0 } });
  await sandbox.fail({ match: { path: '/reset' }, fault: { type: 'reset' } });
  await sandbox.fail({ match: { path: '/none' }, fault: { type: 'status', status: 204 } });
  await sandbox.fail({ match: { path: '/large' }, fault: { type: 'large', bytes: 100_000 } });
  for (const name of ['cut', 'slow', 'reset', 'none', 'large']) await get(`/one/${name}`);
  await get('/one/a', 'HEAD');
  await get('/three');
  const answers = (await sandbox.requests()).map(({ answer }) => answer);
  expect(answers.slice(0, 2)).toEqual([whole, whole.slice(0, 4)]);
  expect(answers[2]).toContain('"people":51');
  expect(answers.slice(3, 7)).toEqual(['', '', '', '']);
  expect(answers[7]).toContain('The sandbox serves nothing at /three.');
});

test('cuts a long body and says so, while the platform gets all of it', async () => {
  const sandbox = await withSandbox({ platforms });
  const body = 'a'.repeat(LOGGED_BODY_BYTES + 1);
  const response = await fetch(`${sandbox.url}/one`, { method: 'POST', body });
  expect(await response.json()).toMatchObject({ received: body });
  expect((await sandbox.requests())[0]?.body).toBe(
    `${'a'.repeat(LOGGED_BODY_BYTES)}… [cut: 65537 bytes in all]`,
  );
});

test('cuts a long answer and says so, while the client gets all of it', async () => {
  const sandbox = await withSandbox({ platforms });
  const body = 'a'.repeat(LOGGED_BODY_BYTES + 1);
  await sandbox.fail({ fault: { type: 'status', status: 200, body } });
  expect(await (await fetch(`${sandbox.url}/one`)).text()).toBe(body);
  expect((await sandbox.requests())[0]?.answer).toBe(
    `${'a'.repeat(LOGGED_BODY_BYTES)}… [cut: 65537 bytes in all]`,
  );
});

test('keeps the newest requests and counts what it dropped', () => {
  const log = createRequestLog(createClock());
  for (let sent = 0; sent < LOG_SIZE + 3; sent += 1) log.start(new IncomingMessage(new Socket()));
  const kept = log.list(() => true);
  expect(kept).toHaveLength(LOG_SIZE);
  expect(kept[0]?.id).toBe(4);
  expect(log.dropped()).toBe(3);
  log.clear();
  expect(log.dropped()).toBe(0);
});

test('keeps bodies and answers in the same room', () => {
  const log = createRequestLog(createClock());
  const content = Buffer.alloc(LOGGED_BODY_BYTES, 'a');
  const room = LOG_BODIES_LENGTH / LOGGED_BODY_BYTES / 2;
  for (let sent = 0; sent < room + 2; sent += 1) {
    const entry = log.start(new IncomingMessage(new Socket()));
    entry.noteBody(content);
    entry.noteAnswer(content);
  }
  expect([log.list(() => true).length, log.dropped()]).toEqual([room, 2]);
});

test('keeps no more bodies than their room, whatever their number', () => {
  const log = createRequestLog(createClock());
  const body = Buffer.alloc(LOGGED_BODY_BYTES, 'a');
  const room = LOG_BODIES_LENGTH / LOGGED_BODY_BYTES;
  for (let sent = 0; sent < room + 2; sent += 1) log.start(new IncomingMessage(new Socket())).noteBody(body);
  const kept = log.list(() => true);
  expect([kept.length, kept[0]?.id, log.dropped()]).toEqual([room, 3, 2]);

  const late = log.start(new IncomingMessage(new Socket()));
  log.clear();
  log.start(new IncomingMessage(new Socket())).noteBody(body);
  late.noteBody(body);
  for (let sent = 1; sent < room; sent += 1) log.start(new IncomingMessage(new Socket())).noteBody(body);
  expect([log.list(() => true).length, log.dropped()]).toEqual([room, 0]);
});
