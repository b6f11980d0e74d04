import type { Session } from './claim.ts';
import { issueClientToken, issueRefreshToken, issueUserToken, readRefreshToken } from './claim.ts';
import { Failure } from './failure.ts';
import { fieldsOf, readGrantBody } from './grant-body.ts';
import type { Answer } from './answer.ts';
import type { Handler, OpenCall, OpenHandler } from './service.ts';
import { ok } from './service.ts';
import { findAccountByName, findClient, openSession, signIn } from './sign-in.ts';
import type { ObjectSchema } from './validation.ts';
import { validate } from './validation.ts';

type GrantType = (call: OpenCall, body: unknown) => Answer;

const createGrantType =
  <T extends object>(schema: ObjectSchema<T>, answer: (call: OpenCall, fields: T) => Answer): GrantType =>
  (call, body) =>
    answer(call, validate(schema, body));

const toAnswer = (issued: { token: string; seconds: number }, refreshToken?: string): Answer =>
  ok({
    token_type: 'bearer',
    expires_in: issued.seconds,
    access_token: issued.token,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    scope: 'read write',
  });

const answerSession = (session: Session, { store, clock }: OpenCall): Answer =>
  toAnswer(issueUserToken(session, store, clock), issueRefreshToken(session, clock));

const password = createGrantType(
  fieldsOf(['username', 'password'], ['account_id', 'client_id', 'client_secret']),
  (call, credentials) => answerSession(signIn(call.store, credentials), call),
);

const refreshToken = createGrantType(fieldsOf(['refresh_token']), (call, { refresh_token: token }) => {
  const known = readRefreshToken(token, call.clock);
  if (known === undefined) throw new Failure(401, 'Invalid refresh token');
  return answerSession(openSession(call.store, known.id, known.accountId), call);
});

const authorizationCode = createGrantType(
  fieldsOf(['code', 'client_id'], ['client_secret']),
  (call, { code, client_id: clientId, client_secret: secret }) => {
    const { store, clock } = call;
    const grant = store.grants.get(code);
    // Single use, whether or not the rest is right.
    store.grants.delete(code);
    if (grant === undefined || grant.expires <= clock.now() || grant.clientId !== clientId)
      throw new Failure(401, 'Invalid authorization code');
    findClient(store, grant.accountId, clientId, secret);
    return answerSession(openSession(store, grant.userId, grant.accountId), call);
  },
);

/** Without a refresh token. */
const clientCredentials = createGrantType(
  fieldsOf(['client_id', 'client_secret', 'account_id']),
  ({ store, clock }, { client_id: clientId, client_secret: secret, account_id: name }) => {
    const account = findAccountByName(store, name);
    const client = findClient(store, account.accountId, clientId, secret);
    return toAnswer(issueClientToken(client, account, store, clock));
  },
);

const grantTypes = new Map<string, GrantType>([
  ['password', password],
  ['refresh_token', refreshToken],
  ['authorization_code', authorizationCode],
  ['client_credentials', clientCredentials],
]);

const envelope: ObjectSchema<{ readonly grant_type: string }> = {
  type: 'object',
  properties: { grant_type: { type: 'string', enum: [...grantTypes.keys()] } },
  required: ['grant_type'],
  additionalProperties: true,
};

/** `POST /token`, every grant of facts §2.2. */
export const postToken: OpenHandler = (call) => {
  const body = readGrantBody(call);
  const answer = grantTypes.get(validate(envelope, body).grant_type);
  if (answer === undefined) throw new Failure(400, 'data.grant_type is not a grant type');
  const { username, client_id: clientId, refresh_token: token } = body;
  // There is no access token to count by yet, so requests are counted by who is signing in.
  call.limiter.admit([username, clientId, token].find((name) => typeof name === 'string') ?? '');
  return answer(call, body);
};

const describedClaims = (
  'uniqueUserId principalId userId accountId partnerId role name email emailVerified mobileVerified ' +
  'phoneVerified extensionVerified languageCode domain sipAddress iss iat exp aud'
).split(' ');

/** `GET /token`: who the caller is. Booleans and times are strings, what is not there is empty (facts §2.5). */
export const getToken: Handler = ({ claims, principal, store }) => {
  const user = store.users.get(principal.principalId);
  return ok({
    ...Object.fromEntries(describedClaims.map((name) => [name, String(claims[name] ?? '')])),
    extension: user?.extension ?? '',
    mobile: user?.mobile ?? '',
    phone: user?.phone ?? '',
    siteId: user?.siteId ?? '',
    photoUrl: user?.photoUrl ?? '',
    profileHeaderUrl: '',
    loginId: user?.email ?? '',
    integrationLatency: 0,
  });
};
