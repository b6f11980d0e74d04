import { toDate, toInteger, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http, UpstreamReply, UpstreamRequest } from '../http.ts';
import { toLifetime, toToken } from '../token.ts';
import { explain, readComplaint, readObject, toError } from './reply.ts';
import { toInstant } from './time.ts';

/** What a successful sign-in or refresh gives. Times are milliseconds since the epoch. */
export interface SubscriberGrant {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** When the refresh token ends; the access token's end where there is none. */
  readonly refreshExpiresAt: number;
  readonly expiresAt: number;
  /** From when on the token should be renewed. */
  readonly renewAt: number;
  readonly identity: SubscriberIdentity;
}

/** Who a token belongs to. A refresh tells less than a sign-in did, so that every part may be missing (facts §2.2). */
export interface SubscriberIdentity {
  readonly uid: string | null;
  readonly login: string | null;
  readonly name: string | null;
  readonly domain: string | null;
  readonly territory: string | null;
  readonly scope: string | null;
  readonly apiVersion: string | null;
  readonly expiresAt: Date | null;
}

export interface SubscriberSignIn {
  readonly username: string;
  readonly password: string;
  /** The second factor, where one is due. */
  readonly passcode?: string | undefined;
}

/** A refresh token lives 24 hours (facts §2.3). */
const REFRESH_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The scope of a token that is good for nothing but the second factor. */
const SECOND_FACTOR_SCOPE = 'MFA';

const toExpiry = (body: Resource, timeZone: string): Date | null => {
  const seconds = toInteger(body['expires']);
  if (seconds !== null) return new Date(seconds * 1000);
  return toInstant(toText(body['expires']), timeZone) ?? toDate(body['expires']);
};

const toIdentity = (body: Resource, timeZone: string): SubscriberIdentity => ({
  uid: toText(body['uid']),
  login: toText(body['login']) ?? toText(body['username']),
  name: toText(body['displayName']),
  domain: toText(body['domain']),
  territory: toText(body['territory']),
  scope: toText(body['scope']),
  apiVersion: toText(body['apiversion'])?.replace(/^Version:\s*/, '') ?? null,
  expiresAt: toExpiry(body, timeZone),
});

/** What is known of somebody, with the news of a later answer. What the news leaves out stays (facts §2.2). */
export const mergeIdentity = (known: SubscriberIdentity, news: SubscriberIdentity): SubscriberIdentity => ({
  uid: news.uid ?? known.uid,
  login: news.login ?? known.login,
  name: news.name ?? known.name,
  domain: news.domain ?? known.domain,
  territory: news.territory ?? known.territory,
  scope: news.scope ?? known.scope,
  apiVersion: news.apiVersion ?? known.apiVersion,
  expiresAt: news.expiresAt ?? known.expiresAt,
});

const secondFactorDue = (message: string) =>
  new UpstreamError({ code: 'SECOND_FACTOR_REQUIRED', platform: 'subscriber', message });

const SIGN_IN_REFUSED = 'The subscriber API refused the sign-in';
const REFRESH_REFUSED =
  'The subscriber part of this session has ended, sign in again; the subscriber API refused to renew it';

/** Any refusal of the token endpoint is a failed login; what upstream says about it is kept. */
const explainAs =
  (sentence: string) =>
  (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
    // A token endpoint that is not there must not read as if what a field asked for did not exist.
    if (reply.status === 404) {
      return toError(reply, 'UPSTREAM_PROTOCOL', 'no token endpoint at this path; check SUBSCRIBER_API_URL');
    }
    const error = explain(reply, request);
    const isRefusal =
      reply.status < 500 && reply.status !== 429 && error?.failure.code !== 'UPSTREAM_PROTOCOL';
    return error !== null && isRefusal
      ? toError(reply, 'UNAUTHENTICATED', readComplaint(reply), sentence)
      : error;
  };

export const explainSignIn = explainAs(SIGN_IN_REFUSED);
export const explainRefresh = explainAs(REFRESH_REFUSED);

/** A grant, or undefined for the 200 without a token that some builds refuse with (facts §2.4). */
const toGrant = (body: Resource, timeZone: string): SubscriberGrant | undefined => {
  const accessToken = toToken(body['access_token']);
  const expiresIn = toInteger(body['expires_in']);
  if (accessToken === null) return undefined;
  if (expiresIn === null) {
    throw new UpstreamError({
      code: 'UPSTREAM_PROTOCOL',
      platform: 'subscriber',
      message: 'The subscriber API sent a token without its lifetime.',
    });
  }
  const lifetime = toLifetime(expiresIn);
  const refreshToken = toText(body['refresh_token']);
  return {
    accessToken,
    refreshToken,
    refreshExpiresAt: refreshToken === null ? lifetime.expiresAt : Date.now() + REFRESH_LIFETIME_MS,
    ...lifetime,
    identity: { ...toIdentity(body, timeZone), expiresAt: new Date(lifetime.expiresAt) },
  };
};

export interface GrantOptions {
  readonly client: { readonly id: string; readonly secret: string };
  readonly timeZone: string;
}

/**
 * The token endpoint. Secrets go into the body, never into the query. `http` must explain failures by
 * {@link explainSignIn} or {@link explainRefresh}.
 */
export const createSubscriberGrants = (http: Http, { client, timeZone }: GrantOptions) => {
  const ask = async (form: Record<string, string>, refusal = SIGN_IN_REFUSED): Promise<SubscriberGrant> => {
    const fields = { ...form, client_id: client.id, client_secret: client.secret, format: 'json' };
    const reply = await http.send({
      method: 'POST',
      path: ['oauth2', 'token'],
      form: fields,
      effect: 'write',
    });
    const grant = toGrant(readObject(reply), timeZone);
    if (grant !== undefined) return grant;
    throw toError(reply, 'UNAUTHENTICATED', readComplaint(reply) ?? 'it answered without a token', refusal);
  };
  const isHalfWay = ({ identity }: SubscriberGrant) => identity.scope === SECOND_FACTOR_SCOPE;

  const secondFactor = async (
    first: SubscriberGrant,
    passcode: string | undefined,
  ): Promise<SubscriberGrant> => {
    const advice = 'sign in again with subscriber.passcode, the code that the authenticator shows';
    if (!passcode) throw secondFactorDue(`The subscriber API asks for a second factor: ${advice}.`);
    const grant = await ask({
      grant_type: 'mfa',
      mfa_type: 'authenticator',
      mfa_vendor: 'google',
      ns_id_type: 'subscriber',
      passcode,
      access_token: first.accessToken,
    });
    if (isHalfWay(grant))
      throw secondFactorDue(`The subscriber API asks for another second factor: ${advice}.`);
    return { ...grant, identity: mergeIdentity({ ...first.identity, scope: null }, grant.identity) };
  };

  return {
    signIn: async ({ username, password, passcode }: SubscriberSignIn): Promise<SubscriberGrant> => {
      const grant = await ask({ grant_type: 'password', username, password });
      return isHalfWay(grant) ? secondFactor(grant, passcode) : grant;
    },
    refresh: async (refreshToken: string): Promise<SubscriberGrant> => {
      const grant = await ask({ grant_type: 'refresh_token', refresh_token: refreshToken }, REFRESH_REFUSED);
      if (!isHalfWay(grant)) return grant;
      const message = `${REFRESH_REFUSED}: a second factor is due.`;
      throw new UpstreamError({ code: 'UNAUTHENTICATED', platform: 'subscriber', message });
    },
    /** Makes a token useless before its time (facts §2.3). */
    revoke: async (token: string): Promise<void> => {
      const form = { client_id: client.id, client_secret: client.secret, token };
      await http.send({ method: 'POST', path: ['oauth2', 'revoke'], form, effect: 'write' });
    },
  };
};

/** Asks upstream what it knows of the presented token, which also proves that it is still good. */
export const createIdentity = (http: Http, timeZone: string) => ({
  read: async (): Promise<SubscriberIdentity> => {
    const query = { format: 'json' };
    const reply = await http.send({ method: 'GET', path: ['oauth2', 'read'], query, effect: 'read' });
    const identity = toIdentity(readObject(reply), timeZone);
    if (identity.uid === null && identity.login === null && identity.domain === null) {
      throw toError(reply, 'UPSTREAM_PROTOCOL', 'a token description that names nobody');
    }
    if (identity.scope === SECOND_FACTOR_SCOPE) {
      throw secondFactorDue(
        'This token of the subscriber API is only good for the second factor, which is still due.',
      );
    }
    return identity;
  },
});
