import { settleEach } from '../batch.ts';
import type { Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import { SCAN_ROWS, type Page, type PageRequest } from '../page.ts';
import { toCall, type Call, type CallSide } from './call.ts';
import { getAll, getPage } from './collection.ts';
import { allOf, CHAIN_LENGTH, equals, equalsAny, involvesAny, within } from './filter.ts';
import { readCollection, readId } from './reply.ts';
import { toRows } from './rows.ts';

/** A call that is over, as the account remembers it (facts §6.2). */
export interface CallRecord extends Call {
  readonly id: string;
}

/** Which records are wanted: all that is given must hold. */
export interface CallRecordFilter {
  readonly principalId?: string | undefined;
  readonly number?: string | undefined;
  readonly direction?: string | undefined;
  readonly answered?: boolean | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** The order of records. Upstream's own is the newest first. */
export interface CallRecordOrder {
  readonly field: 'createdOn' | 'ringTime' | 'billingTime';
  readonly direction: 'asc' | 'desc';
}

/** One user's page of records. */
export interface CallRecordPageKey extends PageRequest {
  readonly principalId: string;
  readonly filter: CallRecordFilter;
}

export const toCallRecord = (resource: Resource): CallRecord => ({
  id: readId(resource, 'callId'),
  ...toCall(resource),
});

const toFilter = ({ principalId, number, direction, answered, from, to }: CallRecordFilter) =>
  allOf([
    ...(principalId === undefined ? [] : [involvesAny([principalId])]),
    ...(number === undefined ? [] : [`${equals('from', number)} or ${equals('to', number)}`]),
    ...(direction === undefined ? [] : [equals('direction', direction)]),
    ...(answered === undefined ? [] : [`completed eq ${answered}`]),
    ...within('createdOn', from ?? null, to ?? null),
  ]);

const sortValueOf = (
  { startedAt, ringSeconds, talkSeconds }: CallRecord,
  field: CallRecordOrder['field'],
) => {
  if (field === 'createdOn') return startedAt?.getTime() ?? null;
  return field === 'ringTime' ? ringSeconds : talkSeconds;
};

/** Refuses a page that is not in the order that was asked for: an option that upstream does not know it ignores. */
const requireOrder = (page: Page<CallRecord>, { field, direction }: CallRecordOrder): Page<CallRecord> => {
  const values = page.items.flatMap(({ value }) => sortValueOf(value, field) ?? []);
  const sign = direction === 'asc' ? 1 : -1;
  const isSorted = values.every(
    (value, index) => index === 0 || sign * (value - (values[index - 1] ?? 0)) >= 0,
  );
  if (isSorted) return page;
  throw new UpstreamError({
    code: 'UPSTREAM_PROTOCOL',
    platform: 'cloudlink',
    message:
      'CloudLink does not sort call records as it was asked to. Leave `orderBy` out: the newest come first.',
  });
};

const hasSide = ({ from, to }: Call, principalId: string) =>
  [from, to].some((side: CallSide) => side.principalId === principalId);

export const createCallRecords = (media: Http) => {
  const path = ['calls', 'records'];

  const list = async (filter: CallRecordFilter, page: PageRequest, order?: CallRecordOrder) => {
    const query = order && { $orderby: `${order.field} ${order.direction}` };
    const read = getPage(media, { path, toModel: toCallRecord, filter: toFilter(filter), query }, page);
    return order === undefined ? read : requireOrder(await read, order);
  };

  /** One call's records are a collection, of one (facts §6.2). */
  const getOne = async (id: string): Promise<CallRecord | null> => {
    try {
      const reply = await media.send({ method: 'GET', path: ['calls', id, 'records'], effect: 'read' });
      const [record] = readCollection(reply).items;
      return record === undefined ? null : toCallRecord(record);
    } catch (error) {
      if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  const listByIds = (ids: readonly string[], isFresh = false): Promise<readonly CallRecord[]> =>
    getAll(media, { path, toModel: toCallRecord, filter: equalsAny('callId', ids), isFresh });

  /** The newest records of several people at once, of everybody where none is named: as many as one answer has, and whether that was all. */
  const readShared = async (principalIds: readonly string[], filter: CallRecordFilter) => {
    const alone = toFilter(filter);
    const people = principalIds.length === 0 ? [] : [involvesAny(principalIds)];
    const $filter = allOf([...people, ...(alone === undefined ? [] : [alone])]) ?? '';
    const query = { $top: String(SCAN_ROWS), $filter };
    const { items, more } = readCollection(await media.send({ method: 'GET', path, query, effect: 'read' }));
    const records = toRows(media, items, toCallRecord);
    // A record that cannot be named has its place in the lists of its people all the same.
    const rows = items.map((item, index) => ({ call: toCall(item), record: records[index] ?? null }));
    return { rows, isAll: !more, leftOut: records.filter((record) => record === null).length };
  };
  type Shared = Awaited<ReturnType<typeof readShared>>;

  const nothing: Shared = { rows: [], isAll: false, leftOut: 0 };

  /** Null where what was read for all does not hold the whole page of this one. */
  const pageFrom = (
    { rows, isAll, leftOut }: Shared,
    { principalId, first, offset }: CallRecordPageKey,
  ): Page<CallRecord> | null => {
    const own = rows
      .filter(({ call }) => hasSide(call, principalId))
      .map(({ record }, index) => ({ value: record, next: index + 1 }))
      .slice(offset)
      .filter((item): item is { value: CallRecord; next: number } => item.value !== null);
    if (!isAll && own.length <= first) return null;
    return { items: own.slice(0, first), hasNextPage: own.length > first, ...(leftOut > 0 && { leftOut }) };
  };

  const isRefused = (error: unknown) =>
    error instanceof UpstreamError && error.failure.code === 'BAD_USER_INPUT';

  const loadPages = async (keys: readonly CallRecordPageKey[]): Promise<(Page<CallRecord> | Error)[]> => {
    const alone = (key: CallRecordPageKey) =>
      list({ ...key.filter, principalId: key.principalId }, key).catch((error: unknown) => error as Error);
    const [only] = keys;
    if (only === undefined) return [];
    if (keys.length === 1) return [await alone(only)];
    const principalIds = [...new Set(keys.map(({ principalId }) => principalId))];
    // A chain of `contains` is an assumption: where upstream refuses it, everybody is asked for alone.
    const shared = await readShared(principalIds, only.filter).catch((error: unknown) => {
      if (isRefused(error)) return nothing;
      throw error;
    });
    return Promise.all(keys.map(async (key) => pageFrom(shared, key) ?? alone(key)));
  };

  return {
    /** A record, null or an `Error` per id, in order: 50 to a request by a chain of `or`, one by its own route. */
    getMany: (ids: readonly string[]) =>
      settleEach<string, CallRecord | null>(ids, {
        groupOf: () => '',
        size: CHAIN_LENGTH,
        load: async (_group, group) => {
          const [only] = group;
          if (group.length === 1 && only !== undefined) return [await getOne(only)];
          const byId = new Map((await listByIds(group)).map((record) => [record.id, record]));
          return group.map((id) => byId.get(id) ?? null);
        },
      }),
    list,
    /**
     * A page, or an `Error`, per key. People who are asked for with the same filter share one read of the 1,000 newest
     * records, 50 people to a request; whoever's page it does not hold whole is read alone. Where more than 50 are asked
     * for since a time, the account's records since then are tried first, which most often are fewer than 1,000.
     */
    listMany: (keys: readonly CallRecordPageKey[]) =>
      settleEach<CallRecordPageKey, Page<CallRecord>>(keys, {
        groupOf: ({ filter }) => JSON.stringify(filter),
        size: Number.MAX_SAFE_INTEGER,
        load: async (_group, group) => {
          const filter = group[0]?.filter ?? {};
          const isWide = group.length > CHAIN_LENGTH && filter.from !== undefined;
          const account = isWide ? await readShared([], filter) : nothing;
          const pages = group.map((key) => pageFrom(account, key));
          const others = group.filter((_key, index) => pages[index] === null);
          const read = await settleEach<CallRecordPageKey, Page<CallRecord>>(others, {
            groupOf: () => '',
            size: CHAIN_LENGTH,
            load: (_all, chunk) => loadPages(chunk),
          });
          const byKey = new Map(others.map((key, index) => [key, read[index]]));
          return group.map(
            (key, index) => pages[index] ?? byKey.get(key) ?? new Error('a page was not read'),
          );
        },
      }),
    /** Hides records, 50 at most in one request, and answers which of them are still shown. */
    hide: async (ids: readonly string[]): Promise<readonly string[]> => {
      const [only] = ids;
      const isOne = ids.length === 1 && only !== undefined;
      await media.send({
        method: 'PUT',
        path: isOne ? ['calls', only, 'records'] : path,
        ...(!isOne && { query: { $filter: equalsAny('callId', ids) } }),
        json: { hide: true },
        effect: 'write',
      });
      return (await listByIds(ids, true)).map(({ id }) => id);
    },
  };
};
