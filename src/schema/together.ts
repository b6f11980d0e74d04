import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { Context } from '../context.ts';
import { settleEach } from '../upstream/batch.ts';

type Read = () => Promise<unknown>;

const gatherers = createContextCache(
  (_context: Context) =>
    new DataLoader<Read, unknown>(
      (reads) =>
        settleEach(reads, {
          groupOf: () => 'reads',
          size: 1,
          load: async (_group, [read]) => [await read?.()],
        }),
      { cache: false },
    ),
);

/**
 * The answer to a read that upstream cannot combine with its like. Reads that start together are answered together, so
 * that what follows from them, such as the people they name, is asked for together as well.
 */
export const together = <Answer extends object>(
  context: Context,
  read: () => Promise<Answer>,
): Promise<Answer> => gatherers(context).load(read) as Promise<Answer>;
