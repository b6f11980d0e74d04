import { expect, it, onTestFinished } from 'vitest';
import { PASSWORD } from '../src/sandbox/company.ts';
import {
  CALL_EVENTS,
  callKeyOf,
  createTraffic,
  delaysOf,
  judge,
  percentile,
  postCall,
  webhookPathOf,
  type Posted,
} from './helpers/call-traffic.ts';
import { notTakenOver, readLeases } from './helpers/feed-lease.ts';
import type { Instance } from './helpers/instance.ts';
import { startFleet, type Fleet, type FleetOptions } from './helpers/fleet.ts';
import { startLiveClient, type LiveClient } from './helpers/live-client.ts';
import { streams, type StreamName } from './helpers/live-stream.ts';
import { isRedisMissing, redisHint } from './helpers/redis.ts';
import { poisonKeys, poisonStreams } from './helpers/redis-poison.ts';

const ACCOUNT = '00000001-5eed-4000-8000-000000000001';
const READ = '{ users(first: 1) { nodes { name } } }';
const WRITE = 'mutation { createConversation(input: { name: "Load", participants: [] }) { __typename } }';

const SIGN_IN = `mutation { signIn(input: { cloudlink: {
  username: "ada@example.test", password: "${PASSWORD}", accountId: "100200300" } }) { sessionToken } }`;

/** As a platform that does not give up: it comes again soon, and often. */
const RETRIES = 'webhookRetryMs=200,500,1000,1000,2000,2000,2000,5000,5000';

const withFleet = async (options: FleetOptions = {}): Promise<Fleet> => {
  const fleet = await startFleet(options);
  onTestFinished(() => fleet.stop());
  return fleet;
};

/** Somebody who follows all calls of an account, beginning at the instance of that number, over either transport. */
const follow = (
  fleet: Fleet,
  credentials: Readonly<Record<string, string>>,
  { stream, at }: { readonly stream: StreamName; readonly at: number },
): LiveClient => {
  let isFirst = true;
  const client = startLiveClient({
    stream: streams[stream],
    credentials,
    query: CALL_EVENTS,
    keyOf: callKeyOf,
    pick: () => {
      const instance = isFirst ? fleet.instances[at % fleet.instances.length] : undefined;
      isFirst = false;
      return (instance ?? fleet.pick()).url;
    },
  });
  onTestFinished(() => client.stop());
  return client;
};

const codesOf = ({ errors }: Awaited<ReturnType<Fleet['execute']>>) =>
  errors.map(({ extensions }) => extensions['code']);

/** How many requests of a kind the platform has got. */
const countRequests = async ({ control }: Fleet, route: string): Promise<number> => {
  const { requests } = await control('GET', `/requests?route=${encodeURIComponent(route)}`);
  return requests.length;
};

const crashesOf = ({ instances }: Fleet) => instances.reduce((sum, { crashes }) => sum + crashes(), 0);

it.skipIf(isRedisMissing)(
  `three instances, any of which dies: clients that are cut off and come back elsewhere miss nothing, and get nothing twice${redisHint}`,
  async () => {
    const fleet = await withFleet({
      switches: [RETRIES, 'webhookDuplicateEvery=7', 'webhookReorder=5'],
    });
    const { instances, redis } = fleet;
    const traffic = createTraffic(fleet);
    const ada = await fleet.tokenOf('ada');
    // The first to come is at the first instance, which opens the feed and owns it.
    const clients = [follow(fleet, ada, { stream: 'websocket', at: 0 })];
    await traffic.untilAllHear(ACCOUNT, clients);
    for (let index = 1; index < 6; index += 1)
      clients.push(follow(fleet, ada, { stream: index % 2 === 0 ? 'websocket' : 'sse', at: index }));
    await traffic.untilAllHear(ACCOUNT, clients);

    const [owner, other, third] = instances;
    const before = await readLeases(redis);
    expect(before.size).toBe(1);
    const [, witness] = clients;
    const heard = () => witness?.told.length ?? 0;
    const sending = (async () => {
      for (let round = 0; round < 12; round += 1) {
        await traffic.burst(ACCOUNT, 50);
        // Whoever is cut off stays away until others have been told of more.
        clients[2 + (round % 4)]?.cut(witness?.hear(heard() + 60));
      }
    })();
    await witness?.hear(heard() + 150);
    await owner?.kill();
    const died = performance.now();
    await expect
      .poll(async () => notTakenOver(before, await readLeases(redis)), { timeout: 15_000 })
      .toEqual([]);
    expect(performance.now() - died).toBeLessThan(10_000);
    await owner?.start();
    await other?.kill();
    await sending;
    await other?.start();
    await third?.kill();
    await traffic.burst(ACCOUNT, 50);
    await third?.start();
    await traffic.untilDelivered();
    await traffic.untilAllHear(ACCOUNT, clients);

    expect(judge(traffic.callsOf(ACCOUNT), clients)).toMatchObject({
      lost: 0,
      doubled: 0,
      backwards: 0,
      different: 0,
    });
    expect(clients.flatMap(({ codes }) => codes).filter((code) => code === 'RESYNC_REQUIRED')).toEqual([]);
    expect(crashesOf(fleet)).toBe(0);
    // Each of them took deliveries, for clients of all three.
    expect([...fleet.balancer.answered.values()].filter((count) => count > 50)).toHaveLength(3);
  },
  60_000,
);

it.skipIf(isRedisMissing)(
  `Redis that is absent, goes, comes back and is poisoned costs nobody a read or a write; subscribers are held or told${redisHint}`,
  async () => {
    const fleet = await withFleet({
      switches: [RETRIES],
      redis: { isUpAtStart: false, keeps: true },
    });
    const { instances, redis } = fleet;
    const traffic = createTraffic(fleet);
    const ada = await fleet.tokenOf('ada');
    const askAll = async () => {
      const answers = await Promise.all(
        instances.flatMap((instance) => [
          fleet.execute(instance, READ, ada),
          fleet.execute(instance, WRITE, ada),
        ]),
      );
      expect(answers.flatMap(codesOf)).toEqual([]);
    };

    // Absent at the start: all that needs no Redis works, and who subscribes is told.
    await askAll();
    const early = follow(fleet, ada, { stream: 'sse', at: 0 });
    await expect.poll(() => early.codes).toContain('EVENT_LOG_UNAVAILABLE');
    await redis.restart();
    const clients = [
      early,
      ...([1, 2, 3] as const).map((at) =>
        follow(fleet, ada, { stream: at % 2 === 0 ? 'sse' : 'websocket', at }),
      ),
    ];
    await traffic.untilAllHear(ACCOUNT, clients);
    const told = () => clients.flatMap(({ codes }) => codes).filter((code) => code === 'RESYNC_REQUIRED');

    // Killed in the middle of a burst, with what it had kept on its disk.
    const connections = clients.map((client) => client.connections());
    const sending = traffic.burst(ACCOUNT, 100);
    await redis.kill();
    await sending;
    await askAll();
    await redis.restart();
    const back = performance.now();
    await traffic.untilAllHear(ACCOUNT, clients);
    expect(performance.now() - back).toBeLessThan(5_000);
    await traffic.untilDelivered();
    await traffic.untilAllHear(ACCOUNT, clients);
    expect(judge(traffic.callsOf(ACCOUNT), clients)).toMatchObject({ lost: 0, doubled: 0, different: 0 });
    expect(told()).toEqual([]);
    expect(clients.map((client) => client.connections())).toEqual(connections);

    // Whatever is put into its streams is passed over.
    expect(await poisonStreams(redis, 2_000)).toBeGreaterThanOrEqual(4_000);
    await traffic.burst(ACCOUNT, 50);
    await traffic.untilDelivered();
    await traffic.untilAllHear(ACCOUNT, clients);
    expect(judge(traffic.callsOf(ACCOUNT), clients)).toMatchObject({ lost: 0, doubled: 0, different: 0 });
    expect(told()).toEqual([]);

    // Every key is made another: what was in them is lost, and everybody is told.
    expect(await poisonKeys(redis)).toBeGreaterThanOrEqual(6);
    await askAll();
    await traffic.untilAllHear(ACCOUNT, clients);
    for (const { codes } of clients) expect(codes).toContain('RESYNC_REQUIRED');
    expect(crashesOf(fleet)).toBe(0);
    const lines = instances.flatMap(({ log }) => log()).map(({ msg }) => msg);
    expect(lines).toContain('redis is out of reach');
    expect(lines).toContain('something in redis cannot be read, and is passed over');
  },
  60_000,
);

it.skipIf(isRedisMissing)(
  `what one process takes, knows or began holds for all: deliveries, keys of changes, and tokens that are renewed${redisHint}`,
  async () => {
    const fleet = await withFleet();
    const { instances } = fleet;
    const [first, second, third] = instances as readonly [Instance, Instance, Instance];
    const ada = await fleet.tokenOf('ada');

    // A delivery to the first is told by the others.
    const traffic = createTraffic(fleet);
    const clients = [
      follow(fleet, ada, { stream: 'websocket', at: 1 }),
      follow(fleet, ada, { stream: 'sse', at: 2 }),
    ];
    await traffic.untilAllHear(ACCOUNT, clients);
    const path = await webhookPathOf(fleet);
    const posted: Posted[] = [];
    for (let index = 0; index < 100; index += 1)
      posted.push(await postCall(`${first.url}${path}`, `to-the-first-${index}`));
    expect(posted.filter(({ status }) => status !== 204)).toEqual([]);
    await traffic.untilAllHear(ACCOUNT, clients);
    for (const client of clients) expect(percentile(delaysOf(posted, client), 0.5)).toBeLessThan(100);

    // The same key at once is one change.
    const create = WRITE.replace('}) {', '}, clientMutationKey: "once") {');
    const made = await Promise.all(
      Array.from({ length: 9 }, (_, index) => fleet.execute(instances[index % 3] ?? first, create, ada)),
    );
    expect(new Set(made.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await countRequests(fleet, 'POST /conversations')).toBe(1);

    // A token that has ended is renewed once for all.
    const { data } = await fleet.execute(first, SIGN_IN, {});
    const session = { authorization: `Bearer ${data?.['signIn'].sessionToken}` };
    const renewals = () => countRequests(fleet, 'POST /token');
    await fleet.control('POST', '/clock', { advanceMs: 2 * 60 * 60 * 1000 });
    const before = await renewals();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => fleet.execute(instances[index % 3] ?? first, READ, session)),
    );
    expect(answers.flatMap(codesOf)).toEqual([]);
    expect((await renewals()) - before).toBe(1);

    // Whoever dies over a change or a renewal is noticed; nobody makes that change again.
    const hang = (route: string) =>
      fleet.control('POST', '/faults', { match: { route }, times: 1, fault: { type: 'hang' } });
    await fleet.control('POST', '/clock', { advanceMs: 2 * 60 * 60 * 1000 });
    const token = await fleet.tokenOf('ben');
    await hang('POST /conversations');
    await hang('POST /token');
    const again = create.replace('once', 'interrupted');
    const interrupted = [fleet.execute(first, again, token), fleet.execute(first, READ, session)].map(
      (answer) => answer.catch(() => 'cut'),
    );
    await expect.poll(() => countRequests(fleet, 'POST /conversations')).toBe(2);
    await expect.poll(async () => (await renewals()) - before).toBe(2 + 1);
    await first.kill();
    const died = performance.now();
    expect(await Promise.all(interrupted)).toEqual(['cut', 'cut']);
    expect(codesOf(await fleet.execute(second, READ, session))).toEqual([]);
    expect(performance.now() - died).toBeLessThan(5_000);
    await expect
      .poll(async () => codesOf(await fleet.execute(third, again, token)))
      .toEqual(['OUTCOME_UNKNOWN']);
    expect(await countRequests(fleet, 'POST /conversations')).toBe(2);
  },
  60_000,
);
