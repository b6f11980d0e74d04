import { describe, expect, it } from 'vitest';
import { withGateway } from './helpers/gateway.ts';
import { raw } from './helpers/http.ts';

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
