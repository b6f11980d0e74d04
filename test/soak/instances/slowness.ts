import { setTimeout as delay } from 'node:timers/promises';
import { percentile, createTraffic } from '../../helpers/call-traffic.ts';
import { startFleet } from '../../helpers/fleet.ts';
import { startLag } from '../../helpers/lag.ts';
import { accounts, crashesOf, sayingsOf, startClients, stopClients } from './crowd.ts';
import { goodPart, startLoad } from './load.ts';
import { aside, atLeast, atMost, exactly, type Row } from './row.ts';

const MEASURE_MS = 15_000;
const LAG_MS = 500;

/** R32: Redis answers slowly, and not at all with its connections open. */
export const showSlowness = async (): Promise<readonly Row[]> => {
  let redisPort = 0;
  const lag = await startLag(() => redisPort);
  const fleet = await startFleet({
    redisUrl: (url) => {
      redisPort = Number(new URL(url).port);
      return `redis://127.0.0.1:${lag.port}`;
    },
  });
  const traffic = createTraffic(fleet);
  const clients = await startClients(fleet, 'ada', 6);
  await traffic.untilAllHear(accounts.acme, clients);
  const token = await fleet.tokenOf('ben');
  const measure = async () => {
    const { end } = startLoad(fleet, token);
    await delay(MEASURE_MS);
    return end();
  };
  await measure();
  const quick = await measure();
  lag.set(LAG_MS / 2);
  const slow = await measure();
  lag.set(0);
  const slowHealed = performance.now();
  await traffic.untilAllHear(accounts.acme, clients);
  const afterSlow = (performance.now() - slowHealed) / 1000;
  fleet.redis.pause();
  const hanging = await measure();
  fleet.redis.resume();
  const back = performance.now();
  await traffic.untilAllHear(accounts.acme, clients);
  const afterHanging = (performance.now() - back) / 1000;
  const more = ({ times }: typeof slow) => percentile(times, 0.99) - percentile(quick.times, 0.99);
  const rows = [
    aside('R32', 'p99 of requests while Redis is well', `${percentile(quick.times, 0.99).toFixed(0)} ms`),
    atMost('R32', `more at p99 with ${LAG_MS} ms on the way to Redis`, more(slow), 60, ' ms'),
    atMost('R32', 'more at p99 with a Redis that hangs', more(hanging), 60, ' ms'),
    atLeast('R32', 'good meanwhile', Math.min(goodPart(slow), goodPart(hanging)), 99.9, ' %'),
    atMost('R32', 'events told again after the slow line', afterSlow, 5, ' s'),
    atMost('R32', 'events told again after the hanging', afterHanging, 5, ' s'),
    exactly('R34', 'instances that ended by themselves', crashesOf(fleet)),
  ];
  await stopClients(clients);
  console.log(sayingsOf(fleet));
  await fleet.stop();
  await lag.close();
  return rows;
};
