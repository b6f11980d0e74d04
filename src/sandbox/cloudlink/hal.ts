import { Failure } from './failure.ts';
import type { Pageable } from './lazy-list.ts';
import { parseFilter, parseOrder } from './odata.ts';
import type { Answer } from './answer.ts';
import type { Call } from './service.ts';
import { ok } from './service.ts';
import { VERSION } from './version.ts';
import { readSkipToken, toSkipToken } from './skip-token.ts';

const DEFAULT_TOP = 20;
// what is asked beyond this is silently not given.
const MAXIMUM_TOP = 1000;
// What says where a page is: a link to the next one says it anew.
const positions: ReadonlySet<string> = new Set(['$skip', '$skiptoken', '$top']);

/** A host-relative link that starts with the version segment: a plain string, not an object (facts §3.3). */
export const toLink = (...segments: readonly string[]): string =>
  `/${[VERSION, ...segments.map(encodeURIComponent)].join('/')}`;

/** A record with its own address. */
export const toItem = <T extends object>(record: T, ...segments: readonly string[]) => ({
  ...record,
  _links: { self: toLink(...segments) },
});

// As captured (§3.3): blanks and quotes stay as they are. Only what would end or change the value is encoded.
const unencoded = (value: string): string => value.replaceAll(/[%&#+]/g, encodeURIComponent);

const toPageLink = (path: string, query: Iterable<readonly [string, string]>): string => {
  const pairs = [...query].map(([name, value]) => `${name}=${unencoded(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
};

const readCount = (query: URLSearchParams, name: string, fallback: number): number => {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new Failure(400, `${name} should be a non-negative integer`);
  return Number(text);
};

const select = <T extends object>(records: Pageable<T>, query: URLSearchParams): Pageable<T> => {
  const filter = query.get('$filter') ?? '';
  const order = query.get('$orderby') ?? '';
  const chosen = filter.trim() === '' ? records : records.filter(parseFilter(filter));
  return order.trim() === '' ? chosen : chosen.toSorted(parseOrder(order));
};

/** Where a collection differs from the usual one. */
export interface CollectionOptions<T> {
  /** The size of a page where `$top` does not say. */
  readonly top?: number;
  /** How a record looks as an item; asked only for those of the page. */
  readonly show?: (record: T) => object;
  /** What tells records apart, where the service pages by `$skiptoken` (§3.4). */
  readonly idOf?: (record: T) => string;
}

/** The body of a collection, for one that sits inside a record: `path` and `query` are its own address. */
export const toPage = <T extends object>(
  { path, query, switches }: Pick<Call, 'path' | 'query' | 'switches'>,
  all: Pageable<T>,
  { top: usual = DEFAULT_TOP, show = (record) => record, idOf }: CollectionOptions<T> = {},
) => {
  const top = Math.min(readCount(query, '$top', usual), MAXIMUM_TOP);
  const selected = select(all, query);
  const token = query.get('$skiptoken');
  const continued = idOf === undefined || token === null ? 0 : readSkipToken(token, selected, idOf);
  const skip = continued + readCount(query, '$skip', 0);
  const page = selected.slice(skip, skip + top);
  const items = page.map(show);
  const last = page.at(-1);
  const position =
    idOf === undefined || last === undefined
      ? (['$skip', String(skip + top)] as const)
      : (['$skiptoken', toSkipToken(idOf(last), skip + top)] as const);
  const others = [...query].filter(([name]) => !positions.has(name));
  const next = [position, ['$top', String(top)] as const, ...others];
  const isFull = items.length === top && top > 0;
  return {
    count: items.length,
    _links: { self: toPageLink(path, query), ...(isFull && { next: toPageLink(path, next) }) },
    ...((items.length > 0 || !switches.cloudlinkOmitEmptyEmbedded) && { _embedded: { items } }),
  };
};

/**
 * One page of these records as the query asks: `$filter`, `$orderby`, `$skip` and `$top`; other options are ignored.
 * `count` is the size of the page, and `next` is there whenever the page was full, so the last may be empty (§3.3).
 */
export const toCollection = <T extends object>(
  call: Call,
  all: Pageable<T>,
  options?: CollectionOptions<T>,
): Answer => ok(toPage(call, all, options));

/** Whether `$expand` asks for this. */
export const expands = ({ query }: Pick<Call, 'query'>, name: string): boolean =>
  (query.get('$expand') ?? '').split(',').some((part) => part.trim() === name);
