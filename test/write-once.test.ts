import { expect, it } from 'vitest';
import type { Fault } from '../src/sandbox/fault-rule.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { losses } from './helpers/loss.ts';
import { matchOf, mutations, nameOf, ofEachMutation, prepare, scriptOf } from './helpers/mutation.ts';
import { isWrite } from './helpers/write.ts';

it('finds an example for each mutation of the schema', () => {
  expect(mutations.length).toBeGreaterThan(0);
  expect(mutations.filter((mutation) => scriptOf(mutation).length === 0)).toEqual([]);
});

const writesOf = async (gateway: TestGateway, start: () => Promise<unknown>) => {
  await start();
  return (await gateway.sandbox.requests()).filter(isWrite);
};

/** A write that was not sent once: which, of what, and how often it and every other write was. */
interface Repeat {
  readonly mutation: string;
  readonly lost: string;
  readonly sent: readonly string[];
  readonly expected: readonly string[];
}

/** Loses each write of a mutation in turn, and finds what was sent more or less often than it should be. */
const findRepeats = async (gateway: TestGateway, mutation: string, fault: Fault) => {
  const writes = await writesOf(gateway, await prepare(gateway, mutation));
  const names = writes.map(nameOf);
  const repeats: Repeat[] = [];
  for (const [index, write] of writes.entries()) {
    const lost = nameOf(write);
    const skip = names.slice(0, index).filter((name) => name === lost).length;
    const start = await prepare(gateway, mutation);
    await gateway.sandbox.fail({ match: matchOf(write), skip, fault });
    const sent = (await writesOf(gateway, start)).map(nameOf);
    const timesOf = (name: string, among: readonly string[]) => among.filter((one) => one === name).length;
    const isOnce = timesOf(lost, sent) === skip + 1;
    if (!isOnce || sent.some((name) => timesOf(name, sent) > Math.max(timesOf(name, names), 1)))
      repeats.push({ mutation, lost, sent, expected: names });
  }
  return { mutation, count: writes.length, repeats };
};

it.each(losses)(
  'each mutation leaves once, done or not, when each of its writes meets %s',
  async (_loss, fault) => {
    const start = () => withGateway({ env: { TRY_TIMEOUT_MS: '1500' }, switches: { legacyWriteDelayMs: 0 } });
    const found = await ofEachMutation(start, (gateway, mutation) => findRepeats(gateway, mutation, fault));

    expect(found.flatMap(({ repeats }) => repeats)).toEqual([]);
    expect(found.filter(({ count }) => count === 0).map(({ mutation }) => mutation)).toEqual([]);
  },
  90_000,
);
