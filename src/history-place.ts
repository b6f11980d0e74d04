import { hash } from 'node:crypto';
import { TOLERANCE_MS } from './past-call.ts';
import type { PlatformName } from './upstream/errors.ts';

/**
 * `{time}.{key}.{key}…`: when the last call began, and which calls of that time and shortly before have been told. It
 * stays where it is whatever comes at the head of the list.
 */
export const HISTORY_PLACE = /^\d{1,15}(?:\.[\w-]{8}){0,1000}$/;

export const readPlace = (place: string | null) => {
  if (place === null) return { time: null, keys: new Set<string>() };
  const [time, ...keys] = place.split('.');
  return { time: Number(time), keys: new Set(keys) };
};

/** A call has an id for each platform, which may be of any length; a cursor holds several. */
export const toKey = (platform: PlatformName, id: string): string =>
  hash('sha256', `${platform} ${id}`, 'base64url').slice(0, 8);

/** What a place knows of a call. */
interface Placed {
  readonly time: number;
  readonly key: string;
}

/** The times and keys of what has been told, as far as a later page could be given it again. */
export const createMemory = (time: number | null, keys: ReadonlySet<string>) => {
  // When they began is not known any more, but one that was told as a twin began no earlier than this.
  let told: readonly Placed[] = [...keys].map((key) => ({ key, time: (time ?? 0) - TOLERANCE_MS }));
  return {
    /** The place after these, which were told as one that began at `now`. */
    add: (now: number, ...calls: readonly (Placed | null)[]): string => {
      told = [...told, ...calls.flatMap((call) => call ?? [])].filter((one) => one.time <= now);
      return [now, ...told.map(({ key }) => key)].join('.');
    },
  };
};
