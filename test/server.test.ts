import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { json, raw } from './helpers/http.ts';

const QUERY = '{ users(first: 1) { nodes { name } } }';

const upstreamHasBegun = async (gateway: TestGateway) => {
  await expect.poll(() => gateway.sandbox.requests('service=admin')).not.toEqual([]);
};

describe('what there is beside GraphQL', () => {
  it('tells that the process lives, and its version', async () => {
    const gateway = await withGateway();
    const response = await gateway.fetch('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      version: '0.1.0',
      events: { deliveries: 0 },
    });
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
    const response = await gateway.fetch(path, { method: 'POST' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect((await gateway.fetch(path, { method: 'HEAD' })).status).toBe(200);
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

describe('GraphiQL', () => {
  const page = { accept: 'text/html,application/xhtml+xml' };

  it.each(['', '?query=%7B__typename%7D'])('is what a browser gets at /graphql%s', async (search) => {
    const gateway = await withGateway();
    // Not searched for secrets: its examples hold the password of the sandbox on purpose.
    const response = await fetch(`${gateway.url}/graphql${search}`, { headers: page });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    // Nine megabytes: what is wrong with it is not shown whole.
    const html = await response.text();
    expect(html.includes('<title>Gateway</title>')).toBe(true);
    expect(html.includes('"additionalHeaders":{}'), 'a real platform has no session to give away').toBe(true);
  });

  it.each([
    ['gzip, deflate, br', 'gzip'],
    ['identity', null],
  ])('is sent to who takes %s in a coding that is one of them', async (accepted, coding) => {
    const gateway = await withGateway();
    const response = await fetch(`${gateway.url}/graphql`, {
      headers: { ...page, 'accept-encoding': accepted },
    });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect((await response.text()).includes('<title>Gateway</title>')).toBe(true);
  });

  it('is not there in production', async () => {
    const gateway = await withGateway({ env: { NODE_ENV: 'production' } });
    const response = await gateway.fetch('/graphql', { headers: page });
    expect(response.headers.get('content-type') ?? '').not.toContain('html');
    expect(await response.text()).not.toMatch(/<html/i);
  });
});

describe('slow clients', () => {
  it('are cut off where their headers take more than ten seconds, or their body more than twenty', async () => {
    const gateway = await withGateway();
    const started = performance.now();
    const sendAndListen = async (request: string) => {
      const answer = await raw(gateway, request);
      return { answer, elapsed: performance.now() - started };
    };
    const [headers, body] = await Promise.all([
      sendAndListen('GET /health HTTP/1.1\r\nHost: a\r\n'),
      sendAndListen(
        'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
      ),
    ]);
    expect(headers.answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(headers.elapsed).toBeLessThan(13_000);
    expect(body.answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(body.elapsed).toBeLessThan(24_000);
  }, 40_000);
});

describe('bodies that nobody reads', () => {
  it.each(['GET /graphql', 'OPTIONS /graphql', 'POST /uploads/x', 'POST /nothing', 'GET /health'])(
    'are let go of soon after %s was answered',
    async (target) => {
      const gateway = await withGateway();
      const answer = await raw(gateway, `${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{`);
      expect(answer).toMatch(/^HTTP\/1\.1 [245]\d\d /);
    },
  );
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

it('leads a browser from the root to the page', async () => {
  const gateway = await withGateway({ env: { NODE_ENV: 'development' } });
  const response = await fetch(gateway.url, { redirect: 'manual', headers: { accept: 'text/html' } });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
  const head = await fetch(`${gateway.url}/graphql`, { method: 'HEAD', headers: { accept: 'text/html' } });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

it('tells an address of this machine where it listens on all of them', async () => {
  const gateway = await withGateway({ env: { HOST: '0.0.0.0' } });
  expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
