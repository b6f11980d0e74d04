import { subscriberColumns } from '../subscriber-record.ts';

/** Columns that are not simply set: the key, the secrets, and what the platform computes (facts §4.3). */
const fixed = new Set<string>([
  'user',
  'domain',
  'subscriber_pin',
  'pwd_hash',
  'presence',
  'account_status',
  'accept',
  'reject',
  'gauSession',
  'date_created',
  'last_update',
]);

/** The columns that a create or an update sets. */
export const writable = subscriberColumns.filter((column) => !fixed.has(column));

/** Parameters that become a secret and are no column under that name. */
export const secretParameters = ['pwd', 'pwd_hash', 'subscriber_pin', 'passwordLength'] as const;

/** Everything a create or an update accepts; `vmail_frd_to` is the printed spelling of `vmail_fwd_to`. */
export const writeParameters: readonly string[] = [
  'uid',
  'user',
  'domain',
  'directory_match',
  'vmail_frd_to',
  'vmail_notify_enabled',
  ...secretParameters,
  ...writable,
];

/** What users may change of themselves (facts §4.1); administrators may change it all. */
export const ownParameters: ReadonlySet<string> = new Set([
  'message',
  'email',
  'time_zone',
  'language',
  'no_answer_timeout',
  'screen',
  'rej_anony',
  'pwd',
  'pwd_hash',
  'vmail_enabled',
  'vmail_greeting',
  'vmail_notify',
  'vmail_notify_enabled',
  'vmail_fwd_to',
  'vmail_frd_to',
  'vmail_annc_time',
  'vmail_annc_cid',
  'vmail_sort_lifo',
  'ntfy_missed_call',
  'ntfy_data_limit',
]);
