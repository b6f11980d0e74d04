/** Counts who is there, by the names that each is known by, and lets in no more than so many of one name (S28). */
export interface Census {
  /** Lets one more in and answers how to let it go, or null where there are too many of one of its names already. */
  enter(names: readonly string[]): (() => void) | null;
}

export const createCensus = (most: number): Census => {
  const counts = new Map<string, number>();
  return {
    enter: (names) => {
      if (names.some((name) => (counts.get(name) ?? 0) >= most)) return null;
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
      let isThere = true;
      return () => {
        if (!isThere) return;
        isThere = false;
        for (const name of names) {
          const left = (counts.get(name) ?? 1) - 1;
          if (left === 0) counts.delete(name);
          else counts.set(name, left);
        }
      };
    },
  };
};
