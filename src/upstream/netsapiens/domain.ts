import { toCount, toText, type Resource } from '../decode.ts';
import { collectPage, type Page, type PageRequest } from '../page.ts';
import { createEndOfList, type Requests } from './request.ts';

/** A tenant of the legacy platform (facts §5.1). Its mail server's credentials are sent by upstream and go no further. */
export interface Domain {
  readonly name: string;
  readonly territory: string | null;
  readonly description: string | null;
  readonly timeZone: string | null;
  readonly language: string | null;
  readonly areaCode: string | null;
  readonly dialPlan: string | null;
  readonly dialPolicy: string | null;
  readonly callerIdName: string | null;
  readonly callerIdNumber: string | null;
  readonly emergencyCallerIdNumber: string | null;
  readonly callLimit: number | null;
  readonly externalCallLimit: number | null;
  readonly subscriberLimit: number | null;
  readonly maxUsers: number | null;
  readonly maxCallQueues: number | null;
  readonly maxAttendants: number | null;
  readonly maxConferences: number | null;
  readonly maxDepartments: number | null;
  readonly maxSites: number | null;
  readonly maxDevices: number | null;
  readonly policies: string | null;
  readonly activeCallCount: number | null;
  readonly subscriberCount: number | null;
}

/** `-1` presumably means that there is no limit (facts §5.1). What `0` means is said nowhere, so that it stays as it is. */
const toLimit = (value: unknown): number | null => {
  const limit = toCount(value);
  return limit === null || limit < 0 ? null : limit;
};

const toDomain = (record: Resource): Domain => ({
  name: toText(record['domain']) ?? '',
  territory: toText(record['territory']),
  description: toText(record['description']),
  timeZone: toText(record['time_zone']),
  language: toText(record['language']),
  areaCode: toText(record['area_code']),
  dialPlan: toText(record['dial_plan']),
  dialPolicy: toText(record['dial_policy']),
  callerIdName: toText(record['callid_name']),
  callerIdNumber: toText(record['callid_nmbr']),
  emergencyCallerIdNumber: toText(record['callid_emgr']),
  callLimit: toLimit(record['call_limit']),
  externalCallLimit: toLimit(record['call_limit_ext']),
  subscriberLimit: toLimit(record['sub_limit']),
  maxUsers: toLimit(record['max_user']),
  maxCallQueues: toLimit(record['max_call_queue']),
  maxAttendants: toLimit(record['max_aa']),
  maxConferences: toLimit(record['max_conference']),
  maxDepartments: toLimit(record['max_department']),
  maxSites: toLimit(record['max_site']),
  maxDevices: toLimit(record['max_device']),
  policies: toText(record['policies']),
  activeCallCount: toCount(record['active_call']),
  subscriberCount: toCount(record['sub_count']),
});

const isNamed = (record: Resource) => toText(record['domain']) !== null;

export const createDomains = (requests: Requests) => ({
  /** The domain of this name, or null. */
  get: async (name: string): Promise<Domain | null> => {
    const records = await requests.read('domain read', { domain: name });
    const record = records.find((row) => toText(row['domain'])?.toLowerCase() === name.toLowerCase());
    return record === undefined ? null : toDomain(record);
  },
  /** Every domain the caller may see: an empty name stands for all (facts §5.1). */
  list: async (page: PageRequest): Promise<Page<Domain>> => {
    const mayGoOn = createEndOfList();
    const readRows = async (start: number, limit: number) => {
      const rows = await requests.read('domain read', {
        domain: '',
        start: String(start),
        limit: String(limit),
        sort: 'domain ASC',
      });
      return { rows, more: mayGoOn(rows.length, limit) };
    };
    const { items, hasNextPage } = await collectPage(page, readRows, { keep: isNamed, keepsMost: true });
    return { items: items.map(({ value, next }) => ({ value: toDomain(value), next })), hasNextPage };
  },
  count: (): Promise<number | null> => requests.count('domain count', { domain: '*' }),
});
