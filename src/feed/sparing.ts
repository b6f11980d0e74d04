const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

/**
 * Does something for a name at once, and while it is wanted again and again, ever more rarely: what was wanted meanwhile is
 * done once, after the rest. Rejects where it was to be done at once and failed; whatever is done later is tried again.
 */
export const createSparing = (run: (name: string) => Promise<void>) => {
  const resting = new Map<string, { isWanted: boolean }>();

  const rest = (name: string, ms: number) => {
    const own = { isWanted: false };
    resting.set(name, own);
    setTimeout(() => {
      if (!own.isWanted) {
        resting.delete(name);
        return;
      }
      const next = rest(name, Math.min(2 * ms, LONGEST_REST_MS));
      run(name).catch(() => {
        next.isWanted = true;
      });
    }, ms).unref();
    return own;
  };

  return async (name: string): Promise<void> => {
    const known = resting.get(name);
    if (known !== undefined) {
      known.isWanted = true;
      return;
    }
    await run(name);
    if (!resting.has(name)) rest(name, FIRST_REST_MS);
  };
};
