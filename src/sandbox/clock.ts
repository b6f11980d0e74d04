/** The sandbox's only source of time, so that an hour can pass in a test without waiting for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Moves time forward (or back) by this much, on top of every earlier move. */
  advance(milliseconds: number): void;
  /** Back to the time of the machine. */
  reset(): void;
}

export const createClock = (): Clock => {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    reset: () => {
      offset = 0;
    },
  };
};
