import type { Notifications } from '../upstream/change.ts';
import { isRefusal } from './rights.ts';

/** Somebody who follows a feed on this instance. */
export interface Follower {
  /** The platform's notifications as this follower may see them, with a token that is good now. */
  readonly notifications: () => Promise<Notifications>;
  /** Told that the platform does not let this follower go on, and why. */
  readonly refuse: (reason: unknown) => void;
}

/** So many followers are tried at a time: those whose tokens have ended leave by themselves. */
const MOST_ASKED = 3;

/** All who follow one feed on this instance. */
export const createFollowers = (lingerMs: number) => {
  const all = new Set<Follower>();
  let unusedSince = Date.now();
  /** Its token was good a moment ago, and tidies up when all have gone. */
  let newest: Follower | null = null;

  return {
    get count() {
      return all.size;
    },
    add: (follower: Follower): void => {
      all.add(follower);
      newest = follower;
    },
    /** Nobody comes back to a feed that was never opened. */
    remove: (follower: Follower, comesBack: boolean): void => {
      if (all.delete(follower) && all.size === 0) unusedSince = comesBack ? Date.now() : -Infinity;
    },
    /** Tells all of them why nobody can go on. */
    refuse: (reason: unknown): void => {
      // Those who are told leave.
      for (const follower of all) follower.refuse(reason);
    },
    /** How long it takes until the feed counts as unused, if nobody comes. */
    msUntilUnused: (): number => (all.size === 0 ? unusedSince + lingerMs - Date.now() : Infinity),
    /**
     * Asks the platform as one of them, and as another one only where it refuses the first: a token that has ended must
     * not harm those who have a good one. Where the feed depends on it (`isVital`), whoever is refused is told.
     */
    ask: async <Result>(
      run: (notifications: Notifications) => Promise<Result>,
      { isVital = false } = {},
    ): Promise<Result> => {
      const candidates = all.size === 0 && newest !== null ? [newest] : [...all].toReversed();
      let reason: unknown = new Error('nobody follows this feed');
      for (const follower of candidates.slice(0, MOST_ASKED)) {
        try {
          return await run(await follower.notifications());
        } catch (error) {
          if (!isRefusal(error)) throw error;
          reason = error;
          if (isVital) follower.refuse(error);
        }
      }
      throw reason;
    },
  };
};

export type Followers = ReturnType<typeof createFollowers>;
