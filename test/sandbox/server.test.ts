import { Agent, get, request } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/sandbox/body.ts';
import { CLIENT, PASSWORD } from '../../src/sandbox/company.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { withSandbox } from '../helpers/sandbox.ts';
import { standIns } from './stand-in.ts';

const platforms = standIns;

test('picks a free port for 0 and says where it is', async () => {
  const sandbox = await withSandbox({ platforms });
  expect(sandbox.port).toBeGreaterThan(0);
  expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
});

test('rejects with a sentence where the port is taken', async () => {
  const { port } = await withSandbox({ platforms });
  await expect(createSandbox({ port, platforms })).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is in use; choose another one, or 0 for any free one.`,
  );
});

test('rejects with a sentence where the address is not its own', async () => {
  await expect(createSandbox({ port: 0, host: '192.0.2.1', platforms })).rejects.toThrow(
    /^Cannot listen on port 0 of 192\.0\.2\.1 \(.+\); choose another one, or 0 for any free one\.$/,
  );
});

test('hands each request to the platform that takes it, with the Host it asked for', async () => {
  const sandbox = await withSandbox({ platforms });
  await fetch(`${sandbox.url}/two`, { method: 'POST' });
  expect(await (await fetch(`${sandbox.url}/one`)).json()).toMatchObject({ writes: 0 });
  expect(await (await fetch(`${sandbox.url}/two`)).json()).toMatchObject({ writes: 1 });
  const answer = await sendRaw(
    sandbox.port,
    'GET /one HTTP/1.1\r\nHost: admin.test\r\nConnection: close\r\n\r\n',
  );
  expect(answer.text).toContain('"host":"admin.test"');
});

test('answers 404 with the prefixes there are', async () => {
  const sandbox = await withSandbox({ platforms });
  const response = await fetch(`${sandbox.url}/three`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    message: 'The sandbox serves nothing at /three. It serves cloudlink at /one; netsapiens at /two.',
  });
  expect((await sandbox.requests())[0]).toMatchObject({ platform: null, status: 404 });
});

test('serves both platforms unless told otherwise, as the people it names', async () => {
  const sandbox = await withSandbox();
  const logIn = (path: string, username: string) =>
    fetch(sandbox.url + path, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        username,
        password: PASSWORD,
      }),
    });
  for (const person of ['ada@example.test', 'grace@example.test']) {
    const reply = await logIn('/authentication/2017-09-01/token', person);
    expect(await reply.json()).toMatchObject({ access_token: expect.any(String) });
  }
  for (const person of ['1001@acme.12345.service', '2001@globex.67890.service', '1003@acme.12345.service']) {
    const reply = await logIn('/ns-api/oauth2/token', person);
    expect(await reply.json()).toMatchObject({ access_token: expect.any(String) });
  }
  const known = (await sandbox.requests()).map(({ platform }) => platform);
  expect(known).toEqual(['cloudlink', 'cloudlink', 'netsapiens', 'netsapiens', 'netsapiens']);
});

test('takes the absolute form of a request line', async () => {
  const sandbox = await withSandbox({ platforms });
  const answer = await sendRaw(
    sandbox.port,
    'GET http://one.test/two?object=a HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n',
  );
  expect(answer.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect((await sandbox.requests())[0]).toMatchObject({ url: 'http://one.test/two?object=a', object: 'a' });
});

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('takes %s', async (method) => {
  const sandbox = await withSandbox({ platforms });
  expect((await fetch(`${sandbox.url}/one`, { method })).status).toBe(200);
});

test('answers HEAD with the length and no body', async () => {
  const sandbox = await withSandbox({ platforms });
  const { text: got } = await sendRaw(
    sandbox.port,
    'HEAD /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  const length = JSON.stringify({ people: 51, writes: 0, received: '', host: 'a' }).length;
  expect(got.toLowerCase()).toContain(`content-length: ${length}\r\n`);
  expect(got.endsWith('\r\n\r\n')).toBe(true);
});

test('tolerates a POST without a body and without its length', async () => {
  const sandbox = await withSandbox({ platforms });
  const { text: got } = await sendRaw(
    sandbox.port,
    'POST /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(got).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(got).toContain('"writes":1');
});

test("sends the platform's reason phrase, and in headers what HTTP can carry", async () => {
  const sandbox = await withSandbox({ platforms });
  const { text: got } = await sendRaw(
    sandbox.port,
    'GET /one/reason HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(got).toMatch(/^HTTP\/1\.1 401 The token is übel\r\n/);
  expect(got).toContain('warning: %E6%9D%B1%E4%BA%AC  ok\r\n');
  expect(got.toLowerCase()).toContain('content-length: 0\r\n');
});

test('keeps the connection for the next request', async () => {
  const sandbox = await withSandbox({ platforms });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = [];
  for (let sent = 0; sent < 2; sent += 1) {
    const [response] = await once(get(`${sandbox.url}/one`, { agent }), 'response');
    ports.push(response.socket.localPort);
    await text(response);
  }
  agent.destroy();
  expect(ports[1]).toBe(ports[0]);
});

test('takes a body up to the cap and answers 413 beyond it', async () => {
  const sandbox = await withSandbox({ platforms });
  const send = (bytes: number) =>
    fetch(`${sandbox.url}/one`, { method: 'POST', body: Buffer.alloc(bytes, 'a') });
  expect((await send(MAX_BODY_BYTES)).status).toBe(200);
  const refused = await send(MAX_BODY_BYTES + 1);
  expect(refused.status).toBe(413);
  expect(await refused.json()).toEqual({ message: 'A body has at most 26214400 bytes.' });
  expect(await (await fetch(`${sandbox.url}/one`)).json()).toMatchObject({ writes: 1 });
});

test('reports a defect of a platform and answers 500 with its message', async () => {
  const reported: unknown[] = [];
  const sandbox = await withSandbox({ platforms, report: (error) => reported.push(error) });
  const response = await fetch(`${sandbox.url}/one/defect`);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ message: 'The sandbox itself failed: the stand-in is broken' });
  expect(reported).toEqual([new Error('the stand-in is broken')]);
  expect((await sandbox.requests())[0]).toMatchObject({ status: 500, aborted: false });
});

test('tells its own time in the Date header, as moved by the clock', async () => {
  const sandbox = await withSandbox({ platforms });
  await sandbox.control('POST', '/clock', { advanceMs: 365 * 86_400_000 });
  const response = await fetch(`${sandbox.url}/one`);
  const ahead = Date.parse(response.headers.get('date') ?? '') - Date.now();
  expect(Math.abs(ahead - 365 * 86_400_000)).toBeLessThan(60_000);
});

test('marks a request whose client leaves while it sends as aborted', async () => {
  const sandbox = await withSandbox({ platforms });
  const upload = request(`${sandbox.url}/one`, { method: 'POST', headers: { 'content-length': 100 } });
  upload.on('error', () => 'expected');
  upload.write('half');
  await expect.poll(() => sandbox.requests()).toHaveLength(1);
  upload.destroy();
  await expect.poll(() => sandbox.requests()).toMatchObject([{ aborted: true, status: null }]);
  expect(await (await fetch(`${sandbox.url}/one`)).json()).toMatchObject({ writes: 0 });
});

test('has no status for a client that leaves before the platform is ready', async () => {
  const sandbox = await withSandbox({ platforms });
  const abort = new AbortController();
  const held = fetch(`${sandbox.url}/one/held`, { signal: abort.signal });
  await expect.poll(() => sandbox.requests('service=admin')).toHaveLength(1);
  abort.abort();
  await expect(held).rejects.toThrow('aborted');
  await expect.poll(() => sandbox.requests()).toMatchObject([{ aborted: true }]);
  await fetch(`${sandbox.url}/one/release`);
  expect(await sandbox.requests()).toMatchObject([{ aborted: true, status: null }, { status: 200 }]);
});

test('closes while a request hangs and a connection idles, and can be closed twice', async () => {
  const sandbox = await withSandbox({ platforms });
  await fetch(`${sandbox.url}/one`);
  await sandbox.fail({ fault: { type: 'hang' } });
  const hanging = sendRaw(sandbox.port, 'GET /one HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => sandbox.requests()).toHaveLength(2);
  await sandbox.close();
  expect((await hanging).text).toBe('');
  await sandbox.close();
  await expect(fetch(`${sandbox.url}/one`)).rejects.toThrow('fetch failed');
});
