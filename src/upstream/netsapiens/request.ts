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

/**
 * Whether so many rows may be what a silent cap left of more. Caps are round numbers, in tens or in powers of two, and
 * the one that was ever reported is 96 (facts §3.6). Below 32 a power of two is no more than a small number of rows.
 */
const looksLikeCap = (rows: number): boolean =>
  rows % 10 === 0 || rows === 96 || (rows >= 32 && Number.isInteger(Math.log2(rows)));

/**
 * Tells the pages of one list apart: whether there may be more rows after `rows` of them where `limit` were asked for. A
 * page that is shorter than asked for is the end, unless a silent cap may have cut it: then one more read decides. A
 * page that is shorter than an earlier one was cut by no cap.
 */
export const createEndOfList = (): ((rows: number, limit: number) => boolean) => {
  let longest = 0;
  return (rows, limit) => {
    const mayBeCut = rows >= longest && looksLikeCap(rows);
    longest = Math.max(longest, rows);
    return rows >= limit || mayBeCut;
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
