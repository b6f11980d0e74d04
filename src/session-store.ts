import type { CloudlinkGrant } from './upstream/cloudlink/token.ts';
import type { SubscriberGrant } from './upstream/netsapiens/token.ts';

/** What a session holds on to. A part is null where nobody signed in, or where upstream has ended it. */
export interface Session {
  readonly cloudlink: CloudlinkGrant | null;
  readonly subscriber: SubscriberGrant | null;
}

/** Where sessions are kept. Keys are fingerprints: the store never sees a session token. */
export interface SessionStore {
  read(key: string): Promise<Session | null>;
  /** Keeps the session until `expiresAt`, in milliseconds since the epoch. */
  write(key: string, session: Session, expiresAt: number): Promise<void>;
  /**
   * Puts what `change` makes of a session in its place, in one step: two changes never overwrite each other, and a
   * session that was removed stays removed. Answers the changed session, or null where there is none.
   */
  update(
    key: string,
    change: (session: Session) => { readonly session: Session; readonly expiresAt: number },
  ): Promise<Session | null>;
  remove(key: string): Promise<void>;
}

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
    read: async (key) => find(key),
    write: async (key, session, expiresAt) => keep(key, session, expiresAt),
    update: async (key, change) => {
      const known = find(key);
      if (known === null) return null;
      const { session, expiresAt } = change(known);
      keep(key, session, expiresAt);
      return session;
    },
    remove: async (key) => {
      entries.delete(key);
    },
  };
};
