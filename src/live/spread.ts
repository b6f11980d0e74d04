import { setTimeout as delay } from 'node:timers/promises';

/** Does something with each, at a moment of its own within `spreadMs`, and waits until all is done. */
export const spread = async <Item>(
  items: Iterable<Item>,
  spreadMs: number,
  run: (item: Item) => Promise<void>,
): Promise<void> => {
  await Promise.all(
    [...items].map(async (item) => {
      await delay(Math.random() * spreadMs);
      await run(item);
    }),
  );
};
