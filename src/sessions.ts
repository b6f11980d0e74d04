import { randomBytes } from 'node:crypto';
import { fingerprint, SESSION_PREFIX } from './auth.ts';
import type { Logger } from './logger.ts';
import type { Session, SessionStore } from './session-store.ts';
import type { CloudlinkGrant, CloudlinkSignIn } from './upstream/cloudlink/token.ts';
import { platformTitle, UpstreamError, type PlatformName } from './upstream/errors.ts';
import {
  mergeIdentity,
  REFRESH_LIFETIME_MS,
  type SubscriberGrant,
  type SubscriberIdentity,
  type SubscriberSignIn,
} from './upstream/netsapiens/token.ts';
import type { TokenSource } from './upstream/token.ts';

/** The platforms' token endpoints. */
export interface Grants {
  readonly cloudlink: {
    signIn(input: CloudlinkSignIn): Promise<CloudlinkGrant>;
    refresh(refreshToken: string): Promise<CloudlinkGrant>;
  };
  readonly subscriber: {
    signIn(input: SubscriberSignIn): Promise<SubscriberGrant>;
    refresh(refreshToken: string): Promise<SubscriberGrant>;
    revoke(token: string): Promise<void>;
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
  signIn(input: SignIn): Promise<SignedIn>;
  /** Ends the session, and says whether there was one. */
  signOut(token: string): Promise<boolean>;
  /** The token sources of a session. That it has ended is told by their first use. */
  open(token: string): Promise<OpenSession>;
}

const refused = (platform: PlatformName, message: string) =>
  new UpstreamError({ code: 'UNAUTHENTICATED', platform, message });

const lifeOf = ({ cloudlink, subscriber }: Session): number =>
  Math.max(
    cloudlink === null ? 0 : (cloudlink.refreshExpiresAt ?? cloudlink.expiresAt),
    subscriber === null
      ? 0
      : subscriber.refreshToken === null
        ? subscriber.expiresAt
        : Date.now() + REFRESH_LIFETIME_MS,
  );

/** A refresh answer says less than the first one did; what it leaves out stays as it was (facts §2.2). */
const mergeCloudlink = (known: CloudlinkGrant, news: CloudlinkGrant): CloudlinkGrant => ({
  ...news,
  refreshToken: news.refreshToken ?? known.refreshToken,
  refreshExpiresAt: news.refreshExpiresAt ?? known.refreshExpiresAt,
});

const mergeSubscriber = (known: SubscriberGrant, news: SubscriberGrant): SubscriberGrant => ({
  ...news,
  refreshToken: news.refreshToken ?? known.refreshToken,
  identity: mergeIdentity(known.identity, news.identity),
});

const isFinal = (error: unknown) =>
  error instanceof UpstreamError && error.failure.code === 'UNAUTHENTICATED';

/** The sessions of this gateway: the platforms' tokens stay here, the client holds a name for them. */
export const createSessions = (store: SessionStore, grants: Grants, log: Logger): Sessions => {
  /** Refreshes under way, one per session and platform at most. */
  const flights = new Map<string, Promise<string>>();

  const refreshPart = async (
    platform: PlatformName,
    { cloudlink, subscriber }: Session,
  ): Promise<Partial<Session>> => {
    if (platform === 'cloudlink' && cloudlink?.refreshToken) {
      return { cloudlink: mergeCloudlink(cloudlink, await grants.cloudlink.refresh(cloudlink.refreshToken)) };
    }
    if (platform === 'subscriber' && subscriber?.refreshToken) {
      return {
        subscriber: mergeSubscriber(subscriber, await grants.subscriber.refresh(subscriber.refreshToken)),
      };
    }
    throw refused(
      platform,
      `The ${platformTitle(platform)} part of this session has ended and cannot be renewed. Sign in again.`,
    );
  };

  /** Writes a change into the session as it is now: the other platform's part may have been renewed meanwhile. */
  const update = async (key: string, change: Partial<Session>): Promise<Session | null> => {
    const session = await store.read(key);
    if (session === null) return null;
    const updated = { ...session, ...change };
    await store.write(key, updated, lifeOf(updated));
    return updated;
  };

  const refresh = async (key: string, platform: PlatformName, session: Session): Promise<string> => {
    try {
      const updated = await update(key, await refreshPart(platform, session));
      const token = updated?.[platform]?.accessToken;
      if (token === undefined)
        throw refused(platform, 'This session was ended while it was being renewed. Sign in again.');
      return token;
    } catch (error) {
      if (isFinal(error)) await update(key, { [platform]: null });
      throw error;
    }
  };

  const refreshOnce = (key: string, platform: PlatformName, session: Session): Promise<string> => {
    const name = `${platform}:${key}`;
    const flight = flights.get(name) ?? refresh(key, platform, session).finally(() => flights.delete(name));
    flights.set(name, flight);
    return flight;
  };

  const createSource = (key: string, platform: PlatformName): TokenSource => {
    const read = async () => {
      const session = await store.read(key);
      const grant = session?.[platform];
      if (session === null)
        throw refused(
          platform,
          'This session is not known, or has ended. Sign in again with the mutation signIn.',
        );
      if (!grant) {
        throw refused(
          platform,
          `This session has no ${platformTitle(platform).replace(/^The /, '')} part: nobody signed in there, or it has ended. Sign in again.`,
        );
      }
      return { session, grant };
    };
    return {
      get: async () => {
        const { session, grant } = await read();
        const now = Date.now();
        const left = grant.expiresAt - now;
        if (now < grant.renewAt || (grant.refreshToken === null && left > 0)) return grant.accessToken;
        try {
          return await refreshOnce(key, platform, session);
        } catch (error) {
          // While the token endpoint is down, a token that is still good keeps working (R16).
          if (left > 0 && !isFinal(error)) return grant.accessToken;
          throw error;
        }
      },
      renew: async (token) => {
        const { session, grant } = await read();
        return grant.accessToken === token ? refreshOnce(key, platform, session) : grant.accessToken;
      },
    };
  };

  return {
    signIn: async ({ cloudlink, subscriber }) => {
      const [first, second] = await Promise.allSettled([
        cloudlink === undefined ? null : grants.cloudlink.signIn(cloudlink),
        subscriber === undefined ? null : grants.subscriber.signIn(subscriber),
      ]);
      if (first.status === 'rejected') throw first.reason;
      if (second.status === 'rejected') throw second.reason;
      const token = `${SESSION_PREFIX}${randomBytes(32).toString('base64url')}`;
      const session = { cloudlink: first.value, subscriber: second.value };
      const expiresAt = lifeOf(session);
      await store.write(fingerprint(token), session, expiresAt);
      return { token, session, expiresAt: new Date(expiresAt) };
    },
    signOut: async (token) => {
      const key = fingerprint(token);
      const session = await store.read(key);
      await store.remove(key);
      if (session?.subscriber) {
        // The session is over either way: an upstream that cannot be reached only leaves its token to expire.
        const warn = (error: unknown) => log.warn({ err: error }, 'a token could not be revoked');
        await grants.subscriber.revoke(session.subscriber.accessToken).catch(warn);
      }
      return session !== null;
    },
    open: async (token) => {
      const key = fingerprint(token);
      return {
        tokens: { cloudlink: createSource(key, 'cloudlink'), subscriber: createSource(key, 'subscriber') },
        subscriberIdentity: (await store.read(key))?.subscriber?.identity ?? null,
      };
    },
  };
};
