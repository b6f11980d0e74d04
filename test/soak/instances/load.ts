import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from '../../helpers/fleet.ts';

const READ = '{ users(first: 1) { nodes { name } } }';
const WRITE = 'mutation { createConversation(input: { name: "Load", participants: [] }) { __typename } }';
const LANES = 6;
const REQUESTS_PER_SECOND = 90;
/** How often a lane sends a request. */
const EVERY_MS = (1000 * LANES) / REQUESTS_PER_SECOND;

/** What became of requests. */
export interface LoadReport {
  readonly reads: number;
  readonly writes: number;
  readonly failed: number;
  /** How long each took, in order of length. */
  readonly times: readonly number[];
}

interface Answered {
  readonly isWrite: boolean;
  readonly isGood: boolean;
  readonly ms: number;
}

const toReport = (answers: readonly Answered[]): LoadReport => ({
  reads: answers.filter(({ isWrite }) => !isWrite).length,
  writes: answers.filter(({ isWrite }) => isWrite).length,
  failed: answers.filter(({ isGood }) => !isGood).length,
  times: answers.map(({ ms }) => ms).toSorted((one, other) => one - other),
});

/** Reads and writes with a token that is passed through, on all instances by turns, until it is told to end. */
export const startLoad = (fleet: Fleet, token: Readonly<Record<string, string>>) => {
  const answers: Answered[] = [];
  let lapsFrom = 0;
  const ending = new AbortController();

  const lane = async (number: number) => {
    let dueAt = performance.now() + (number * EVERY_MS) / LANES;
    for (let round = 0; !ending.signal.aborted; round += 1) {
      // This paces the load, and waits for no result. A lane that an answer has made late does not catch up by a burst.
      await delay(Math.max(0, dueAt - performance.now()));
      dueAt = Math.max(dueAt, performance.now()) + EVERY_MS;
      const isWrite = (number + round) % 4 === 0;
      const instance = fleet.instances[(number + round) % fleet.instances.length] ?? fleet.pick();
      const startedAt = performance.now();
      const isGood = await fleet.execute(instance, isWrite ? WRITE : READ, token).then(
        ({ errors }) => errors.length === 0,
        () => false,
      );
      answers.push({ isWrite, isGood, ms: performance.now() - startedAt });
    }
  };
  const lanes = Array.from({ length: LANES }, (_, number) => lane(number));

  return {
    /** What was answered since the last lap. */
    lap: (): LoadReport => {
      const report = toReport(answers.slice(lapsFrom));
      lapsFrom = answers.length;
      return report;
    },
    /** What was answered in all. */
    end: async (): Promise<LoadReport> => {
      ending.abort();
      await Promise.all(lanes);
      return toReport(answers);
    },
  };
};

/** The part that went well, in percent. */
export const goodPart = ({ reads, writes, failed }: LoadReport): number =>
  (100 * (reads + writes - failed)) / Math.max(1, reads + writes);
