import { CLIENT, PASSCODE } from '../company.ts';
import { findGrant, toBearer, toCaller } from './authentication.ts';
import { required } from './operation.ts';
import { INVALID_TOKEN, Refusal } from './refusal.ts';
import { given, type Parameters } from './request.ts';
import { OUT_OF_SCOPE, reachesTo, seesDomain } from './scope.ts';
import { findByLogin, toKey, type State } from './state.ts';
import { SECOND_FACTOR_DUE, type Grant, type TokenStore } from './token-store.ts';
import { toUid } from './subscriber-record.ts';

/** What a token request is judged by. */
export interface TokenRequest {
  readonly parameters: Parameters;
  readonly authorization: string | undefined;
  readonly state: State;
  readonly tokens: TokenStore;
}

/** Thrown when a password, a client, a passcode or a refresh token is wrong: the A-03 switch decides the answer. */
export class BadCredentials extends Error {
  /** The code of RFC 6749, for the answers that have a body. */
  readonly code: 'invalid_client' | 'invalid_grant';

  constructor(code: BadCredentials['code'], message: string) {
    super(message);
    this.name = 'BadCredentials';
    this.code = code;
  }
}

type ToGrant = (request: TokenRequest) => Grant;

const byPassword: ToGrant = (request) => {
  const clientId = checkClient(request);
  const login = required(request.parameters, 'username');
  const password = required(request.parameters, 'password');
  const record = findByLogin(request.state, login);
  const uid = record === undefined ? '' : toUid(record.user, record.domain);
  const credential = request.state.credentials.get(toKey(uid));
  if (record === undefined || credential?.password !== password) {
    throw new BadCredentials('invalid_grant', 'Invalid username and password combination.');
  }
  return { uid, clientId, scope: credential.secondFactor ? SECOND_FACTOR_DUE : record.scope };
};

const byRefresh: ToGrant = (request) => {
  const clientId = checkClient(request);
  const found = request.tokens.redeem(required(request.parameters, 'refresh_token'));
  if (found === 'expired') throw new BadCredentials('invalid_grant', 'Refresh token has expired.');
  if (found === 'unknown') throw new BadCredentials('invalid_grant', 'Invalid refresh token.');
  return { uid: found.uid, scope: found.scope, clientId };
};

/** The second step: it uses up the token of the first, and a wrong passcode does not. */
const bySecondFactor: ToGrant = (request) => {
  const clientId = checkClient(request);
  const passcode = required(request.parameters, 'passcode');
  const token = firstStepToken(request);
  const { uid, scope } = findGrant(request.tokens, token);
  const record = request.state.subscribers.get(toKey(uid));
  if (record === undefined || scope !== SECOND_FACTOR_DUE) throw new Refusal(401, INVALID_TOKEN);
  if (passcode !== PASSCODE) throw new BadCredentials('invalid_grant', 'Invalid passcode.');
  request.tokens.revoke(token);
  return { uid, scope: record.scope, clientId };
};

/** A token to act as somebody else, for the scopes above an office manager's. */
const byMasquerade: ToGrant = (request) => {
  const mask = required(request.parameters, 'mask_uid');
  const own = findGrant(request.tokens, firstStepToken(request));
  const caller = toCaller(own, request.state);
  if (!reachesTo(caller, 'territory')) throw new Refusal(403, OUT_OF_SCOPE);
  const record = request.state.subscribers.get(toKey(mask));
  if (record === undefined) throw new Refusal(404, 'No such user.');
  if (!seesDomain(caller, request.state, record.domain)) throw new Refusal(403, OUT_OF_SCOPE);
  return { uid: toUid(record.user, record.domain), scope: record.scope, clientId: own.clientId };
};

/** Each way to get a token (facts §2.1): it gives the grant, or throws `BadCredentials` or a `Refusal`. */
export const grants: ReadonlyMap<string, ToGrant> = new Map([
  ['password', byPassword],
  ['refresh_token', byRefresh],
  ['mfa', bySecondFactor],
  ['masquerade', byMasquerade],
]);

/** The client a request claims to come from, by HTTP Basic or by its fields. */
export const toClient = (
  parameters: Parameters,
  authorization = '',
): { readonly id: string | undefined; readonly secret: string | undefined } => {
  const basic = /^basic\s+(\S+)\s*$/i.exec(authorization)?.[1];
  if (basic === undefined) {
    return { id: given(parameters, 'client_id'), secret: given(parameters, 'client_secret') };
  }
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1
    ? { id: text, secret: '' }
    : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
};

/** The id of the client, once its secret has proved it. */
export const checkClient = ({ parameters, authorization }: TokenRequest): string => {
  const { id, secret } = toClient(parameters, authorization);
  if (id === undefined) throw new Refusal(400, 'Missing parameter: client_id');
  if (secret === undefined) throw new Refusal(400, 'Missing parameter: client_secret');
  if (id !== CLIENT.id || secret !== CLIENT.secret) {
    throw new BadCredentials('invalid_client', 'The client credentials are invalid.');
  }
  return id;
};

/** The token that the grant builds upon, as a field or as the bearer. */
const firstStepToken = ({ parameters, authorization }: TokenRequest): string =>
  given(parameters, 'access_token') ?? toBearer(authorization) ?? required(parameters, 'access_token');
