import type { Reply } from '../exchange.ts';
import type { Switches } from '../switches.ts';
import { jsonReply } from './answer.ts';
import { findGrant, toBearer } from './authentication.ts';
import { BadCredentials, checkClient, grants, type TokenRequest } from './grant.ts';
import { required } from './operation.ts';
import { INVALID_TOKEN, Refusal } from './refusal.ts';
import type { Format } from './request.ts';
import { toKey } from './state.ts';
import { toTime } from './subscriber-record.ts';
import { toIdentity, toRefreshReply, toTokenReply, writeOauth2 } from './token-reply.ts';

/** A request to one of the three addresses below `oauth2/`. */
export interface Oauth2Request extends TokenRequest {
  readonly method: string;
  readonly format: Format | undefined;
  readonly switches: Readonly<Switches>;
}

type Endpoint = (request: Oauth2Request) => Reply;

/** Hands out tokens for any of the grants, by POST or GET. */
const token: Endpoint = (request) => {
  const { parameters, state, switches, format } = request;
  const type = required(parameters, 'grant_type');
  const toGrant = grants.get(type);
  if (toGrant === undefined) throw new Refusal(400, `Grant type ${type} is not supported.`);

  const grant = toGrant(request);
  const record = state.subscribers.get(toKey(grant.uid));
  if (record === undefined) throw new BadCredentials('invalid_grant', 'Invalid refresh token.');
  const issue = { grant, tokens: request.tokens.issue(grant), record, state, switches };
  const reply = type === 'refresh_token' ? toRefreshReply(issue) : toTokenReply(issue);
  return writeOauth2(reply, format, switches);
};

/** Tells about the bearer's own token (facts §2.3). */
const read: Endpoint = ({ authorization, tokens, state, switches, format }) => {
  const grant = findGrant(tokens, toBearer(authorization));
  const record = state.subscribers.get(toKey(grant.uid));
  if (record === undefined) throw new Refusal(401, INVALID_TOKEN);
  const facts = {
    client_id: grant.clientId,
    expires: toTime(grant.expires),
    scope: grant.scope,
    domain: record.domain,
    ...toIdentity(record, state, switches),
  };
  return writeOauth2(facts, format, switches);
};

/** Ends a token; the client must prove itself, the token need not exist. */
const revoke: Endpoint = (request) => {
  if (request.method !== 'POST') throw new Refusal(405, 'Revoking a token takes a POST.');
  checkClient(request);
  request.tokens.revoke(required(request.parameters, 'token'));
  return writeOauth2({ revoked: true }, request.format, request.switches);
};

const endpoints = { token, read, revoke } as const;

/** Answers at an address below `oauth2/`, or throws a `Refusal`. */
export const answerOauth2 = (address: keyof typeof endpoints, request: Oauth2Request): Reply => {
  try {
    return endpoints[address](request);
  } catch (error) {
    if (error instanceof BadCredentials) return refuseCredentials(error, request.switches);
    throw error;
  }
};

/** which of three answers wrong credentials get. */
const refuseCredentials = ({ code, message }: BadCredentials, switches: Readonly<Switches>): Reply => {
  if (switches.legacyBadCredentials === '401') throw new Refusal(401, message);
  const inBand = jsonReply({ error: code, error_description: message }, switches);
  return switches.legacyBadCredentials === '400-json' ? { ...inBand, status: 400 } : inBand;
};
