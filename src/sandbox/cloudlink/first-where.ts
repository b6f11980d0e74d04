/** The first number from 0 to `length` for which the condition holds, where it holds for all after it. */
export const firstWhere = (length: number, holds: (position: number) => boolean): number => {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};
