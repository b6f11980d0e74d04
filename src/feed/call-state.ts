/** Words of the platforms that are not known here: anything may come before them, and after them. */
const OTHER = 'other';

/** The states from which a call may come into each one. */
const before: Readonly<Record<string, readonly string[]>> = {
  ringing: ['ringing', OTHER],
  connected: ['ringing', 'connected', 'held', OTHER],
  held: ['ringing', 'connected', 'held', OTHER],
  completed: ['ringing', 'connected', 'held', OTHER],
};

/** A call that is over stays so, whatever else is told of it. */
export const FINAL = 'completed';

/** The state of a call as one of those that are told apart here. */
export const toState = (word: string): string => (Object.hasOwn(before, word) ? word : OTHER);

/** The states after which this one may come; null where it may come after any but the final one. */
export const predecessorsOf = (state: string): readonly string[] | null => before[state] ?? null;
