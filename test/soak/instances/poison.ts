import { createTraffic, judge } from '../../helpers/call-traffic.ts';
import { startFleet } from '../../helpers/fleet.ts';
import { poisonKeys, poisonStreams } from '../../helpers/redis-poison.ts';
import { accounts, countCode, crashesOf, sayingsOf, startClients, stopClients } from './crowd.ts';
import { goodPart, startLoad } from './load.ts';
import { aside, atLeast, atMost, exactly, type Row } from './row.ts';

/** Less than the window holds, since poison takes its place in it. */
const PER_STREAM = 5_000;

/** R33: what nobody here would write, in every stream and every key. */
export const showPoison = async (): Promise<readonly Row[]> => {
  const fleet = await startFleet();
  const traffic = createTraffic(fleet);
  const clients = await startClients(fleet, 'ada', 6);
  await traffic.untilAllHear(accounts.acme, clients);
  const load = startLoad(fleet, await fleet.tokenOf('ben'));
  const entries = await poisonStreams(fleet.redis, PER_STREAM);
  await traffic.burst(accounts.acme, 500);
  await traffic.untilDelivered();
  await traffic.untilAllHear(accounts.acme, clients);
  const verdict = judge(traffic.callsOf(accounts.acme), clients);
  const resyncs = countCode(clients, 'RESYNC_REQUIRED');
  const keys = await poisonKeys(fleet.redis);
  const poisonedAt = performance.now();
  await traffic.untilAllHear(accounts.acme, clients);
  const healed = (performance.now() - poisonedAt) / 1000;
  const report = await load.end();
  const told = clients.filter(({ codes }) => codes.includes('RESYNC_REQUIRED')).length;
  const rows = [
    aside('R33', 'poisoned entries in streams, and one of 5 MB in each', entries.toLocaleString('en')),
    exactly('R33', 'good events lost or doubled among them', verdict.lost + verdict.doubled),
    exactly('R33', 'RESYNC_REQUIRED for them', resyncs),
    aside('R33', 'keys made another, which is all of them', String(keys)),
    exactly('R33', 'clients told that something is lost, of 6', told, 6),
    atMost('R33', 'events told again after', healed, 10, ' s'),
    atLeast('R33', 'good reads and writes meanwhile', goodPart(report), 99.9, ' %'),
    exactly('R34', 'instances that ended by themselves', crashesOf(fleet)),
  ];
  await stopClients(clients);
  console.log(sayingsOf(fleet));
  await fleet.stop();
  return rows;
};
