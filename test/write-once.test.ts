import { isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import type { Fault } from '../src/sandbox/fault-rule.ts';
import type { LoggedRequest } from '../src/sandbox/requests.ts';
import { schema } from '../src/schema/index.ts';
import { fieldExamples, type FieldExample } from './helpers/example.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { losses } from './helpers/loss.ts';
import { callOf } from './helpers/call.ts';
import { isWrite } from './helpers/write.ts';

const mutationType = schema.getMutationType();
const mutations = Object.keys(mutationType?.getFields() ?? {});

/** The example of a mutation, after those that come before it in the same file and lead to where it can be done. */
const scriptOf = (mutation: string): readonly FieldExample[] => {
  const own = fieldExamples.find(({ field }) => field === `Mutation.${mutation}`);
  const script = fieldExamples.filter(
    ({ field, file }) => file === own?.file && field.startsWith('Mutation.'),
  );
  return own === undefined ? [] : script.slice(0, script.indexOf(own) + 1);
};

it('finds an example for each mutation of the schema', () => {
  expect(isObjectType(mutationType)).toBe(true);
  expect(mutations.filter((mutation) => scriptOf(mutation).length === 0)).toEqual([]);
});

const matchOf = ({ object, action, route, method }: LoggedRequest) =>
  object === undefined ? { method, ...(route && { route }) } : { object, ...(action && { action }) };

const nameOf = (request: LoggedRequest) => JSON.stringify(matchOf(request));

const run = (gateway: TestGateway, session: Record<string, string>, { field, args }: FieldExample) => {
  // A key would answer a second run from memory.
  const { clientMutationKey: _key, ...given } = args;
  const { query, variables } = callOf('Mutation', field.slice('Mutation.'.length), given);
  return gateway.execute(query, session, variables);
};

/** Does everything up to the mutation itself, and answers what is to be done then. */
const prepare = async (gateway: TestGateway, mutation: string) => {
  await gateway.sandbox.control('DELETE', '/faults');
  await gateway.sandbox.control('POST', '/reset');
  const session = await gateway.signIn();
  const script = scriptOf(mutation);
  for (const example of script.slice(0, -1)) await run(gateway, session, example);
  await gateway.bill();
  return async () => {
    const last = script.at(-1);
    if (last !== undefined) await run(gateway, session, last);
    return { writes: (await gateway.sandbox.requests()).filter(isWrite) };
  };
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
  const { writes } = await (await prepare(gateway, mutation))();
  const names = writes.map(nameOf);
  const repeats: Repeat[] = [];
  for (const [index, write] of writes.entries()) {
    const lost = nameOf(write);
    const skip = names.slice(0, index).filter((name) => name === lost).length;
    const start = await prepare(gateway, mutation);
    await gateway.sandbox.fail({ match: matchOf(write), skip, fault });
    const sent = (await start()).writes.map(nameOf);
    const timesOf = (name: string, among: readonly string[]) => among.filter((one) => one === name).length;
    const isOnce = timesOf(lost, sent) === skip + 1;
    if (!isOnce || sent.some((name) => timesOf(name, sent) > Math.max(timesOf(name, names), 1)))
      repeats.push({ mutation, lost, sent, expected: names });
  }
  return { mutation, count: writes.length, repeats };
};

/** So many gateways take their share of the mutations, because a write that hangs leaves the machine idle. */
const LANES = 6;

it.each(losses)(
  'each mutation leaves once, done or not, when each of its writes meets %s',
  async (_loss, fault) => {
    const takeShare = async (lane: number) => {
      const gateway = await withGateway({
        env: { TRY_TIMEOUT_MS: '700' },
        switches: { legacyWriteDelayMs: 0 },
      });
      const found = [];
      for (const mutation of mutations.filter((_name, index) => index % LANES === lane))
        found.push(await findRepeats(gateway, mutation, fault));
      return found;
    };
    const found = (await Promise.all(Array.from({ length: LANES }, (_, lane) => takeShare(lane)))).flat();

    expect(found.flatMap(({ repeats }) => repeats)).toEqual([]);
    expect(found.filter(({ count }) => count === 0).map(({ mutation }) => mutation)).toEqual([]);
  },
  60_000,
);
