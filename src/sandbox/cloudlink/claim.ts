import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Claims } from './jwt.ts';
import { signToken, verifyToken } from './jwt.ts';
import type { Principal } from './service.ts';
import type { Account, Client, Store, User } from './store.ts';

const ISSUER = 'https://authentication.us-east-1.us.dev.api.example.test/cloudlink';
const HOUR_S = 3600;

// One key as long as the process lives: a reset does not sign anybody out.
const KEY = randomBytes(32);

/** Whom a token is for, and in which account they are signed in. */
export interface Session {
  readonly user: User;
  readonly account: Account;
}

interface Issued {
  readonly token: string;
  readonly seconds: number;
}

const issue = (claims: Claims, clock: Clock, seconds: number): Issued => {
  const iat = Math.floor(clock.now() / 1000);
  return { token: signToken({ ...claims, iss: ISSUER, iat, exp: iat + seconds }, KEY), seconds };
};

/** An hour and a few minutes more (facts §2.2), spread so that no client can rely on a constant. */
const accessSeconds = (store: Store, account: Account): number => {
  store.tokensIssued += 1;
  return account.accessTokenExpiryHours * HOUR_S + ((store.tokensIssued * 137) % 401);
};

const userClaims = ({ user, account }: Session): Claims => ({
  uniqueUserId: user.userId,
  principalId: user.userId,
  userId: user.userId,
  accountId: account.accountId,
  partnerId: account.partnerId,
  domain: account.domain,
  name: user.name ?? '',
  email: user.email,
  emailVerified: user.emailVerified,
  mobileVerified: user.mobileVerified,
  phoneVerified: user.phoneVerified,
  extensionVerified: user.extensionVerified,
  languageCode: account.languageCode,
  role: user.role,
  sipAddress: `${user.userId}@${account.domain}`,
});

/** A client is a principal of its account, and none of the things that only a person is. */
const clientClaims = (client: Client, account: Account): Claims => ({
  principalId: client.clientId,
  accountId: account.accountId,
  partnerId: account.partnerId,
  domain: account.domain,
  name: client.name,
  languageCode: account.languageCode,
  role: client.role,
});

export const issueUserToken = (session: Session, store: Store, clock: Clock): Issued =>
  issue(userClaims(session), clock, accessSeconds(store, session.account));

export const issueClientToken = (client: Client, account: Account, store: Store, clock: Clock): Issued =>
  issue(clientClaims(client, account), clock, accessSeconds(store, account));

export const issueRefreshToken = ({ user, account }: Session, clock: Clock): string => {
  const { accountId } = account;
  const claims = {
    accountId,
    type: 'user',
    id: user.userId,
    assumedRole: user.role,
    authProvider: 'cloudlink',
  };
  return issue(claims, clock, account.refreshTokenExpiryHours * HOUR_S).token;
};

/** The claims of a good access token; a refresh token is none. */
export const readAccessToken = (token: string, clock: Clock): (Claims & Principal) | undefined => {
  const claims = verifyToken(token, KEY, clock.now());
  return typeof claims?.principalId === 'string' ? (claims as Claims & Principal) : undefined;
};

/** Whom a good refresh token is for, and in which account; an access token is none. */
export const readRefreshToken = (
  token: string,
  clock: Clock,
): { id: string; accountId: string } | undefined => {
  const claims = verifyToken(token, KEY, clock.now());
  return typeof claims?.id === 'string' ? { id: claims.id, accountId: String(claims.accountId) } : undefined;
};
