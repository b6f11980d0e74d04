import { settleEach } from '../batch.ts';
import { toDateFromSeconds, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import { collectPage, SCAN_ROWS, type Page, type PageRequest, type Rows } from '../page.ts';
import { asSeenBy, ofDomain, ofSubscriber, type CallDetail } from './call-detail-row.ts';
import type { Parameters, Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import { isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toWindow } from './time.ts';

export type { CallDetail, CallDetailParty } from './call-detail-row.ts';

/** Which calls are wanted: those that began in the window, its end left out. */
export interface CallDetailQuery {
  readonly from: Date;
  readonly to: Date;
  /** In the vendor's code. */
  readonly type?: string | undefined;
  /** Whether the legs are wanted as well, which makes a row several times as long. */
  readonly withLegs?: boolean | undefined;
}

/** A finished call by its id. The platform wants a window as well, so that the key holds the second it began. */
export interface CallDetailKey {
  readonly domain: string;
  readonly cdrId: string;
  readonly startedAt: Date;
}

/** How far around its beginning a call is looked for. */
const LOOK_AROUND_MS = 60_000;

const hasPart = (row: Resource, user: string) =>
  isSame(row['orig_sub'], user) || isSame(row['term_sub'], user);

/** Rows beyond the window come where it had to be widened or the platform reads it in another zone. */
const isWanted = (row: Resource, { from, to }: CallDetailQuery): boolean => {
  const startedAt = toDateFromSeconds(row['time_start']);
  return startedAt === null || (startedAt >= from && startedAt < to);
};

type PageItem = Page<CallDetail>['items'][number];

const isForbidden = (error: unknown) => error instanceof UpstreamError && error.failure.code === 'FORBIDDEN';

/** Fewer subscribers than this are asked for one by one. */
const DOMAIN_READ_FROM = 3;

export const createCallDetails = (requests: Requests, timeZone: string) => {
  /**
   * How many rows are wanted is always said: without a limit there are 100 (facts §5.5). A row without its id is null: it
   * could not be told from another.
   */
  const createRead = (selector: Parameters, { from, to, type, withLegs = false }: CallDetailQuery) => {
    const read = createReadRows(requests, 'cdr2 read', {
      ...selector,
      ...toWindow(from, to, timeZone),
      type,
      raw: withLegs ? 'yes' : undefined,
    });
    return async (offset: number, count: number): Promise<Rows<Resource | null>> => {
      const { rows, more } = await read(offset, count);
      return { rows: rows.map((row) => (toText(row['cdr_id']) === null ? null : row)), more };
    };
  };

  const select = ({ domain, user }: SubscriberKey): Parameters => ({
    uid: `${user}@${domain}`,
    showhidden: '1',
  });

  const getPage = async (
    selector: Parameters,
    query: CallDetailQuery,
    page: PageRequest,
    toModel: (row: Resource) => CallDetail,
  ): Promise<Page<CallDetail>> => {
    const isMeant = (row: Resource) =>
      isWanted(row, query) && (query.type === undefined || toText(row['type']) === query.type);
    const found = await collectPage(page, createRead(selector, query), { keep: isMeant, keepsMost: true });
    return { ...found, items: found.items.map(({ value, next }) => ({ value: toModel(value), next })) };
  };

  const listFor = (key: SubscriberKey, page: PageRequest, query: CallDetailQuery) =>
    getPage(select(key), query, page, (row) => ofSubscriber(row, key));

  /** Goes through a domain's calls until everybody has a page, but no further than single reads would have cost. */
  const pickPages = async (
    domain: string,
    users: readonly string[],
    first: number,
    query: CallDetailQuery,
  ): Promise<ReadonlyMap<string, Page<CallDetail>>> => {
    const { type, ...all } = query;
    const read = createRead({ domain }, all);
    const piles = users.map((user) => ({ user, ids: new Set<string>(), items: [] as PageItem[] }));
    const isServed = ({ items }: (typeof piles)[number]) => items.length > first;
    let isComplete = false;
    let leftOut = 0;
    for (
      let reads = 0, start = 0;
      !isComplete && reads < users.length && !piles.every(isServed);
      reads += 1
    ) {
      const { rows, more } = await read(start, SCAN_ROWS);
      for (const row of rows) {
        if (row === null) {
          leftOut += 1;
          continue;
        }
        for (const { user, ids, items } of piles.filter((pile) => hasPart(row, pile.user))) {
          const value = asSeenBy(row, { domain, user });
          if (ids.has(value.cdrId) || (type !== undefined && value.type !== type)) continue;
          // The place in the subscriber's own list, where the next page goes on.
          ids.add(value.cdrId);
          if (isWanted(row, query)) items.push({ value, next: ids.size });
        }
      }
      start += rows.length;
      isComplete = !more || rows.length === 0;
    }
    return new Map(
      piles
        .filter((pile) => isComplete || isServed(pile))
        .map(({ user, items }) => [
          user,
          {
            items: items.slice(0, first),
            hasNextPage: items.length > first,
            ...(leftOut > 0 && { leftOut }),
          },
        ]),
    );
  };

  return {
    list: (domain: string, page: PageRequest, query: CallDetailQuery): Promise<Page<CallDetail>> =>
      getPage({ domain }, query, page, (row) => ofDomain(row, domain)),

    listFor,

    /**
     * The first page of each subscriber of a domain, or an `Error`, in the order of `users`. One read of the domain
     * serves several; whoever it does not serve is asked for alone.
     */
    listForMany: async (
      domain: string,
      users: readonly string[],
      first: number,
      query: CallDetailQuery,
    ): Promise<readonly (Page<CallDetail> | Error)[]> => {
      const names = [...new Set(users)];
      const picked =
        names.length < DOMAIN_READ_FROM
          ? new Map<string, Page<CallDetail>>()
          : await pickPages(domain, names, first, query).catch((error: unknown) => {
              // Not everybody may read a domain's calls, but everybody the own ones (facts §5.5).
              if (isForbidden(error)) return new Map<string, Page<CallDetail>>();
              throw error;
            });
      return settleEach<string, Page<CallDetail>>(users, {
        groupOf: (user) => user,
        size: Number.MAX_SAFE_INTEGER,
        load: async (user, group) => {
          const page = picked.get(user) ?? (await listFor({ domain, user }, { first, offset: 0 }, query));
          return group.map(() => page);
        },
      });
    },

    count: (selector: { readonly domain: string } | SubscriberKey, { from, to, type }: CallDetailQuery) =>
      requests.count('cdr2 count', {
        ...('user' in selector ? select(selector) : { domain: selector.domain }),
        ...toWindow(from, to, timeZone),
        type,
      }),

    /** A finished call, null or an `Error` per key, in key order. One request each: upstream has no other way. */
    getMany: (keys: readonly CallDetailKey[], withLegs = false) =>
      settleEach<CallDetailKey, CallDetail | null>(keys, {
        groupOf: ({ domain, cdrId }) => JSON.stringify([domain, cdrId]),
        size: Number.MAX_SAFE_INTEGER,
        load: async (_group, members) => {
          const [{ domain, cdrId, startedAt } = { domain: '', cdrId: '', startedAt: new Date(0) }] = members;
          const query = {
            from: new Date(startedAt.getTime() - LOOK_AROUND_MS),
            to: new Date(startedAt.getTime() + LOOK_AROUND_MS),
            withLegs,
          };
          const rows = await createRead({ domain, cdr_id: cdrId }, query)(0, SCAN_ROWS);
          const row = rows.rows.find((candidate) => toText(candidate?.['cdr_id']) === cdrId) ?? null;
          return members.map(() => (row === null ? null : ofDomain(row, domain)));
        },
      }),
  };
};
