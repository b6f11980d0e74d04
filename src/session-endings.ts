import { fingerprint } from './auth.ts';
import type { Logger } from './logger.ts';
import { GapError, type EventLog } from './state/event-log.ts';

/** Where it is told, to all instances, that somebody has signed out. */
const FEED = 'sessions that were ended';

/** Tells whoever serves a client that stays that its session has been ended, here or on another instance. */
export interface SessionEndings {
  /** Tells whoever listens here at once. That the other instances cannot be told is logged: they find it out later. */
  tell(token: string): Promise<void>;
  /** `listener` is called once if the session is ended. Answers how to stop that. */
  listen(token: string, listener: () => void): () => void;
  close(): void;
}

export const createSessionEndings = (events: EventLog, log: Logger): SessionEndings => {
  const listeners = new Map<string, Set<() => void>>();
  const closed = new AbortController();
  let isFollowing = false;

  const end = (name: string) => {
    const told = listeners.get(name) ?? [];
    listeners.delete(name);
    for (const listener of told) listener();
  };

  /** Whoever follows learns of everything from then on; what is lost with a log is found at the next proof. */
  const follow = async () => {
    while (!closed.signal.aborted) {
      try {
        for await (const entries of events.follow(FEED, await events.end(FEED), closed.signal))
          for (const { data } of entries) end(data);
      } catch (error) {
        if (!(error instanceof GapError)) throw error;
      }
    }
  };

  const startToFollow = () => {
    if (isFollowing) return;
    isFollowing = true;
    follow().catch((error: unknown) => {
      isFollowing = false;
      log.warn({ err: error }, 'that sessions are ended elsewhere cannot be heard');
    });
  };

  return {
    tell: async (token) => {
      const name = fingerprint(token);
      end(name);
      await events.append(FEED, { id: null, data: name }).catch((error: unknown) => {
        log.warn({ err: error }, 'other instances could not be told that a session was ended');
      });
    },
    listen: (token, listener) => {
      startToFollow();
      const name = fingerprint(token);
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(listener));
      return () => {
        known.delete(listener);
        if (known.size === 0 && listeners.get(name) === known) listeners.delete(name);
      };
    },
    close: () => closed.abort(),
  };
};
