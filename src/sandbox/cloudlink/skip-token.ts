import { Failure } from './failure.ts';
import type { Pageable } from './lazy-list.ts';

/** An opaque continuation (facts §3.4): after the record with this id, or from this position once that has gone. */
export const toSkipToken = (lastId: string, position: number): string =>
  Buffer.from(JSON.stringify([lastId, position])).toString('base64url');

const parse = (token: string): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
};

/** Where in the list the token continues, whatever came or went at its head since. Throws a 400. */
export const readSkipToken = <T>(
  token: string,
  records: Pageable<T>,
  idOf: (record: T) => string,
): number => {
  const [lastId, position] = parse(token);
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0)
    throw new Failure(400, '$skiptoken is malformed');
  const found = records.slice(0, Infinity).findIndex((record) => idOf(record) === lastId);
  return found === -1 ? position : found + 1;
};
