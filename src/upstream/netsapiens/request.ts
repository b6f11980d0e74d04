import type { Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { readRecords, readTotal } from './reply.ts';

/**
 * Every object and action this gateway may send that has no effect. A client's text is never part of either (S3), and
 * a read can name nothing outside this list (S33).
 */
export type ReadOperation = 'subscriber read' | 'subscriber list' | 'domain read';
export type CountOperation = 'subscriber count' | 'domain count';

/** Values by the vendor's parameter names. What is undefined is not sent; an empty text is, and means something. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** The smallest silent cap on rows that was ever reported (facts §3.6). */
const SMALLEST_KNOWN_CAP = 96;

/**
 * Tells the pages of one list apart: whether there may be more rows after `rows` of them where `limit` were asked for. A
 * page that is short may have been cut by a silent cap, unless it is shorter than any cap, or than an earlier page.
 */
export const createEndOfList = (): ((rows: number, limit: number) => boolean) => {
  let leastCap = SMALLEST_KNOWN_CAP;
  return (rows, limit) => {
    const isFull = rows >= Math.min(limit, leastCap);
    leastCap = Math.max(leastCap, rows);
    return isFull;
  };
};

/**
 * Data calls in the vendor's convention: object and action in the query, everything else in the body, where it stays
 * out of access logs (facts §9); JSON asked for in both known ways (facts §3.2).
 */
export const createRequests = (http: Http) => {
  const send = (operation: ReadOperation | CountOperation, parameters: Parameters) => {
    const [object = '', action = ''] = operation.split(' ');
    const given = Object.entries(parameters).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return http.send({
      method: 'POST',
      path: [''],
      query: { object, action },
      form: { format: 'json', ...Object.fromEntries(given) },
      effect: 'read',
    });
  };
  return {
    read: async (operation: ReadOperation, parameters: Parameters): Promise<readonly Resource[]> =>
      readRecords(await send(operation, parameters)),
    count: async (operation: CountOperation, parameters: Parameters): Promise<number | null> =>
      readTotal(await send(operation, parameters)),
  };
};

export type Requests = ReturnType<typeof createRequests>;
