import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settleEach } from '../../src/upstream/batch.ts';
import { createCallRecords } from '../../src/upstream/cloudlink/call-record.ts';
import { createPresences as createCloudlinkPresences } from '../../src/upstream/cloudlink/presence.ts';
import { createRecordings } from '../../src/upstream/cloudlink/recording.ts';
import { createUsers } from '../../src/upstream/cloudlink/user.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';
import type { Http, UpstreamRequest } from '../../src/upstream/http.ts';
import { createPhoneNumbers } from '../../src/upstream/netsapiens/phone-number.ts';
import { createRequests } from '../../src/upstream/netsapiens/request.ts';
import { createSubscribers } from '../../src/upstream/netsapiens/subscriber.ts';

/** Runs of all properties together: 50,000. */
const RUNS = { settleEach: 14_000, loader: 6_000 };

interface Key {
  readonly group: string;
  readonly id: string;
}

/** What is asked for, and how the platform answers: in an order of its own, with holes, doubles and rows of others. */
interface Batch {
  readonly keys: readonly Key[];
  /** Groups whose requests fail. */
  readonly failing: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly doubled: ReadonlySet<string>;
  /** Decides the order of rows. */
  readonly turn: number;
}

const groups = ['a', 'b', 'c'] as const;
const ids = Array.from({ length: 24 }, (_, index) => `k${index}`);
const someOf = (values: readonly string[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength }).map((list) => new Set(list));

const keysOf = (names: readonly string[]): fc.Arbitrary<Key> =>
  fc.record({ group: fc.constantFrom(...names), id: fc.constantFrom(...ids) });

const batches = (names: readonly string[]): fc.Arbitrary<Batch> =>
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

const nameOf = ({ group, id }: Key) => `${id} of ${group}`;

const failure = (group: string) =>
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
const rowsOf = <Row>(
  wanted: readonly string[],
  { missing, doubled, turn }: Batch,
  toRow: (id: string) => Row,
) => {
  const found = wanted.filter((id) => !missing.has(id));
  const rows = [...found, ...found.filter((id) => doubled.has(id)), 'stranger'].map(toRow);
  return shuffled([...rows, {}], turn);
};

/** A platform that answers as the batch says. `answer` gives rows, or null for nothing at all. */
const createPlatform = (answer: (request: UpstreamRequest) => unknown): Http => ({
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

const notFound = new UpstreamError({ code: 'NOT_FOUND', platform: 'cloudlink', message: 'There is none.' });

/** CloudLink: a chain of `or` for several, a route for one, in a group that `groupOf` finds in the path. */
const cloudlink = (
  batch: Batch,
  {
    groupOf,
    idOf,
    toRow,
  }: {
    readonly groupOf: (path: readonly string[]) => string;
    readonly idOf: (path: readonly string[]) => string | undefined;
    readonly toRow: (id: string, group: string) => object;
  },
): Http =>
  createPlatform(({ path, query = {} }) => {
    const group = groupOf(path);
    if (batch.failing.has(group)) return failure(group);
    const asked = [...(query['$filter'] ?? '').matchAll(/ eq '([^']*)'/g)].map(([, id = '']) => id);
    const only = asked.length === 0 ? idOf(path) : undefined;
    if (only !== undefined) return batch.missing.has(only) ? notFound : toRow(only, group);
    const items = rowsOf(asked.length === 0 ? ids : asked, batch, (id) => toRow(id, group));
    return { _links: {}, _embedded: { items } };
  });

/** The legacy platform: a whole domain, or one row of it by the parameter that `column` names. */
const legacy = (batch: Batch, column: string, toRow: (id: string, group: string) => object): Http =>
  createPlatform(({ form = {} }) => {
    const group = form['domain'] ?? form['dest_domain'] ?? '';
    if (batch.failing.has(group)) return failure(group);
    const only = form[column];
    const rows = rowsOf(only === undefined ? ids : [only], batch, (id) => toRow(id, group));
    return rows.slice(Number(form['start'] ?? 0));
  });

type Answers = readonly (string | null | Error)[];

/** Every loader that has to find its keys again in what came back, with what it made of them. */
const loaders: readonly (readonly [
  name: string,
  names: readonly string[],
  load: (batch: Batch) => Promise<Answers>,
])[] = [
  [
    'users',
    groups,
    async (batch) => {
      const http = cloudlink(batch, {
        groupOf: ([, group = '']) => group,
        idOf: (path) => path[3],
        toRow: (userId, group) => ({ userId, accountId: group, name: nameOf({ id: userId, group }) }),
      });
      const found = await createUsers(http).getMany(
        batch.keys.map(({ group, id }) => ({ accountId: group, userId: id })),
      );
      return found.map((user) => (user instanceof Error ? user : (user?.name ?? null)));
    },
  ],
  [
    'presences',
    ['a'],
    async (batch) => {
      const http = cloudlink(batch, {
        groupOf: () => 'a',
        idOf: (path) => path[1],
        toRow: (userId) => ({ userId, status: nameOf({ id: userId, group: 'a' }) }),
      });
      const found = await createCloudlinkPresences(http).getMany(batch.keys.map(({ id }) => id));
      return found.map((presence) => (presence instanceof Error ? presence : (presence?.status ?? null)));
    },
  ],
  [
    'call records',
    ['a'],
    async (batch) => {
      const toRow = (callId: string) => ({
        callId,
        from: { name: nameOf({ id: callId, group: 'a' }) },
        to: {},
      });
      const http = createPlatform((request) => {
        if (batch.failing.has('a')) return failure('a');
        const asked = [...(request.query?.['$filter'] ?? '').matchAll(/ eq '([^']*)'/g)].map(
          ([, id = '']) => id,
        );
        const wanted = asked.length === 0 ? [request.path[1] ?? ''] : asked;
        // One call's records are a collection of one, without rows of others.
        const items =
          asked.length === 0
            ? wanted.filter((id) => !batch.missing.has(id)).map(toRow)
            : rowsOf(wanted, batch, toRow);
        return { _links: {}, _embedded: { items } };
      });
      const found = await createCallRecords(http).getMany(batch.keys.map(({ id }) => id));
      return found.map((record) =>
        record instanceof Error ? record : record && nameOf({ id: record.id, group: 'a' }),
      );
    },
  ],
  [
    'recordings of calls',
    ['a'],
    async (batch) => {
      const http = cloudlink(batch, {
        groupOf: () => 'a',
        idOf: () => undefined,
        toRow: (callId) => ({
          recordingId: `r-${callId}`,
          callId,
          label: nameOf({ id: callId, group: 'a' }),
        }),
      });
      const found = await createRecordings(http).listByCalls(batch.keys.map(({ id }) => id));
      return found.map((list) => {
        if (list instanceof Error) return list;
        const labels = new Set(list.map(({ label }) => label));
        return labels.size === 0 ? null : [...labels].join(' and ');
      });
    },
  ],
  [
    'subscribers',
    groups,
    async (batch) => {
      const http = legacy(batch, 'user', (user, domain) => ({
        user,
        domain,
        first_name: nameOf({ id: user, group: domain }),
      }));
      const subscribers = createSubscribers(createRequests(http), 'UTC');
      const found = await subscribers.getMany(
        batch.keys.map(({ group, id }) => ({ domain: group, user: id })),
      );
      return found.map((one) => (one instanceof Error ? one : (one?.firstName ?? null)));
    },
  ],
  [
    'phone numbers',
    groups,
    async (batch) => {
      const http = legacy(batch, 'matchrule', (matchrule, group) => ({
        matchrule,
        to_user: nameOf({ id: matchrule, group }),
      }));
      const numbers = createPhoneNumbers(createRequests(http));
      const found = await numbers.getMany(
        batch.keys.map(({ group, id }) => ({ domain: group, matchRule: id })),
      );
      return found.map((one) => (one instanceof Error ? one : (one?.user ?? null)));
    },
  ],
];

/** What each key is to be answered: its own value, null where there is none, an error where its own request failed. */
const expected = ({ keys, failing, missing }: Batch): readonly (string | null)[] =>
  keys.map((key) => {
    if (failing.has(key.group)) return 'error';
    return missing.has(key.id) ? null : nameOf(key);
  });

describe('a batch that is answered in any order, with holes, doubles and rows that nobody asked for', () => {
  it.each(loaders)(
    'gives each of the %s its own answer, and an error to nobody else',
    async (_name, names, load) => {
      await fc.assert(
        fc.asyncProperty(batches(names), async (batch) => {
          const answers = await load(batch);
          expect(answers.map((answer) => (answer instanceof Error ? 'error' : answer))).toEqual(
            expected(batch),
          );
        }),
        { numRuns: RUNS.loader, seed: 42 },
      );
    },
  );
});

/** How one request ends: for some keys with an error or nothing, too early, too late, or not at all. */
const well = { fails: false, cut: 0, extra: 0, holes: new Set<string>(), errors: new Set<string>() };

const endings = fc.oneof(
  fc.constant(well),
  fc.record({
    fails: fc.boolean(),
    cut: fc.nat(5),
    extra: fc.nat(3),
    holes: someOf(ids, 6),
    errors: someOf(ids, 6),
  }),
);

describe('settleEach', () => {
  it('keeps each answer with its key, whatever any of its requests answers', async () => {
    const runs = fc.record({
      keys: fc.array(keysOf(groups), { maxLength: 40 }),
      size: fc.integer({ min: 1, max: 45 }),
      ends: fc.array(endings, { minLength: 8, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ keys, size, ends }) => {
        const wanted = new Map<Key, string>();
        const sizes: number[] = [];
        const load = async (group: string, members: readonly Key[]): Promise<readonly (string | Error)[]> => {
          const { fails, cut, extra, holes, errors } = ends[sizes.length % ends.length] ?? well;
          sizes.push(members.length);
          const length = members.length - cut;
          for (const [index, key] of members.entries()) {
            const isAnswered = !fails && index < length && !holes.has(key.id) && !errors.has(key.id);
            wanted.set(key, isAnswered && key.group === group ? nameOf(key) : 'error');
          }
          if (fails) throw failure(group);
          const rows = members.map(({ id, group: own }) => {
            if (errors.has(id)) return failure(id);
            return holes.has(id) ? undefined : nameOf({ id, group: own });
          }) as (string | Error)[]; // A list with holes is what a careless loader gives.
          return cut > 0
            ? rows.slice(0, Math.max(length, 0))
            : [...rows, ...Array<string>(extra).fill('stranger')];
        };
        const answers = await settleEach(keys, { groupOf: ({ group }) => group, size, load });
        expect(answers.map((answer) => (answer instanceof Error ? 'error' : answer))).toEqual(
          keys.map((key) => wanted.get(key)),
        );
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(size);
      }),
      { numRuns: RUNS.settleEach, seed: 42 },
    );
  });
});
