import { fingerprint } from '../auth.ts';
import type { CloudlinkGrant } from '../upstream/cloudlink/token.ts';
import type { SubscriberGrant } from '../upstream/netsapiens/token.ts';

/** What a session holds on to. A part is null where nobody signed in, or where upstream has ended it. */
export interface Session {
  readonly cloudlink: CloudlinkGrant | null;
  readonly subscriber: SubscriberGrant | null;
}

/**
 * Where sessions are kept, under the fingerprints of their tokens: the tokens themselves are never kept. Throws a
 * `StateError` (SESSION_STORE_UNAVAILABLE) where it cannot be reached.
 */
export interface SessionStore {
  read(token: string): Promise<Session | null>;
  /** Keeps the session until `expiresAt`, in milliseconds since the epoch. */
  write(token: string, session: Session, expiresAt: number): Promise<void>;
  /**
   * Puts what `change` makes of a session in its place, in one step: two changes never overwrite each other, and a
   * session that was removed stays removed. Answers the changed session, or null where there is none.
   */
  update(token: string, change: SessionChange): Promise<Session | null>;
  remove(token: string): Promise<void>;
}

/** What becomes of a session. May be asked again where somebody else was faster: it has no effects of its own. */
export type SessionChange = (session: Session) => { readonly session: Session; readonly expiresAt: number };

/** Sessions of this process. When `capacity` is reached, the one that was not written to for longest goes. */
export const createMemorySessionStore = (capacity: number): SessionStore => {
  const entries = new Map<string, { readonly session: Session; readonly expiresAt: number }>();

  const makeRoom = () => {
    for (const [key, { expiresAt }] of entries) {
      if (entries.size < capacity) return;
      if (expiresAt <= Date.now()) entries.delete(key);
    }
    const [oldest] = entries.keys();
    if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest);
  };

  const find = (key: string): Session | null => {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > Date.now()) return entry?.session ?? null;
    entries.delete(key);
    return null;
  };

  const keep = (key: string, session: Session, expiresAt: number) => {
    entries.delete(key);
    makeRoom();
    entries.set(key, { session, expiresAt });
  };

  return {
    read: async (token) => find(fingerprint(token)),
    write: async (token, session, expiresAt) => keep(fingerprint(token), session, expiresAt),
    update: async (token, change) => {
      const key = fingerprint(token);
      const known = find(key);
      if (known === null) return null;
      const { session, expiresAt } = change(known);
      keep(key, session, expiresAt);
      return session;
    },
    remove: async (token) => {
      entries.delete(fingerprint(token));
    },
  };
};
