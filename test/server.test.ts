import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { sendRaw } from './helpers/raw-request.ts';

const QUERY = '{ users(first: 1) { nodes { name } } }';
const json = { 'content-type': 'application/json' };

const post = (gateway: TestGateway, body: BodyInit, headers: Readonly<Record<string, string>> = json) =>
  fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });

const codeOf = async (response: Response) =>
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;

/** Sends bytes that fetch would not send; the connection is to be closed by what is sent. */
const raw = async (gateway: TestGateway, request: string) =>
  (await sendRaw(Number(new URL(gateway.url).port), request)).text;

const upstreamHasBegun = (gateway: TestGateway) =>
  expect.poll(async () => (await gateway.sandbox.requests('service=admin')).length).toBeGreaterThan(0);

describe('what there is beside GraphQL', () => {
  it('tells that the process lives, and its version', async () => {
    const gateway = await withGateway();
    const response = await fetch(`${gateway.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', version: '0.1.0' });
    expect(await gateway.sandbox.requests()).toEqual([]);
  });

  it('tells that it is ready, and on a connection that is still open that it no longer is', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.sandbox.fail({ match: { service: 'admin' }, fault: { type: 'latency', ms: 500 } });
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    const answers = text(socket);
    const ready = 'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n';
    const body = JSON.stringify({ query: QUERY });
    socket.write(
      `${ready}POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
        `Authorization: ${session['authorization']}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await upstreamHasBegun(gateway);
    const stopped = gateway.stop();
    socket.write(ready);
    const [, first = '', operation = '', second = ''] = (await answers).split('HTTP/1.1 ');
    expect(first).toMatch(/^200 OK[\s\S]*\{"status":"ready"\}$/);
    expect(operation).toMatch(/^200 OK[\s\S]*"name":"Ada Example"/);
    expect(second).toMatch(
      /^503 Service Unavailable[\s\S]*connection: close[\s\S]*\{"status":"stopping"\}$/i,
    );
    expect(await stopped).toBe(true);
  });

  it.each(['/health', '/ready'])('%s can only be read', async (path) => {
    const gateway = await withGateway();
    const response = await fetch(gateway.url + path, { method: 'POST' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(gateway.url + path, { method: 'HEAD' })).status).toBe(200);
  });

  it.each(['/', '/graphql/', '/graphiql', '/favicon.ico', '//', '/graphql%00'])(
    'answers 404 in JSON for %s',
    async (path) => {
      const gateway = await withGateway();
      const answer = await raw(gateway, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
      expect(answer).toContain('"code":"NOT_FOUND"');
      expect(answer).toContain('GraphQL is at /graphql.');
      expect(gateway.log).toEqual([]);
    },
  );

  it.each(['[', 'a b', '%', 'evil.example:99999', 'gateway@evil.example'])(
    'answers under the host name %j as under any other',
    async (host) => {
      const gateway = await withGateway();
      const answer = await raw(
        gateway,
        `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toContain('{"data":{"__typename":"Query"}}');
    },
  );

  it('takes a whole URL as the target of a request', async () => {
    const gateway = await withGateway();
    const answer = await raw(
      gateway,
      'GET http://gateway.example/graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('{"data":{"__typename":"Query"}}');
  });
});

describe('the body of a request', () => {
  const limit = 2_000;
  const limited = () => withGateway({ env: { MAX_BODY_BYTES: String(limit) } });
  const sized = (bytes: number) => JSON.stringify({ query: '{ __typename }' }).padEnd(bytes);
  const stream = (body: string) =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
  const postChunked = (gateway: TestGateway, body: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: json,
      body: stream(body),
      duplex: 'half',
    } as RequestInit);

  it('may have as many bytes as are allowed, and not one more', async () => {
    const gateway = await limited();
    for (const send of [post, postChunked]) {
      expect(await (await send(gateway, sized(limit))).json()).toEqual({ data: { __typename: 'Query' } });
      const refused = await send(gateway, sized(limit + 1));
      expect(refused.status).toBe(413);
      expect(await refused.json()).toEqual({
        errors: [{ message: 'The body is larger than 2000 bytes.', extensions: { code: 'BAD_REQUEST' } }],
      });
    }
  });

  it('is refused by its announced length before any of it is sent', async () => {
    const gateway = await limited();
    const answer = await raw(
      gateway,
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2001\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });

  it('is cut off where it has no end, as soon as it is too long', async () => {
    const gateway = await limited();
    const chunk = `7d1\r\n${'x'.repeat(2_001)}\r\n`;
    const answer = await raw(
      gateway,
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });

  it('that is far too large is answered, not cut, for a client that sends it all before it reads', async () => {
    const gateway = await limited();
    const statuses = [];
    for (let round = 0; round < 20; round += 1) {
      const response = await post(gateway, 'x'.repeat(5_000_000));
      await response.text();
      statuses.push(response.status);
    }
    expect(new Set(statuses)).toEqual(new Set([413]));
  });

  it.each([
    [
      'a gzipped',
      { 'content-encoding': 'gzip' },
      'The body must not be compressed: send it without Content-Encoding.',
    ],
    [
      'a brotli',
      { 'content-encoding': 'br' },
      'The body must not be compressed: send it without Content-Encoding.',
    ],
    ['a Latin-1', { 'content-type': 'application/json; charset=iso-8859-1' }, 'The body must be in UTF-8.'],
    ['a UTF-16', { 'content-type': 'application/json;charset="utf-16"' }, 'The body must be in UTF-8.'],
  ])('%s one is refused', async (_name, headers, message) => {
    const gateway = await withGateway();
    const response = await post(gateway, sized(100), { ...json, ...headers });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  });

  it.each([
    { 'content-encoding': 'identity' },
    { 'content-encoding': 'IDENTITY' },
    { 'content-type': 'application/json; charset=utf-8' },
    { 'content-type': 'application/json; charset="UTF8"' },
    { 'content-type': 'Application/JSON' },
    { 'content-type': 'application/json;odd' },
  ])('with %j is understood', async (headers) => {
    const gateway = await withGateway();
    const response = await post(gateway, sized(100), { ...json, ...headers });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('that is not UTF-8 is refused rather than changed', async () => {
    const gateway = await withGateway();
    const response = await post(gateway, Buffer.from('{"query":"{ __typename } # \xe4"}', 'latin1'));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [{ message: 'The body is not valid UTF-8.', extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it.each([
    '',
    ' ',
    'null',
    '[]',
    '[{"query":"{__typename}"}]',
    '"{__typename}"',
    '1',
    '{"query":1}',
    '{"query":"{x}","q":1}',
  ])('of %j is no request', async (body) => {
    const gateway = await withGateway();
    const response = await post(gateway, body);
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toBe('BAD_REQUEST');
  });

  it('that is no JSON is not quoted', async () => {
    const gateway = await withGateway();
    const response = await post(gateway, `{"password": ${PASSWORD}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [{ message: 'The body must be JSON.', extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(gateway.log).toEqual([]);
  });

  it('that its sender gave up is no error', async () => {
    const gateway = await withGateway();
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await once(socket, 'connect');
    socket.resetAndDestroy();
    // Stopping waits for every connection, so that whatever there is to log has been logged.
    expect(await gateway.stop()).toBe(true);
    expect(gateway.log).toEqual([]);
  });
});

describe('a request that any web page may send', () => {
  const mutation =
    `mutation { signIn(input: { subscriber: { username: "1001@acme.12345.service", password: "${PASSWORD}" } }) ` +
    '{ sessionToken } }';
  const body = JSON.stringify({ query: mutation });
  const boundary = `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${body}\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--x--\r\n`;

  it.each([
    ['text/plain', body],
    ['text/plain;charset=UTF-8', body],
    ['text/plain, application/json', body],
    ['text/plain; x=application/json', body],
    ['application/json, text/plain', body],
    ['application/jsonx', body],
    ['application/x-www-form-urlencoded', new URLSearchParams({ query: mutation }).toString()],
    ['application/x-www-form-urlencoded; charset=utf-8', new URLSearchParams({ query: mutation }).toString()],
    ['multipart/form-data; boundary=x', boundary],
    ['application/graphql', mutation],
    ['application/graphql+json', body],
    ['', body],
  ])('does not run as %j', async (contentType, content) => {
    const gateway = await withGateway();
    const answer = await raw(
      gateway,
      `POST /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${contentType && `Content-Type: ${contentType}\r\n`}` +
        `Content-Length: ${content.length}\r\n\r\n${content}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 415 Unsupported Media Type\r\n/);
    expect(answer).toContain('must have the content type application/json');
    expect(await gateway.sandbox.requests()).toEqual([]);
  });

  it('runs the same mutation as JSON, which a page may not send', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(mutation);
    expect(data?.['signIn'].sessionToken).toMatch(/^gws_/);
    expect(await gateway.sandbox.requests()).toHaveLength(1);
  });

  it('reads by GET, and changes nothing', async () => {
    const gateway = await withGateway();
    const get = (query: string, more = '') =>
      fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}${more}`);
    expect(await (await get('{ __typename }')).json()).toEqual({ data: { __typename: 'Query' } });
    const refused = await get(mutation);
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('POST');
    expect(await gateway.sandbox.requests()).toEqual([]);
  });

  it.each(['variables', 'extensions'])('is told where %s in its address are no JSON', async (name) => {
    const gateway = await withGateway();
    const response = await fetch(`${gateway.url}/graphql?query=%7B__typename%7D&${name}=%7B`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [{ message: `\`${name}\` must be JSON.`, extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(gateway.log).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])('is not answered by %s', async (method) => {
    const gateway = await withGateway();
    const response = await fetch(`${gateway.url}/graphql?query=%7B__typename%7D`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });
});

describe('pages of other origins', () => {
  const listed = 'https://phone.example.com';
  const corsHeaders = (response: Response) =>
    [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
  const preflight = (gateway: TestGateway, origin: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });

  it('are told nothing by default', async () => {
    const gateway = await withGateway();
    const response = await preflight(gateway, listed);
    expect(response.status).toBe(204);
    expect(corsHeaders(response)).toEqual([]);
    expect(corsHeaders(await post(gateway, '{}', { ...json, origin: listed }))).toEqual([]);
  });

  it.each([listed, 'http://localhost:5173'])('are let in from %s, which is listed', async (origin) => {
    const gateway = await withGateway({ env: { CORS_ORIGINS: `${listed}, http://localhost:5173` } });
    const asked = await preflight(gateway, origin);
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Content-Type, Authorization, X-Subscriber-Authorization, X-Request-Id',
      vary: 'Origin',
    });
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const operation = await post(gateway, '{"query":"{__typename}"}', { ...json, origin });
    expect(operation.headers.get('access-control-allow-origin')).toBe(origin);
    const refused = await post(gateway, '', { origin, 'content-type': 'text/plain' });
    expect(refused.headers.get('access-control-allow-origin'), 'errors can be read as well').toBe(origin);
  });

  it.each([
    'null',
    '*',
    'http://phone.example.com',
    'https://phone.example.com:8443',
    'https://phone.example.com.evil.example',
    'https://evil-phone.example.com',
    'https://evil.phone.example.com',
    'https://phone.example.com@evil.example',
    'https://phone.example.com/',
    'https://phone.example.com/path',
    'https://phone.example.co',
    'https://phone.example.community',
    'https://phoneXexample.com',
    'HTTPS://PHONE.EXAMPLE.COM',
    'https://example.com',
    'https://evil.example',
    'https://evil.example, https://phone.example.com',
    'file://',
    'chrome-extension://phone.example.com',
    'undefined',
  ])('are not let in from %s', async (origin) => {
    const gateway = await withGateway({ env: { CORS_ORIGINS: listed } });
    for (const response of [
      await preflight(gateway, origin),
      await post(gateway, '{"query":"{__typename}"}', { ...json, origin }),
    ]) {
      expect(corsHeaders(response)).toEqual([]);
      expect(response.headers.get('vary')).toBe('Origin');
    }
  });
});

describe('the id of a request', () => {
  it.each(['trace-1', '6f9619ff-8b86-d011-b42d-00c04fc964ff', 'a.b:c_d', 'x'.repeat(128)])(
    'is the one that the client gave: %s',
    async (id) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      const { headers } = await gateway.execute('{ users(first: 1) { nodes { subscriber { name } } } }', {
        ...session,
        'x-request-id': id,
      });
      expect(headers.get('x-request-id')).toBe(id);
      expect(gateway.log.at(-1)).toMatchObject({ requestId: id, msg: 'operation' });
      const calls = [
        ...(await gateway.sandbox.requests('service=admin')),
        ...(await gateway.sandbox.requests('object=subscriber')),
      ];
      expect(calls.map((call) => call.headers['x-request-id'])).toEqual([id, id]);
    },
  );

  it.each(['', 'a b', 'x'.repeat(129), 'ä', '<script>', 'a,b', 'a, b'])(
    'is a new one where the client gave %j',
    async (id) => {
      const gateway = await withGateway();
      const first = await raw(
        gateway,
        `GET /health HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n`,
      );
      expect(first).toMatch(
        /\r\nx-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n/,
      );
    },
  );
});

describe('GraphiQL', () => {
  const page = { accept: 'text/html,application/xhtml+xml' };

  it.each(['', '?query=%7B__typename%7D'])('is what a browser gets at /graphql%s', async (search) => {
    const gateway = await withGateway();
    const response = await fetch(`${gateway.url}/graphql${search}`, { headers: page });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain('<title>Gateway</title>');
    expect(html, 'a platform that is real has no session to give away').not.toContain('Bearer ');
  });

  it('is not there in production', async () => {
    const gateway = await withGateway({ env: { NODE_ENV: 'production' } });
    const response = await fetch(`${gateway.url}/graphql`, { headers: page });
    expect(response.headers.get('content-type') ?? '').not.toContain('html');
    expect(await response.text()).not.toMatch(/<html/i);
  });
});

describe('in production', () => {
  const production = () => withGateway({ env: { NODE_ENV: 'production' } });

  it.each(['{ __schema { queryType { name } } }', '{ __type(name: "User") { name } }'])(
    'does not tell its schema: %s',
    async (query) => {
      const gateway = await production();
      const { data, errors } = await gateway.execute(query);
      expect(data).toBeUndefined();
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual(
        errors.map(() => 'GRAPHQL_VALIDATION_FAILED'),
      );
      const told = await (await withGateway()).execute(query);
      expect(told.errors, 'the same is told elsewhere').toEqual([]);
    },
  );

  it.each([
    ['a field', '{ userz { nodes { name } } }', {}],
    ['a nested field', '{ users { nodes { nam } } }', {}],
    ['an argument', '{ users(firs: 1) { nodes { name } } }', {}],
    ['an enum value', '{ users(filter: { role: USR }) { nodes { name } } }', {}],
    ['an input field', '{ users(filter: { serch: "a" }) { nodes { name } } }', {}],
    ['a type', 'query ($filter: UserFiltr) { users(filter: $filter) { nodes { name } } }', {}],
    ['a fragment type', '{ node(id: "x") { ... on Usr { name } } }', {}],
    ['a directive', '{ users { nodes { name @inclde(if: true) } } }', {}],
    ['a variable', 'query ($first: Int!) { users(first: $frst) { nodes { name } } }', { first: 1 }],
    [
      'an enum value in a variable',
      'query ($role: UserRole) { users(filter: { role: $role }) { nodes { name } } }',
      { role: 'USR' },
    ],
    [
      'an input field in a variable',
      'query ($filter: UserFilter) { users(filter: $filter) { nodes { name } } }',
      { filter: { serch: 'a' } },
    ],
  ])('suggests no name for %s that does not exist', async (_what, query, variables) => {
    const messages = async (gateway: TestGateway) =>
      (await gateway.execute(query, {}, variables)).errors.map(({ message }) => message).join('\n');
    const silent = await messages(await production());
    expect(silent).not.toBe('');
    expect(silent).not.toMatch(/did you mean/i);
  });
});

describe('slow clients', () => {
  it('are cut off where their headers take more than ten seconds', async () => {
    const gateway = await withGateway();
    const started = performance.now();
    const answer = await raw(gateway, 'GET /health HTTP/1.1\r\nHost: a\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(performance.now() - started).toBeLessThan(13_000);
  });
});

describe('stopping', () => {
  const inFlight = async (env: Readonly<Record<string, string>>, ms: number) => {
    const gateway = await withGateway({ env });
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.sandbox.fail({ match: { service: 'admin' }, fault: { type: 'latency', ms } });
    const agent = new Agent({ keepAlive: true });
    const call = httpRequest(`${gateway.url}/graphql`, {
      method: 'POST',
      agent,
      headers: { ...json, authorization: session['authorization'] },
    });
    const answer = new Promise<string>((resolve, reject) => {
      call.on('error', reject).on('response', (response: IncomingMessage) => {
        text(response).then(resolve, reject);
      });
    });
    call.end(JSON.stringify({ query: QUERY }));
    await upstreamHasBegun(gateway);
    return { gateway, answer };
  };

  it('finishes what is under way, and does not wait for connections that could be used again', async () => {
    const { gateway, answer } = await inFlight({}, 700);
    const started = performance.now();
    expect(await gateway.stop()).toBe(true);
    expect(JSON.parse(await answer)).toEqual({ data: { users: { nodes: [{ name: 'Ada Example' }] } } });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('takes no new connection', async () => {
    const { gateway, answer } = await inFlight({}, 700);
    const stopped = gateway.stop();
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow('fetch failed');
    await answer;
    expect(await stopped).toBe(true);
  });

  it('ends by its limit, cuts what is left and tells upstream', async () => {
    const { gateway, answer } = await inFlight({ SHUTDOWN_TIMEOUT_MS: '300' }, 60_000);
    const started = performance.now();
    await Promise.all([
      expect(gateway.stop()).resolves.toBe(false),
      expect(answer).rejects.toThrow('socket hang up'),
    ]);
    const elapsed = performance.now() - started;
    expect(elapsed).toBeGreaterThanOrEqual(290);
    expect(elapsed).toBeLessThan(3_000);
    await expect
      .poll(async () => (await gateway.sandbox.requests('service=admin')).map(({ aborted }) => aborted))
      .toEqual([true]);
  });
});
