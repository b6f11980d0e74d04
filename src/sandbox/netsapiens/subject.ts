import { CLIENT } from '../company.ts';
import { toBearer } from './authentication.ts';
import { toClient } from './grant.ts';
import type { Subject } from './rate-limiter.ts';
import { given, type Request } from './request.ts';
import { findByLogin, type State } from './state.ts';
import { toUid } from './subscriber-record.ts';
import type { TokenStore } from './token-store.ts';

interface Known {
  readonly state: State;
  readonly tokens: TokenStore;
}

/** Whom a request counts against: the token's owner, or who asks for a token. */
export const toSubject = (
  { parameters }: Request,
  authorization: string | undefined,
  { state, tokens }: Known,
): Subject => {
  const bearer = toBearer(authorization);
  const grant = bearer === undefined ? 'unknown' : tokens.findAccess(bearer);
  if (typeof grant === 'object') return grant;
  const owner = findByLogin(state, given(parameters, 'username') ?? '');
  return {
    ...(owner !== undefined && { uid: toUid(owner.user, owner.domain) }),
    ...(toClient(parameters, authorization).id === CLIENT.id && { clientId: CLIENT.id }),
  };
};
