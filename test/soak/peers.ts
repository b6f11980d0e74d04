import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { globalId } from '../helpers/global-id.ts';
import { startWorld } from './gone/world.ts';
import { aside, atMost, exactly, toTable } from './instances/row.ts';
import type { Someone } from './people.ts';

/**
 * Sockets that answer as long as they are looked after, and then no more, though their connections stay open (R41): when
 * they are cut off, and when nothing is left upstream of what they have followed. Prints what it saw, and fails where a goal
 * is missed: `node test/soak/peers.ts [sockets]`.
 */
const COUNT = Number(process.argv[2] ?? 200);
/** One person may have so many sockets. */
const EACH = 20;
const MOST_SECONDS = 35;
/** A feed whose followers are gone is kept for those who come back, for less than a minute. */
const MOST_LEFT_SECONDS = 60;
const LOOK_MS = 100;

const FOLLOW =
  'subscription ($id: ID!) { callEvents(endpoints: [$id]) { call { ... on LiveCall { state } } } }';

const world = await startWorld(Math.ceil(COUNT / EACH));
const secondsSince = (startedAt: number) => (performance.now() - startedAt) / 1000;

/** Who follows the calls of their telephone, and answers each ping until `isGone`. */
const follow = async ({ credentials, extension }: Someone, isGone: () => boolean) => {
  const address = `${world.url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { autoPong: false });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  const pinged = new Promise<void>((resolve) => {
    socket.on('ping', (data) => {
      if (isGone()) return;
      socket.pong(data);
      resolve();
    });
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload: credentials }));
  await once(socket, 'message');
  const variables = { id: globalId('cloudlink', 'Endpoint', extension) };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: FOLLOW, variables } }));
  return { pinged, closed };
};

let hasGone = false;
const clients = await Promise.all(
  Array.from({ length: COUNT }, (_, index) => {
    const person = world.people[Math.floor(index / EACH)];
    if (person === undefined) throw new Error('there are too few people');
    return follow(person, () => hasGone);
  }),
);
/** How many subscriptions CloudLink was asked for, without those that it was asked to end. */
const countUpstream = async (): Promise<number> => {
  const { requests } = await world.control('GET', '/requests?service=notifications');
  const count = (wanted: string) =>
    (requests as readonly LoggedRequest[]).filter(({ method }) => method === wanted).length;
  return count('POST') - count('DELETE');
};

await Promise.all(clients.map(({ pinged }) => pinged));
const followed = await countUpstream();
hasGone = true;
const goneAt = performance.now();
const cutAfter = await Promise.all(clients.map(({ closed }) => closed.then(() => secondsSince(goneAt))));

const allCutAt = performance.now();
let left = followed;
while (left > 0 && secondsSince(allCutAt) <= MOST_LEFT_SECONDS) {
  await delay(LOOK_MS);
  left = await countUpstream();
}
const freedAfter = secondsSince(allCutAt);
await world.stop();

const rows = [
  aside('R41', 'sockets, and subscriptions upstream of what they follow', `${COUNT} and ${followed}`),
  atMost('R41', 'the last that does not answer is cut off after', Math.max(...cutAfter), MOST_SECONDS, ' s'),
  exactly('R41', `subscriptions upstream ${MOST_LEFT_SECONDS} s later`, left),
  aside('R41', 'the last of them was ended after', `${freedAfter.toFixed(1)} s`),
];
console.log(toTable(rows));
process.exit(rows.filter(({ isMet }) => isMet === false).length);
