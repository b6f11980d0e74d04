import { createSchema, createYoga } from 'graphql-yoga';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { maskError } from '../../src/errors.ts';
import { createLogger } from '../../src/logger.ts';
import { createOperationLog } from '../../src/operation-log.ts';
import { useRequestLog } from '../../src/plugins/use-request-log.ts';
import { PASSWORD } from '../../src/sandbox/company.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';
import { withGateway } from '../helpers/gateway.ts';

/** A server with fields that fail in ways the product's own never should. */
const start = (makeContext: () => object) => {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const thrown = Object.assign(new TypeError('broken at 10.0.0.1 with Bearer abc123'), {
    options: { headers: { authorization: 'Bearer abc123' } },
  });
  const upstream = () =>
    new UpstreamError({
      code: 'UPSTREAM_UNAVAILABLE',
      platform: 'cloudlink',
      message: 'CloudLink ended the connection before its answer was complete.',
      reason: 'ECONNRESET',
    });
  const fail = (error: Error) => () => {
    throw error;
  };
  const yoga = createYoga({
    schema: createSchema({
      typeDefs: 'type Query { good: Int bad: Int lost: Int required: Int! }',
      resolvers: {
        Query: {
          good: () => 1,
          bad: fail(thrown),
          lost: () => Promise.reject(upstream()),
          required: () => null,
        },
      },
    }),
    context: makeContext,
    maskedErrors: { maskError },
    logging: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    plugins: [useRequestLog(createOperationLog(createLogger('info', destination)))],
  });
  const ask = async (query: string) => {
    const response = await yoga.fetch('http://gateway/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-1' },
      body: JSON.stringify({ query }),
    });
    return { status: response.status, text: await response.text() };
  };
  return { ask, lines };
};

const context = () => ({
  requestId: 'request-1',
  principal: 'anonymous',
  upstreamCalls: { cloudlink: 1, subscriber: 0 },
  warnings: [],
});

it('tells a fault of the gateway to the log under the id of the request, and nothing of it to the client', async () => {
  const { ask, lines } = start(context);
  const { text } = await ask('query Q { good a: bad b: bad }');
  expect(text).not.toMatch(/10\.0\.0\.1|abc123|TypeError|\bat /);
  expect(JSON.parse(text)).toMatchObject({
    data: { good: 1, a: null, b: null },
    errors: [
      { path: ['a'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      { path: ['b'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ],
  });
  const [operation, ...faults] = lines;
  expect(operation).toMatchObject({ msg: 'operation', operation: 'Q', errors: ['INTERNAL_SERVER_ERROR'] });
  expect(faults).toMatchObject(
    ['a', 'b'].map((path) => ({
      level: 'error',
      msg: 'unexpected error',
      requestId: 'request-1',
      path,
      err: {
        name: 'TypeError',
        message: 'broken at 10.0.0.1 with Bearer [token]',
        stack: expect.stringContaining('use-request-log.test.ts'),
      },
    })),
  );
  expect(JSON.stringify(lines)).not.toContain('abc123');
});

it('tells of a null where there must be none', async () => {
  const { ask, lines } = start(context);
  const { text } = await ask('{ required }');
  expect(JSON.parse(text).errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(lines.at(-1)).toMatchObject({
    requestId: 'request-1',
    err: { message: expect.stringContaining('non-nullable') },
  });
});

it('tells of a context that could not be made', async () => {
  const { ask, lines } = start(() => {
    throw new Error('the session store is down at 10.0.0.9');
  });
  const { text, status } = await ask('{ good }');
  expect(status).toBe(500);
  expect(text).not.toContain('10.0.0.9');
  expect(JSON.parse(text).errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(lines).toMatchObject([
    { level: 'info', msg: 'operation', requestId: 'request-1', errors: ['INTERNAL_SERVER_ERROR'] },
    { level: 'error', requestId: 'request-1', err: { message: expect.stringContaining('session store') } },
  ]);
});

it('tells each upstream failure once, with what clients are not told, and no fault', async () => {
  const { ask, lines } = start(context);
  await ask('{ a: lost b: lost good }');
  expect(lines).toMatchObject([
    {
      msg: 'operation',
      errors: ['UPSTREAM_UNAVAILABLE'],
      failures: [{ code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink', reason: 'ECONNRESET' }],
    },
  ]);
});

describe('an operation that is refused before it starts', () => {
  it.each([
    ['parsed', `{ users( "${PASSWORD}" }`, 'GRAPHQL_PARSE_FAILED'],
    ['validated', `query Secret { userz(password: "${PASSWORD}") }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['told from another', `query A { a: __typename } query B { __typename }`, 'OPERATION_RESOLUTION_FAILURE'],
  ])(
    'because it cannot be %s leaves one line each time, without its document',
    async (_what, query, code) => {
      const gateway = await withGateway();
      const headers = { authorization: 'Bearer not-a-token', 'x-request-id': 'request-7' };
      for (let time = 0; time < 2; time += 1) await gateway.execute(query, headers);
      const line = {
        level: 'info',
        time: expect.any(String),
        msg: 'operation',
        requestId: 'request-7',
        operation: null,
        kind: null,
        principal: expect.stringMatching(/^cloudlink:[\da-f]{12}$/),
        errors: [code],
      };
      expect(gateway.log).toEqual([line, line]);
    },
  );

  it('has no second line where it was executed', async () => {
    const gateway = await withGateway();
    await gateway.execute('{ __typename }');
    await gateway.execute('{ users { nodes { name } } }');
    expect(gateway.log).toMatchObject([
      { msg: 'operation', kind: 'query', principal: 'anonymous' },
      { msg: 'operation', kind: 'query', errors: ['UNAUTHENTICATED'] },
    ]);
  });
});
