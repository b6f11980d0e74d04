import { createRecent } from '../recent.ts';
import type { LogEntry } from '../state/event-log.ts';
import { decode, type Entry } from './entry.ts';

/** As many as a log hands over at once: whoever follows a feed live reads the same ones in the same moment. */
const LEAST = 100;

/** Reads the entries of one feed, each once for all who follow it live. What it answers is shared, and not to be changed. */
export const createDecoding = () => {
  const known = createRecent<{ readonly entry: Entry | null }>(LEAST);
  return ({ cursor, data }: LogEntry): Entry | null => {
    const found = known.get(cursor);
    if (found !== undefined) return found.entry;
    const entry = decode(data);
    known.add(cursor, { entry });
    return entry;
  };
};
