import { toCount, toText, type Resource } from '../decode.ts';
import { collectPage, type Page, type PageRequest } from '../page.ts';
import { UpstreamError } from '../errors.ts';
import type { Confirm } from './confirm.ts';
import { createEndOfList, type Parameters, type Requests } from './request.ts';
import { shows } from './same.ts';

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

/** What a client can set of a domain, by our names. */
const writable = {
  description: 'description',
  timeZone: 'time_zone',
  language: 'language',
  areaCode: 'area_code',
  dialPlan: 'dial_plan',
  dialPolicy: 'dial_policy',
  callerIdName: 'callid_name',
  callerIdNumber: 'callid_nmbr',
  emergencyCallerIdNumber: 'callid_emgr',
  callLimit: 'call_limit',
  externalCallLimit: 'call_limit_ext',
  subscriberLimit: 'sub_limit',
  maxUsers: 'max_user',
  maxCallQueues: 'max_call_queue',
  maxAttendants: 'max_aa',
  maxConferences: 'max_conference',
  maxDepartments: 'max_department',
  maxSites: 'max_site',
  maxDevices: 'max_device',
  policies: 'policies',
} as const satisfies Partial<Record<keyof Domain, string>>;

/** What is set of a domain. What is undefined stays as it is. */
export type DomainChange = { readonly [Field in keyof typeof writable]?: string | number | undefined };

/** Counted by upstream whenever a domain is read, and no part of it (facts §5.1). */
const isGauge = (column: string) =>
  ['active_call', 'countForLimit', 'countExternal', 'sub_count'].includes(column) ||
  column.startsWith('current_');

/** Whether a value can be written back as it was read: not an object, nor a number that has lost its last digits. */
const isWritable = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isSafeInteger(value) || !Number.isInteger(value)
    : value === null || typeof value !== 'object';

/** Everything that a domain is made of, as upstream sent it. Throws where a part of it would be lost on the way back. */
const toWhole = (record: Resource): Parameters => {
  const columns = Object.entries(record).filter(([column]) => !isGauge(column));
  const odd = columns.find(([, value]) => !isWritable(value));
  if (odd === undefined)
    return Object.fromEntries(columns.map(([name, value]) => [name, toText(value) ?? '']));
  const name = /^\w{1,64}$/.test(odd[0]) ? `\`${odd[0]}\`` : 'a column';
  throw new UpstreamError({
    code: 'UPSTREAM_PROTOCOL',
    platform: 'subscriber',
    message: `The subscriber API tells ${name} of the domain in a form that cannot be written back, as every change of a domain has to. Nothing was changed.`,
  });
};

const toParameters = (change: DomainChange): Parameters =>
  Object.fromEntries(
    Object.entries(change).flatMap(([field, value]) =>
      value === undefined ? [] : [[writable[field as keyof typeof writable], String(value)]],
    ),
  );

const isNamed = (record: Resource) => toText(record['domain']) !== null;

const isOf = (name: string) => (record: Resource) =>
  toText(record['domain'])?.toLowerCase() === name.toLowerCase();

export const createDomains = (requests: Requests, confirm: Confirm) => ({
  /** The domain of this name, or null. */
  get: async (name: string): Promise<Domain | null> => {
    const records = await requests.read('domain read', { domain: name });
    const record = records.find(isOf(name));
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
  /**
   * Changes a domain. Upstream resets what is not sent (facts §5.1), so the whole domain is read, merged and written,
   * the parts that are no field of ours included.
   */
  update: async (name: string, change: DomainChange): Promise<Domain> => {
    const readRow = async () => (await requests.readAnew('domain read', { domain: name })).find(isOf(name));
    const record = await readRow();
    if (record === undefined) {
      const message = 'The subscriber API has no such domain.';
      throw new UpstreamError({ code: 'NOT_FOUND', platform: 'subscriber', message });
    }
    const sent = toParameters(change);
    await requests.write('domain update', { ...toWhole(record), ...sent });
    const row = await confirm(readRow, (found) => found !== undefined && shows(found, sent));
    return toDomain(row ?? record);
  },
  count: (): Promise<number | null> => requests.count('domain count', { domain: '*' }),
});
