import { createBound } from '../bound.ts';
import type { Resource } from '../decode.ts';
import type { Http, UpstreamRequest } from '../http.ts';
import { readNamed, readRecords, readTotal } from './reply.ts';

/**
 * Every object and action this gateway may send that has no effect. A client's text is never part of either (S3), and
 * a read can name nothing outside this list (S33).
 */
export type ReadOperation =
  | 'subscriber read'
  | 'subscriber list'
  | 'domain read'
  | 'department list'
  | 'site read'
  | 'device read'
  | 'presence list'
  | 'contact read'
  | 'answerrule read'
  | 'phonenumber read'
  | 'call read'
  | 'cdr2 read'
  | 'callqueue read'
  | 'agent read'
  | 'queued read'
  | 'messagesession read'
  | 'message read'
  | 'smsnumber read'
  | 'recording read'
  | 'audio read'
  | 'event read';
export type CountOperation =
  | 'subscriber count'
  | 'domain count'
  | 'site count'
  | 'device count'
  | 'call count'
  | 'cdr2 count'
  | 'audio count';

/** Every object and action that has an effect. No read can name one, and none is ever sent twice (R1). */
export type WriteOperation =
  | 'subscriber create'
  | 'subscriber update'
  | 'subscriber delete'
  | 'domain update'
  | 'device create'
  | 'device update'
  | 'device delete'
  | 'contact create'
  | 'contact update'
  | 'contact delete'
  | 'answerrule create'
  | 'answerrule update'
  | 'answerrule delete'
  | 'answerrule reorder'
  | 'call call'
  | 'call answer'
  | 'call reject'
  | 'call disconnect'
  | 'call hold_orig'
  | 'call hold_term'
  | 'call unhold'
  | 'call xfer'
  | 'call park'
  | 'call record_on'
  | 'call record_off'
  | 'call record_pause'
  | 'callqueue create'
  | 'callqueue update'
  | 'callqueue delete'
  | 'agent update'
  | 'messagesession update'
  | 'messagesession leave'
  | 'messagesession accept'
  | 'messagesession dispatch'
  | 'message create'
  | 'message delete'
  | 'audio update'
  | 'audio delete'
  | 'event create'
  | 'event delete';

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

/** Reads that are under way at a time for one operation. Many that cannot be combined would else take every connection. */
const CONCURRENT_READS = 10;

/**
 * Data calls in the vendor's convention: object and action in the query, everything else in the body, where it stays
 * out of access logs (facts §9); JSON asked for in both known ways (facts §3.2).
 */
export const createRequests = (http: Http) => {
  const bound = createBound(CONCURRENT_READS);
  const send = (
    operation: ReadOperation | CountOperation | WriteOperation,
    parameters: Parameters,
    options: Pick<UpstreamRequest, 'effect' | 'isFresh'>,
  ) => {
    const [object = '', action = ''] = operation.split(' ');
    const given = Object.entries(parameters).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return http.send({
      method: 'POST',
      path: [''],
      query: { object, action },
      form: { format: 'json', ...Object.fromEntries(given) },
      ...options,
    });
  };
  const sendRead = (operation: ReadOperation | CountOperation, parameters: Parameters, isFresh = false) =>
    bound(() => send(operation, parameters, { effect: 'read', isFresh }));
  return {
    read: async (operation: ReadOperation, parameters: Parameters): Promise<readonly Resource[]> =>
      readRecords(await sendRead(operation, parameters)),
    /** The same read, asked again even where it was answered before. */
    readAnew: async (operation: ReadOperation, parameters: Parameters): Promise<readonly Resource[]> =>
      readRecords(await sendRead(operation, parameters, true)),
    /** A read whose answer may be a list of bare names: each becomes a record with this one column. */
    readNamed: async (
      operation: ReadOperation,
      parameters: Parameters,
      column: string,
    ): Promise<readonly Resource[]> => readNamed(await sendRead(operation, parameters), column),
    count: async (operation: CountOperation, parameters: Parameters): Promise<number | null> =>
      readTotal(await sendRead(operation, parameters)),
    /** Resolves when upstream has accepted the change, which may take effect later (facts §3.3). */
    write: async (operation: WriteOperation, parameters: Parameters): Promise<readonly Resource[]> =>
      readRecords(await send(operation, parameters, { effect: 'write' })),
  };
};

export type Requests = ReturnType<typeof createRequests>;
