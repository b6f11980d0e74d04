import { toDate, toInteger, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http, UpstreamReply, UpstreamRequest } from '../http.ts';
import { toLifetime } from '../token.ts';
import { explain, readObject } from './reply.ts';
import { toInstant } from './time.ts';

/** What a successful sign-in or refresh gives. Times are milliseconds since the epoch. */
export interface SubscriberGrant {
  readonly accessToken: string;
  readonly refreshToken: string | null;
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
export const REFRESH_LIFETIME_MS = 24 * 60 * 60 * 1000;

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

const failure = (code: 'UNAUTHENTICATED' | 'SECOND_FACTOR_REQUIRED', message: string, status?: number) =>
  new UpstreamError({ code, platform: 'subscriber', message, status });

/** Any refusal of the token endpoint is a failed login; what upstream says about it is kept. */
const explainAs =
  (sentence: string) =>
  (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
    const error = explain(reply, request);
    if (
      error === null ||
      reply.status === 429 ||
      reply.status >= 500 ||
      error.failure.code === 'UPSTREAM_PROTOCOL'
    )
      return error;
    const said = /: (.+)$/.exec(error.failure.message)?.[1];
    return new UpstreamError({
      ...error.failure,
      code: 'UNAUTHENTICATED',
      message: said === undefined ? `${sentence}.` : `${sentence}: ${said}`,
    });
  };

export const explainSignIn = explainAs('The subscriber API refused the sign-in');
export const explainRefresh = explainAs(
  'The subscriber part of this session has ended, sign in again; the subscriber API refused to renew it',
);

/** A grant, or undefined for the 200 without a token that some builds refuse with (facts §2.4). */
const toGrant = (body: Resource, timeZone: string): SubscriberGrant | undefined => {
  const accessToken = toText(body['access_token']);
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
  return {
    accessToken,
    refreshToken: toText(body['refresh_token']),
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
  const ask = async (form: Record<string, string>): Promise<SubscriberGrant | undefined> => {
    const fields = { ...form, client_id: client.id, client_secret: client.secret, format: 'json' };
    const reply = await http.send({
      method: 'POST',
      path: ['oauth2', 'token'],
      form: fields,
      effect: 'write',
    });
    return toGrant(readObject(reply), timeZone);
  };
  const refused = () =>
    failure('UNAUTHENTICATED', 'The subscriber API refused the sign-in: it answered without a token.', 200);

  const secondFactor = async (
    first: SubscriberGrant,
    passcode: string | undefined,
  ): Promise<SubscriberGrant> => {
    if (passcode === undefined) {
      throw failure(
        'SECOND_FACTOR_REQUIRED',
        'The subscriber API asks for a second factor: sign in again with subscriber.passcode, the code that the authenticator shows.',
      );
    }
    const grant = await ask({
      grant_type: 'mfa',
      mfa_type: 'authenticator',
      mfa_vendor: 'google',
      ns_id_type: 'subscriber',
      passcode,
      access_token: first.accessToken,
    });
    if (grant === undefined || grant.identity.scope === SECOND_FACTOR_SCOPE) throw refused();
    return { ...grant, identity: mergeIdentity({ ...first.identity, scope: null }, grant.identity) };
  };

  return {
    signIn: async ({ username, password, passcode }: SubscriberSignIn): Promise<SubscriberGrant> => {
      const grant = await ask({ grant_type: 'password', username, password });
      if (grant === undefined) throw refused();
      return grant.identity.scope === SECOND_FACTOR_SCOPE ? secondFactor(grant, passcode) : grant;
    },
    refresh: async (refreshToken: string): Promise<SubscriberGrant> => {
      const grant = await ask({ grant_type: 'refresh_token', refresh_token: refreshToken });
      if (grant === undefined) throw refused();
      return grant;
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
    if (identity.scope === SECOND_FACTOR_SCOPE) {
      throw failure(
        'SECOND_FACTOR_REQUIRED',
        'This token of the subscriber API is only good for the second factor, which is still due.',
      );
    }
    return identity;
  },
});
