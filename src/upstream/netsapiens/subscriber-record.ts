import { toBoolean, toCount, toText, type Resource } from '../decode.ts';
import { toZonelessTime } from './time.ts';

/** The default record that every domain has under this name (facts §4.2). It is no person, but has no service code. */
export const DOMAIN_DEFAULT_USER = 'domain';

type Reader<Value> = (value: unknown, timeZone: string) => Value;

/** `n/a` stands for nothing in site and department (facts §3.4). */
const toName: Reader<string | null> = (value) => {
  const text = toText(value);
  return text?.toLowerCase() === 'n/a' ? null : text;
};

/** `[*]` stands for "as the domain has it" in caller ids (facts §3.4). */
const toOwnValue: Reader<string | null> = (value) => {
  const text = toText(value);
  return text === '[*]' ? null : text;
};

const toList =
  (separator: RegExp): Reader<readonly string[]> =>
  (value) =>
    (toText(value) ?? '')
      .split(separator)
      .map((part) => part.trim())
      .filter((part) => part !== '');

/** `no` and nothing both mean that voicemail is not written down. */
const toVendor: Reader<string | null> = (value) => {
  const text = toText(value);
  return text?.toLowerCase() === 'no' ? null : text;
};

/**
 * The columns that leave this file, by our names: whatever is not here goes no further, secrets least of all
 * (`subscriber_pin`, `pwd_hash`; facts §4.3, A-30).
 */
const columns = {
  user: ['user', (value) => toText(value) ?? ''],
  domain: ['domain', (value) => toText(value) ?? ''],
  firstName: ['first_name', toText],
  lastName: ['last_name', toText],
  login: ['subscriber_login', toText],
  emails: ['email', toList(/[;,]/)],
  department: ['group', toName],
  site: ['site', toName],
  scope: ['scope', toText],
  timeZone: ['time_zone', toText],
  language: ['language', toText],
  areaCode: ['area_code', toText],
  statusMessage: ['message', toText],
  presence: ['presence', toText],
  accountStatus: ['account_status', toText],
  dialByNameDigits: ['dir', toText],
  dialByNameOrder: ['directory_order', toCount],
  isInDialByName: ['dir_anc', toBoolean],
  isInDirectory: ['dir_list', toBoolean],
  callLimit: ['call_limit', toCount],
  storageLimitKilobytes: ['data_limit', toCount],
  ringTimeoutSeconds: ['no_answer_timeout', toCount],
  dialPlan: ['dial_plan', toText],
  dialPolicy: ['dial_policy', toText],
  callerIdName: ['callid_name', toOwnValue],
  callerIdNumber: ['callid_nmbr', toOwnValue],
  emergencyCallerIdNumber: ['callid_emgr', toOwnValue],
  isAllowListEnabled: ['accept', toBoolean],
  isBlockListEnabled: ['reject', toBoolean],
  isCallScreeningEnabled: ['screen', toBoolean],
  rejectsAnonymousCalls: ['rej_anony', toBoolean],
  isVoicemailProvisioned: ['vmail_provisioned', toBoolean],
  isVoicemailEnabled: ['vmail_enabled', toBoolean],
  voicemailGreetingIndex: ['vmail_greeting', toCount],
  voicemailNotification: ['vmail_notify', toText],
  voicemailCopyTo: ['vmail_fwd_to', toList(/[,;]/)],
  voicemailTranscription: ['vmail_transcribe', toVendor],
  announcesVoicemailTime: ['vmail_annc_time', toBoolean],
  announcesVoicemailCaller: ['vmail_annc_cid', toBoolean],
  playsNewestVoicemailFirst: ['vmail_sort_lifo', toBoolean],
  notifiesMissedCalls: ['ntfy_missed_call', toBoolean],
  notifiesStorageFull: ['ntfy_data_limit', toBoolean],
  serviceCode: ['srv_code', toText],
  activeCallCount: ['gauSession', toCount],
  createdAt: ['date_created', toZonelessTime],
  updatedAt: ['last_update', toZonelessTime],
} as const satisfies Readonly<Record<string, readonly [string, Reader<unknown>]>>;

export type SubscriberField = keyof typeof columns;

/**
 * An extension of the legacy platform (facts §4.3). Everything but the key may be missing: fields can be absent on a
 * build, and are where they were not asked for.
 */
export type Subscriber = { readonly [Field in SubscriberField]: ReturnType<(typeof columns)[Field][1]> } & {
  /** The extension was sent as a number, and nothing tells whether zeros were before it (facts §3.4). */
  readonly mayLackZeros: boolean;
};

export const subscriberFields = Object.keys(columns) as readonly SubscriberField[];

/** The vendor's columns for these fields. The key is always among them, since upstream does not add it. */
export const columnsOf = (fields: ReadonlySet<SubscriberField>): readonly string[] =>
  [...new Set<SubscriberField>(['user', 'domain', ...[...fields].sort()])].map((field) => columns[field][0]);

export const columnOf = (field: SubscriberField): string => columns[field][0];

/** What a field reads as where its column has this value. */
export const readColumn = (field: SubscriberField, value: unknown, timeZone: string): unknown => {
  const reader: Reader<unknown> = columns[field][1];
  return reader(value, timeZone);
};

/** The extension in a login `extension@domain`, as the platform makes them, where it is the number that was sent. */
const fromLogin = (sent: number, { login, domain }: Pick<Subscriber, 'login' | 'domain'>): string | null => {
  const [, digits, place] = /^(\d+)@(.+)$/.exec(login ?? '') ?? [];
  const isIt = Number(digits) === sent && place?.toLowerCase() === domain.toLowerCase();
  return isIt ? (digits ?? null) : null;
};

/**
 * A record in our words. `domain` is the one that was asked for, and counts where the record does not tell. A number
 * has lost its leading zeros, which only the login may still have.
 */
export const toSubscriber = (record: Resource, domain: string, timeZone: string): Subscriber => {
  const values = subscriberFields.map((field) => {
    const [column, reader]: readonly [string, Reader<unknown>] = columns[field];
    return [field, reader(record[column], timeZone)];
  });
  const read = { ...Object.fromEntries(values), mayLackZeros: false } as Subscriber;
  const subscriber = read.domain === '' ? { ...read, domain } : read;
  const sent = record['user'];
  if (typeof sent !== 'number') return subscriber;
  const user = fromLogin(sent, subscriber);
  return user === null ? { ...subscriber, mayLackZeros: true } : { ...subscriber, user };
};

/**
 * What is the same for two records of one subscriber, and for no others. Numbers may stand for two subscribers, which
 * are told apart by the login, unique on the platform (facts §4.3); without one, a record is nobody else's.
 */
export const identify = (subscriber: Subscriber): unknown => {
  const { domain, user, login, mayLackZeros } = subscriber;
  if (mayLackZeros && login === null) return subscriber;
  return JSON.stringify([domain, user, ...(mayLackZeros ? [login] : [])]);
};
