import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../helpers/call-traffic.ts';
import { globalId } from '../../helpers/global-id.ts';
import { aside, atLeast, exactly, type Row } from '../instances/row.ts';
import { ways, type Client, type Way } from './client.ts';
import { ENDPOINT, type Asked, type World } from './world.ts';

/** Somebody begins in each way so often. */
const EVERY_MS = 100;
/** So late the sandbox answers; a client goes within this time. */
export const SLOW_MS = 1_000;
/** One of so many stays, and is to be answered. */
const STAYS_EVERY = 8;
const MOST_MS = 100;

const READ = 'query ($id: ID!) { endpoint(id: $id) { name } }';
/** An event that wants to know what its telephone is called. */
export const FOLLOW = `subscription ($id: ID!) {
  callEvents(endpoints: [$id]) { call { ... on LiveCall { pbxCallId endpoint { name } } } } }`;

interface Left {
  readonly extension: string;
  readonly client: Client;
  /** Null for one that stayed. */
  readonly leftAt: number | null;
  readonly isAnswered: boolean;
}

/** How long a request went on after whoever wanted it had gone, in order of length; those that were over are left out. */
export const overtimeOf = (
  left: readonly Pick<Left, 'extension' | 'leftAt'>[],
  asked: readonly Asked[],
): readonly number[] => {
  const leftAt = new Map(left.map((one) => [one.extension, one.leftAt ?? Infinity]));
  return asked
    .map(({ extension, endedAt }) => endedAt - (leftAt.get(extension) ?? Infinity))
    .filter((ms) => ms > 0)
    .toSorted((one, other) => one - other);
};

/** Whether what comes after its client had gone was let go soon. */
export const overtimeRows = (what: string, overtime: readonly number[]): readonly Row[] => {
  const soon = overtime.filter((ms) => ms <= MOST_MS).length;
  const times = [0.5, 0.99, 1].map((part) => `${percentile(overtime, part)} ms`);
  return [
    atLeast(
      'R7',
      `${what}: let go within ${MOST_MS} ms, of ${overtime.length} requests under way`,
      (100 * soon) / overtime.length,
      99,
      ' %',
    ),
    aside('R7', 'median, p99 and longest', times.join(', ')),
  ];
};

/** R7 where nobody else wants the same: clients of every kind go at any moment while a platform takes its time. */
export const showAlone = async (world: World, count: number): Promise<readonly Row[]> => {
  await world.control('DELETE', '/requests');
  await world.slow({ route: ENDPOINT }, SLOW_MS);
  const began = performance.now();

  const run = async (way: Way, index: number, extension: string): Promise<Left> => {
    await delay(Math.max(0, began + index * EVERY_MS + Math.random() * EVERY_MS - performance.now()));
    const person = world.people.find((one) => one.extension === extension);
    const isLive = way === 'over SSE';
    const client = await ways[way]({
      url: world.url,
      credentials: person?.credentials ?? {},
      query: isLive ? FOLLOW : READ,
      variables: { id: globalId('cloudlink', 'Endpoint', extension) },
    });
    if (isLive) await world.ring(extension, 'alone');
    if (index % STAYS_EVERY === 0) {
      const result = await client.find(() => true);
      return { extension, client, leftAt: null, isAnswered: result !== null && result.errors === undefined };
    }
    await delay(Math.random() * SLOW_MS);
    return { extension, client, leftAt: client.leave(), isAnswered: false };
  };

  const names = Object.keys(ways) as Way[];
  const lefts = await Promise.all(
    names.map(async (way, place) => {
      const own = world.people.slice(place * count, (place + 1) * count);
      return Promise.all(own.map(({ extension }, index) => run(way, index, extension)));
    }),
  );
  const asked = await world.asked();
  // Not before: a socket that is closed would let go of what its `complete` has not.
  for (const { client } of lefts.flat()) client.end();
  await world.control('DELETE', '/faults');
  const unanswered = lefts.flat().filter(({ leftAt, isAnswered }) => leftAt === null && !isAnswered);
  return [
    ...lefts.flatMap((left, place) => {
      const own = new Set(left.map(({ extension }) => extension));
      const ownAsked = asked.filter(({ extension }) => own.has(extension));
      return overtimeRows(`${names[place]}, ${count} clients`, overtimeOf(left, ownAsked));
    }),
    exactly('R7', 'clients that stayed among them and were not answered', unanswered.length),
  ];
};
