import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLogger } from '../src/logger.ts';
import { withGateway } from './helpers/gateway.ts';

const start = (level = 'debug') => {
  let written = '';
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  });
  return {
    log: createLogger(level, destination),
    text: () => written,
    lines: () => {
      expect(written.endsWith('\n')).toBe(true);
      return written
        .slice(0, -1)
        .split('\n')
        .map((line) => {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(8 * 1024);
          return JSON.parse(line);
        });
    },
  };
};

const TOKEN = `eyJ${'canary'.repeat(5)}.eyJ1c2VySWQiOiIxIn0.sig`;
const spellings = [
  TOKEN,
  Buffer.from(TOKEN).toString('base64'),
  Buffer.from(TOKEN).toString('base64url'),
  Buffer.from(TOKEN).toString('hex'),
  encodeURIComponent(`Bearer ${TOKEN}`),
];

it.each(spellings)('never writes a credential, wherever it hides: %s', (secret) => {
  const { log, text, lines } = start();
  const error = Object.assign(new Error(`failed with ${secret}`, { cause: new Error(secret) }), {
    options: { headers: { authorization: secret }, body: `password=${secret}` },
    response: { request: { token: secret } },
    toJSON: () => ({ secret }),
  });
  log.error(error);
  log.error({ err: error });
  log.error({ err: error, nested: { deeper: [{ error }], [`key ${secret}`]: secret } }, `message ${secret}`);
  log.info(`plain ${secret}`);
  log.info({ a: 1 }, 'with %s in place', secret);
  log.warn({ toString: () => secret, bytes: Buffer.from(secret), map: new Map([[secret, secret]]) }, 'odd');
  expect(lines()).toHaveLength(6);
  expect(text()).not.toContain('canary');
  for (const spelling of spellings) expect(text()).not.toContain(spelling);
});

it('writes what an error says and none of its properties', () => {
  const { log, lines } = start();
  log.error({ err: Object.assign(new RangeError('too far'), { secret: 'x', code: 'E1' }) }, 'broken');
  expect(lines()).toEqual([
    {
      level: 'error',
      time: expect.any(String),
      err: { name: 'RangeError', message: 'too far', stack: expect.stringContaining('logger.test.ts') },
      msg: 'broken',
    },
  ]);
});

const hostile = [
  ['line breaks', 'one\r\ntwo\n{"level":"fake"}'],
  ['ANSI', '\u001b[2J\u001b[31mred'],
  ['line separators', 'a\u2028b\u2029c'],
  ['NUL', 'a\u0000b'],
  ['half a surrogate pair', 'a\ud800b'],
  ['a megabyte', 'x'.repeat(1_000_000)],
  ['a megabyte of control characters', '\u0001'.repeat(1_000_000)],
  ['a megabyte of emoji', '😀'.repeat(250_000)],
  ['a megabyte of quotes', '"\\'.repeat(500_000)],
] as const;

it.each(hostile)('writes one JSON line of 8 KB at most for %s', (_title, text) => {
  const { log, lines } = start();
  log.info(
    { operation: text, path: text, err: new Error(text), list: Array(100).fill(text), [text]: text },
    text,
  );
  expect(lines()).toHaveLength(1);
});

it('writes deep, round and endless things', () => {
  const { log, lines } = start();
  const round: Record<string, unknown> = { name: 'round' };
  round['self'] = round;
  const deep = Array.from({ length: 10_000 }).reduce((inner) => ({ inner }), {});
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index]));
  log.info(
    { round, deep, wide, big: 10n, date: new Date(Number.NaN), none: undefined, nothing: null },
    'odd',
  );
  expect(lines()).toMatchObject([
    { big: '10', date: null, nothing: null, round: { name: 'round' }, msg: 'odd' },
  ]);
});

it('keeps silent below its level', () => {
  const { log, text } = start('warn');
  log.info('quiet');
  expect(text()).toBe('');
});

it.each(hostile)('an operation with %s in its names leaves one line of JSON', async (_title, text) => {
  const gateway = await withGateway();
  const alias = `a${'x'.repeat(900_000)}`;
  const body = {
    query: `query ${text.length > 1_000 ? alias : 'Q'} { ${alias.slice(0, 10_000)}: users { nodes { name } } }`,
    operationName: text,
  };
  const response = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([200, 400, 413]).toContain(response.status);
  await gateway.execute(`query ${alias.slice(0, 500_000)} { users { nodes { name } } }`);
  for (const line of gateway.log)
    expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThanOrEqual(8 * 1024);
  expect(gateway.log.at(-1)).toMatchObject({ msg: 'operation', operation: expect.stringMatching(/^ax+…$/) });
});
