import { once } from 'node:events';
import { get, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/fault-rule.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { withSandbox, type TestSandbox } from '../helpers/sandbox.ts';
import { standIns } from './stand-in.ts';

const platforms = standIns;
const hour = 3_600_000;

const raw = (sandbox: TestSandbox, path: string, method = 'GET') =>
  sendRaw(
    sandbox.port,
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4);

/** How many POSTs the platform at /one has carried out. */
const writes = async (sandbox: TestSandbox) =>
  ((await (await fetch(`${sandbox.url}/one`)).json()) as { writes: number }).writes;

const statuses = async (sandbox: TestSandbox, paths: readonly string[], init?: RequestInit) => {
  const seen = [];
  for (const path of paths) seen.push((await fetch(sandbox.url + path, init)).status);
  return seen;
};

describe('a rule', () => {
  test.each([
    ['platform', { platform: 'netsapiens' }],
    ['object and action', { object: 'subscriber', action: 'read' }],
    ['part of the URL', { path: 'object=subscriber' }],
    ['method', { method: 'get', platform: 'netsapiens' }],
  ])('selects by %s', async (_what, match) => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match, fault: { type: 'status', status: 503 } });
    expect(await statuses(sandbox, ['/one/users', '/two?object=subscriber&action=read'])).toEqual([200, 503]);
  });

  test.each([
    ['service', { service: 'admin' }],
    ['route', { route: 'GET /one/users' }],
  ])('selects by %s', async (_what, match) => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match, fault: { type: 'status', status: 503 } });
    expect(await statuses(sandbox, ['/one/users', '/two'])).toEqual([503, 200]);
  });

  test('leaves a request alone that only half of it matches', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({
      match: { object: 'subscriber', method: 'DELETE' },
      fault: { type: 'status', status: 503 },
    });
    expect(await statuses(sandbox, ['/two?object=subscriber'])).toEqual([200]);
  });

  test('lets the first few pass, then fires so many times', async () => {
    const sandbox = await withSandbox({ platforms });
    const { id } = await sandbox.fail({ skip: 1, times: 2, fault: { type: 'status', status: 503 } });
    expect(await statuses(sandbox, ['/one', '/one', '/one', '/one'])).toEqual([200, 503, 503, 200]);
    const listed = await (await sandbox.control('GET', '/faults')).json();
    expect(listed).toEqual({
      faults: [{ id, skip: 1, times: 2, fault: { type: 'status', status: 503 }, fired: 2 }],
    });
  });

  test('gives way to an older one as long as that has times left', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ times: 1, fault: { type: 'status', status: 500 } });
    await sandbox.fail({ fault: { type: 'status', status: 503 } });
    expect(await statuses(sandbox, ['/one', '/one', '/one'])).toEqual([500, 503, 503]);
  });

  test('applies to a request that no platform takes', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match: { path: '/three' }, fault: { type: 'status', status: 503 } });
    expect(await statuses(sandbox, ['/three'])).toEqual([503]);
  });

  test('ends when it is deleted, alone or with all others', async () => {
    const sandbox = await withSandbox({ platforms });
    const first = await sandbox.fail({ match: { path: '/a' }, fault: { type: 'status', status: 500 } });
    await sandbox.fail({ match: { path: '/b' }, fault: { type: 'status', status: 500 } });
    expect((await sandbox.control('DELETE', `/faults/${first.id}`)).status).toBe(204);
    expect(await statuses(sandbox, ['/one/a', '/one/b'])).toEqual([200, 500]);
    expect((await sandbox.control('DELETE', `/faults/${first.id}`)).status).toBe(404);
    expect((await sandbox.control('DELETE', '/faults')).status).toBe(204);
    expect(await statuses(sandbox, ['/one/a', '/one/b'])).toEqual([200, 200]);
  });
});

describe('latency', () => {
  test('waits, then answers as usual', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'latency', ms: 80 } });
    const response = await fetch(`${sandbox.url}/one`);
    expect(response.status).toBe(200);
    const [request] = await sandbox.requests();
    expect(request?.durationMs).toBeGreaterThanOrEqual(75);
  });

  test('stacks with the next fault of another type, not with a second latency', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'latency', ms: 80 } });
    await sandbox.fail({ fault: { type: 'latency', ms: hour } });
    await sandbox.fail({ fault: { type: 'status', status: 503 } });
    await sandbox.fail({ fault: { type: 'status', status: 500 } });
    expect(await statuses(sandbox, ['/one'])).toEqual([503]);
    expect((await sandbox.requests())[0]?.durationMs).toBeGreaterThanOrEqual(75);
    const { faults } = (await (await sandbox.control('GET', '/faults')).json()) as {
      faults: { fired: number }[];
    };
    expect(faults.map(({ fired }) => fired)).toEqual([1, 0, 1, 0]);
  });

  test('ends when the client goes, and the platform never hears of it', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match: { method: 'POST' }, fault: { type: 'latency', ms: hour } });
    const abort = new AbortController();
    const waiting = fetch(`${sandbox.url}/one`, { method: 'POST', signal: abort.signal });
    await expect.poll(() => sandbox.requests('service=admin')).toHaveLength(1);
    abort.abort();
    await expect(waiting).rejects.toThrow('aborted');
    await expect.poll(() => sandbox.requests()).toMatchObject([{ aborted: true, status: null }]);
    expect(await writes(sandbox)).toBe(0);
  });
});

describe('status', () => {
  test('answers with the status, the phrase, the headers and the text', async () => {
    const sandbox = await withSandbox({ platforms });
    const headers = { warning: 'Down for maintenance', 'Content-Type': 'text/html' };
    await sandbox.fail({
      fault: { type: 'status', status: 503, reason: 'Gone fishing', headers, body: '<p>no</p>' },
    });
    const response = await fetch(`${sandbox.url}/one`, { method: 'POST' });
    expect([response.status, response.statusText]).toEqual([503, 'Gone fishing']);
    expect(response.headers.get('warning')).toBe('Down for maintenance');
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toBe('<p>no</p>');
    await sandbox.control('DELETE', '/faults');
    expect(await writes(sandbox)).toBe(0);
  });

  test('sends a JSON value as JSON', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'status', status: 422, body: { name: 'Error' } } });
    const response = await fetch(`${sandbox.url}/one`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ name: 'Error' });
  });

  test('has the standard phrase and no body unless told', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'status', status: 504 } });
    const response = await fetch(`${sandbox.url}/one`);
    expect(response.statusText).toBe('Gateway Timeout');
    expect(response.headers.get('content-length')).toBe('0');
    expect(response.headers.has('content-type')).toBe(false);
  });

  test('sends 204 without a length', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'status', status: 204, body: 'not allowed here' } });
    const { text: answer } = await raw(sandbox, '/one');
    expect(answer.toLowerCase()).not.toContain('content-length');
    expect(bodyOf(answer)).toBe('');
  });
});

describe('body', () => {
  test('keeps the answer and its effect but replaces the body', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({
      match: { method: 'POST' },
      fault: { type: 'body', body: '<html>', contentType: 'text/html' },
    });
    const response = await fetch(`${sandbox.url}/one`, { method: 'POST' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-stand-in')).toBe('yes');
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toBe('<html>');
    expect(await writes(sandbox)).toBe(1);
  });

  test.each([
    ['an empty text', '', ''],
    ['a value of the wrong type', { people: 'many' }, '{"people":"many"}'],
    ['null', null, 'null'],
  ])('can be %s under the old content type', async (_what, body, sent) => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'body', body } });
    const response = await fetch(`${sandbox.url}/one`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(sent);
  });
});

describe('truncate', () => {
  test('announces all, sends a part and closes', async () => {
    const sandbox = await withSandbox({ platforms });
    const whole = bodyOf((await raw(sandbox, '/one')).text);
    await sandbox.fail({ fault: { type: 'truncate', bytes: 10 } });
    const answer = await raw(sandbox, '/one');
    expect(answer.text.toLowerCase()).toContain(`content-length: ${whole.length}\r\n`);
    expect(bodyOf(answer.text)).toBe(whole.slice(0, 10));
    expect(answer.errorCode).toBeUndefined();
    await expect(fetch(`${sandbox.url}/one`).then((response) => response.text())).rejects.toThrow(
      'terminated',
    );
    expect((await sandbox.requests()).at(-1)).toMatchObject({ status: 200, aborted: false });
  });

  test('sends the head alone for 0 bytes', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'truncate', bytes: 0 } });
    const { text: answer } = await raw(sandbox, '/one');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(bodyOf(answer)).toBe('');
  });
});

describe('reset', () => {
  test('resets the connection before a byte and before any effect', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match: { method: 'POST' }, fault: { type: 'reset' } });
    expect(await raw(sandbox, '/one', 'POST')).toEqual({ pieces: [], text: '', errorCode: 'ECONNRESET' });
    expect((await sandbox.requests())[0]).toMatchObject({ status: null, aborted: false });
    expect(await writes(sandbox)).toBe(0);
  });

  test('resets it after the effect as resetAfter', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match: { method: 'POST' }, fault: { type: 'resetAfter' } });
    expect(await raw(sandbox, '/one', 'POST')).toEqual({ pieces: [], text: '', errorCode: 'ECONNRESET' });
    expect((await sandbox.requests())[0]).toMatchObject({ status: null, aborted: false });
    expect(await writes(sandbox)).toBe(1);
  });
});

describe('hang', () => {
  test('never answers, until the client goes', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ match: { method: 'POST' }, fault: { type: 'hang' } });
    const abort = new AbortController();
    const hanging = fetch(`${sandbox.url}/one`, { method: 'POST', signal: abort.signal });
    await expect
      .poll(() => sandbox.requests('service=admin'))
      .toMatchObject([{ aborted: false, status: null, durationMs: null }]);
    abort.abort();
    await expect(hanging).rejects.toThrow('aborted');
    await expect.poll(() => sandbox.requests()).toMatchObject([{ aborted: true, status: null }]);
    expect(await writes(sandbox)).toBe(0);
  });

  test('ends with a reset of the sandbox', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'hang' } });
    const hanging = raw(sandbox, '/one');
    await expect.poll(() => sandbox.requests('service=admin')).toHaveLength(1);
    await sandbox.control('POST', '/reset');
    expect((await hanging).text).toBe('');
  });
});

test('a request that is still coming in during a reset meets the rules that come after it', async () => {
  const sandbox = await withSandbox({ platforms });
  const upload = request(`${sandbox.url}/one`, { method: 'POST', headers: { 'content-length': 8 } });
  upload.write('half');
  await expect.poll(() => sandbox.requests()).toHaveLength(1);
  await sandbox.control('POST', '/reset');
  await sandbox.fail({ fault: { type: 'latency', ms: 1 } });
  upload.end('half');
  const [response] = await once(upload, 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
  expect(await (await fetch(`${sandbox.url}/one`)).json()).toMatchObject({ writes: 1 });
});

describe('drip', () => {
  test('sends the answer in slices', async () => {
    const sandbox = await withSandbox({ platforms });
    const whole = bodyOf((await raw(sandbox, '/one')).text);
    await sandbox.fail({ fault: { type: 'drip', bytes: 20, intervalMs: 25 } });
    const { pieces, text: answer } = await raw(sandbox, '/one');
    expect(bodyOf(answer)).toBe(whole);
    expect(pieces).toHaveLength(Math.ceil(whole.length / 20));
    expect(pieces.slice(1).every((piece) => piece.length <= 20)).toBe(true);
    expect((await sandbox.requests()).at(-1)).toMatchObject({ status: 200, aborted: false });
  });

  test('stops when the client goes', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'drip', bytes: 1, intervalMs: hour } });
    const abort = new AbortController();
    const response = await fetch(`${sandbox.url}/one`, { signal: abort.signal });
    expect(response.status).toBe(200);
    abort.abort();
    await expect.poll(() => sandbox.requests()).toMatchObject([{ aborted: true, status: 200 }]);
  });
});

test('expiredToken gives the answer of the platform that is asked', async () => {
  const sandbox = await withSandbox({ platforms });
  await sandbox.fail({ fault: { type: 'expiredToken' } });
  for (const path of ['/one', '/two']) {
    const response = await fetch(sandbox.url + path);
    expect([response.status, response.statusText]).toEqual([401, 'Expired']);
    expect(await response.text()).toBe(`${path} says expired`);
  }
});

describe('tooMany', () => {
  test('answers 429 as CloudLink does', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'tooMany', retryAfter: 7 } });
    const response = await fetch(`${sandbox.url}/one`);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-mitel-correlation-id')).toMatch(/^[\da-f-]{36}$/);
    expect(await response.json()).toEqual({ name: 'TooManyRequestsError', message: 'Too Many Requests' });
  });

  test("has the body of CloudLink's own limit", async () => {
    const sandbox = await withSandbox({ switches: { cloudlinkRateLimit: 1 } });
    const ask = async () => {
      const body = new URLSearchParams({ grant_type: 'password', username: 'nobody', password: 'none' });
      const response = await fetch(`${sandbox.url}/authentication/2017-09-01/token`, {
        method: 'POST',
        body,
      });
      return [response.status, response.headers.get('content-type'), await response.text()];
    };
    await ask();
    const limited = await ask();
    await sandbox.fail({ fault: { type: 'tooMany' } });
    expect(limited[0]).toBe(429);
    expect(await ask()).toEqual(limited);
  });

  test.each([
    ['plain', /^Too Many Requests$/],
    ['199', /^199 127\.0\.0\.1:\d+ "Too Many Requests"$/],
  ] as const)('answers 429 as the legacy platform does, its warning %s', async (legacyWarning, warning) => {
    const sandbox = await withSandbox({ platforms, switches: { legacyWarning } });
    await sandbox.fail({ fault: { type: 'tooMany', retryAfter: 7 } });
    const response = await fetch(`${sandbox.url}/two`);
    expect([response.status, response.statusText]).toEqual([429, 'Too Many Requests']);
    expect(response.headers.get('warning')).toMatch(warning);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.text()).toBe('');
  });

  test("names a date so many seconds ahead of the sandbox's clock", async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.control('POST', '/clock', { advanceMs: hour });
    await sandbox.fail({ fault: { type: 'tooMany', retryAfter: 'date:90' } });
    const { headers } = await fetch(`${sandbox.url}/one`);
    expect(headers.get('retry-after')).toMatch(/ GMT$/);
    const ahead = Date.parse(headers.get('retry-after') ?? '') - Date.now();
    expect(ahead).toBeGreaterThan(hour + 60_000);
    expect(ahead).toBeLessThan(hour + 91_000);
  });

  test.each([
    ['any text', 'soon', 'soon'],
    ['no header', undefined, null],
  ])('sends %s', async (_what, retryAfter, sent) => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'tooMany', ...(retryAfter !== undefined && { retryAfter }) } });
    expect((await fetch(`${sandbox.url}/one`)).headers.get('retry-after')).toBe(sent);
  });
});

describe('large', () => {
  test.each([4, 5, 65_540, 3_000_001])('sends JSON of %d bytes', async (bytes) => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'large', bytes } });
    const response = await fetch(`${sandbox.url}/one`);
    expect(response.headers.get('content-length')).toBe(String(bytes));
    const body = await response.text();
    expect(body.length).toBe(bytes);
    expect(JSON.parse(body)).toHaveLength(1);
  });

  test('compresses it when asked', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'large', bytes: 3_000_000, gzip: true } });
    const [response] = await once(get(`${sandbox.url}/one`), 'response');
    expect(response.headers['content-encoding']).toBe('gzip');
    const packed = Buffer.concat(await response.toArray());
    expect(packed.length).toBeLessThan(30_000);
    expect(gunzipSync(packed)).toHaveLength(3_000_000);
  });

  test('stops when the client goes', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'large', bytes: Number.MAX_SAFE_INTEGER } });
    const abort = new AbortController();
    await fetch(`${sandbox.url}/one`, { signal: abort.signal });
    abort.abort();
    await expect.poll(() => sandbox.requests()).toMatchObject([{ aborted: true, status: 200 }]);
  });

  test('sends no body to HEAD', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.fail({ fault: { type: 'large', bytes: Number.MAX_SAFE_INTEGER } });
    const { text: answer } = await raw(sandbox, '/one', 'HEAD');
    expect(bodyOf(answer)).toBe('');
  });
});

test('redirect points elsewhere', async () => {
  const sandbox = await withSandbox({ platforms });
  await sandbox.fail({
    fault: { type: 'redirect', status: 307, location: 'http://elsewhere.example.test/' },
  });
  const response = await fetch(`${sandbox.url}/one`, { redirect: 'manual' });
  expect(response.status).toBe(307);
  expect(response.headers.get('location')).toBe('http://elsewhere.example.test/');
});

test('a defect of the platform under a fault is still a defect', async () => {
  const reported: unknown[] = [];
  const sandbox = await withSandbox({ platforms, report: (error) => reported.push(error) });
  await sandbox.fail({ fault: { type: 'drip', bytes: 1, intervalMs: 1 } });
  expect((await fetch(`${sandbox.url}/one/defect`)).status).toBe(500);
  expect(reported).toHaveLength(1);
});

describe('a rule that is not allowed', () => {
  const fault: Fault = { type: 'reset' };

  test.each([
    ['no JSON', '{"fault":', /^The body is not JSON: /],
    ['a list', [], /^Expected the rule as a JSON object with the fields: match, times, skip, fault\.$/],
    ['nothing', {}, /^"fault" of the rule must be a JSON object\.$/],
    [
      'an unknown field',
      { fault, time: 1 },
      /^"time" is no field of the rule; allowed are: match, times, skip, fault\.$/,
    ],
    ['no times', { fault, times: 0 }, /^"times" of the rule must be a whole number from 1 to \d+\.$/],
    ['a negative skip', { fault, skip: -1 }, /^"skip" of the rule must be a whole number from 0 to \d+\.$/],
    [
      'an unknown match',
      { fault, match: { user: 'a' } },
      /^"user" is no field of match; allowed are: platform, service, /,
    ],
    [
      'an unknown platform',
      { fault, match: { platform: 'x' } },
      /^"platform" of match must be one of "cloudlink", "netsapiens"\.$/,
    ],
    [
      'an unknown type',
      { fault: { type: 'explode' } },
      /^"type" of the fault must be one of "latency", "status", /,
    ],
    [
      'a missing field',
      { fault: { type: 'latency' } },
      /^"ms" of the fault latency must be a whole number from 0 to 2147483647\.$/,
    ],
    [
      'a field of another type',
      { fault: { type: 'reset', ms: 1 } },
      /^"ms" is no field of the fault reset; allowed are: type\.$/,
    ],
    [
      'an informational status',
      { fault: { type: 'status', status: 101 } },
      /^"status" of the fault status must be a whole number from 200 to 599\.$/,
    ],
    [
      'a wrong redirect',
      { fault: { type: 'redirect', status: 200, location: '/' } },
      /^"status" of the fault redirect must be a whole number from 300 to 399\.$/,
    ],
    [
      'a header name that is none',
      { fault: { type: 'status', status: 500, headers: { 'a b': '' } } },
      /^"headers" of the fault status must be /,
    ],
    [
      'a length of its own',
      { fault: { type: 'status', status: 500, headers: { 'Content-Length': '5' } } },
      /^"headers" of the fault status must be /,
    ],
    [
      'slices of nothing',
      { fault: { type: 'drip', bytes: 0, intervalMs: 1 } },
      /^"bytes" of the fault drip must be a whole number from 1 to \d+\.$/,
    ],
  ])('is refused with a sentence: %s', async (_what, rule, message) => {
    const sandbox = await withSandbox({ platforms });
    const response = await sandbox.control('POST', '/faults', rule);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(message);
    expect(await (await sandbox.control('GET', '/faults')).json()).toEqual({ faults: [] });
  });
});
