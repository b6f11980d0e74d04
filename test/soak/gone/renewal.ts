import { setTimeout as delay } from 'node:timers/promises';
import type { LoggedRequest } from '../../../src/sandbox/requests.ts';
import { aside, exactly, type Row } from '../instances/row.ts';
import { signIn } from '../sign-in.ts';
import { SLOW_MS } from './alone.ts';
import { ways } from './client.ts';
import type { World } from './world.ts';

const ROUNDS = 5;
const CLIENTS = 40;
const STAYS_EVERY = 4;
const TOKEN = 'POST /token';
/** Longer than a token lives. */
const LATER_MS = 2 * 60 * 60 * 1000;

const READ = '{ users(first: 1) { nodes { name } } }';

/** R7 where operations of one session wait for one token: whoever goes does not end what the others wait for. */
export const showRenewal = async ({ url, control, slow }: World): Promise<readonly Row[]> => {
  const ask = ways['over HTTP'];
  const credentials = await signIn(url);
  await control('DELETE', '/requests');
  await slow({ route: TOKEN }, SLOW_MS);

  const run = async (index: number): Promise<boolean> => {
    const client = await ask({ url, credentials, query: READ, variables: {} });
    if (index % STAYS_EVERY === 0) {
      const result = await client.find(() => true);
      return result !== null && result.errors === undefined;
    }
    await delay(Math.random() * SLOW_MS);
    client.leave();
    return true;
  };
  let harmed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // The gateway takes its token to be good; the platform does not.
    await control('POST', '/clock', { advanceMs: LATER_MS });
    const outcomes = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => run(index)));
    harmed += outcomes.filter((isGood) => !isGood).length;
  }
  const { requests } = await control('GET', `/requests?route=${encodeURIComponent(TOKEN)}`);
  await control('DELETE', '/faults');
  await control('POST', '/clock', { reset: true });
  const renewals = requests as readonly LoggedRequest[];
  return [
    aside('R7', 'operations that wait for a token while three of four go', String(ROUNDS * CLIENTS)),
    exactly('R7', 'not answered though their client stayed', harmed),
    exactly('R7', 'renewals', renewals.length, ROUNDS),
    exactly('R7', 'of these let go', renewals.filter(({ aborted }) => aborted).length),
  ];
};
