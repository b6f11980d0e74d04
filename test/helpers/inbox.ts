const DEADLINE_MS = 10_000;

/** What arrives, kept until it is taken, in order. */
export interface Inbox<Item> {
  put(item: Item): void;
  /** Nothing comes any more. */
  end(): void;
  /** The next `count` items; rejects, with what came, where they do not come in time or at all. */
  take(count: number): Promise<Item[]>;
  /** Everything until the end. */
  rest(): Promise<Item[]>;
  /** What has arrived and was not taken yet. */
  readonly waiting: readonly Item[];
}

export const createInbox = <Item>(what: string): Inbox<Item> => {
  const items: Item[] = [];
  let isOver = false;
  let wake = () => {};

  const until = async (isEnough: () => boolean) => {
    const started = Date.now();
    while (!isEnough()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, DEADLINE_MS);
      wake = resolve;
      await promise;
      clearTimeout(timer);
      if (!isEnough() && Date.now() - started >= DEADLINE_MS)
        throw new Error(`${what}: too late; until now came ${JSON.stringify(items).slice(0, 2000)}`);
    }
  };

  return {
    put: (item) => {
      items.push(item);
      wake();
    },
    end: () => {
      isOver = true;
      wake();
    },
    take: async (count) => {
      await until(() => items.length >= count || isOver);
      if (items.length < count)
        throw new Error(`${what}: ended after ${JSON.stringify(items).slice(0, 2000)}`);
      return items.splice(0, count);
    },
    rest: async () => {
      await until(() => isOver);
      return items.splice(0);
    },
    get waiting() {
      return items;
    },
  };
};
