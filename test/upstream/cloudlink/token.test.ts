import { expect, it } from 'vitest';
import { explainRefresh, explainSignIn, identityOfToken } from '../../../src/upstream/cloudlink/token.ts';
import { withGateway } from '../../helpers/gateway.ts';

const request = { method: 'POST', path: ['token'], effect: 'write' } as const;
const reply = (status: number, message = '', headers = {}) => ({
  status,
  reason: '',
  headers,
  text: JSON.stringify({ message }),
});

it.each([
  ['production', 'sandbox'],
  ['sandbox', 'production'],
] as const)('a refused sign-in to %s names the other environment', (environment, other) => {
  const error = explainSignIn(environment)(reply(401, 'Invalid credentials'), request);
  expect(error?.failure).toMatchObject({ code: 'UNAUTHENTICATED', platform: 'cloudlink', status: 401 });
  expect(error?.message).toContain(`uses the ${environment} environment`);
  expect(error?.message).toContain(`CLOUDLINK_ENVIRONMENT=${other}`);
  expect(error?.message).toContain("A partner portal's login is not a CloudLink login.");
});

it('a good answer is none of an error', () => {
  expect(explainSignIn('production')(reply(200), request)).toBeNull();
  expect(explainRefresh(reply(201), request)).toBeNull();
});

it.each([
  [400, 'BAD_USER_INPUT', 'UNAUTHENTICATED'],
  [401, 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN', 'UNAUTHENTICATED'],
  [404, 'UPSTREAM_PROTOCOL', 'UPSTREAM_PROTOCOL'],
  [409, 'UPSTREAM_PROTOCOL', 'UPSTREAM_PROTOCOL'],
  [429, 'RATE_LIMITED', 'RATE_LIMITED'],
  [500, 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE'],
  [504, 'UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT'],
] as const)('a %i of the token endpoint is %s at sign-in and %s at renewal', (status, signIn, refresh) => {
  expect(explainSignIn('custom')(reply(status), request)?.failure.code).toBe(signIn);
  expect(explainRefresh(reply(status), request)?.failure.code).toBe(refresh);
});

it('a user of several accounts is told to name one', async () => {
  const gateway = await withGateway();
  const message = "data should have required property 'account_id'";
  const fault = { type: 'status', status: 400, body: { name: 'BadRequestError', message } } as const;
  await gateway.sandbox.fail({ match: { route: 'POST /token' }, fault });
  const { errors } = await gateway.execute(
    'mutation { signIn(input: { cloudlink: { username: "a", password: "b" } }) { sessionToken } }',
  );
  expect(errors).toMatchObject([
    { extensions: { code: 'BAD_USER_INPUT', platform: 'cloudlink', field: 'account_id' } },
  ]);
});

it.each(['', 'opaque', 'a.b.c', `x.${Buffer.from('[1]').toString('base64url')}.y`])(
  'a token that is no JSON Web Token tells nothing: %j',
  (token) => {
    expect(identityOfToken(token)).toBeNull();
  },
);

it.each(['{"nonsense": true}', '[]', '"text"', '<html></html>', ''])(
  'a description of a token that names nobody is a broken protocol: %s',
  async (body) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { route: 'GET /token' },
      fault: { type: 'body', body, contentType: 'application/json' },
    });
    const { errors } = await gateway.execute(
      '{ viewer { cloudlink { email } subscriber { login } } }',
      session,
    );
    expect(errors).toMatchObject([
      {
        path: ['viewer', 'cloudlink'],
        extensions: { code: 'UPSTREAM_PROTOCOL', platform: 'cloudlink', status: 200 },
      },
    ]);
  },
);
