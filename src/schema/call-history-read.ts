import type { CallFilter, HistoryWindow, ReadCalls } from '../call-history.ts';
import type { Context } from '../context.ts';
import type { CallRecord, CallRecordFilter } from '../upstream/cloudlink/call-record.ts';
import type { CallDetail, CallDetailQuery } from '../upstream/netsapiens/call-detail.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { firstPages } from './call-detail.ts';
import { pagesOfUsers } from './call-record.ts';

/**
 * What CloudLink can leave out by itself. A call between colleagues is outbound there, so that INTERNAL is nothing
 * to filter by.
 */
const toRecordFilter = ({ from, to, direction, isMissed }: HistoryWindow & CallFilter): CallRecordFilter => ({
  from,
  to,
  direction: direction === 'INTERNAL' ? undefined : direction?.toLowerCase(),
  answered: isMissed === undefined ? undefined : !isMissed,
});

/**
 * The same of the legacy platform, which has one type for what goes out, and several for the rest. Whether a call was
 * answered its time says, and no type.
 */
const toDetailQuery = (
  { from, to, direction }: HistoryWindow & CallFilter,
  withLegs: boolean,
): CallDetailQuery => ({ from, to, withLegs, type: direction === 'OUTBOUND' ? '0' : undefined });

/** The calls of the caller's account. */
export const readRecords =
  ({ cloudlink }: Context): ReadCalls<CallRecord> =>
  (query, page) =>
    cloudlink.callRecords.list(toRecordFilter(query), page);

/** The calls of somebody of that account. The people of one operation are asked for together. */
export const readRecordsOf =
  (principalId: string, context: Context): ReadCalls<CallRecord> =>
  (query, page) =>
    pagesOfUsers(context).load({ principalId, filter: toRecordFilter(query), ...page });

/** The calls of a domain. */
export const readDetails =
  (domain: string, withLegs: boolean, { netsapiens }: Context): ReadCalls<CallDetail> =>
  (query, page) =>
    netsapiens.callDetails.list(domain, page, toDetailQuery(query, withLegs));

/** The calls of somebody of a domain, in the same way. */
export const readDetailsOf =
  (key: SubscriberKey, withLegs: boolean, context: Context): ReadCalls<CallDetail> =>
  (wanted, page) => {
    const query = toDetailQuery(wanted, withLegs);
    return page.offset === 0
      ? firstPages(context).load({ ...key, first: page.first, query })
      : context.netsapiens.callDetails.listFor(key, page, query);
  };
