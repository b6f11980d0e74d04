import {
  createTraffic,
  delaysOf,
  percentile,
  postCall,
  webhookPathOf,
  type Posted,
} from '../../helpers/call-traffic.ts';
import { startFleet } from '../../helpers/fleet.ts';
import { accounts, sayingsOf, startClients, stopClients } from './crowd.ts';
import { aside, atMost, exactly, type Row } from './row.ts';

/** How many deliveries are under way at a time. */
const LANES = 4;

/** R26 and R27: a delivery to one instance is acknowledged soon, and told soon by all. */
export const showReach = async (count: number): Promise<readonly Row[]> => {
  const fleet = await startFleet();
  const traffic = createTraffic(fleet);
  const clients = await startClients(fleet, 'ada', 6);
  await traffic.untilAllHear(accounts.acme, clients);
  const url = `${fleet.instances[0]?.url}${await webhookPathOf(fleet)}`;
  const lane = async (number: number): Promise<readonly Posted[]> => {
    const posted: Posted[] = [];
    for (let index = 0; index < count / LANES; index += 1)
      posted.push(await postCall(url, `reach-${number}-${index}`));
    return posted;
  };
  const posted = (await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)))).flat();
  await traffic.untilAllHear(accounts.acme, clients);
  const delays = clients.flatMap((client) => delaysOf(posted, client)).toSorted((one, other) => one - other);
  const answers = posted
    .map(({ sentAt, answeredAt }) => answeredAt - sentAt)
    .toSorted((one, other) => one - other);
  await stopClients(clients);
  console.log(sayingsOf(fleet));
  await fleet.stop();
  return [
    aside('R27', 'deliveries to one instance, clients of all', `${posted.length} x ${clients.length}`),
    exactly('R27', 'not told', delays.filter((time) => time === Infinity).length),
    aside('R27', 'median from delivery to client', `${percentile(delays, 0.5).toFixed(1)} ms`),
    atMost('R27', 'p99 from delivery to client', percentile(delays, 0.99), 100, ' ms'),
    atMost('R26', 'p99 of the acknowledgement', percentile(answers, 0.99), 50, ' ms'),
    exactly('R26', 'not acknowledged with 204', posted.filter(({ status }) => status !== 204).length),
  ];
};
