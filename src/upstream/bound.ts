/**
 * Lets at most `limit` runs be under way at a time, the others in their order of arrival: for what upstream cannot be
 * asked for together. A run that fails makes room like any other.
 */
export const createBound = (limit: number): (<Value>(run: () => Promise<Value>) => Promise<Value>) => {
  const waiting: (() => void)[] = [];
  let free = limit;
  const enter = async (): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  };
  return async (run) => {
    await enter();
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      // The room goes from hand to hand, so that nobody who comes now can take it first.
      if (next === undefined) free += 1;
      else next();
    }
  };
};
