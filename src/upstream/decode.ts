/**
 * Readers for upstream values. A platform may leave a field out, send `""` for nothing, or a number for a text
 * (subscriber-api facts §3.4), so each reader takes anything and answers null where there is no value.
 */

export type Resource = Readonly<Record<string, unknown>>;

export const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as text, whatever type it was sent as. */
export const toText = (value: unknown): string | null => {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
};

export const toInteger = (value: unknown): number | null => {
  const text = toText(value)?.trim();
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
};

/** A whole number as GraphQL's `Int` can carry it. A larger one stands for no limit at all, and is null like none. */
export const toCount = (value: unknown): number | null => {
  const count = toInteger(value);
  return count !== null && Math.abs(count) < 2 ** 31 ? count : null;
};

/** True and false in every form the platforms use: JSON, `"true"`, `"yes"`, `"1"`. */
export const toBoolean = (value: unknown): boolean | null => {
  const text = toText(value)?.toLowerCase();
  if (text === 'true' || text === 'yes' || text === '1') return true;
  return text === 'false' || text === 'no' || text === '0' ? false : null;
};

/** A time that carries its zone. */
export const toDate = (value: unknown): Date | null => {
  const text = toText(value);
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time);
};

/** Epoch seconds, as a number or as text. */
export const toDateFromSeconds = (value: unknown): Date | null => {
  const seconds = toInteger(value);
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
};
