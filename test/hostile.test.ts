import { expect, it } from 'vitest';
import { withGateway } from './helpers/gateway.ts';
import { hintOf } from './helpers/hostile-table.ts';
import { createTarget } from './helpers/hostile-target.ts';
import { sampleHostileTexts } from './helpers/hostile-text.ts';
import { walkArgument } from './helpers/hostile-walk.ts';
import { webhooks } from './helpers/subscribers.ts';
import { textArguments } from './helpers/text-argument.ts';

/** So many texts for each argument here, each argument its own; `npm run soak:hostile` takes 10,000. */
const TEXTS = 6;

it('finds the text arguments of the schema, and the way to each of them', () => {
  expect(textArguments.length).toBeGreaterThan(500);
  expect(textArguments.filter((argument) => hintOf(argument) === null).map(({ name }) => name)).toEqual([]);
});

const names: Readonly<Record<string, string>> = {
  Query: 'what is asked for',
  Mutation: 'what is changed',
  Subscription: 'what is followed',
};
const groups = Map.groupBy(textArguments, ({ parent }) => names[parent] ?? 'what things have');

it.each([...groups])(
  'in %s each text reaches upstream letter by letter and nothing else does, or it is refused unsent',
  async (_group, args) => {
    const target = await createTarget(
      await withGateway({ env: webhooks, switches: { legacyWriteDelayMs: 0 } }),
    );
    const walks = [];
    for (const [index, argument] of args.entries()) {
      const walked = await walkArgument(
        target,
        argument,
        sampleHostileTexts(TEXTS, index),
        hintOf(argument) ?? {},
      );
      walks.push({ argument, ...walked });
    }
    expect(walks.flatMap(({ misses }) => misses)).toEqual([]);
    // Without a harmless text that is taken, an argument has not been tried.
    const untried = walks.filter(({ shapes }) => shapes === 0);
    expect(untried.map(({ argument }) => argument.name)).toEqual([]);
  },
  180_000,
);
