/** Things to be done later, all of which can be given up at once. None of them keeps the process alive. */
export interface Timers {
  after(milliseconds: number, run: () => void): void;
  clear(): void;
}

export const createTimers = (): Timers => {
  const waiting = new Set<NodeJS.Timeout>();
  return {
    after: (milliseconds, run) => {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        run();
      }, milliseconds);
      timer.unref();
      waiting.add(timer);
    },
    clear: () => {
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
};
