/** Whether there is room for one more thing: for `atOnce` at first, and then for so many a second. */
export const createRate = (
  { perSecond, atOnce }: { readonly perSecond: number; readonly atOnce: number },
  clock: () => number = () => performance.now(),
) => {
  let left = atOnce;
  let filledAt = clock();
  return (): boolean => {
    const now = clock();
    left = Math.min(atOnce, left + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
};
