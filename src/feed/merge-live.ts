/** A batch, and whose it is. */
export interface Named<Item> {
  readonly name: string;
  readonly batch: readonly Item[];
}

/** Batches that come until the signal is aborted. */
export interface Source<Item> {
  readonly name: string;
  readonly open: (signal: AbortSignal) => AsyncIterable<readonly Item[]>;
}

/**
 * What several sources give, as it comes, until the signal is aborted or one of them fails. Each is asked for the next
 * batch only when its last one was taken: what nobody takes stays where it is.
 */
export async function* mergeLive<Item>(
  sources: readonly Source<Item>[],
  signal: AbortSignal,
): AsyncGenerator<Named<Item>, void, undefined> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const iterators = new Map(sources.map(({ name, open }) => [name, open(until)[Symbol.asyncIterator]()]));
  const ask = (name: string, iterator: AsyncIterator<readonly Item[]>) =>
    iterator.next().then(({ done, value }) => ({ name, batch: done === true ? null : value }));
  const pending = new Map([...iterators].map(([name, iterator]) => [name, ask(name, iterator)]));
  try {
    while (pending.size > 0 && !signal.aborted) {
      const { name, batch } = await Promise.race(pending.values());
      const iterator = iterators.get(name);
      if (batch === null || iterator === undefined) {
        pending.delete(name);
        continue;
      }
      yield { name, batch };
      pending.set(name, ask(name, iterator));
    }
  } finally {
    // A source that waits for something to happen can only be ended from outside.
    ended.abort();
    for (const promise of pending.values()) promise.catch(() => undefined);
    await Promise.all([...iterators.values()].map(async (iterator) => iterator.return?.()));
  }
}
