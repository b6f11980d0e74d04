import { EXPIRED_TOKEN, INVALID_TOKEN, MISSING_TOKEN, Refusal } from './refusal.ts';
import type { Caller } from './caller.ts';
import { territoryOf, toKey, type State } from './state.ts';
import { SECOND_FACTOR_DUE, type Grant, type TokenStore } from './token-store.ts';

/** The token of an `Authorization` header; the docs write the word `bearer` in either case (facts §2.3). */
export const toBearer = (authorization = ''): string | undefined =>
  /^bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];

/** The grant behind a token, or a `Refusal` with the text for a missing, invalid or expired one. */
export const findGrant = (
  tokens: TokenStore,
  token: string | undefined,
): Grant & { readonly expires: number } => {
  if (token === undefined) throw new Refusal(401, MISSING_TOKEN);
  const found = tokens.findAccess(token);
  if (found === 'expired') throw new Refusal(401, EXPIRED_TOKEN);
  if (found === 'unknown') throw new Refusal(401, INVALID_TOKEN);
  return found;
};

/** Who a grant speaks for. A token that waits for its second factor speaks for nobody (facts §2.1). */
export const toCaller = (grant: Grant, state: State): Caller => {
  const record = state.subscribers.get(toKey(grant.uid));
  if (record === undefined || grant.scope === SECOND_FACTOR_DUE) throw new Refusal(401, INVALID_TOKEN);
  const { domain, site } = record;
  return { ...grant, domain, site, territory: territoryOf(state, domain) ?? '' };
};
