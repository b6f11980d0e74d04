import { setTimeout as delay } from 'node:timers/promises';
import { createTraffic, judge } from '../../helpers/call-traffic.ts';
import { startFleet } from '../../helpers/fleet.ts';
import { accounts, countCode, crashesOf, startClients, stopClients } from './crowd.ts';
import { exactly, type Row } from './row.ts';

/** Longer than any silence after which something is believed to have been missed, and shorter than a feed lasts. */
const AWAY_MS = 35_000;

/**
 * R28 and R30 where a feed has one follower: its owner dies with the follower's connection, nobody has a token to take it
 * over with until the follower comes back, and still nothing is missed, since any instance takes what is delivered.
 */
export const showAlone = async (): Promise<readonly Row[]> => {
  const fleet = await startFleet();
  const traffic = createTraffic(fleet);
  const clients = await startClients(fleet, 'ada', 1);
  const [client] = clients;
  await traffic.untilAllHear(accounts.acme, clients);
  const away = delay(AWAY_MS);
  client?.cut(away);
  // Whichever of them it was: all die, one after the other.
  for (const instance of fleet.instances) {
    await traffic.burst(accounts.acme, 100);
    await instance.kill();
    await delay(2_000);
    await instance.start();
  }
  await away;
  await traffic.untilDelivered();
  await traffic.untilAllHear(accounts.acme, clients);
  const verdict = judge(traffic.callsOf(accounts.acme), clients);
  const rows = [
    exactly('R28 R30', 'lost by the only follower of an orphaned feed, away for 35 s', verdict.lost),
    exactly('R28 R30', 'told twice', verdict.doubled),
    exactly('R28 R30', 'RESYNC_REQUIRED', countCode(clients, 'RESYNC_REQUIRED')),
    exactly('R34', 'instances that ended by themselves', crashesOf(fleet)),
  ];
  await stopClients(clients);
  await fleet.stop();
  return rows;
};
