/** What a read of a feed has come to. */
export type Outcome = 'news' | 'nothing' | 'failed' | 'refused';

/** However doubtful things are, they are read at most this often. */
const READ_EVERY_MS = 1_000;
/** Who doubts again and again, and is never right, has them read at most this often. */
const LONGEST_REST_MS = 5_000;
/** After a silence of this length, a doubt is like the first one. */
const QUIET_MS = 2 * LONGEST_REST_MS;
const LONGEST_RETRY_MS = 60_000;

/** Ever longer, the first time as long as it is always rested. */
const doubled = (times: number, longestMs: number): number =>
  Math.min(READ_EVERY_MS * 2 ** Math.max(0, times - 1), longestMs);

/**
 * When a feed may be read again: soon where that finds something, ever later where nothing comes of the reads that others
 * ask for, or where the platform fails, and never where it refuses while nobody follows.
 */
export const createPace = () => {
  let restsSince = -Infinity;
  let beganAt = -Infinity;
  let inVain = 0;
  let failures = 0;
  let isRefused = false;

  const restMs = () =>
    failures > 0 ? doubled(failures, LONGEST_RETRY_MS) : doubled(inVain, LONGEST_REST_MS);

  return {
    /** How long it is to be rested; `isFollowed` is whether anybody is there to read in the name of. */
    msUntilNext: (isFollowed: boolean): number =>
      isRefused && !isFollowed ? Infinity : restsSince + restMs() - performance.now(),
    begin: (): void => {
      const now = performance.now();
      if (now - beganAt > QUIET_MS) inVain = 0;
      beganAt = now;
      restsSince = now;
    },
    /** `isAsked` is whether somebody else had a reason for it, who may be wrong. */
    end: (outcome: Outcome, isAsked: boolean): void => {
      isRefused = outcome === 'refused';
      failures = outcome === 'failed' || isRefused ? failures + 1 : 0;
      // A read that fails may have taken long.
      if (failures > 0) restsSince = performance.now();
      if (outcome === 'news') inVain = 0;
      if (outcome === 'nothing' && isAsked) inVain += 1;
    },
    /** Somebody has come, who may be let in where others were not. A platform that fails does so for anybody. */
    renew: (): void => {
      if (isRefused) failures = Math.min(failures, 1);
    },
  };
};
