import { Failure } from './failure.ts';
import { parseFilter, parseOrder } from './odata.ts';
import type { Answer } from './answer.ts';
import type { Call } from './service.ts';
import { VERSION, ok } from './service.ts';

const DEFAULT_TOP = 20;
// what is asked beyond this is silently not given.
const MAXIMUM_TOP = 1000;

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

const select = <T extends object>(records: readonly T[], query: URLSearchParams): readonly T[] => {
  const filter = query.get('$filter') ?? '';
  const order = query.get('$orderby') ?? '';
  const chosen = filter.trim() === '' ? records : records.filter(parseFilter(filter));
  return order.trim() === '' ? chosen : chosen.toSorted(parseOrder(order));
};

/**
 * One page of these records as the query asks: `$filter`, `$orderby`, `$skip` and `$top`; other options are ignored.
 * `count` is the size of the page, and `next` is there whenever the page was full, so the last may be empty (§3.3).
 * Only the records of the page are turned into items, because an account may have many thousands.
 */
export const toCollection = <T extends object>(
  { path, query, switches }: Call,
  records: readonly T[],
  present: (record: T) => object,
): Answer => {
  const top = Math.min(readCount(query, '$top', DEFAULT_TOP), MAXIMUM_TOP);
  const skip = readCount(query, '$skip', 0);
  const items = select(records, query)
    .slice(skip, skip + top)
    .map(present);
  const others = [...query].filter(([name]) => name !== '$skip' && name !== '$top');
  const next = [['$skip', String(skip + top)] as const, ['$top', String(top)] as const, ...others];
  const isFull = items.length === top && top > 0;
  return ok({
    count: items.length,
    _links: { self: toPageLink(path, query), ...(isFull && { next: toPageLink(path, next) }) },
    ...((items.length > 0 || !switches.cloudlinkOmitEmptyEmbedded) && { _embedded: { items } }),
  });
};

/** Whether `$expand` asks for this. */
export const expands = ({ query }: Call, name: string): boolean =>
  (query.get('$expand') ?? '').split(',').some((part) => part.trim() === name);
