import type { Logger } from '../logger.ts';

/** Counts what was found in Redis that this gateway cannot have put there, or cannot read any more (R33). */
export interface Poison {
  readonly count: number;
  /** Notes one find; `where` is what it should have been. */
  note(where: string): void;
}

const LOG_EVERY_MS = 1_000;

/** Tells the log of poison, once a second at most: there may be a flood of it. */
export const createPoison = (log: Logger): Poison => {
  let count = 0;
  let toldAt = -Infinity;
  return {
    get count() {
      return count;
    },
    note: (where) => {
      count += 1;
      if (Date.now() - toldAt < LOG_EVERY_MS) return;
      toldAt = Date.now();
      log.warn({ where, count }, 'something in redis cannot be read, and is passed over');
    },
  };
};
