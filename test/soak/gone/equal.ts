import { setTimeout as delay } from 'node:timers/promises';
import type { LiveResult } from '../../helpers/live-stream.ts';
import { globalId } from '../../helpers/global-id.ts';
import { aside, exactly, type Row } from '../instances/row.ts';
import type { Someone } from '../people.ts';
import { FOLLOW, overtimeOf, overtimeRows, SLOW_MS } from './alone.ts';
import { ways, type Client } from './client.ts';
import { ENDPOINT, type World } from './world.ts';

const EVERY_MS = 50;
const PROBE_MS = 100;
/** Of one in so many groups all go; of the others one stays. */
const ALL_GO_EVERY = 3;
/** What four who follow the same have: all are answered by one read. */
const kinds = [
  'over SSE',
  'over WebSocket, by complete',
  'over SSE',
  'over WebSocket, cut',
] as const satisfies readonly (keyof typeof ways)[];

const nameOf = ({ data }: LiveResult): string => data?.['callEvents'].call.pbxCallId ?? '';

interface Group {
  readonly extension: string;
  readonly clients: readonly Client[];
}

/** Several who follow one telephone over every transport, and have heard it ring. */
const gather = async ({ url, ring }: World, { credentials, extension }: Someone): Promise<Group> => {
  const variables = { id: globalId('cloudlink', 'Endpoint', extension) };
  const wish = { url, credentials, query: FOLLOW, variables };
  const clients = await Promise.all(kinds.map((kind) => ways[kind](wish)));
  // No protocol says when a subscription over WebSocket has begun: it has when something comes.
  const hear = async () => {
    await Promise.all(clients.map(({ find }) => find((result) => nameOf(result) !== '')));
    return true;
  };
  const hearing = hear();
  for (let round = 0; !(await Promise.race([hearing, delay(PROBE_MS, false)])); round += 1)
    await ring(extension, `probe-${round}`);
  return { extension, clients };
};

/** R7 where several wait for one read: it goes on for whoever stays, and ends with the last of them. */
export const showEqual = async (world: World, people: readonly Someone[]): Promise<readonly Row[]> => {
  const groups: Group[] = [];
  for (const person of people) groups.push(await gather(world, person));
  await world.control('DELETE', '/requests');
  await world.slow({ route: ENDPOINT }, SLOW_MS);
  const began = performance.now();

  const run = async ({ extension, clients }: Group, index: number) => {
    await delay(Math.max(0, began + index * EVERY_MS - performance.now()));
    const stays = index % ALL_GO_EVERY === 0 ? null : index % clients.length;
    await world.ring(extension, 'equal');
    const outcomes = await Promise.all(
      clients.map(async (client, place) => {
        if (place === stays) {
          const result = await client.find((one) => nameOf(one) === 'equal' || one.errors !== undefined);
          return { leftAt: Infinity, isHarmed: result === null || result.errors !== undefined };
        }
        await delay(Math.random() * SLOW_MS);
        return { leftAt: client.leave(), isHarmed: false };
      }),
    );
    return {
      extension,
      isLeft: stays === null,
      leftAt: Math.max(...outcomes.map(({ leftAt }) => leftAt)),
      harmed: outcomes.filter(({ isHarmed }) => isHarmed).length,
    };
  };
  const ends = await Promise.all(groups.map(run));
  const asked = await world.asked();
  for (const { clients } of groups) for (const client of clients) client.end();
  await world.control('DELETE', '/faults');

  const left = ends.filter(({ isLeft }) => isLeft);
  const stayed = new Set(ends.filter(({ isLeft }) => !isLeft).map(({ extension }) => extension));
  const shared = asked.filter(({ extension }) => stayed.has(extension));
  return [
    aside(
      'R7',
      'events that somebody waits for while three others go, over both transports',
      String(stayed.size),
    ),
    exactly(
      'R7',
      'not told of them',
      ends.reduce((sum, { harmed }) => sum + harmed, 0),
    ),
    exactly('R7', 'reads for them', shared.length, stayed.size),
    exactly('R7', 'of these let go', shared.filter(({ isAborted }) => isAborted).length),
    ...overtimeRows(
      `the last of four goes, ${left.length} times`,
      overtimeOf(
        left,
        asked.filter(({ extension }) => !stayed.has(extension)),
      ),
    ),
  ];
};
