import { setTimeout as delay } from 'node:timers/promises';
import { CALL_EVENTS, callKeyOf, createTraffic, judge, percentile } from '../helpers/call-traffic.ts';
import { startFleet, type Fleet } from '../helpers/fleet.ts';
import { startLiveClient, type LiveClient } from '../helpers/live-client.ts';
import { streams, type StreamName } from '../helpers/live-stream.ts';
import { accounts, countCode, crashesOf, createPick, sayingsOf, stopClients } from './instances/crowd.ts';
import { aside, atLeast, atMost, exactly, toTable, type Row } from './instances/row.ts';
import { findPeople } from './people.ts';
import { startRestartLoad } from './restart/load.ts';

/**
 * Three instances with one Redis are told to stop and started again, one after the other and round after round, under load
 * and with as many sockets and event streams open (R21, R42). Prints what became of requests and streams, and fails where a
 * goal is missed: `node test/soak/restart.ts [rounds] [requests a second] [streams]`.
 */
const [ROUNDS = 5, PER_SECOND = 300, STREAMS = 300] = process.argv.slice(2).map(Number);
/** One person may have so many sockets at an instance, and ask so often, that they have to be several. */
const PEOPLE = 12;
const SLOW_MS = 500;
const CALL_EVERY_MS = 1_000;
const MOST_STOP_SECONDS = 20;
/** Longer than anything here may take to heal. */
const MOST_PATIENCE_MS = 60_000;
const LOOK_MS = 50;
const transports = { websocket: 'WebSocket', sse: 'SSE' } as const satisfies Record<StreamName, string>;
const names = Object.keys(transports) as StreamName[];

const fleet = await startFleet({ env: { LOG_LEVEL: 'info' } });
const people = await findPeople(fleet.sandboxUrl, PEOPLE);
const traffic = createTraffic(fleet);
await fleet.control('POST', '/faults', {
  match: { route: 'GET /endpoints/{endpointId}' },
  fault: { type: 'latency', ms: SLOW_MS },
});

const clients = Array.from({ length: STREAMS }, (_, index) => {
  const transport = names[index % names.length] ?? 'sse';
  const { credentials = {} } = people[Math.floor(index / names.length) % people.length] ?? {};
  const pick = createPick(fleet);
  const client = startLiveClient({
    stream: streams[transport],
    credentials,
    query: CALL_EVENTS,
    keyOf: callKeyOf,
    pick,
  });
  return { transport, client };
});
const all = clients.map(({ client }) => client);
const over = (name: StreamName) =>
  clients.flatMap(({ transport, client }) => (transport === name ? [client] : []));
const connectionsOver = (name: StreamName) =>
  over(name).reduce((sum, client) => sum + client.connections(), 0);

const ending = new AbortController();
const { signal } = ending;
const calling = (async () => {
  const began = performance.now();
  for (let call = 1; !signal.aborted; call += 1) {
    await traffic.burst(accounts.acme, 1);
    const waitMs = Math.max(0, began + call * CALL_EVERY_MS - performance.now());
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
})();

const callsSoFar = () => traffic.callsOf(accounts.acme).length;
/** The number of the last call that a client was told of. */
const lastOf = ({ told }: LiveClient) => Number(/^call-(\d+)/.exec(told.at(-1)?.key ?? '')?.[1] ?? 0);

let unresumed = 0;
/** Resolves once all are told of a call that is still to come: who was away has come back, and is told what it missed first. */
const untilAllFollow = async () => {
  const next = callsSoFar() + 1;
  const endsAt = performance.now() + MOST_PATIENCE_MS;
  const behind = () => all.filter((client) => lastOf(client) < next).length;
  while (behind() > 0 && performance.now() < endsAt) await delay(LOOK_MS);
  unresumed += behind();
};

await untilAllFollow();
const firstCall = callsSoFar();
const connectionsAtRest = { websocket: connectionsOver('websocket'), sse: connectionsOver('sse') };

/** Which of the requests that broke off the sandbox was asked for: an instance had begun them. */
const begunOf = async ({ control }: Fleet, broken: readonly string[]): Promise<number> => {
  const { requests, dropped } = await control('GET', '/requests');
  if (dropped > 0) throw new Error('the log of the sandbox is too short');
  const known = new Set(requests.map(({ headers }: any) => headers['x-request-id']));
  return broken.filter((id) => known.has(id)).length;
};

const load = startRestartLoad(fleet.instances, people, PER_SECOND);
const loadBegan = performance.now();
const stops: { readonly seconds: number; readonly code: number | null }[] = [];
let begun = 0;
let judgedBroken = 0;
for (let round = 0; round < ROUNDS; round += 1)
  for (const instance of fleet.instances) {
    await fleet.control('DELETE', '/requests');
    const toldAt = performance.now();
    const code = await instance.stop();
    stops.push({ seconds: (performance.now() - toldAt) / 1000, code });
    if (load.broken.length > judgedBroken) {
      begun += await begunOf(fleet, load.broken.slice(judgedBroken));
      judgedBroken = load.broken.length;
    }
    await instance.start();
    await untilAllFollow();
  }
const loadSeconds = (performance.now() - loadBegan) / 1000;
await load.end();
const lastCall = callsSoFar();
await traffic.untilDelivered();
await untilAllFollow();
ending.abort();
await calling;
await traffic.untilDelivered();
const { subscriptions } = await fleet.control('GET', '/deliveries?since=999999999');
const given = subscriptions.reduce((sum: number, { errors }: { errors: number }) => sum + errors, 0);
const crashes = crashesOf(fleet);
await stopClients(all);

const { outcomes, broken, reasons, refused } = load;
const times = outcomes.map(({ ms }) => ms).toSorted((one, other) => one - other);
const late = outcomes.map(({ lateMs }) => lateMs).toSorted((one, other) => one - other);
// The calls after them tell that these were.
const calls = traffic.callsOf(accounts.acme).slice(firstCall, lastCall);
const streamRows = (name: StreamName): readonly Row[] => {
  const own = over(name);
  const { lost, doubled, told } = judge(calls, own);
  const what = `${own.length} over ${transports[name]}`;
  return [
    aside(
      'R21',
      `${what}: times that they came back`,
      String(connectionsOver(name) - connectionsAtRest[name]),
    ),
    aside('R21', 'told to them', told.toLocaleString('en')),
    exactly('R21 R42', 'of that lost', lost),
    exactly('R21 R42', 'told twice', doubled),
    exactly('R21 R42', 'RESYNC_REQUIRED', countCode(own, 'RESYNC_REQUIRED')),
    aside('R21', 'other codes that ended one for a moment', String(own.flatMap(({ codes }) => codes).length)),
  ];
};
const rows: readonly Row[] = [
  aside('R21', 'stops of one of three instances', String(stops.length)),
  atMost('R21', 'longest stop', Math.max(...stops.map(({ seconds }) => seconds)), MOST_STOP_SECONDS, ' s'),
  exactly('R21', 'stops that ended otherwise than by 0', stops.filter(({ code }) => code !== 0).length),
  atLeast('R21', `requests a second, of ${PER_SECOND}`, outcomes.length / loadSeconds, PER_SECOND * 0.98),
  aside(
    'R21',
    'p99 of how late they were sent, and of how long they took',
    [late, times].map((of) => `${percentile(of, 0.99).toFixed(0)} ms`).join(' and '),
  ),
  exactly('R21', `failed, of ${outcomes.length}`, outcomes.filter(({ isGood }) => !isGood).length),
  exactly('R21', 'begun by an instance that did not answer them', begun),
  aside(
    'R21',
    'gone to another instance: not taken, and not begun',
    `${refused()} and ${broken.length - begun}`,
  ),
  exactly('R21 R42', `streams that were not resumed within ${MOST_PATIENCE_MS / 1000} s`, unresumed),
  ...names.flatMap(streamRows),
  exactly('R26', 'deliveries that the platform gave up', given),
  exactly('R34', 'instances that ended by themselves', crashes),
];
console.log(sayingsOf(fleet));
for (const reason of new Set(reasons)) console.log(reason);
await fleet.stop();
console.log(toTable(rows));
process.exitCode = rows.filter(({ isMet }) => isMet === false).length;
