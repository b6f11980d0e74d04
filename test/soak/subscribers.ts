import { setTimeout as delay } from 'node:timers/promises';
import { sandboxSettings } from '../helpers/gateway.ts';
import { aside, atMost, exactly, toTable, type Row } from './instances/row.ts';
import { heapOptions, readHeap, startScript, watchMemory } from './process.ts';
import { createAudience } from './subscribers/audience.ts';
import { listenOver, titleOf, type Listener, type Transport } from './subscribers/listener.ts';

/**
 * Ten thousand events of two kilobytes in one tick, and then as many again and again, to clients of whom some have stopped
 * reading (R23, R24), over WebSocket and over SSE alike (R42). The gateway is a process of its own, started as by `npm start`, which has told as many small events
 * before, so that what a process loads, compiles and makes room for once is not taken for growth. Prints what became of
 * the events and of the memory, and fails where a goal is missed: `node test/soak/subscribers.ts [bursts] [transport]`.
 *
 * Both is told, what is resident and what is alive: V8 clears what has survived its first moments only when the heap has
 * grown to several times what was alive the last time, and gives little back.
 */
const BURST = 10_000;
const BURSTS = Number(process.argv[2] ?? 10);
const transports = Object.keys(listenOver) as Transport[];
const [ONLY] = process.argv.slice(3);
const HEALTHY = 5;
/** As many as one person may have beside the healthy ones. */
const STALLED: Readonly<Record<Transport, number>> = { websocket: 15, sse: 95 };
const BYTES = 2_000;
/** The events are 24 MB of it, for the window to resume in. */
const MOST_GROWTH_MEGABYTES = 50;

const urlIn = (line: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await delay(20);
};

const withStalled = async (transport: Transport, count: number): Promise<readonly Row[]> => {
  const sandbox = await startScript('sandbox/main.ts', ['--port', '0'], {}, /http:\/\/127/);
  const sandboxUrl = urlIn(sandbox.line);
  const settings = { ...sandboxSettings(sandboxUrl), LOG_LEVEL: 'silent', CLOUDLINK_FEEDS: 'webhook' };
  const gateway = await startScript('main.ts', [], settings, /^ready: /, heapOptions);
  const { follow, publish } = await createAudience(sandboxUrl, urlIn(gateway.line));
  const followAll = (length: number) => Promise.all(Array.from({ length }, () => follow(transport)));
  const healthy = await followAll(HEALTHY);
  const stalled = await followAll(count);
  const everybody = [...healthy, ...stalled];
  const untilTold = (who: readonly Listener[], prefix: string) =>
    until(() => who.every(({ ids }) => ids.at(-1) === `${prefix}-${BURST - 1}`));

  // No protocol says when a subscription has begun: it has when something comes.
  for (let round = 0; everybody.some(({ ids }) => ids.length === 0); round += 1) {
    await publish(`first-${round}-`, 1);
    await delay(200);
  }
  await publish('small-', BURST);
  await untilTold(everybody, 'small');

  const aliveAtRest = await readHeap(gateway);
  const memory = watchMemory(gateway.child.pid ?? 0);
  const before = await memory.now();
  for (const one of stalled) one.pause();
  const times: number[] = [];
  const burst = async (number: number) => {
    const publishedAt = performance.now();
    await publish(`${number}-`, BURST, BYTES);
    await untilTold(healthy, String(number));
    times.push(Math.round(performance.now() - publishedAt));
  };
  await burst(1);
  const growth = memory.peak() - before;
  const alive = (await readHeap(gateway)) - aliveAtRest;
  for (let number = 2; number <= BURSTS; number += 1) await burst(number);
  const wholeGrowth = memory.peak() - before;
  await memory.end();
  const wholeAlive = (await readHeap(gateway)) - aliveAtRest;

  const wanted = times.flatMap((_time, index) =>
    Array.from({ length: BURST }, (_, event) => `${index + 1}-${event}`),
  );
  const isWhole = ({ ids }: Listener) => ids.slice(-wanted.length).join() === wanted.join();
  for (const one of stalled) one.resume();
  // One that stood still for no longer than the gateway's patience is told all like the others.
  const isOver = (one: Listener) => one.ending() !== null || one.isClosed() || isWhole(one);
  await until(() => stalled.every(isOver));
  const ended = stalled.filter((one) => !isWhole(one));
  for (const one of everybody) one.leave();
  await gateway.stop();
  await sandbox.stop();

  const bytes = `${titleOf[transport]}, ${BURST.toLocaleString('en')} events of 2 KB, ${count} stalled`;
  return [
    exactly(
      'R24',
      `${bytes}: of ${HEALTHY} healthy clients not told all in order`,
      healthy.filter((one) => !isWhole(one)).length,
    ),
    aside('R24', 'all of them told after, by burst', `${times.join(', ')} ms`),
    aside('R23', `stalled clients that were ended, of ${count}`, String(ended.length)),
    aside('R23', 'resident before', `${before.toFixed(0)} MB`),
    atMost('R23', 'growth of what is resident', growth, MOST_GROWTH_MEGABYTES, ' MB'),
    atMost('R23', 'growth of what is alive', alive, MOST_GROWTH_MEGABYTES, ' MB'),
    aside(
      'R23',
      `growth after ${BURSTS} bursts, resident and alive`,
      `${wholeGrowth.toFixed(0)} and ${wholeAlive.toFixed(0)} MB`,
    ),
  ];
};

const rows: Row[] = [];
for (const transport of transports.filter((name) => name === (ONLY ?? name)))
  for (const count of [1, STALLED[transport]]) rows.push(...(await withStalled(transport, count)));
console.log(toTable(rows));
process.exitCode = rows.filter(({ isMet }) => isMet === false).length;
