import { UpstreamError, type UpstreamFailure } from '../upstream/errors.ts';

/** Marks what stands in JSON for a value that JSON has no word for. */
const MARK = '$';

const mark = (kind: string, value: unknown = null) => ({ [MARK]: kind, value });

const isPlain = (value: object): value is Record<string, unknown> =>
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

const toPlain = (value: unknown): unknown => {
  if (value === undefined) return mark('undefined');
  if (typeof value === 'bigint') return mark('bigint', String(value));
  if (Object.is(value, -0)) return mark('number', '-0');
  if (typeof value === 'number' && !Number.isFinite(value)) return mark('number', String(value));
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`A ${typeof value} cannot be written down.`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Date) return mark('date', Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof Map) return mark('map', [...value].map(toPlain));
  if (value instanceof Set) return mark('set', [...value].map(toPlain));
  if (value instanceof UpstreamError) return mark('failure', toPlain(value.failure));
  if (!isPlain(value)) throw new TypeError(`A ${value.constructor.name} cannot be written down.`);
  const entries = Object.entries(value).map(([name, inner]) => [name, toPlain(inner)]);
  // An object of the client's may look like a mark.
  return Object.hasOwn(value, MARK) ? mark('object', entries) : Object.fromEntries(entries);
};

const kinds: Readonly<Record<string, (value: unknown) => unknown>> = {
  undefined: () => undefined,
  bigint: (value) => BigInt(value as string),
  number: Number,
  date: (value) => new Date(value === null ? Number.NaN : (value as number)),
  map: (value) => new Map(fromPlain(value) as [unknown, unknown][]),
  set: (value) => new Set(fromPlain(value) as unknown[]),
  failure: (value) => new UpstreamError(fromPlain(value) as UpstreamFailure),
  object: (value) =>
    Object.fromEntries((value as [string, unknown][]).map(([name, inner]) => [name, fromPlain(inner)])),
};

const fromPlain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  if (!Object.hasOwn(value, MARK))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromPlain(inner)]));
  const { [MARK]: kind, value: inner } = value as { readonly [MARK]: unknown; readonly value?: unknown };
  const read = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (read === undefined) throw new TypeError('A mark that nobody makes.');
  return read(inner);
};

/**
 * Writes a value as JSON from which {@link decode} makes an equal one: plain objects, arrays, dates, maps, sets and
 * `UpstreamError`s, however deep. Throws a TypeError for anything else, rather than keep half of it.
 */
export const encode = (value: unknown): string => JSON.stringify(toPlain(value));

/** The value that was written. Throws for a text that {@link encode} did not write. */
export const decode = (text: string): unknown => fromPlain(JSON.parse(text));
