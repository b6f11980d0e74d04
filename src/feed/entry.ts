import { createHash } from 'node:crypto';
import { FIRST, GONE } from '../state/gate.ts';
import type { Change } from '../upstream/change.ts';

/** What stands in the log of a feed. */
export type Entry =
  | {
      readonly type: 'change';
      readonly change: Change;
      /** Whether the first that is told of the thing is its beginning, because all that there was before is known. */
      readonly mayBegin?: boolean;
    }
  /** Something may have been missed that nobody can find out: whoever follows must read anew. */
  | { readonly type: 'gap' }
  /** What is true has become doubtful: the feed's owner reads it. */
  | { readonly type: 'doubt' };

/** Dates survive as what they are; everything else is plain data. */
export const encode = (entry: Entry): string =>
  JSON.stringify(entry, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    const original = this[key];
    return original instanceof Date ? { $date: original.getTime() } : value;
  });

const isDate = (value: unknown): value is { readonly $date: number } =>
  typeof value === 'object' &&
  value !== null &&
  '$date' in value &&
  typeof value.$date === 'number' &&
  Object.keys(value).length === 1;

const types: ReadonlySet<unknown> = new Set(['change', 'gap', 'doubt']);

/** Something of which nothing was known is new, where everything that there was is known, or where it is told as it begins. */
const asFirst = (change: Change, mayBegin: boolean): Change =>
  change.kind === 'UPDATED' && (mayBegin || change.begins === true) ? { ...change, kind: 'CREATED' } : change;

/** The entry, or null for a text that is none: whoever else writes there must not stop anybody (R33). */
export const decode = (text: string): Entry | null => {
  try {
    const isFirst = text.startsWith(FIRST);
    const entry: unknown = JSON.parse(isFirst ? text.slice(FIRST.length) : text, (_key, value: unknown) =>
      isDate(value) ? new Date(value.$date) : value,
    );
    if (typeof entry !== 'object' || entry === null || !('type' in entry) || !types.has(entry.type))
      return null;
    if (entry.type !== 'change') return entry as Entry;
    const change: unknown = 'change' in entry ? entry.change : null;
    const isChange =
      typeof change === 'object' &&
      change !== null &&
      'model' in change &&
      'noun' in change &&
      'kind' in change;
    if (!isChange) return null;
    if (!isFirst) return entry as Entry;
    const mayBegin = 'mayBegin' in entry && entry.mayBegin === true;
    return { type: 'change', change: asFirst(change as Change, mayBegin) };
  } catch {
    return null;
  }
};

/** Stands for what a change says: two that say the same have the same one, whether or not they call it new. */
export const digestOf = ({ noun, key, kind, state, model }: Change): string => {
  const hash = createHash('sha256')
    .update(JSON.stringify([noun, key, state, model]))
    .digest('base64url');
  return `${kind === 'REMOVED' ? GONE : ''}${hash.slice(0, 22)}`;
};
