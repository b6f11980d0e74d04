import { describe, expect, it } from 'vitest';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { json, post } from './helpers/http.ts';

describe('pages of other origins', () => {
  const listed = 'https://phone.example.com';
  const corsHeaders = (response: Response) =>
    [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
  const preflight = (gateway: TestGateway, origin: string) =>
    gateway.fetch('/graphql', {
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
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers':
        'Content-Type, Authorization, X-Subscriber-Authorization, Range, X-Request-Id',
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
