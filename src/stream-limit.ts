import { refuseForNow } from './errors.ts';

/** How many exports, or uploads, one principal may have under way. */
const MOST_AT_ONCE = 4;
const RETRY_AFTER_MS = 10_000;

/**
 * Counts what is under way by principal: each holds memory and connections for as long as its client takes. Throws where
 * one more would be too many; what it gives is to be called when it has ended.
 */
export const createStreamLimit = (plural: string): ((principal: string) => () => void) => {
  const underWay = new Map<string, number>();
  return (principal) => {
    const count = underWay.get(principal) ?? 0;
    if (count >= MOST_AT_ONCE) {
      const message = `${MOST_AT_ONCE} ${plural} are under way for these credentials, and no more are at once. Wait for one to end.`;
      throw refuseForNow(message, RETRY_AFTER_MS);
    }
    underWay.set(principal, count + 1);
    return () => {
      const left = (underWay.get(principal) ?? 1) - 1;
      if (left > 0) underWay.set(principal, left);
      else underWay.delete(principal);
    };
  };
};
