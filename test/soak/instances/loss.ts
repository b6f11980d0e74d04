import { setTimeout as delay } from 'node:timers/promises';
import { createTraffic, judge, type Verdict } from '../../helpers/call-traffic.ts';
import { createTakeoverWatch, readLeases, type Takeover } from '../../helpers/feed-lease.ts';
import { startFleet, type Fleet } from '../../helpers/fleet.ts';
import type { LiveClient } from '../../helpers/live-client.ts';
import type { StreamName } from '../../helpers/live-stream.ts';
import {
  accounts,
  countCode,
  crashesOf,
  ofTransport,
  sayingsOf,
  startClients,
  stopClients,
} from './crowd.ts';
import { aside, atMost, exactly, type Row } from './row.ts';

const CALLS_AT_ONCE = 100;
/** Faster than this, somebody who is away for a minute would miss more than the window holds. */
const BURST_MS = 2_300;
const LONGEST_AWAY_MS = 60_000;
const KILL_EVERY_MS = 20_000;
const DOWN_MS = 5_000;
const LOOK_MS = 50;
/** An upstream subscription that nobody renews is gone before long: whoever takes over has to. */
const SUBSCRIPTION_SECONDS = 40;

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const between = (least: number, most: number) => least + Math.random() * (most - least);

/** Cuts a client off again and again, for up to a minute. */
const cutAgain = async (client: LiveClient, signal: AbortSignal): Promise<number> => {
  let cuts = 0;
  while (!signal.aborted) {
    await delay(between(5_000, 30_000), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const away = delay(between(0, LONGEST_AWAY_MS), undefined, { signal }).catch(() => undefined);
    client.cut(away);
    cuts += 1;
    await away;
  }
  return cuts;
};

/** Kills one instance after the other, each for a moment. Answers when. */
const killAgain = async ({ instances }: Fleet, signal: AbortSignal): Promise<readonly number[]> => {
  const times: number[] = [];
  while (!signal.aborted) {
    await delay(KILL_EVERY_MS - DOWN_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const instance = instances[times.length % instances.length];
    times.push(performance.now());
    await instance?.kill();
    await delay(DOWN_MS);
    await instance?.start();
  }
  return times;
};

/** The takeovers of leases that had run out. */
const watchLeases = async ({ redis }: Fleet, signal: AbortSignal): Promise<readonly Takeover[]> => {
  const look = createTakeoverWatch();
  const takeovers: Takeover[] = [];
  while (!signal.aborted) {
    takeovers.push(...look(await readLeases(redis)));
    await delay(LOOK_MS);
  }
  return takeovers;
};

/** Must show 2: events, cuts, deaths; R25, R27, R28, R30. */
export const showLoss = async (wanted: number): Promise<readonly Row[]> => {
  const fleet = await startFleet({
    switches: [
      'webhookDuplicateEvery=10',
      'webhookDelayEvery=50',
      'webhookReorder=4',
      `cloudlinkSubscriptionSeconds=${SUBSCRIPTION_SECONDS}`,
    ],
  });
  const traffic = createTraffic(fleet);
  const acme = [...(await startClients(fleet, 'ada', 6)), ...(await startClients(fleet, 'ben', 6))];
  const globex = await startClients(fleet, 'grace', 6);
  const all = [...acme, ...globex];
  await Promise.all([
    traffic.untilAllHear(accounts.acme, acme),
    traffic.untilAllHear(accounts.globex, globex),
  ]);

  const ending = new AbortController();
  const { signal } = ending;
  // One of each feed is there all the time, as far as instances let it: nobody else could take the feed over for them.
  const cutting = all.map(async (client, index) => (index % 6 === 0 ? 0 : cutAgain(client, signal)));
  const killing = killAgain(fleet, signal);
  const watching = watchLeases(fleet, signal);
  // Ada's and Ben's feeds are two of one account.
  const perRound = 2 * CALLS_AT_ONCE * 3;
  const began = performance.now();
  let events = 0;
  for (let round = 0; events < wanted; round += 1) {
    for (const account of Object.values(accounts)) await traffic.burst(account, CALLS_AT_ONCE);
    events += perRound;
    if (round % 20 === 0)
      console.log(`${events} events, ${all.filter(({ told }) => told.length > 0).length} clients`);
    await delay(Math.max(0, began + (round + 1) * BURST_MS - performance.now()));
  }
  ending.abort();
  const [cuts, kills, takeovers] = await Promise.all([Promise.all(cutting), killing, watching]);
  await traffic.untilDelivered();
  await Promise.all([
    traffic.untilAllHear(accounts.acme, acme),
    traffic.untilAllHear(accounts.globex, globex),
  ]);

  const feeds = [
    { account: accounts.acme, clients: acme.slice(0, 6) },
    { account: accounts.acme, clients: acme.slice(6) },
    { account: accounts.globex, clients: globex },
  ];
  /** What is wrong in all feeds, with all of their clients or some. */
  const total = (name: keyof Verdict, choose = (clients: readonly LiveClient[]) => clients) =>
    sum(feeds.map(({ account, clients }) => judge(traffic.callsOf(account), choose(clients))[name]));
  const over = (transport: StreamName) => (clients: readonly LiveClient[]) => ofTransport(clients, transport);
  const cutsOver = (transport: StreamName) => sum(ofTransport(cuts, transport));
  // From the death of its owner; from its last sign of life where it died of nothing that we did.
  const delays = takeovers.map(
    ({ renewedAt, at }) => (at - (kills.find((time) => time > renewedAt && time < at) ?? renewedAt)) / 1000,
  );
  const { subscriptions } = await fleet.control('GET', '/deliveries?since=999999999');
  const given = sum(subscriptions.map(({ errors }: { errors: number }) => errors));
  await stopClients(all);
  const rows = [
    aside('', 'events kept in feeds', events.toLocaleString('en')),
    aside('', 'told to 18 clients', total('told').toLocaleString('en')),
    aside(
      '',
      'cuts of up to 60 s, over WebSocket and SSE, all back elsewhere',
      `${cutsOver('websocket')} and ${cutsOver('sse')}`,
    ),
    aside('', 'instances killed (-9)', String(kills.length)),
    exactly('R26', 'deliveries that the platform gave up', given),
    exactly('R27 R28', 'ends of calls that a client was not told', total('lost', over('websocket'))),
    exactly('R28 R42', 'the same over SSE', total('lost', over('sse'))),
    exactly('R25 R28', 'events told twice', total('doubled', over('websocket'))),
    exactly('R28 R42', 'the same over SSE', total('doubled', over('sse'))),
    exactly('R25', 'events told after a later one of their call', total('backwards')),
    exactly('R28', 'clients that were told otherwise than others', total('different')),
    exactly('R28', 'RESYNC_REQUIRED within the window', countCode(all, 'RESYNC_REQUIRED')),
    aside('R25', 'calls that were over before they rang', String(total('overtaken'))),
    aside('R30', 'feeds taken over', String(takeovers.length)),
    atMost('R30', 'longest takeover', Math.max(0, ...delays), 10, ' s'),
    exactly('R34', 'instances that ended by themselves', crashesOf(fleet)),
  ];
  console.log(sayingsOf(fleet));
  await fleet.stop();
  return rows;
};
