/** As much of a list as a page needs: an array is one, and so is a list that is read only as far as it is asked for. */
export interface Pageable<T> {
  filter(isWanted: (item: T) => boolean): Pageable<T>;
  toSorted(compare: (left: T, right: T) => number): Pageable<T>;
  slice(start: number, end: number): readonly T[];
}

const take = <T>(items: Iterable<T>, start: number, end: number): readonly T[] => {
  const taken: T[] = [];
  let position = 0;
  for (const item of items) {
    if (position >= end) break;
    if (position >= start) taken.push(item);
    position += 1;
  }
  return taken;
};

/**
 * A list over whatever `items` yields, from its beginning at each reading. `slice` is given where a piece can be had
 * without walking up to it. Sorting reads everything.
 */
export const createLazyList = <T>(
  items: () => Iterable<T>,
  slice: Pageable<T>['slice'] = (start, end) => take(items(), start, end),
): Pageable<T> => ({
  filter: (isWanted) =>
    createLazyList(function* () {
      for (const item of items()) if (isWanted(item)) yield item;
    }),
  toSorted: (compare) => [...items()].sort(compare),
  slice,
});
