import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallRecords } from '../../src/upstream/cloudlink/call-record.ts';
import { createPresences } from '../../src/upstream/cloudlink/presence.ts';
import { createRecordings } from '../../src/upstream/cloudlink/recording.ts';
import { createUsers } from '../../src/upstream/cloudlink/user.ts';
import type { Http } from '../../src/upstream/http.ts';
import { createPhoneNumbers } from '../../src/upstream/netsapiens/phone-number.ts';
import { createRequests } from '../../src/upstream/netsapiens/request.ts';
import { createSubscribers } from '../../src/upstream/netsapiens/subscriber.ts';
import {
  batches,
  createPlatform,
  failure,
  groups,
  ids,
  nameOf,
  notFound,
  rowsOf,
  type Batch,
} from '../helpers/batch.ts';

/** For each of the six loaders; with those of settleEach, in batch.test.ts, 50,000. */
const RUNS = 6_000;

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
      const found = await createPresences(http).getMany(batch.keys.map(({ id }) => id));
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
        { numRuns: RUNS, seed: 42 },
      );
    },
  );
});
