import { isResource, toBoolean, toDateFromSeconds, toInteger, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http, UpstreamReply, UpstreamRequest } from '../http.ts';
import { toLifetime, toToken } from '../token.ts';
import { explain, readResource, unreadable } from './reply.ts';

/** What a successful sign-in or refresh gives. Times are milliseconds since the epoch. */
export interface CloudlinkGrant {
  readonly accessToken: string;
  /** Absent for clients. */
  readonly refreshToken: string | null;
  readonly expiresAt: number;
  /** From when on the token should be renewed. */
  readonly renewAt: number;
  /** Null where there is no refresh token. */
  readonly refreshExpiresAt: number | null;
}

export interface CloudlinkSignIn {
  readonly username: string;
  readonly password: string;
  /** The account's 9-digit number or its GUID; needed by users of several accounts. */
  readonly accountId?: string | undefined;
}

/** Who a token belongs to: the claims of the token, or what `GET /token` says about it (facts §2.5). */
export interface CloudlinkIdentity {
  readonly accountId: string | null;
  readonly userId: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean | null;
  readonly role: string | null;
  readonly extension: string | null;
  readonly languageCode: string | null;
  readonly expiresAt: Date | null;
}

const toIdentity = (claims: Resource): CloudlinkIdentity => ({
  accountId: toText(claims['accountId']),
  userId: toText(claims['userId']) ?? toText(claims['principalId']),
  name: toText(claims['name']),
  email: toText(claims['email']),
  emailVerified: toBoolean(claims['emailVerified']),
  role: toText(claims['role']),
  extension: toText(claims['extension']),
  languageCode: toText(claims['languageCode']),
  expiresAt: toDateFromSeconds(claims['exp']),
});

/**
 * The claims of a JWT, unverified: good for choosing a route, never for deciding what somebody may do. Null for any
 * other text.
 */
const readClaims = (token: string): Resource | null => {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isResource(claims) ? claims : null;
  } catch {
    return null;
  }
};

export const identityOfToken = (token: string): CloudlinkIdentity | null => {
  const claims = readClaims(token);
  return claims === null ? null : toIdentity(claims);
};

/** A refresh token lives 15 days (facts §2.2), for those that do not say. */
const REFRESH_LIFETIME_MS = 15 * 24 * 60 * 60 * 1000;

const toRefreshExpiry = (refreshToken: string): number => {
  const expiry = toDateFromSeconds(readClaims(refreshToken)?.['exp'])?.getTime() ?? Number.NaN;
  return Number.isNaN(expiry) ? Date.now() + REFRESH_LIFETIME_MS : expiry;
};

const toGrant = (reply: UpstreamReply): CloudlinkGrant => {
  const body = readResource(reply);
  const accessToken = toToken(body['access_token']);
  const expiresIn = toInteger(body['expires_in']);
  if (accessToken === null || expiresIn === null) {
    throw unreadable(reply, 'a token answer without a usable token or its lifetime');
  }
  const refreshToken = toText(body['refresh_token']);
  return {
    accessToken,
    refreshToken,
    ...toLifetime(expiresIn),
    refreshExpiresAt: refreshToken === null ? null : toRefreshExpiry(refreshToken),
  };
};

const otherEnvironment = { production: 'sandbox', sandbox: 'production' } as const;

/**
 * What an answer of the token endpoint means, before it is put in other words. That the endpoint is not there, or finds
 * a conflict, must not read as if what a field asked for did not exist.
 */
const explainToken = (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
  const error = explain(reply, request);
  if (error === null || !['NOT_FOUND', 'CONFLICT'].includes(error.failure.code)) return error;
  const message = `CloudLink answered a token request with the unexpected status ${reply.status}. Check CLOUDLINK_AUTHENTICATION_URL.`;
  return new UpstreamError({ ...error.failure, code: 'UPSTREAM_PROTOCOL', message });
};

/** A refused sign-in is a bare 401 upstream; the reason is most often the environment (facts §11.1). */
export const explainSignIn =
  (environment: 'production' | 'sandbox' | 'custom') =>
  (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
    const error = explainToken(reply, request);
    if (error === null || error.failure.code !== 'UNAUTHENTICATED') return error;
    const advice =
      environment === 'custom'
        ? "This gateway uses the addresses in CLOUDLINK_…_URL; accounts of Mitel's production and developer sandbox are separate (CLOUDLINK_ENVIRONMENT=production|sandbox)"
        : `This gateway uses the ${environment} environment; if the account lives in the other one, set CLOUDLINK_ENVIRONMENT=${otherEnvironment[environment]}`;
    const message = `CloudLink refused the sign-in. Check username, password and accountId (of the account, not of a partner). ${advice}. A partner portal's login is not a CloudLink login.`;
    return new UpstreamError({ ...error.failure, message });
  };

/** A refresh token that is no longer good ends the session's part. */
export const explainRefresh = (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
  const error = explainToken(reply, request);
  if (error === null || !['UNAUTHENTICATED', 'BAD_USER_INPUT', 'FORBIDDEN'].includes(error.failure.code))
    return error;
  return new UpstreamError({
    ...error.failure,
    code: 'UNAUTHENTICATED',
    message: 'The CloudLink part of this session has ended: CloudLink refused to renew it. Sign in again.',
  });
};

const withClient = (client: { id: string; secret: string } | null): Record<string, string> =>
  client === null ? {} : { client_id: client.id, client_secret: client.secret };

/**
 * The authentication service, asked without a token. Forms, because that is what Mitel's staff says is expected
 * (facts §2.2). `http` must explain failures by {@link explainSignIn} or {@link explainRefresh}.
 */
export const createCloudlinkGrants = (
  http: Http,
  client: { id: string; secret: string } | null,
  flow: 'password' | 'code',
) => {
  const token = (form: Record<string, string>) =>
    http.send({ method: 'POST', path: ['token'], form, effect: 'write' });
  const login = ({ username, password, accountId }: CloudlinkSignIn): Record<string, string> => ({
    username,
    password,
    ...(accountId !== undefined && { account_id: accountId }),
  });

  return {
    /** Signs in by password, or by code where the client is registered for that (facts §2.3). */
    signIn: async (input: CloudlinkSignIn): Promise<CloudlinkGrant> => {
      if (flow === 'password' || client === null) {
        return toGrant(await token({ grant_type: 'password', ...login(input), ...withClient(client) }));
      }
      const form = { response_type: 'code', client_id: client.id, ...login(input) };
      const reply = await http.send({ method: 'POST', path: ['authorize'], form, effect: 'write' });
      const code = toText(readResource(reply)['code']);
      if (code === null) throw unreadable(reply, 'an authorization answer without a code');
      return toGrant(await token({ grant_type: 'authorization_code', code, client_id: client.id }));
    },
    refresh: async (refreshToken: string): Promise<CloudlinkGrant> =>
      toGrant(await token({ grant_type: 'refresh_token', refresh_token: refreshToken })),
  };
};

/** Asks upstream who the presented token belongs to, which also proves that it is still good. */
export const createIdentity = (authentication: Http) => ({
  read: async (): Promise<CloudlinkIdentity> => {
    const reply = await authentication.send({ method: 'GET', path: ['token'], effect: 'read' });
    const identity = toIdentity(readResource(reply));
    if (identity.userId === null && identity.accountId === null) {
      throw unreadable(reply, 'a token description that names neither user nor account');
    }
    return identity;
  },
});
