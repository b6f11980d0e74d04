import { randomBytes } from 'node:crypto';
import { SESSION_PREFIX } from './auth.ts';
import type { Caller, Grants } from './grants.ts';
import type { Logger } from './logger.ts';
import { lifeOf } from './session-part.ts';
import { createTokenSourceOf } from './session-renewal.ts';
import type { Leases } from './state/lease.ts';
import type { Session, SessionStore } from './state/session-store.ts';
import type { CloudlinkSignIn } from './upstream/cloudlink/token.ts';
import type { PlatformName } from './upstream/errors.ts';
import type { SubscriberIdentity, SubscriberSignIn } from './upstream/netsapiens/token.ts';
import type { TokenSource } from './upstream/token.ts';

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

/** The sessions of this gateway: the platforms' tokens stay here, the client holds a name for them. */
export const createSessions = (
  { sessions: store, leases }: { readonly sessions: SessionStore; readonly leases: Leases },
  grants: Grants,
  log: Logger,
): Sessions => {
  /** Nobody holds the token any more: an upstream that cannot be reached only leaves it to expire. */
  const revoke = async (token: string, caller: Caller) => {
    const warn = (error: unknown) =>
      log.warn({ err: error, requestId: caller.requestId }, 'a token could not be revoked');
    await grants.subscriber.revoke(token, caller).catch(warn);
  };

  const tokenSourceOf = createTokenSourceOf({ store, leases, grants, revoke, log });

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
        cloudlink: tokenSourceOf(token, 'cloudlink', caller),
        subscriber: tokenSourceOf(token, 'subscriber', caller),
      },
      // That the store cannot be reached is told by the first use of a token, which may not be needed.
      subscriberIdentity: await store.read(token).then(
        (session) => session?.subscriber?.identity ?? null,
        () => null,
      ),
    }),
  };
};
