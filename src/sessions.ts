import { randomBytes } from 'node:crypto';
import { fingerprint, SESSION_PREFIX } from './auth.ts';
import type { Logger } from './logger.ts';
import type { Session, SessionStore } from './session-store.ts';
import type { CloudlinkGrant, CloudlinkSignIn } from './upstream/cloudlink/token.ts';
import { UpstreamError, type PlatformName } from './upstream/errors.ts';
import {
  mergeIdentity,
  type SubscriberGrant,
  type SubscriberIdentity,
  type SubscriberSignIn,
} from './upstream/netsapiens/token.ts';
import type { TokenSource } from './upstream/token.ts';

/** The operation for which a token is asked: its id goes upstream, and it is told of every request. */
export interface Caller {
  readonly requestId: string;
  readonly onCall: (platform: PlatformName) => void;
}

/** The platforms' token endpoints. */
export interface Grants {
  readonly cloudlink: {
    signIn(input: CloudlinkSignIn, caller: Caller): Promise<CloudlinkGrant>;
    refresh(refreshToken: string, caller: Caller): Promise<CloudlinkGrant>;
  };
  readonly subscriber: {
    signIn(input: SubscriberSignIn, caller: Caller): Promise<SubscriberGrant>;
    refresh(refreshToken: string, caller: Caller): Promise<SubscriberGrant>;
    revoke(token: string, caller: Caller): Promise<void>;
  };
}

export interface SignIn {
  readonly cloudlink?: CloudlinkSignIn | undefined;
  readonly subscriber?: SubscriberSignIn | undefined;
}

export interface SignedIn {
  /** The opaque token to send as the bearer: 256 random bits. */
  readonly token: string;
  readonly session: Session;
  readonly expiresAt: Date;
}

/** One session as one request uses it. */
export interface OpenSession {
  readonly tokens: Readonly<Record<PlatformName, TokenSource>>;
  /** What upstream told about the subscriber when the session began. */
  readonly subscriberIdentity: SubscriberIdentity | null;
}

export interface Sessions {
  signIn(input: SignIn, caller: Caller): Promise<SignedIn>;
  /** Ends the session, and says whether there was one. */
  signOut(token: string, caller: Caller): Promise<boolean>;
  /** The token sources of a session. That it has ended is told by their first use. */
  open(token: string, caller: Caller): Promise<OpenSession>;
}

/** While the token endpoint fails, it is asked at most this often for one session (R16). */
const REST_AFTER_FAILURE_MS = 1_000;

const partTitle: Readonly<Record<PlatformName, string>> = {
  cloudlink: 'CloudLink',
  subscriber: 'subscriber API',
};

const refused = (platform: PlatformName, message: string) =>
  new UpstreamError({ code: 'UNAUTHENTICATED', platform, message });

/** When the last part of a session ends, in milliseconds since the epoch. */
const lifeOf = ({ cloudlink, subscriber }: Session): number =>
  Math.max(cloudlink?.refreshExpiresAt ?? cloudlink?.expiresAt ?? 0, subscriber?.refreshExpiresAt ?? 0);

/** A refresh answer says less than the first one did; what it leaves out stays as it was (facts §2.2). */
const mergeCloudlink = (known: CloudlinkGrant, news: CloudlinkGrant): CloudlinkGrant => ({
  ...news,
  refreshToken: news.refreshToken ?? known.refreshToken,
  refreshExpiresAt: news.refreshExpiresAt ?? known.refreshExpiresAt,
});

const mergeSubscriber = (known: SubscriberGrant, news: SubscriberGrant): SubscriberGrant => ({
  ...news,
  refreshToken: news.refreshToken ?? known.refreshToken,
  refreshExpiresAt: news.refreshToken === null ? known.refreshExpiresAt : news.refreshExpiresAt,
  identity: mergeIdentity(known.identity, news.identity),
});

const isFinal = (error: unknown) =>
  error instanceof UpstreamError && error.failure.code === 'UNAUTHENTICATED';

/** The sessions of this gateway: the platforms' tokens stay here, the client holds a name for them. */
export const createSessions = (store: SessionStore, grants: Grants, log: Logger): Sessions => {
  /** Refreshes under way, or failed a moment ago: one per session and platform at most. */
  const flights = new Map<string, Promise<string>>();

  /** Nobody holds the token any more: an upstream that cannot be reached only leaves it to expire. */
  const revoke = async (token: string, caller: Caller) => {
    const warn = (error: unknown) =>
      log.warn({ err: error, requestId: caller.requestId }, 'a token could not be revoked');
    await grants.subscriber.revoke(token, caller).catch(warn);
  };

  const refreshPart = async (
    platform: PlatformName,
    { cloudlink, subscriber }: Session,
    caller: Caller,
  ): Promise<Partial<Session>> => {
    if (platform === 'cloudlink' && cloudlink?.refreshToken) {
      const news = await grants.cloudlink.refresh(cloudlink.refreshToken, caller);
      return { cloudlink: mergeCloudlink(cloudlink, news) };
    }
    if (platform === 'subscriber' && subscriber?.refreshToken) {
      const news = await grants.subscriber.refresh(subscriber.refreshToken, caller);
      return { subscriber: mergeSubscriber(subscriber, news) };
    }
    throw refused(
      platform,
      `The ${partTitle[platform]} part of this session has ended and cannot be renewed. Sign in again.`,
    );
  };

  const update = (key: string, change: (session: Session) => Partial<Session>) =>
    store.update(key, (known) => {
      const session = { ...known, ...change(known) };
      return { session, expiresAt: lifeOf(session) };
    });

  const read = async (key: string, platform: PlatformName) => {
    const session = await store.read(key);
    const grant = session?.[platform];
    if (session === null) {
      throw refused(
        platform,
        'This session is not known, or has ended. Sign in again with the mutation signIn.',
      );
    }
    if (!grant) {
      throw refused(
        platform,
        `This session has no ${partTitle[platform]} part: nobody signed in there, or it has ended. Sign in again.`,
      );
    }
    return { session, grant };
  };

  const refresh = async (
    key: string,
    platform: PlatformName,
    stale: string,
    caller: Caller,
  ): Promise<string> => {
    // Read here and not by the caller: a refresh that ended in between has used the old refresh token up.
    const { session, grant } = await read(key, platform);
    if (grant.accessToken !== stale) return grant.accessToken;
    try {
      const change = await refreshPart(platform, session, caller);
      const token = (await update(key, () => change))?.[platform]?.accessToken;
      if (token !== undefined) return token;
      // Signed out meanwhile: the token that has just come belongs to nobody.
      if (change.subscriber) await revoke(change.subscriber.accessToken, caller);
    } catch (error) {
      if (isFinal(error)) {
        await update(key, (known) => (known[platform]?.accessToken === stale ? { [platform]: null } : {}));
      }
      throw error;
    }
    throw refused(platform, 'This session was ended while it was being renewed. Sign in again.');
  };

  const refreshOnce = (key: string, platform: PlatformName, stale: string, caller: Caller) => {
    const name = `${platform}:${key}`;
    const known = flights.get(name);
    if (known !== undefined) return known;
    const land = () => flights.delete(name);
    const flight = refresh(key, platform, stale, caller);
    flights.set(name, flight);
    flight.then(land, (error: unknown) => {
      if (isFinal(error)) {
        land();
        return;
      }
      log.warn({ err: error, requestId: caller.requestId }, 'a token could not be renewed');
      setTimeout(land, REST_AFTER_FAILURE_MS).unref();
    });
    return flight;
  };

  const createSource = (key: string, platform: PlatformName, caller: Caller): TokenSource => ({
    get: async () => {
      const { accessToken, refreshToken, expiresAt, renewAt } = (await read(key, platform)).grant;
      const now = Date.now();
      if (now < renewAt || (now < expiresAt && refreshToken === null)) return accessToken;
      const renewed = refreshOnce(key, platform, accessToken, caller);
      if (now >= expiresAt) return renewed;
      // Nobody waits for a renewal ahead of time: the token is good, and stays so if the endpoint is down (R16).
      renewed.catch(() => undefined);
      return accessToken;
    },
    renew: async (token) => {
      const { accessToken } = (await read(key, platform)).grant;
      return accessToken === token ? refreshOnce(key, platform, token, caller) : accessToken;
    },
  });

  return {
    signIn: async ({ cloudlink, subscriber }, caller) => {
      const [first, second] = await Promise.allSettled([
        cloudlink === undefined ? null : grants.cloudlink.signIn(cloudlink, caller),
        subscriber === undefined ? null : grants.subscriber.signIn(subscriber, caller),
      ]);
      if (first.status === 'rejected' && second.status === 'fulfilled' && second.value !== null) {
        await revoke(second.value.accessToken, caller);
      }
      if (first.status === 'rejected') throw first.reason;
      if (second.status === 'rejected') throw second.reason;
      const token = `${SESSION_PREFIX}${randomBytes(32).toString('base64url')}`;
      const session = { cloudlink: first.value, subscriber: second.value };
      const expiresAt = lifeOf(session);
      await store.write(fingerprint(token), session, expiresAt);
      return { token, session, expiresAt: new Date(expiresAt) };
    },
    signOut: async (token, caller) => {
      const key = fingerprint(token);
      const session = await store.read(key);
      await store.remove(key);
      if (session?.subscriber) await revoke(session.subscriber.accessToken, caller);
      return session !== null;
    },
    open: async (token, caller) => {
      const key = fingerprint(token);
      return {
        tokens: {
          cloudlink: createSource(key, 'cloudlink', caller),
          subscriber: createSource(key, 'subscriber', caller),
        },
        subscriberIdentity: (await store.read(key))?.subscriber?.identity ?? null,
      };
    },
  };
};
