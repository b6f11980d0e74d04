import * as fc from 'fast-check';
import { UpstreamError } from '../../src/upstream/errors.ts';
import type { Http, UpstreamRequest } from '../../src/upstream/http.ts';

export interface Key {
  readonly group: string;
  readonly id: string;
}

/** What is asked for, and how the platform answers: in an order of its own, with holes, doubles and rows of others. */
export interface Batch {
  readonly keys: readonly Key[];
  /** Groups whose requests fail. */
  readonly failing: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly doubled: ReadonlySet<string>;
  /** Decides the order of rows. */
  readonly turn: number;
}

export const groups = ['a', 'b', 'c'] as const;
export const ids = Array.from({ length: 24 }, (_, index) => `k${index}`);
export const someOf = (values: readonly string[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength }).map((list) => new Set(list));

export const keysOf = (names: readonly string[]): fc.Arbitrary<Key> =>
  fc.record({ group: fc.constantFrom(...names), id: fc.constantFrom(...ids) });

export const batches = (names: readonly string[]): fc.Arbitrary<Batch> =>
  fc.record({
    keys: fc.array(keysOf(names), { minLength: 1, maxLength: 60 }),
    failing: fc.oneof(
      { weight: 2, arbitrary: fc.constant(new Set<string>()) },
      { weight: 1, arbitrary: someOf(names, 2) },
    ),
    missing: someOf(ids, 8),
    doubled: someOf(ids, 8),
    turn: fc.nat(997),
  });

export const nameOf = ({ group, id }: Key) => `${id} of ${group}`;

export const failure = (group: string) =>
  new UpstreamError({
    code: 'UPSTREAM_UNAVAILABLE',
    platform: 'cloudlink',
    message: `group ${group} failed`,
  });

const shuffled = <Item>(items: readonly Item[], turn: number): readonly Item[] =>
  items
    .map((item, index) => ({ item, place: ((index + 1) * (turn + 7919)) % 1009 }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);

/** The rows of an answer to a request for these ids: more than was asked for, and one that says nothing. */
export const rowsOf = <Row>(
  wanted: readonly string[],
  { missing, doubled, turn }: Batch,
  toRow: (id: string) => Row,
) => {
  const found = wanted.filter((id) => !missing.has(id));
  const rows = [...found, ...found.filter((id) => doubled.has(id)), 'stranger'].map(toRow);
  return shuffled([...rows, {}], turn);
};

/** A platform that answers as the batch says. `answer` gives rows, or null for nothing at all. */
export const createPlatform = (answer: (request: UpstreamRequest) => unknown): Http => ({
  send: async (request) => {
    const body = answer(request);
    if (body instanceof Error) throw body;
    return { status: 200, reason: 'OK', headers: {}, text: JSON.stringify(body) };
  },
  open: () => {
    throw new Error('nothing is streamed here');
  },
  warn: () => undefined,
});

export const notFound = new UpstreamError({
  code: 'NOT_FOUND',
  platform: 'cloudlink',
  message: 'There is none.',
});
