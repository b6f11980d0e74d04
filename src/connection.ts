import type { Credentials } from './auth.ts';

/** A client that stays: what it proves itself by may change while it is there. */
export interface Connection {
  readonly credentials: () => Credentials;
  /** Takes other credentials from now on. */
  replace(credentials: Credentials): void;
  /** Told whenever the credentials have changed; answers how to stop that. */
  onReplace(listener: () => void): () => void;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export const createConnection = (initial: Credentials, signal: AbortSignal): Connection => {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    credentials: () => current,
    replace: (credentials) => {
      current = credentials;
      for (const listener of listeners) listener();
    },
    onReplace: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signal,
  };
};
