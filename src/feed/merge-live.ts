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

/** A source that is being read. */
interface Reading<Item> {
  readonly name: string;
  readonly iterator: AsyncIterator<readonly Item[]>;
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
  const readings = sources.map(({ name, open }) => ({ name, iterator: open(until)[Symbol.asyncIterator]() }));
  // A race between them would leave every batch at the source that is silent, for as long as it is.
  const arrived: (Reading<Item> & { readonly result: Promise<IteratorResult<readonly Item[]>> })[] = [];
  let wake = (): void => undefined;
  const ask = (reading: Reading<Item>) => {
    const result = reading.iterator.next();
    const arrive = () => {
      arrived.push({ ...reading, result });
      wake();
    };
    result.then(arrive, arrive);
  };
  for (const reading of readings) ask(reading);
  let going = readings.length;
  try {
    while (going > 0 && !signal.aborted) {
      const next = arrived.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const { done, value } = await next.result;
      if (done === true) {
        going -= 1;
        continue;
      }
      yield { name: next.name, batch: value };
      ask(next);
    }
  } finally {
    // A source that waits for something to happen can only be ended from outside.
    ended.abort();
    // What ended it is what is told, whatever else fails then.
    await Promise.allSettled(readings.map(async ({ iterator }) => iterator.return?.()));
  }
}
