/** A wait that somebody else can end. */
export interface Alarm {
  /** Resolves after so many milliseconds, or as soon as it rings; at once where it rang since the last wait. */
  wait(ms: number): Promise<void>;
  ring(): void;
}

/** No timer of it keeps a process alive. */
export const createAlarm = (): Alarm => {
  let hasRung = false;
  let end: (() => void) | null = null;
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => end?.(), hasRung ? 0 : Math.min(Math.max(ms, 0), 2 ** 31 - 1));
        timer.unref();
        end = () => {
          clearTimeout(timer);
          end = null;
          hasRung = false;
          resolve();
        };
      }),
    ring: () => {
      if (end === null) hasRung = true;
      else end();
    },
  };
};
