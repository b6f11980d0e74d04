import { CANARY } from '../company.ts';
import type { DomainRecord } from './domain-record.ts';

/** The 48 columns of the subscriber table, in the order the platform prints them (facts §4.3). */
export const subscriberColumns = [
  'dir',
  'user',
  'domain',
  'message',
  'vmail_provisioned',
  'accept',
  'reject',
  'screen',
  'no_answer_timeout',
  'first_name',
  'last_name',
  'group',
  'site',
  'subscriber_login',
  'subscriber_pin',
  'pwd_hash',
  'language',
  'data_limit',
  'call_limit',
  'time_zone',
  'dir_anc',
  'directory_order',
  'vmail_greeting',
  'vmail_enabled',
  'rej_anony',
  'vmail_annc_time',
  'vmail_annc_cid',
  'vmail_sort_lifo',
  'vmail_fwd_to',
  'vmail_notify',
  'email',
  'ntfy_missed_call',
  'ntfy_data_limit',
  'dial_plan',
  'dial_policy',
  'callid_nmbr',
  'callid_name',
  'callid_emgr',
  'area_code',
  'presence',
  'dir_list',
  'date_created',
  'srv_code',
  'scope',
  'last_update',
  'gauSession',
  'vmail_transcribe',
  'account_status',
] as const;

export type SubscriberRecord = Readonly<Record<(typeof subscriberColumns)[number], string>>;

/** The service code of a department, a row among the subscribers like queues and attendants (facts §4.1). */
export const DEPARTMENT = 'system-department';

/** `user@domain`, the key of a subscriber; compared without case. */
export const toUid = (user: string, domain: string): string => `${user}@${domain}`;

/** What stands for a portal password in a record: a secret that is made to be found if it leaks. */
export const toPasswordHash = (user: string): string => `${CANARY}-hash-${user}`;

/** A zone-less time as the platform writes it; the zone is UTC. */
export const toTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

type Given = Partial<SubscriberRecord> & { readonly user: string };

/** A subscriber as the platform makes it when only some columns are given; the rest follow from its domain. */
export const newSubscriber = (domain: DomainRecord, given: Given, time: string): SubscriberRecord => {
  const { first_name = '', last_name = '' } = given;
  return {
    dir: toKeypad(first_name) || toKeypad(last_name),
    domain: domain.domain,
    message: '',
    vmail_provisioned: 'yes',
    accept: 'no',
    reject: 'no',
    screen: 'no',
    no_answer_timeout: '25',
    first_name,
    last_name,
    group: '',
    site: 'n/a',
    subscriber_login: toUid(given.user, domain.domain),
    subscriber_pin: '',
    pwd_hash: '',
    language: domain.language,
    data_limit: '10000',
    call_limit: '10',
    time_zone: domain.time_zone,
    dir_anc: 'yes',
    directory_order: '1',
    vmail_greeting: '1',
    vmail_enabled: 'yes',
    rej_anony: 'no',
    vmail_annc_time: 'no',
    vmail_annc_cid: 'no',
    vmail_sort_lifo: 'yes',
    vmail_fwd_to: '',
    vmail_notify: 'no',
    email: '',
    ntfy_missed_call: 'no',
    ntfy_data_limit: 'yes',
    dial_plan: domain.domain,
    dial_policy: domain.dial_policy,
    callid_nmbr: '[*]',
    callid_name: '[*]',
    callid_emgr: '[*]',
    area_code: domain.area_code,
    // nothing is registered for a user without a device.
    presence: 'closed',
    dir_list: 'yes',
    date_created: time,
    srv_code: '',
    scope: 'Basic User',
    last_update: time,
    gauSession: '0',
    vmail_transcribe: '',
    account_status: 'standard',
    ...given,
  };
};

const nobody = { scope: 'No Portal', vmail_enabled: 'no', dir_anc: 'no', dir_list: 'no' };

/** A subscriber that is nobody: a queue, an attendant, a department (facts §9). */
export const newSystemUser = (domain: DomainRecord, given: Given, time: string): SubscriberRecord =>
  newSubscriber(domain, { ...nobody, ...given }, time);

/** The row of a domain's defaults, which is made with it (facts §5.1). */
export const newDomainUser = (domain: DomainRecord, time: string): SubscriberRecord => {
  const row = { user: 'domain', first_name: 'Domain', last_name: 'User', srv_code: 'system-user' };
  return newSystemUser(domain, row, time);
};

/** The first three letters as a telephone's keys: Ada is 232. Empty where a name has no Latin letters. */
const toKeypad = (name: string): string => {
  const letters = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return Array.from(
    letters.slice(0, 3),
    (letter) => keypad['abcdefghijklmnopqrstuvwxyz'.indexOf(letter)],
  ).join('');
};

const keypad = '22233344455566677778889999';
