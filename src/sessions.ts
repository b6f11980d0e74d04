import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fingerprint, SESSION_PREFIX } from './auth.ts';
import type { Logger } from './logger.ts';
import { StateError } from './state/errors.ts';
import type { Leases } from './state/lease.ts';
import type { Session, SessionStore } from './state/session-store.ts';
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

/** While the token endpoint fails, it is asked at most this often for one session, by all instances together (R16). */
const REST_AFTER_FAILURE_MS = 1_000;
/** An instance that dies while it renews a token is replaced after this long. */
const RENEWAL_LEASE_MS = 3_000;
/** Another instance is waited for at most this long: longer than it takes to replace it. */
const RENEWAL_WAIT_MS = 8_000;
/** How often it is looked whether the other instance is done. */
const LOOK_AGAIN_MS = 50;
/** A token that upstream has just made is kept for this long while the store is out of reach: the one before is used up. */
const STORE_PATIENCE_MS = 60_000;

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

/** Waits a little, and never in step with the other instances. */
const lookAgain = () => delay(LOOK_AGAIN_MS * (0.5 + Math.random()), undefined, { ref: false });

/** The sessions of this gateway: the platforms' tokens stay here, the client holds a name for them. */
export const createSessions = (
  { sessions: store, leases }: { readonly sessions: SessionStore; readonly leases: Leases },
  grants: Grants,
  log: Logger,
): Sessions => {
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

  const update = (token: string, change: (session: Session) => Partial<Session>) =>
    store.update(token, (known) => {
      const session = { ...known, ...change(known) };
      return { session, expiresAt: lifeOf(session) };
    });

  const read = async (token: string, platform: PlatformName) => {
    const session = await store.read(token);
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

  /**
   * Puts a change in the place of the part whose token was `stale`, and nowhere else: whoever lost its lease and comes
   * late does not undo what its successor did. The store may be away for a moment, but the change is not lost.
   */
  const replacePart = async (
    token: string,
    platform: PlatformName,
    stale: string,
    change: Partial<Session>,
  ): Promise<Session | null> => {
    const giveUpAt = Date.now() + STORE_PATIENCE_MS;
    for (;;) {
      try {
        return await update(token, (known) => (known[platform]?.accessToken === stale ? change : {}));
      } catch (error) {
        if (!(error instanceof StateError) || Date.now() > giveUpAt) throw error;
        await lookAgain();
      }
    }
  };

  /**
   * An instance that died between upstream's answer and its own note of it leaves a refresh token that is used up. The
   * next one tries it once; upstream refuses, and this part of the session has ended.
   */
  const refreshHeld = async (
    token: string,
    platform: PlatformName,
    session: Session,
    stale: string,
    caller: Caller,
  ): Promise<string> => {
    try {
      const change = await refreshPart(platform, session, caller);
      const renewed = (await replacePart(token, platform, stale, change))?.[platform]?.accessToken;
      if (renewed !== undefined) return renewed;
      // Signed out meanwhile: the token that has just come belongs to nobody.
      if (change.subscriber) await revoke(change.subscriber.accessToken, caller);
    } catch (error) {
      if (isFinal(error)) await replacePart(token, platform, stale, { [platform]: null });
      throw error;
    }
    throw refused(platform, 'This session was ended while it was being renewed. Sign in again.');
  };

  /** One instance renews; the others look, every now and then, whether it has, or whether it is their turn (R13). */
  const refresh = async (
    token: string,
    platform: PlatformName,
    stale: string,
    caller: Caller,
  ): Promise<string> => {
    const giveUpAt = Date.now() + RENEWAL_WAIT_MS;
    for (;;) {
      const lease = await leases.acquire(`renew ${platform} ${fingerprint(token)}`, RENEWAL_LEASE_MS);
      let restMs = 0;
      try {
        // Read under the lease: a refresh that ended before it has used the old refresh token up.
        const { session, grant } = await read(token, platform);
        if (grant.accessToken !== stale) return grant.accessToken;
        if (lease !== null) return await refreshHeld(token, platform, session, stale, caller);
      } catch (error) {
        if (!isFinal(error)) restMs = REST_AFTER_FAILURE_MS;
        throw error;
      } finally {
        await lease?.release(restMs);
      }
      if (Date.now() > giveUpAt) {
        const message = `The ${partTitle[platform]} part of this session is being renewed, which takes too long. Try again.`;
        throw new UpstreamError({ code: 'UPSTREAM_TIMEOUT', platform, message });
      }
      await lookAgain();
    }
  };

  const refreshOnce = (token: string, platform: PlatformName, stale: string, caller: Caller) => {
    const name = `${platform}:${fingerprint(token)}`;
    const known = flights.get(name);
    if (known !== undefined) return known;
    const land = () => flights.delete(name);
    const flight = refresh(token, platform, stale, caller);
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

  const createSource = (token: string, platform: PlatformName, caller: Caller): TokenSource => ({
    get: async () => {
      const { accessToken, refreshToken, expiresAt, renewAt } = (await read(token, platform)).grant;
      const now = Date.now();
      if (now < renewAt || (now < expiresAt && refreshToken === null)) return accessToken;
      const renewed = refreshOnce(token, platform, accessToken, caller);
      if (now >= expiresAt) return renewed;
      // Nobody waits for a renewal ahead of time: the token is good, and stays so if the endpoint is down (R16).
      renewed.catch(() => undefined);
      return accessToken;
    },
    renew: async (refusedToken) => {
      const { accessToken } = (await read(token, platform)).grant;
      return accessToken === refusedToken ? refreshOnce(token, platform, refusedToken, caller) : accessToken;
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
      try {
        await store.write(token, session, expiresAt);
      } catch (error) {
        if (session.subscriber) await revoke(session.subscriber.accessToken, caller);
        throw error;
      }
      return { token, session, expiresAt: new Date(expiresAt) };
    },
    signOut: async (token, caller) => {
      const session = await store.read(token);
      await store.remove(token);
      if (session?.subscriber) await revoke(session.subscriber.accessToken, caller);
      return session !== null;
    },
    open: async (token, caller) => ({
      tokens: {
        cloudlink: createSource(token, 'cloudlink', caller),
        subscriber: createSource(token, 'subscriber', caller),
      },
      // That the store cannot be reached is told by the first use of a token, which may not be needed.
      subscriberIdentity: await store.read(token).then(
        (session) => session?.subscriber?.identity ?? null,
        () => null,
      ),
    }),
  };
};
