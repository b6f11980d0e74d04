import { showAlone } from './gone/alone.ts';
import { ways } from './gone/client.ts';
import { showEqual } from './gone/equal.ts';
import { showRenewal } from './gone/renewal.ts';
import { startWorld } from './gone/world.ts';
import { toTable } from './instances/row.ts';

/**
 * Clients that go at any moment while a platform takes a second to answer (R7), over every transport (R42): how soon the
 * gateway lets go of what it has asked for them, and whether anybody is harmed who waits for the same. Prints what it saw,
 * and fails where a goal is missed: `node test/soak/gone.ts [clients of each kind]`.
 */
const COUNT = Number(process.argv[2] ?? 200);
const EQUALS = 60;

const world = await startWorld(Object.keys(ways).length * COUNT + EQUALS);
const rows = [
  ...(await showAlone(world, COUNT)),
  ...(await showEqual(world, world.people.slice(-EQUALS))),
  ...(await showRenewal(world)),
];
await world.stop();
console.log(toTable(rows));
process.exit(rows.filter(({ isMet }) => isMet === false).length);
