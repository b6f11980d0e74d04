import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { json, post, raw } from './helpers/http.ts';

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
    gateway.fetch('/graphql', {
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

  it('is refused by its announced length before any of it is sent, and is not waited for', async () => {
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

  it('that is refused may still be sent to its end, so that no client is cut off before it reads the answer', async () => {
    const gateway = await limited();
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').setEncoding('utf8');
    let received = '';
    socket.on('data', (text: string) => {
      received += text;
    });
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n',
    );
    await expect.poll(() => received).toContain('HTTP/1.1 413 ');
    socket.write('x'.repeat(3_000_000));
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 413 [\s\S]+HTTP\/1\.1 200 OK/);
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
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
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
