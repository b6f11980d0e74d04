import { expect, it } from 'vitest';
import { redact } from '../src/redact.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiIxIn0.abc-DEF_123';
const legacy = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const session = `gws_${'Ab1-'.repeat(10)}xyz`;

it.each([
  ['a JSON Web Token', `'${jwt}' not a valid key=value pair`, "'[token]' not a valid key=value pair"],
  ['a JSON Web Token in base64', Buffer.from(jwt).toString('base64'), '[token]'],
  ['a JSON Web Token in base64url', Buffer.from(jwt).toString('base64url'), '[token]'],
  ['a JSON Web Token in hexadecimal', Buffer.from(jwt).toString('hex'), '[token]'],
  ['a session token', `session ${session} ended`, 'session [token] ended'],
  ['a legacy token', `token ${legacy} is invalid`, 'token [token] is invalid'],
  ['a bearer of any kind', 'header: Bearer abc.def, next', 'header: Bearer [token], next'],
  ['a bearer in a URL', 'x=Bearer%20abc.def&y=1', 'x=Bearer [token]&y=1'],
  ['basic credentials', 'Basic YWRhOnNlY3JldA==', 'Basic [token]'],
  ['a form', 'username=ada&password=p%26w&x=1', 'username=ada&password=[redacted]&x=1'],
  ['a percent-encoded form', 'password%3Dsecret&x=1', 'password=[redacted]&x=1'],
  ['JSON', '{"password":"p\\"w; x","a":1}', '{"password": "[redacted]","a":1}'],
  ['tokens that are handed over', '{ cloudlinkToken: "a b" }', '{ cloudlinkToken: "[redacted]" }'],
  ['an inspected object', "{ client_secret: 'a b', id: 'c' }", `{ client_secret: "[redacted]", id: 'c' }`],
  ["a client's secret", '{"clientSecret":"a-b_c","name":"x"}', '{"clientSecret": "[redacted]","name":"x"}'],
  [
    'a column of a record',
    'subscriber_pin=4821 pwd_hash=abc',
    'subscriber_pin=[redacted] pwd_hash=[redacted]',
  ],
])('takes %s out', (_title, text, expected) => {
  expect(redact(text)).toBe(expected);
});

it.each([
  'The access token provided has expired.',
  'CloudLink has no route `GET accounts/00000001-5eed-4000-8000-000000000001/users` below the configured base URL.',
  'Invalid username and password combination.',
  'Missing parameter: client_id',
  'corr-7f3c9f0e-1b2c-4d5e-8f90-123456789abc',
])('leaves %j as it is', (text) => {
  expect(redact(text)).toBe(text);
});

it('takes hostile texts of a megabyte in its stride', () => {
  const slow = ['bearer ', 'bearer', 'eyJ', 'password=', 'password: "\\', 'a', '0', ' '].filter((piece) => {
    const started = performance.now();
    redact(piece.repeat(Math.ceil(1_000_000 / piece.length)));
    return performance.now() - started > 1_000;
  });
  expect(slow).toEqual([]);
});
