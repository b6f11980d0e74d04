import { toText, type Resource } from '../decode.ts';
import type { Parameters } from './request.ts';

/** Whether a value is the key asked for, though a number may have lost its leading zeros (facts §3.4). */
export const isSame = (value: unknown, wanted: string): boolean =>
  typeof value === 'number'
    ? /^\d+$/.test(wanted) && Number(wanted) === value
    : toText(value)?.toLowerCase() === wanted.toLowerCase();

/** Whether a column has the text that was sent. Nothing is an empty text, and a number has lost its leading zeros. */
export const hasText = (value: unknown, sent: string): boolean =>
  typeof value === 'number' ? sent.trim() !== '' && Number(sent) === value : (toText(value) ?? '') === sent;

/** Whether a row shows everything that was sent. `columns` are those that have another name on reads. */
export const shows = (
  row: Resource,
  sent: Parameters,
  columns: Readonly<Record<string, string>> = {},
): boolean =>
  Object.entries(sent).every(
    ([name, text]) => text === undefined || hasText(row[columns[name] ?? name], text),
  );
