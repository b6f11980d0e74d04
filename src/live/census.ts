/** Counts who is there, by principal, and lets in no more than so many of one (S28). */
export interface Census {
  /** Lets one more in and answers how to let it go, or null where there are too many already. */
  enter(principal: string): (() => void) | null;
}

export const createCensus = (most: number): Census => {
  const counts = new Map<string, number>();
  return {
    enter: (principal) => {
      const count = counts.get(principal) ?? 0;
      if (count >= most) return null;
      counts.set(principal, count + 1);
      let isThere = true;
      return () => {
        if (!isThere) return;
        isThere = false;
        const left = (counts.get(principal) ?? 1) - 1;
        if (left === 0) counts.delete(principal);
        else counts.set(principal, left);
      };
    },
  };
};
