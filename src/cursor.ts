import { createHash } from 'node:crypto';
import { badInput } from './input.ts';

/** What a list is of: its name, and everything that decides which rows it has and in which order. */
export type ListIdentity = readonly [name: string, ...of: readonly unknown[]];

/** Stands for a list in its cursors, so that a cursor of another one is refused. What was not given and null are the same. */
export const toListKey = (identity: ListIdentity): string => {
  const text = JSON.stringify(identity, (_name, value: unknown) => value ?? undefined);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
};

export const encodeCursor = (list: string, position: number | string): string =>
  Buffer.from(`${list}:${position}`).toString('base64url');

/** The position in a cursor that matches `pattern`. */
export const decodeCursor = (list: string, cursor: string, pattern: RegExp): string => {
  const [, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  const position = rest.join(':');
  // Written anew, it is the same to the letter, or it is of another list.
  if (!pattern.test(position) || encodeCursor(list, position) !== cursor) {
    throw badInput(
      'after',
      'is no cursor of this list. Use a `cursor` or `endCursor` of the same field with the same arguments.',
    );
  }
  return position;
};
