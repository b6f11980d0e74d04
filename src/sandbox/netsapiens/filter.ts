import type { Cell, Row } from './answer.ts';
import { given, type Parameters } from './request.ts';
import { toKey } from './state.ts';

/** Whether two names are the same, which they are without case. */
export const isSame = (one: Cell | undefined, other: string): boolean =>
  typeof one === 'string' && toKey(one) === toKey(other);

/** Whether a record has the value of every one of these parameters that was given. Names map to columns. */
export const hasGiven = (
  parameters: Parameters,
  record: Row,
  columns: Readonly<Record<string, string>>,
): boolean =>
  Object.entries(columns).every(([name, column]) => {
    const wanted = given(parameters, name);
    return wanted === undefined || isSame(record[column], wanted);
  });

/** The SQL pattern of the `…_LIKE` parameters: `%` stands for any text (facts §3.6). */
export const isLike = (pattern: string, text: string): boolean => {
  const parts = pattern.split('%').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'is').test(text);
};

/** The values of a comma list, lower-cased; undefined where none was given. */
export const readList = (parameters: Parameters, name: string): ReadonlySet<string> | undefined => {
  const text = given(parameters, name);
  return text === undefined ? undefined : new Set(text.split(',').map((value) => toKey(value.trim())));
};

/** The values of the columns that were sent, empty ones included, as a change of a record. */
export const pickSent = <Column extends string>(
  parameters: Parameters,
  columns: readonly Column[],
): Partial<Record<Column, string>> => {
  const sent = columns.flatMap((column) => {
    const value = parameters.get(column);
    return value === undefined ? [] : [[column, value] as const];
  });
  return Object.fromEntries(sent) as Partial<Record<Column, string>>;
};
