import { expect, it } from 'vitest';
import { explainRefresh, explainSignIn } from '../../../src/upstream/netsapiens/token.ts';
import { withGateway } from '../../helpers/gateway.ts';

const request = { method: 'POST', path: ['oauth2', 'token'], effect: 'write' } as const;
const reply = (status: number, headers: Record<string, string> = {}, text = '') => ({
  status,
  reason: '',
  headers,
  text,
});

it.each([
  [400, 'UNAUTHENTICATED'],
  [401, 'UNAUTHENTICATED'],
  [403, 'UNAUTHENTICATED'],
  [404, 'UPSTREAM_PROTOCOL'],
  [405, 'UPSTREAM_PROTOCOL'],
  [415, 'UPSTREAM_PROTOCOL'],
  [302, 'UPSTREAM_PROTOCOL'],
  [429, 'RATE_LIMITED'],
  [500, 'UPSTREAM_UNAVAILABLE'],
  [504, 'UPSTREAM_TIMEOUT'],
] as const)('a %i of the token endpoint is %s', (status, code) => {
  for (const explain of [explainSignIn, explainRefresh]) {
    expect(explain(reply(status, { warning: 'It says no.' }), request)?.failure.code).toBe(code);
  }
});

it.each([
  ['a plain warning', reply(401, { warning: 'Bad login.' })],
  ['a warning with code and agent', reply(401, { warning: '199 portal.example.com "Bad login."' })],
  ['the status line', { ...reply(401), reason: 'Unauthorized Bad login.' }],
  ['the body', reply(400, {}, '{"error":"invalid_grant","error_description":"Bad login."}')],
])('a refusal carries what upstream says in %s', (_title, answer) => {
  expect(explainSignIn(answer, request)?.message).toBe('The subscriber API refused the sign-in: Bad login.');
  expect(explainRefresh(answer, request)?.message).toMatch(
    /^The subscriber part .* sign in again; .*: Bad login\.$/,
  );
});

it('a refusal without a word is told all the same', () => {
  expect(explainSignIn({ ...reply(401), reason: 'Unauthorized' }, request)?.message).toBe(
    'The subscriber API refused the sign-in.',
  );
});

it.each(['{"nonsense": true}', '[]', '{}', ''])(
  'a description of a token that names nobody is a broken protocol: %s',
  async (body) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { object: 'oauth2', action: 'read' },
      fault: { type: 'body', body, contentType: 'application/json' },
    });
    const { errors } = await gateway.execute(
      '{ viewer { cloudlink { email } subscriber { login } } }',
      session,
    );
    expect(errors).toMatchObject([
      {
        path: ['viewer', 'subscriber'],
        extensions: { code: 'UPSTREAM_PROTOCOL', platform: 'subscriber', status: 200 },
      },
    ]);
  },
);

it('a base URL without a token endpoint names its variable', async () => {
  const base = await withGateway();
  const gateway = await withGateway({ env: { SUBSCRIBER_API_URL: `${base.sandbox.url}/portal/ns-api` } });
  const { errors } = await gateway.execute(
    'mutation { signIn(input: { subscriber: { username: "a", password: "b" } }) { sessionToken } }',
  );
  expect(errors).toMatchObject([
    { extensions: { code: 'UPSTREAM_PROTOCOL', platform: 'subscriber', status: 404 } },
  ]);
  expect(errors[0]?.message).toContain('SUBSCRIBER_API_URL');
});
