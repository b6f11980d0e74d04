/** The right to do something that only one instance may do at a time. It renews itself until it is released or lost. */
export interface Lease {
  /** Greater than that of every lease of this name before: what it guards can refuse a holder that came late. */
  readonly fence: number;
  /** Aborted when the lease may have gone to somebody else. Aborting is no error: it tells to stop. */
  readonly lost: AbortSignal;
  /** Asks whether it is still held, and holds it for another `ttlMs` if so. */
  renew(): Promise<boolean>;
  /** Gives it up, at once or after a rest during which nobody gets it. Never throws: then it runs out by itself. */
  release(restMs?: number): Promise<void>;
}

export interface Leases {
  /**
   * The lease of this name, or null while somebody holds it. A holder that dies loses it after `ttlMs`. Throws a
   * `StateError` (LEASE_UNAVAILABLE) where nobody can tell.
   */
  acquire(name: string, ttlMs: number): Promise<Lease | null>;
  /** Releases all that is held. */
  close(): Promise<void>;
}

/** Leases within this process, which dies with its holders. */
export const createMemoryLeases = (): Leases => {
  const holders = new Map<string, { readonly end: AbortController; readonly restsUntil: number }>();
  let fence = 0;

  return {
    acquire: async (name) => {
      const known = holders.get(name);
      if (known !== undefined && known.restsUntil > Date.now()) return null;
      fence += 1;
      const holder = { end: new AbortController(), restsUntil: Infinity };
      holders.set(name, holder);
      const isHeld = () => holders.get(name) === holder;
      return {
        fence,
        lost: holder.end.signal,
        renew: async () => isHeld(),
        release: async (restMs = 0) => {
          if (!isHeld()) return;
          if (restMs === 0) holders.delete(name);
          else holders.set(name, { ...holder, restsUntil: Date.now() + restMs });
        },
      };
    },
    close: async () => {
      for (const { end } of holders.values()) end.abort();
      holders.clear();
    },
  };
};
