import { onTestFinished } from 'vitest';
import { decode } from '../../src/feed/entry.ts';
import { createIntake } from '../../src/feed/intake.ts';
import type { EventLog } from '../../src/state/event-log.ts';
import type { Change, Snapshot } from '../../src/upstream/change.ts';
import { told } from '../../src/upstream/told.ts';

/** The name of the feed in which everything here is told. */
export const FEED = 'feed';

export const atOpening = { isSilent: true };
export const later = { isListed: true, comparesStates: true };

/** What the platform tells of a call, by a name and at a time, or without them what a read finds of it. */
export const call = (key: string, state: string, order: number | null = null): Change => ({
  ...told('Call', key, { state }, { state, begins: state === 'ringing' }),
  id: order === null ? null : `${key} ${state} ${order}`,
  order,
});

/** The same of something that has no state. */
export const thing = (key: string, value: string, order: number | null = null): Change => ({
  ...told('Thing', key, { value }),
  order,
});

const wordsOf = ({ key, kind, state, model }: Change): string =>
  [key, kind, state ?? ('value' in model ? model.value : '')].join(' ');

/** What a feed tells after a place: its changes in words, and what else it tells by its type. */
const readAfter = async (log: EventLog, start: string): Promise<readonly string[]> => {
  const end = await log.end(FEED);
  const until = new AbortController();
  onTestFinished(() => until.abort());
  const words: string[] = [];
  if (end === start) return words;
  for await (const entries of log.follow(FEED, start, until.signal)) {
    for (const { cursor, data } of entries) {
      const entry = decode(data);
      words.push(entry?.type === 'change' ? wordsOf(entry.change) : String(entry?.type));
      if (cursor === end) return words;
    }
  }
  return words;
};

/** A feed over a log, and the lists that the platform has of it. */
export const openFeed = async (log: EventLog) => {
  const intake = createIntake(log);
  const start = await log.end(FEED);
  return {
    intake,
    tell: (...changes: readonly Change[]) => intake.keep(FEED, changes),
    find: (snapshot: Snapshot, options: object = later) =>
      intake.keepSnapshot(FEED, async () => snapshot, options),
    told: () => readAfter(log, start),
  };
};
