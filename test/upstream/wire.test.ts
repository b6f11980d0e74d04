import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { UpstreamError } from '../../src/upstream/errors.ts';
import { createTransport, type UpstreamRequest } from '../../src/upstream/http.ts';
import { sampleHostileTexts } from '../helpers/hostile-text.ts';

/** What came over the wire, read as a server would read it. */
interface Arrived {
  readonly path: readonly string[];
  readonly query: readonly (readonly [string, string])[];
  readonly body: unknown;
  readonly headers: readonly string[];
}

const read = async (request: IncomingMessage): Promise<Arrived> => {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const body = await text(request);
  const isJson = request.headers['content-type']?.startsWith('application/json') === true;
  return {
    path: path.split('/').slice(2).map(decodeURIComponent),
    query: [...new URLSearchParams(query)],
    body: isJson ? JSON.parse(body) : [...new URLSearchParams(body)],
    headers: Object.keys(request.headers).toSorted(),
  };
};

/** A platform that only takes down what it is asked. */
const listen = async () => {
  const arrived: Promise<Arrived>[] = [];
  const server = createServer((request, response) => {
    const reading = read(request);
    arrived.push(reading);
    void reading.then(() => response.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = createTransport({
    tryTimeoutMs: 10_000,
    upstreamAnswerBytes: 1000,
    upstreamConnections: 20,
  });
  onTestFinished(() => {
    transport.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const http = transport.createHttp({
    platform: 'subscriber',
    baseUrl: `http://127.0.0.1:${port}/base`,
    headers: {},
    tokens: null,
    signal: new AbortController().signal,
    explain: () => null,
  });
  return { http, arrived };
};

const texts = sampleHostileTexts(4000, 1);

it.each<readonly [where: string, toRequest: (value: string) => Partial<UpstreamRequest>]>([
  ['a segment of the path', (value) => ({ path: ['accounts', value, 'users'] })],
  [
    'a parameter of the query',
    (value) => ({ query: { object: 'subscriber', $filter: value, action: 'read' } }),
  ],
  [
    'a parameter of a form',
    (value) => ({ method: 'POST', form: { format: 'json', uid: value, limit: '2' } }),
  ],
  ['a field of JSON', (value) => ({ method: 'PUT', json: { name: value, [`key ${value}`]: [value] } })],
])(
  'each of 4,000 hostile texts arrives in %s letter by letter and as nothing else, or is refused unsent',
  async (_where, toRequest) => {
    const { http, arrived } = await listen();
    const send = async (value: string) => {
      const request = { method: 'GET', path: ['accounts'], effect: 'write', ...toRequest(value) } as const;
      const before = arrived.length;
      const error = await http.send(request).then(
        () => null,
        (reason: unknown) => reason,
      );
      const [came, ...more] = await Promise.all(arrived.slice(before));
      expect(more).toEqual([]);
      return { value, request, error, came };
    };
    const wrong = [];
    const headers = new Set<string>();
    let refused = 0;
    for (const value of texts) {
      const { request, error, came } = await send(value);
      const { path, query = {}, form = {}, json }: UpstreamRequest = request;
      const isUnsendable =
        (json === undefined && !value.isWellFormed()) ||
        path.some((segment) => ['.', '..'].includes(segment));
      const isRefused = error instanceof UpstreamError && error.failure.code === 'BAD_USER_INPUT';
      const expected = isUnsendable
        ? undefined
        : { path, query: Object.entries(query), body: json ?? Object.entries(form) };
      const actual = came && { path: came.path, query: came.query, body: came.body };
      if (isRefused !== isUnsendable || JSON.stringify(actual) !== JSON.stringify(expected))
        wrong.push({ value, error, came });
      if (came !== undefined) headers.add(String(came.headers));
      refused += isUnsendable ? 1 : 0;
    }
    expect(wrong).toEqual([]);
    // One set of headers, whatever the text.
    expect(headers.size).toBe(1);
    expect(refused).toBeLessThan(texts.length / 2);
  },
  60_000,
);
