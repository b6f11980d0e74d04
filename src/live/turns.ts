/**
 * Runs what is handed over in order, and no more than one each time the event loop comes around: whoever hands over a
 * hundred at once does not keep others waiting for all of them.
 */
export const createTurns = (): ((run: () => void) => void) => {
  const waiting: (() => void)[] = [];
  const take = () => {
    waiting[0]?.();
    waiting.shift();
    if (waiting.length > 0) setImmediate(take);
  };
  return (run) => {
    waiting.push(run);
    if (waiting.length === 1) setImmediate(take);
  };
};
