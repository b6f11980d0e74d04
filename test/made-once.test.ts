import { expect, it } from 'vitest';
import type { Fault } from '../src/sandbox/fault-rule.ts';
import { withGateway, type Answer, type TestGateway } from './helpers/gateway.ts';
import { matchOf, nameOf, ofEachMutation, prepare, takesKey } from './helpers/mutation.ts';
import { isWrite } from './helpers/write.ts';

const KEY = 'order-4711';

/** The result or its rejection; a plain error is neither. */
const kindOf = ({ data, errors }: Answer, mutation: string): string =>
  errors[0] === undefined ? data?.[mutation]['__typename'] : `error ${errors[0].extensions['code']}`;

interface Found {
  readonly mutation: string;
  readonly failed: string;
  readonly first: string;
  readonly second: string;
  /** What the second try by the same key sent that has an effect. */
  readonly again: readonly string[];
}

/** Makes a mutation fail at each request after its first write in turn, and repeats it by the same key once all is well. */
const findDoubles = async (
  gateway: TestGateway,
  mutation: string,
  fault: Fault,
): Promise<readonly Found[]> => {
  if (!takesKey(mutation)) return [];
  const startWell = await prepare(gateway, mutation);
  await startWell();
  const requests = await gateway.sandbox.requests();
  const made = requests.findIndex(isWrite);
  const found: Found[] = [];
  for (const [index, request] of requests.entries()) {
    if (index <= made) continue;
    const failed = nameOf(request);
    const skip = requests.slice(0, index).filter((other) => nameOf(other) === failed).length;
    const start = await prepare(gateway, mutation, KEY);
    await gateway.sandbox.fail({ match: matchOf(request), skip, times: 2, fault });
    const first = kindOf(await start(), mutation);
    await gateway.sandbox.control('DELETE', '/faults');
    await gateway.bill();
    const second = kindOf(await start(), mutation);
    const again = (await gateway.sandbox.requests()).filter(isWrite).map(nameOf);
    found.push({ mutation, failed, first, second, again });
  }
  return found;
};

const faults: readonly (readonly [name: string, fault: Fault])[] = [
  ['429', { type: 'tooMany' }],
  ['503', { type: 'status', status: 503 }],
  ['a reset', { type: 'reset' }],
];

it.each(faults)(
  'a mutation whose later requests meet %s was made all the same, and is not made again by its key',
  async (_name, fault) => {
    const start = () => withGateway({ switches: { legacyWriteDelayMs: 0 } });
    const found = (
      await ofEachMutation(start, (gateway, mutation) => findDoubles(gateway, mutation, fault))
    ).flat();

    expect(found.length).toBeGreaterThan(40);
    expect(found.filter(({ again }) => again.length > 0)).toEqual([]);
    expect(found.filter(({ first, second }) => first !== second || first.startsWith('error'))).toEqual([]);
    const rejected = found.filter(({ first }) => first === 'Rejection').map(({ mutation }) => mutation);
    expect(rejected).toEqual(expect.arrayContaining(['recordConference', 'labelRecording']));
  },
  120_000,
);
