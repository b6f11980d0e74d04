import { showLoss } from './instances/loss.ts';
import { showAlone } from './instances/alone.ts';
import { showAbsence, showOutage } from './instances/outage.ts';
import { showPoison } from './instances/poison.ts';
import { showReach } from './instances/reach.ts';
import { toTable, type Row } from './instances/row.ts';
import { showSlowness } from './instances/slowness.ts';

/**
 * Three gateways in processes of their own behind one address, with one Redis and one sandbox: what is lost while clients
 * are cut off and processes die, how soon an event is with those who follow it, and what it costs that Redis is away, slow
 * or poisoned. Takes about ten minutes, says what it saw, and fails where a goal is missed. The names of parts and figures
 * may be given: `loss=20000 outage=10 poison`.
 */
const parts: Readonly<Record<string, (figure: number) => Promise<readonly Row[]>>> = {
  loss: (events) => showLoss(events || 100_000),
  reach: (deliveries) => showReach(deliveries || 4_000),
  alone: showAlone,
  outage: (seconds) => showOutage(seconds || 60),
  absence: showAbsence,
  slowness: showSlowness,
  poison: showPoison,
};

const wanted = process.argv.slice(2).map((word) => word.split('=') as [string, string?]);
const rows: Row[] = [];
for (const [name, figure] of wanted.length > 0 ? wanted : Object.keys(parts).map((name) => [name] as const)) {
  const show = parts[name];
  if (show === undefined) throw new Error(`there is no part ${name}, but ${Object.keys(parts).join(', ')}`);
  const began = performance.now();
  rows.push(...(await show(Number(figure ?? 0))));
  console.log(`${name}: ${Math.round((performance.now() - began) / 1000)} s`);
}
console.log(toTable(rows));
process.exitCode = rows.filter(({ isMet }) => isMet === false).length;
