import type { Change, Delivery } from './change.ts';

/** No platform gathers as many. */
const MOST_PARTS = 1_000;

/** Reads each part of a delivery by itself. */
export const readParts = (
  parts: readonly unknown[],
  read: (part: unknown) => readonly Change[],
): Delivery => {
  if (parts.length > MOST_PARTS) return { changes: [], unreadable: parts.length };
  const results = parts.map((part) => {
    try {
      return read(part);
    } catch {
      return null;
    }
  });
  return {
    changes: results.flatMap((changes) => changes ?? []),
    unreadable: results.filter((changes) => changes === null).length,
  };
};
