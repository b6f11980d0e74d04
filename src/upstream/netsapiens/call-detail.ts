import { settleEach } from '../batch.ts';
import { isResource, toBoolean, toCount, toDateFromSeconds, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import { collectPage, SCAN_ROWS, type Page, type PageRequest } from '../page.ts';
import type { Parameters, Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import { isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toWindow } from './time.ts';

/** One side of a finished call. Whoever is outside has no extension. */
export interface CallDetailParty {
  readonly extension: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly uri: string | null;
}

/** A finished call (facts §5.5), in the domain's view or in that of one of its subscribers. */
export interface CallDetail {
  readonly cdrId: string;
  readonly domain: string;
  /** `0` outbound, `1` inbound, `2` missed, `3` on-net; a subscriber's view has no `3` but {@link isOnNet}. */
  readonly type: string | null;
  readonly isOnNet: boolean | null;
  readonly origin: CallDetailParty;
  readonly destination: CallDetailParty;
  readonly dialledNumber: string | null;
  readonly byExtension: string | null;
  readonly startedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly releasedAt: Date | null;
  readonly durationSeconds: number | null;
  readonly talkSeconds: number | null;
  readonly isHidden: boolean | null;
  readonly tag: string | null;
  /** The ids that the call had on either side while it went on; null unless the leg was asked for. */
  readonly originCallId: string | null;
  readonly destinationCallId: string | null;
  readonly releaseText: string | null;
}

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

const ON_NET = '3';

/** The user part of a SIP address. */
const toUser = (uri: string | null): string | null => /^<?sips?:([^@;>]+)/i.exec(uri ?? '')?.[1] ?? null;

const nobody: CallDetailParty = { extension: null, number: null, name: null, uri: null };

/** Seconds of talk, where the view does not tell them. */
const toTalkSeconds = (answeredAt: Date | null, releasedAt: Date | null): number | null => {
  if (answeredAt === null) return 0;
  return releasedAt === null ? null : Math.round((releasedAt.getTime() - answeredAt.getTime()) / 1000);
};

const toCommon = (row: Resource, domain: string) => {
  const leg = isResource(row['CdrR']) ? row['CdrR'] : {};
  const answeredAt = toDateFromSeconds(row['time_answer']);
  const releasedAt = toDateFromSeconds(row['time_release']);
  return {
    cdrId: toText(row['cdr_id']) ?? '',
    domain: toText(row['domain']) ?? domain,
    startedAt: toDateFromSeconds(row['time_start']),
    answeredAt,
    releasedAt,
    durationSeconds: toCount(row['duration']),
    talkSeconds: toCount(row['time_talking']) ?? toTalkSeconds(answeredAt, releasedAt),
    isHidden: toBoolean(row['hide']),
    tag: toText(row['tag']),
    originCallId: toText(leg['orig_callid']),
    destinationCallId: toText(leg['term_callid']),
    releaseText: toText(leg['release_text']),
  };
};

const ofDomain = (row: Resource, domain: string): CallDetail => {
  const from = toText(row['orig_sub']);
  const to = toText(row['term_sub']);
  const fromUri = toText(row['orig_from_uri']);
  const toUri = toText(row['term_to_uri']);
  const dialled = toText(row['orig_req_user']) ?? toUser(toText(row['orig_req_uri']));
  return {
    ...toCommon(row, domain),
    type: toText(row['type']),
    isOnNet: from !== null && to !== null,
    origin: {
      extension: from,
      number: from ?? toUser(fromUri),
      name: toText(row['orig_from_name']),
      uri: fromUri,
    },
    destination: { extension: to, number: to ?? toUser(toUri), name: null, uri: toUri },
    dialledNumber: dialled,
    byExtension: toText(row['by_sub']),
  };
};

const ofSubscriber = (row: Resource, { domain, user }: SubscriberKey): CallDetail => {
  const isOnNet = toBoolean(row['onnet']);
  const number = toText(row['number']);
  const self = { ...nobody, extension: user, number: user };
  const other = { ...nobody, extension: isOnNet === true ? number : null, number, name: toText(row['name']) };
  const isOutbound = toText(row['type']) === '0';
  return {
    ...toCommon(row, domain),
    type: toText(row['type']),
    isOnNet,
    origin: isOutbound ? self : other,
    destination: isOutbound ? other : self,
    dialledNumber: toUser(toText(row['orig_to_uri'])),
    byExtension: null,
  };
};

/** A call of the domain as one of its subscribers sees it: there, a colleague's call goes out or comes in like any other. */
const asSeenBy = (row: Resource, { domain, user }: SubscriberKey): CallDetail => {
  const call = ofDomain(row, domain);
  if (call.type !== ON_NET) return call;
  const received = call.answeredAt === null ? '2' : '1';
  return { ...call, type: isSame(row['orig_sub'], user) ? '0' : received };
};

const hasPart = (row: Resource, user: string) =>
  isSame(row['orig_sub'], user) || isSame(row['term_sub'], user);

/** Rows beyond the window come where it had to be widened or the platform reads it in another zone. */
const isWanted = (row: Resource, { from, to }: CallDetailQuery): boolean => {
  if (toText(row['cdr_id']) === null) return false;
  const startedAt = toDateFromSeconds(row['time_start']);
  return startedAt === null || (startedAt >= from && startedAt < to);
};

type PageItem = Page<CallDetail>['items'][number];

const isForbidden = (error: unknown) => error instanceof UpstreamError && error.failure.code === 'FORBIDDEN';

/** Fewer subscribers than this are asked for one by one. */
const DOMAIN_READ_FROM = 3;

export const createCallDetails = (requests: Requests, timeZone: string) => {
  /** How many rows are wanted is always said: without a limit there are 100 (facts §5.5). */
  const createRead = (selector: Parameters, { from, to, type, withLegs = false }: CallDetailQuery) =>
    createReadRows(requests, 'cdr2 read', {
      ...selector,
      ...toWindow(from, to, timeZone),
      type,
      raw: withLegs ? 'yes' : undefined,
    });

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
    for (
      let reads = 0, start = 0;
      !isComplete && reads < users.length && !piles.every(isServed);
      reads += 1
    ) {
      const { rows, more } = await read(start, SCAN_ROWS);
      for (const row of rows) {
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
          { items: items.slice(0, first), hasNextPage: items.length > first },
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
          const row = rows.rows.find((candidate) => toText(candidate['cdr_id']) === cdrId);
          return members.map(() => (row === undefined ? null : ofDomain(row, domain)));
        },
      }),
  };
};
