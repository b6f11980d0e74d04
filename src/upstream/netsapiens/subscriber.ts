import { settleEach } from '../batch.ts';
import { toText, type Resource } from '../decode.ts';
import { collectAll, collectPage, type Page, type PageRequest, type Rows } from '../page.ts';
import { createEndOfList, type Parameters, type Requests } from './request.ts';
import { isSame } from './same.ts';
import {
  columnsOf,
  DOMAIN_DEFAULT_USER,
  identify,
  type Subscriber,
  type SubscriberField,
  subscriberFields,
  toSubscriber,
} from './subscriber-record.ts';

/** A subscriber's key: an extension, or a word for system users, inside its domain. */
export interface SubscriberKey {
  readonly domain: string;
  readonly user: string;
}

export interface SubscriberQuery {
  /** Only what is named is asked for and filled in; everything that the schema has when absent. */
  readonly fields?: ReadonlySet<SubscriberField> | undefined;
  /** Only rows that stand for people, which upstream can tell by their empty service code. */
  readonly peopleOnly?: boolean | undefined;
  /** Rights, in the vendor's words; upstream takes several (facts §3.6). */
  readonly scopes?: readonly string[] | undefined;
  readonly sort?: string | undefined;
}

/** From this many keys on, one read of the whole domain is cheaper than a read for each (facts §4.6, B2). */
const DOMAIN_READ_FROM = 3;

/** An empty `srv_code` that is not understood as "people only" gives every row (facts §4.2), so this looks again. */
const isPerson = (row: Resource) =>
  toText(row['user']) !== DOMAIN_DEFAULT_USER && toText(row['srv_code']) === null;

const toError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('a read failed', { cause: reason });

const isWhole = ({ mayLackZeros }: Subscriber) => !mayLackZeros;

/** A record without its key is none (facts §3.5). */
const hasKey = (row: Resource) => toText(row['user']) !== null;

/** By their keys, except those of which a lost zero may be all that tells two subscribers apart. */
const indexByUser = (subscribers: readonly Subscriber[]) => {
  const groups = Map.groupBy(subscribers, ({ user }) => user.toLowerCase());
  const sure = [...groups].flatMap(([user, group]) => {
    const [one, ...others] = group.some(isWhole) ? group.filter(isWhole) : group;
    return one === undefined || others.length > 0 ? [] : [[user, one] as const];
  });
  return new Map(sure);
};

export const createSubscribers = (requests: Requests, timeZone: string) => {
  /** Columns are always named, so that the secrets of a record do not even leave the platform. */
  const projection = (fields: SubscriberQuery['fields'], ...more: readonly SubscriberField[]) => ({
    fields: columnsOf(new Set([...(fields ?? subscriberFields), ...more])).join(','),
  });

  const toModel = (domain: string) => (row: Resource) => toSubscriber(row, domain, timeZone);

  const createRead = (
    domain: string,
    { fields, peopleOnly = false, scopes, sort = 'user ASC' }: SubscriberQuery,
  ) => {
    const mayGoOn = createEndOfList();
    return async (offset: number, count: number): Promise<Rows<Resource>> => {
      const rows = await requests.read('subscriber read', {
        domain,
        ...(peopleOnly && { srv_code: '' }),
        scope: scopes?.join(','),
        // The login may have the zeros that an extension sent as a number has lost.
        ...projection(fields, 'login', ...(peopleOnly ? ['serviceCode' as const] : [])),
        start: String(offset),
        limit: String(count),
        sort,
      });
      return { rows, more: mayGoOn(rows.length, count) };
    };
  };

  /** Offset paging over live data may show a row twice (facts §3.6). */
  const listAll = async (domain: string, query: SubscriberQuery): Promise<readonly Subscriber[]> => {
    const rows = (await collectAll(createRead(domain, query))).filter(hasKey);
    const wanted = query.peopleOnly === true ? rows.filter(isPerson) : rows;
    return [...new Map(wanted.map(toModel(domain)).map((model) => [identify(model), model])).values()];
  };

  const readOne = async (
    selector: Parameters,
    fields: SubscriberQuery['fields'],
    is: (row: Resource) => boolean,
  ) =>
    (await requests.read('subscriber read', { ...selector, ...projection(fields), limit: '2' })).find(is) ??
    null;

  /** The key that was asked for is the truth where a number is what became of it on the way. */
  const getOne = async ({ domain, user }: SubscriberKey, fields: SubscriberQuery['fields']) => {
    const row = await readOne({ domain, user }, fields, (candidate) => isSame(candidate['user'], user));
    if (row === null) return null;
    return { ...toModel(domain)(row), ...(typeof row['user'] === 'number' && { user, mayLackZeros: false }) };
  };

  const getEach = async (domain: string, users: readonly string[], fields: SubscriberQuery['fields']) =>
    Promise.all(
      users.map(async (user) => [user, await getOne({ domain, user }, fields).catch(toError)] as const),
    );

  /** Picks from reads of the whole domain: its people first, its system rows only for keys that are not people. */
  const pick = async (domain: string, users: readonly string[], fields: SubscriberQuery['fields']) => {
    const found = new Map<string, Subscriber | null | Error>();
    const uncertain = new Set<number>();
    const missing = () => users.filter((user) => !found.has(user));
    for (const peopleOnly of [true, false]) {
      if (missing().length < DOMAIN_READ_FROM) break;
      const rows = await listAll(domain, { fields, peopleOnly }).catch(toError);
      if (rows instanceof Error)
        return new Map([...found, ...missing().map((user) => [user, rows] as const)]);
      const byUser = indexByUser(rows);
      for (const user of missing()) {
        const subscriber = byUser.get(user.toLowerCase());
        if (subscriber !== undefined) found.set(user, subscriber);
      }
      for (const { user, mayLackZeros } of rows) if (mayLackZeros) uncertain.add(Number(user));
    }
    // Too many are missing to be system rows or late: only lost zeros can still hide them.
    const alone =
      missing().length < DOMAIN_READ_FROM
        ? missing()
        : missing().filter((user) => uncertain.has(Number(user)));
    return new Map([...found, ...(await getEach(domain, alone, fields))]);
  };

  return {
    /**
     * A subscriber, null or an `Error` per key, in key order. Few keys of a domain are read one by one, more by one
     * read of the domain: upstream has no way to ask for several (facts §4.6).
     */
    getMany: (keys: readonly SubscriberKey[], fields?: ReadonlySet<SubscriberField>) =>
      settleEach<SubscriberKey, Subscriber | null>(keys, {
        groupOf: ({ domain }) => domain,
        size: Number.MAX_SAFE_INTEGER,
        load: async (domain, group) => {
          const found = await pick(domain, [...new Set(group.map(({ user }) => user))], fields);
          return group.map(({ user }) => found.get(user) ?? null);
        },
      }),

    /** The subscriber with this login name, or null. Its domain is the one upstream tells. */
    getByLogin: async (login: string, fields?: ReadonlySet<SubscriberField>): Promise<Subscriber | null> => {
      const isIt = (row: Resource) => isSame(row['subscriber_login'], login);
      const row = await readOne({ login }, fields && new Set([...fields, 'login' as const]), isIt);
      return row === null ? null : toModel('')(row);
    },

    list: async (
      domain: string,
      page: PageRequest,
      query: SubscriberQuery,
      keep?: (subscriber: Subscriber) => boolean,
    ): Promise<Page<Subscriber>> => {
      const { peopleOnly = false } = query;
      const found = await collectPage(page, createRead(domain, query), {
        keep: (row) =>
          hasKey(row) && (!peopleOnly || isPerson(row)) && (keep === undefined || keep(toModel(domain)(row))),
        keepsMost: keep === undefined,
      });
      return {
        ...found,
        items: found.items.map(({ value, next }) => ({ value: toModel(domain)(value), next })),
      };
    },

    listAll,

    /** How many rows a domain has, system rows included: upstream counts with no other filter (facts §3.6). */
    count: (domain: string): Promise<number | null> => requests.count('subscriber count', { domain }),
  };
};
