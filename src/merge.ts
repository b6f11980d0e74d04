/** How to bring two lists of the same happenings together. Both run from the newest to the oldest. */
export interface MergeOptions<Left, Right> {
  readonly timeOf: (item: Left | Right) => number;
  /** Whether two items tell the same happening. Only asked of items at most `toleranceMs` apart. */
  readonly isSame: (left: Left, right: Right) => boolean;
  readonly toleranceMs: number;
}

/** One happening: told by one side, or by both. */
export interface Merged<Left, Right> {
  readonly left: Left | null;
  readonly right: Right | null;
}

/** A list that is read on only as far as somebody looks. */
const createLookahead = <Item>(items: AsyncIterator<Item>, timeOf: (item: Item) => number) => {
  const buffer: Item[] = [];
  let isDone = false;
  const readOne = async () => {
    const next = await items.next();
    if (next.done === true) isDone = true;
    else buffer.push(next.value);
  };
  /** Whether everything that is not older than `time` has been read. */
  const reaches = (time: number): boolean => {
    const last = buffer.at(-1);
    return isDone || (last !== undefined && timeOf(last) < time);
  };
  return {
    head: async (): Promise<Item | undefined> => {
      if (buffer.length === 0 && !isDone) await readOne();
      return buffer[0];
    },
    take: (index: number): void => {
      buffer.splice(index, 1);
    },
    /** Takes the first item for which `is` holds and that is not older than `time`; null where there is none. */
    takeFirst: async (time: number, is: (item: Item) => boolean): Promise<Item | null> => {
      while (!reaches(time)) await readOne();
      const index = buffer.findIndex((item) => timeOf(item) >= time && is(item));
      return index < 0 ? null : (buffer.splice(index, 1)[0] ?? null);
    },
  };
};

/**
 * Both lists as one, newest first, with what both tell told once. Reads neither side further than the window in which
 * the other side's twin could be, so that memory does not grow with the lists.
 */
export async function* merge<Left, Right>(
  lefts: AsyncIterable<Left>,
  rights: AsyncIterable<Right>,
  { timeOf, isSame, toleranceMs }: MergeOptions<Left, Right>,
): AsyncGenerator<Merged<Left, Right>, void, undefined> {
  const leftItems = lefts[Symbol.asyncIterator]();
  const rightItems = rights[Symbol.asyncIterator]();
  const left = createLookahead(leftItems, timeOf);
  const right = createLookahead(rightItems, timeOf);
  try {
    for (;;) {
      const [nextLeft, nextRight] = await Promise.all([left.head(), right.head()]);
      if (nextLeft !== undefined && (nextRight === undefined || timeOf(nextLeft) >= timeOf(nextRight))) {
        left.take(0);
        const isTwin = (item: Right) => isSame(nextLeft, item);
        yield { left: nextLeft, right: await right.takeFirst(timeOf(nextLeft) - toleranceMs, isTwin) };
      } else if (nextRight !== undefined) {
        right.take(0);
        const isTwin = (item: Left) => isSame(item, nextRight);
        yield { left: await left.takeFirst(timeOf(nextRight) - toleranceMs, isTwin), right: nextRight };
      } else {
        return;
      }
    }
  } finally {
    await Promise.all([leftItems.return?.(), rightItems.return?.()]);
  }
}
