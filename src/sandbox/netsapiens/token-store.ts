import { randomBytes } from 'node:crypto';
import type { PlatformOptions } from '../exchange.ts';

/** What a token stands for. The scope is the one of the moment it was issued, or `MFA` while a factor is due. */
export interface Grant {
  readonly uid: string;
  readonly scope: string;
  readonly clientId: string;
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expires: number;
}

/** What is known of a token: its grant while it is good, or why it is not. */
export type Lookup = (Grant & { readonly expires: number }) | 'expired' | 'unknown';

/** The tokens handed out, the latest `KEPT_TOKENS` of each kind. Many may be good at once for one user and client. */
export interface TokenStore {
  issue(grant: Grant): IssuedTokens;
  findAccess(token: string): Lookup;
  /** Uses a refresh token up, at once or after the grace the switch gives. */
  redeem(token: string): Lookup;
  /** Ends an access or a refresh token; one that is not known is as good as ended. */
  revoke(token: string): void;
}

/** The scope of a token that is good for nothing but the second factor. */
export const SECOND_FACTOR_DUE = 'MFA';
export const ACCESS_SECONDS = 3600;
const REFRESH_SECONDS = 24 * 3600;
/** Enough for any client, and no more than 50 MB in a sandbox that is asked for a token with every call. */
export const KEPT_TOKENS = 50_000;

interface Kept extends Grant {
  readonly expires: number;
  /** When a refresh token was used for the first time. */
  readonly usedAt?: number;
}

const keep = (tokens: Map<string, Kept>, token: string, kept: Kept): void => {
  tokens.set(token, kept);
  const [oldest] = tokens.keys();
  if (tokens.size > KEPT_TOKENS && oldest !== undefined) tokens.delete(oldest);
};

export const createTokenStore = ({
  clock,
  switches,
}: Pick<PlatformOptions, 'clock' | 'switches'>): TokenStore => {
  const accessTokens = new Map<string, Kept>();
  const refreshTokens = new Map<string, Kept>();

  const look = (tokens: typeof accessTokens, token: string): Kept | 'expired' | 'unknown' => {
    const found = tokens.get(token);
    if (found === undefined) return 'unknown';
    return found.expires <= clock.now() ? 'expired' : found;
  };

  return {
    issue(grant) {
      const issued = { accessToken: newToken(), refreshToken: newToken() };
      const expires = clock.now() + ACCESS_SECONDS * 1000;
      keep(accessTokens, issued.accessToken, { ...grant, expires });
      const refreshExpires = clock.now() + REFRESH_SECONDS * 1000;
      keep(refreshTokens, issued.refreshToken, { ...grant, expires: refreshExpires });
      return { ...issued, expires };
    },
    findAccess: (token) => look(accessTokens, token),
    redeem(token) {
      const found = look(refreshTokens, token);
      if (typeof found === 'string') return found;
      const { usedAt } = found;
      if (usedAt === undefined) refreshTokens.set(token, { ...found, usedAt: clock.now() });
      return usedAt === undefined || clock.now() < usedAt + switches.legacyRefreshGraceMs ? found : 'unknown';
    },
    revoke(token) {
      accessTokens.delete(token);
      refreshTokens.delete(token);
    },
  };
};

/** 32 hexadecimal digits, as builds 40 and 41 write them (facts §2.2). */
const newToken = () => randomBytes(16).toString('hex');
