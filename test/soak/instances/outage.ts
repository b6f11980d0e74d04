import { setTimeout as delay } from 'node:timers/promises';
import { createTraffic, judge } from '../../helpers/call-traffic.ts';
import { startFleet, type Fleet } from '../../helpers/fleet.ts';
import { heapOptions, readResident, watchMemory } from '../process.ts';
import { signIn } from '../sign-in.ts';
import { accounts, countCode, crashesOf, sayingsOf, startClients, stopClients } from './crowd.ts';
import { goodPart, startLoad } from './load.ts';
import { aside, atLeast, atMost, exactly, type Row } from './row.ts';

const WARM_UP_MS = 40_000;
const SETTLE_MS = 10_000;

/** How long until a session is known on every instance again. */
const untilSessionsWork = async (
  { instances, execute }: Fleet,
  session: Readonly<Record<string, string>>,
): Promise<void> => {
  for (const instance of instances)
    while ((await execute(instance, '{ viewer { cloudlink { email } } }', session)).errors.length > 0)
      await delay(20);
};

const toChanges = (before: readonly number[], after: readonly number[]): string =>
  after.map((megabytes, index) => `${before[index]?.toFixed(0)} to ${megabytes.toFixed(0)} MB`).join(', ');

/** R31: Redis is killed under load and comes back with what it had. */
export const showOutage = async (seconds: number): Promise<readonly Row[]> => {
  const fleet = await startFleet({ redis: { keeps: true }, nodeOptions: heapOptions });
  const { redis, instances } = fleet;
  const traffic = createTraffic(fleet);
  const clients = await startClients(fleet, 'ada', 6);
  await traffic.untilAllHear(accounts.acme, clients);
  const session = await signIn(fleet.pick().url);
  const ending = new AbortController();
  const calling = (async () => {
    while (!ending.signal.aborted) {
      await traffic.burst(accounts.acme, 10);
      await delay(1_000, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  const load = startLoad(fleet, await fleet.tokenOf('ben'));
  await delay(WARM_UP_MS);

  // A heap under load goes up and down by more than 100 MB: what an outage costs is what cannot be cleared in it.
  const residentOfAll = () =>
    Promise.all(instances.map((instance) => readResident({ child: instance.process() })));
  await residentOfAll();
  const memories = instances.map(({ pid }) => watchMemory(pid()));
  await delay(seconds * 1000);
  const peaksBefore = memories.map((memory) => memory.peak());
  const before = await residentOfAll();
  const connections = clients.map((client) => client.connections());
  load.lap();
  await redis.kill();
  await delay(seconds * 1000);
  const report = load.lap();
  const during = await residentOfAll();
  await redis.restart();
  const back = performance.now();
  const [sessionsAt, eventsAt] = await Promise.all([
    untilSessionsWork(fleet, session).then(() => performance.now()),
    traffic.untilAllHear(accounts.acme, clients).then(() => performance.now()),
  ]);
  await delay(SETTLE_MS);
  ending.abort();
  await calling;
  const whole = await load.end();
  const peaks = await Promise.all(memories.map(async (memory) => Math.max(...(await memory.end()))));
  await traffic.untilDelivered();
  await traffic.untilAllHear(accounts.acme, clients);
  const calls = traffic.callsOf(accounts.acme);
  const silent = clients.filter(
    (client) => judge(calls, [client]).lost > 0 && !client.codes.includes('RESYNC_REQUIRED'),
  );
  const held = clients.filter((client, index) => client.connections() === connections[index]);
  const { subscriptions } = await fleet.control('GET', '/deliveries?since=999999999');
  const given = subscriptions.reduce((sum: number, { errors }: { errors: number }) => sum + errors, 0);
  const rows = [
    aside(
      'R31',
      `reads and writes while Redis was away for ${seconds} s`,
      `${report.reads} + ${report.writes}`,
    ),
    atLeast('R31', 'of them good', goodPart(report), 99.9, ' %'),
    atLeast('R31', 'good over the whole time', goodPart(whole), 99.9, ' %'),
    aside('R31', 'deliveries that the platform gave up meanwhile', String(given)),
    aside('R31', 'streams that were held, of 6', String(held.length)),
    aside('R31', 'told RESYNC_REQUIRED, of 6', String(countCode(clients, 'RESYNC_REQUIRED'))),
    exactly('R31', 'clients that lost something without being told', silent.length),
    exactly('R31', 'events told twice', judge(calls, clients).doubled),
    atMost('R31', 'events told again after', (eventsAt - back) / 1000, 5, ' s'),
    atMost('R31', 'sessions known again after', (sessionsAt - back) / 1000, 5, ' s'),
    aside(
      'R31',
      'most memory of the instances in as long a time before, and then',
      toChanges(peaksBefore, peaks),
    ),
    aside('R31', 'memory of the instances without garbage, before and then', toChanges(before, during)),
    atMost(
      'R31',
      'growth of memory of an instance without garbage',
      Math.max(...during.map((megabytes, index) => megabytes - (before[index] ?? megabytes))),
      30,
      ' MB',
    ),
    exactly('R34', 'instances that ended by themselves', crashesOf(fleet)),
  ];
  await stopClients(clients);
  console.log(sayingsOf(fleet));
  await fleet.stop();
  return rows;
};

/** R31: Redis is not there yet when the instances start. */
export const showAbsence = async (): Promise<readonly Row[]> => {
  const startedAt = performance.now();
  const fleet = await startFleet({ redis: { isUpAtStart: false } });
  const ready = (performance.now() - startedAt) / 1000;
  const traffic = createTraffic(fleet);
  const clients = await startClients(fleet, 'ada', 6);
  const load = startLoad(fleet, await fleet.tokenOf('ben'));
  await delay(SETTLE_MS);
  const report = await load.end();
  const told = clients.filter(({ codes }) => codes.includes('EVENT_LOG_UNAVAILABLE')).length;
  await fleet.redis.restart();
  const back = performance.now();
  await traffic.untilAllHear(accounts.acme, clients);
  const healed = (performance.now() - back) / 1000;
  const rows = [
    aside('R31', 'sandbox and three instances are ready without Redis after', `${ready.toFixed(1)} s`),
    atLeast(
      'R31',
      `good of ${report.reads} reads and ${report.writes} writes without Redis`,
      goodPart(report),
      99.9,
      ' %',
    ),
    exactly('R31', 'subscribers told why there is nothing, of 6', told, 6),
    atMost('R31', 'events told after Redis came', healed, 5, ' s'),
    exactly('R34', 'instances that ended by themselves', crashesOf(fleet)),
  ];
  await stopClients(clients);
  console.log(sayingsOf(fleet));
  await fleet.stop();
  return rows;
};
