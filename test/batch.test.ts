import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { guid } from '../src/sandbox/company.ts';
import { pathsOf } from './helpers/error-path.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { globalId } from './helpers/global-id.ts';
import { ACME } from './helpers/legacy.ts';

/** Whom a query asks for, several times too, and what the platform answers: in another order, with holes and doubles. */
const batches = fc.record({
  asked: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 40 }),
  rows: fc.shuffledSubarray([...Array.from({ length: 30 }, (_, index) => index + 1), 3, 5, 7, 40, 41], {
    minLength: 1,
  }),
  isFailing: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

const nameOf = (index: number) => `Person ${index}`;

interface Subject {
  readonly id: (index: number) => string;
  readonly match: object;
  readonly body: (rows: readonly number[]) => unknown;
}

const subjects: readonly (readonly [what: string, subject: Subject])[] = [
  [
    'users',
    {
      id: (index) => globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, index)}`),
      match: { service: 'admin' },
      body: (rows) => ({
        _links: {},
        _embedded: {
          items: rows.map((index) => ({
            userId: guid(2, index),
            accountId: guid(1, 1),
            name: nameOf(index),
          })),
        },
      }),
    },
  ],
  [
    'subscribers',
    {
      id: (index) => globalId('subscriber', 'Subscriber', `${ACME}/9${index}`),
      match: { object: 'subscriber' },
      body: (rows) =>
        rows.map((index) => ({
          user: `9${index}`,
          domain: ACME,
          first_name: 'Person',
          last_name: String(index),
        })),
    },
  ],
];

const ask = async (gateway: TestGateway, session: Record<string, string>, ids: readonly string[]) => {
  const { data, errors } = await gateway.execute(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { name } ... on Subscriber { name } } }',
    session,
    { ids },
  );
  const failed = new Set(pathsOf(errors).map(([, index]) => index));
  const nodes: readonly ({ name: string } | null)[] = data?.['nodes'] ?? [];
  return nodes.map((node, index) => (failed.has(index) ? 'error' : (node?.name ?? null)));
};

it.each(subjects)(
  'of 150 hostile answers through the whole gateway, none gives one of the %s another name, or fails an innocent one',
  async (_what, { id, match, body }) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await fc.assert(
      fc.asyncProperty(batches, async ({ asked, rows, isFailing }) => {
        await gateway.sandbox.control('DELETE', '/faults');
        await gateway.sandbox.fail({
          match,
          fault: isFailing ? { type: 'status', status: 400 } : { type: 'body', body: body(rows) },
        });
        // A single user has a route of its own, whose answer is no list.
        const wanted = new Set(asked).size < 3 ? [1, 2, 3] : asked;
        const answers = await ask(gateway, session, wanted.map(id));
        const nameIn = (index: number) => (rows.includes(index) ? nameOf(index) : null);
        expect(answers).toEqual(wanted.map((index) => (isFailing ? 'error' : nameIn(index))));
      }),
      { numRuns: 150, seed: 7 },
    );
  },
);
