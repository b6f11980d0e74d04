import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { json, post, raw } from '../helpers/http.ts';

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
      gateway.fetch(`/graphql?query=${encodeURIComponent(query)}${more}`);
    expect(await (await get('{ __typename }')).json()).toEqual({ data: { __typename: 'Query' } });
    const refused = await get(mutation);
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('POST');
    expect(await gateway.sandbox.requests()).toEqual([]);
  });

  it.each(['variables', 'extensions'])('is told where %s in its address are no JSON', async (name) => {
    const gateway = await withGateway();
    const response = await gateway.fetch(`/graphql?query=%7B__typename%7D&${name}=%7B`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [{ message: `\`${name}\` must be JSON.`, extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(gateway.log).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])('is not answered by %s', async (method) => {
    const gateway = await withGateway();
    const response = await gateway.fetch('/graphql?query=%7B__typename%7D', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });
});

describe('a client that cannot read JSON', () => {
  const body = JSON.stringify({
    query: `mutation { signIn(input: { subscriber: { username: "1001@acme.12345.service", password: "${PASSWORD}" } }) { expiresAt } }`,
  });

  it.each([
    'text/html',
    'image/*, text/plain',
    'application/xml;q=0.9',
    'application/json; charset=latin1',
    'nonsense',
  ])('is told so before anything is done: %s', async (accept) => {
    const gateway = await withGateway();
    const response = await post(gateway, body, { ...json, accept });
    expect(response.status).toBe(406);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      errors: [{ message: expect.stringContaining('application/json'), extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(await gateway.sandbox.requests()).toEqual([]);
  });

  it.each([
    '',
    '*/*',
    'application/*',
    'text/html, */*;q=0.1',
    'Application/JSON; charset=UTF-8',
    'text/plain,application/graphql-response+json',
    'text/event-stream',
    'multipart/mixed',
  ])('is none that accepts %j', async (accept) => {
    const gateway = await withGateway();
    const response = await post(gateway, body, { ...json, accept });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"expiresAt":"');
  });
});
