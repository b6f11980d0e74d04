import { setTimeout as delay } from 'node:timers/promises';
import { fingerprint } from './auth.ts';
import type { Caller, Grants } from './grants.ts';
import type { Logger } from './logger.ts';
import { lifeOf, partTitle, refreshPart, refused } from './session-part.ts';
import { StateError } from './state/errors.ts';
import type { Leases } from './state/lease.ts';
import type { Session, SessionStore } from './state/session-store.ts';
import { UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { TokenSource } from './upstream/token.ts';

export interface RenewalOptions {
  readonly store: SessionStore;
  readonly leases: Leases;
  readonly grants: Grants;
  /** Gives back a token of the subscriber API that nobody holds any more. */
  readonly revoke: (token: string, caller: Caller) => Promise<void>;
  readonly log: Logger;
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

const isFinal = (error: unknown) =>
  error instanceof UpstreamError && error.failure.code === 'UNAUTHENTICATED';

/** Waits a little, and never in step with the other instances. */
const lookAgain = () => delay(LOOK_AGAIN_MS * (0.5 + Math.random()), undefined, { ref: false });

/** The tokens of sessions, each renewed when it is time: once, however many operations and instances use it. */
export const createTokenSourceOf = ({ store, leases, grants, revoke, log }: RenewalOptions) => {
  /** Refreshes under way, or failed a moment ago: one per session and platform at most. */
  const flights = new Map<string, Promise<string>>();

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
      const change = await refreshPart(grants, platform, session, caller);
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

  /** The token of one part of a session, for one operation. */
  return (token: string, platform: PlatformName, caller: Caller): TokenSource => ({
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
};
