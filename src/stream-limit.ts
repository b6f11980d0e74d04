import { keysOfEach, type Credentials } from './auth.ts';
import { refuseForNow } from './errors.ts';
import { createCensus } from './live/census.ts';

/** How many exports, or uploads, one principal may have under way. */
const MOST_AT_ONCE = 4;
const RETRY_AFTER_MS = 10_000;

/**
 * Counts what is under way by principal: each holds memory and connections for as long as its client takes. Throws where
 * one more would be too many; what it gives is to be called when it has ended.
 */
export const createStreamLimit = (plural: string): ((credentials: Credentials) => () => void) => {
  const census = createCensus(MOST_AT_ONCE);
  return (credentials) => {
    const leave = census.enter(keysOfEach(credentials));
    if (leave !== null) return leave;
    const message = `${MOST_AT_ONCE} ${plural} are under way for these credentials, and no more are at once. Wait for one to end.`;
    throw refuseForNow(message, RETRY_AFTER_MS);
  };
};
