import type { Fleet } from '../../helpers/fleet.ts';

const READ = '{ users(first: 1) { nodes { name } } }';
const WRITE = 'mutation { createConversation(input: { name: "Load", participants: [] }) { __typename } }';
const LANES = 6;
const PAUSE_MS = 60;

/** What became of requests. */
export interface LoadReport {
  readonly reads: number;
  readonly writes: number;
  readonly failed: number;
  /** How long each took, in order of length. */
  readonly times: readonly number[];
}

/** Reads and writes with a token that is passed through, on all instances by turns, until it is told to end. */
export const startLoad = (fleet: Fleet, token: Readonly<Record<string, string>>) => {
  const counts = { reads: 0, writes: 0, failed: 0 };
  const times: number[] = [];
  const ending = new AbortController();

  const lane = async (number: number) => {
    for (let round = 0; !ending.signal.aborted; round += 1) {
      const isWrite = (number + round) % 4 === 0;
      const instance = fleet.instances[(number + round) % fleet.instances.length] ?? fleet.pick();
      const startedAt = performance.now();
      const isGood = await fleet.execute(instance, isWrite ? WRITE : READ, token).then(
        ({ errors }) => errors.length === 0,
        () => false,
      );
      times.push(performance.now() - startedAt);
      counts[isWrite ? 'writes' : 'reads'] += 1;
      if (!isGood) counts.failed += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const lanes = Array.from({ length: LANES }, (_, number) => lane(number));

  return async (): Promise<LoadReport> => {
    ending.abort();
    await Promise.all(lanes);
    return { ...counts, times: times.toSorted((one, other) => one - other) };
  };
};

/** The part that went well, in percent. */
export const goodPart = ({ reads, writes, failed }: LoadReport): number =>
  (100 * (reads + writes - failed)) / Math.max(1, reads + writes);
