/** Hands items over in batches, one batch at a time, and gives each caller its own result. */
export interface Batching<Item, Result> {
  /** The results of these items, in order. Rejects with the failure of the first batch that failed. */
  add(items: readonly Item[]): Promise<readonly Result[]>;
}

export interface BatchLimits<Item> {
  readonly items: number;
  readonly size: number;
  readonly sizeOf: (item: Item) => number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is added while a batch is on its way makes the next one, so that a burst is a few large requests instead of
 * thousands. A batch that fails takes nothing else with it.
 */
export const createBatching = <Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  limits: BatchLimits<Item>,
): Batching<Item, Result> => {
  const queue: Waiting<Item, Result>[] = [];
  let isRunning = false;

  /** The next batch: a single item, however large, or as many as are within the limits. */
  const take = (): readonly Waiting<Item, Result>[] => {
    let size = 0;
    let count = 0;
    for (const { item } of queue) {
      size += limits.sizeOf(item);
      if (count > 0 && (count >= limits.items || size > limits.size)) break;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const drain = async () => {
    isRunning = true;
    while (queue.length > 0) {
      const batch = take();
      try {
        const results = await run(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isRunning = false;
  };

  return {
    add: async (items) => {
      const results = items.map(
        (item) => new Promise<Result>((resolve, reject) => queue.push({ item, resolve, reject })),
      );
      if (!isRunning) void drain();
      return Promise.all(results);
    },
  };
};
