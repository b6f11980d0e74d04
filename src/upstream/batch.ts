export interface BatchOptions<Key, Value> {
  /** Keys of one group may share a request; keys of two groups never do. */
  readonly groupOf: (key: Key) => string;
  /** Keys in one request at most. */
  readonly size: number;
  /** A value per key, in key order. What it throws is the result of its own keys and of no others. */
  readonly load: (group: string, keys: readonly Key[]) => Promise<readonly (Value | Error)[]>;
}

const asError = (reason: unknown) =>
  reason instanceof Error ? reason : new Error('a batch failed', { cause: reason });

/**
 * A value or an `Error` per key, in key order: the contract of a DataLoader's batch function, kept whatever the groups
 * answer. All groups start at once.
 */
export const settleEach = async <Key, Value>(
  keys: readonly Key[],
  { groupOf, size, load }: BatchOptions<Key, Value>,
): Promise<readonly (Value | Error)[]> => {
  const groups = Map.groupBy(keys.keys(), (index) => groupOf(keys[index] as Key));
  const results: (Value | Error)[] = Array.from(
    { length: keys.length },
    () => new Error('a batch gave no answer for this key'),
  );
  const fill = async (group: string, indexes: readonly number[]) => {
    try {
      const values = await load(
        group,
        indexes.map((index) => keys[index] as Key),
      );
      indexes.forEach((index, position) => {
        const value = values[position];
        if (value !== undefined) results[index] = value;
      });
    } catch (error) {
      for (const index of indexes) results[index] = asError(error);
    }
  };
  const chunks = [...groups].flatMap(([group, indexes]) =>
    Array.from({ length: Math.ceil(indexes.length / size) }, (_, chunk) => ({
      group,
      indexes: indexes.slice(chunk * size, (chunk + 1) * size),
    })),
  );
  await Promise.all(chunks.map(({ group, indexes }) => fill(group, indexes)));
  return results;
};
