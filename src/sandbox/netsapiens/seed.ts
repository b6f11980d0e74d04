import { anchorOf } from '../company-call.ts';
import { CANARY, CANARY_PIN, PASSWORD, type Company, type CompanyAccount, type Person } from '../company.ts';
import { Table, type ChangeListener } from '../table.ts';
import { newDomain, type DomainRecord } from './domain-record.ts';
import type { EventSubscription } from './event-record.ts';
import { lazily } from './lazy.ts';
import { seedHistory, type History } from './past-call.ts';
import { seedAnswerRules } from './seed/answer-rule.ts';
import { seedAudio } from './seed/audio.ts';
import { seedCalls } from './seed/call.ts';
import { seedContacts } from './seed/contact.ts';
import { seedDevices } from './seed/device.ts';
import { seedMessages, seedSessions, seedTalks } from './seed/message.ts';
import { seedPhoneNumbers, seedSmsNumbers } from './seed/phone-number.ts';
import { seedAgents, seedQueues } from './seed/queue.ts';
import { toKey, type Belongings, type State } from './state.ts';
import {
  DEPARTMENT,
  newDomainUser,
  newSubscriber,
  newSystemUser,
  toPasswordHash,
  toTime,
  toUid,
  type SubscriberRecord,
} from './subscriber-record.ts';

/** An operator who sees the territory 12345 and nothing else. The password is everybody's. */
export const RESELLER_LOGIN = 'reseller@12345';
/** An operator who sees everything. */
export const SUPER_USER_LOGIN = 'super@0000';

/**
 * The platform on its first day: domains with their people, the rows that are no people, the operators, and what they
 * all have. Times are told from `now`.
 */
export const seedState = (company: Company, now: number): State => {
  const listeners: ChangeListener[] = [];
  const domains = new Table<DomainRecord>('domain', listeners);
  const subscribers = new Table<SubscriberRecord>('subscriber', listeners);
  const state: State = Object.assign(seedBelongings(company, subscribers, listeners, now), {
    domains,
    subscribers,
    credentials: new Map(),
    events: new Table<EventSubscription>('event', listeners),
    listeners,
  });
  const add = (record: SubscriberRecord) => {
    const key = toKey(toUid(record.user, record.domain));
    state.subscribers.set(key, record);
    return key;
  };

  for (const account of company.accounts) {
    const domain = toDomain(account);
    state.domains.set(toKey(domain.domain), domain);
    for (const record of toSystemUsers(domain, account)) add(record);
    const people = company.people.filter((person) => person.domain === account.domain);
    for (const [index, person] of people.entries()) {
      if (person.legacy === undefined) continue;
      const { secondFactor } = person.legacy;
      state.credentials.set(add(toSubscriber(domain, person, index)), { password: PASSWORD, secondFactor });
    }
  }
  for (const record of operators) {
    state.credentials.set(add(record), { password: PASSWORD, secondFactor: false });
  }
  return state;
};

const seedBelongings = (
  company: Company,
  subscribers: ReadonlyMap<string, SubscriberRecord>,
  listeners: readonly ChangeListener[],
  now: number,
): Belongings => {
  const anchor = anchorOf(now);
  const talks = lazily({ all: () => seedTalks(company, now) });
  const table = <Value>(object: string, start: Iterable<readonly [string, Value]>) =>
    new Table(object, listeners, start);
  return lazily<Belongings>({
    devices: () => table('device', seedDevices(company, subscribers, now)),
    contacts: () => table('contact', seedContacts(company, now)),
    sessions: () => table('messagesession', seedSessions(talks.all)),
    messages: () => table('message', seedMessages(talks.all)),
    smsNumbers: () => table('smsnumber', seedSmsNumbers(company)),
    audio: () => table('audio', seedAudio(company, now)),
    answerRules: () => table('answerrule', seedAnswerRules(company)),
    queues: () => table('callqueue', seedQueues(company)),
    agents: () => table('agent', seedAgents(company, now)),
    phoneNumbers: () => table('phonenumber', seedPhoneNumbers(company)),
    calls: () => table('call', seedCalls(company, now)),
    histories: () => seedHistories(company, anchor),
  });
};

const seedHistories = (company: Company, anchor: number): Map<string, History> =>
  new Map(
    company.accounts.map(
      (account) => [toKey(account.domain), seedHistory(company, account, anchor)] as const,
    ),
  );

type Tenant = Pick<
  CompanyAccount,
  'domain' | 'territory' | 'name' | 'timeZone' | 'country' | 'areaCode' | 'mainNumber'
>;

const toDomain = (tenant: Tenant): DomainRecord =>
  newDomain({
    domain: tenant.domain,
    territory: tenant.territory,
    description: tenant.name,
    time_zone: tenant.timeZone,
    language: tenant.country === 'DE' ? 'de_de' : 'en_us',
    area_code: tenant.areaCode,
    callid_name: tenant.name,
    callid_nmbr: tenant.mainNumber,
    callid_emgr: tenant.mainNumber,
    vmail_transcribe: 'google',
    email_sender: `voicemail@${tenant.domain}.example.test`,
    smtp_host: 'smtp.example.test',
    smtp_port: '587',
    smtp_uid: `voicemail@${tenant.domain}.example.test`,
    smtp_pwd: `${CANARY}-smtp-${tenant.domain}`,
  });

const FOUNDED = Date.UTC(2023, 3, 5, 13);
const LAST_TOUCHED = Date.UTC(2024, 1, 1, 8, 30);
const DAY = 24 * 3600 * 1000;
const MINUTE = 60 * 1000;

const notifications = ['no', 'yes', 'attnew', 'attsave', 'atttrash'];
const transcribers = ['', 'google', 'no', 'deepgram'];

/** A person's row. What nobody gave follows from the index, so that every value of every column occurs. */
const toSubscriber = (domain: DomainRecord, person: Person, index: number): SubscriberRecord => {
  const { legacy, extension } = person;
  const presence = legacy?.presence ?? 'closed';
  return newSubscriber(
    domain,
    {
      user: extension,
      first_name: person.firstName,
      last_name: person.lastName,
      group: person.department,
      site: person.site,
      message: legacy?.message ?? '',
      email: legacy?.email ?? '',
      subscriber_login: legacy?.login ?? '',
      scope: legacy?.scope ?? '',
      subscriber_pin: CANARY_PIN,
      pwd_hash: toPasswordHash(extension),
      presence,
      gauSession: ['inuse', 'held', 'progressing'].includes(presence) ? '1' : '0',
      call_limit: index % 5 === 4 ? '2' : '10',
      vmail_fwd_to: index % 4 === 1 ? 'copies@example.test,archive@example.test' : '',
      vmail_notify: notifications[index % notifications.length] ?? '',
      vmail_transcribe: transcribers[index % transcribers.length] ?? '',
      ...(index % 3 !== 0 && {
        callid_nmbr: domain.callid_nmbr,
        callid_name: domain.callid_name,
        callid_emgr: domain.callid_emgr,
      }),
      // whoever has never logged in is `new`.
      account_status: person.cloudlink?.login === false ? 'new' : 'standard',
      date_created: toTime(FOUNDED + index * DAY),
    },
    toTime(LAST_TOUCHED + index * MINUTE),
  );
};

/** Subscribers that are nobody: the domain's defaults, departments, queues, an attendant, a bridge (facts §9). */
const toSystemUsers = (domain: DomainRecord, account: CompanyAccount): SubscriberRecord[] => {
  const rows = [
    { user: '800', first_name: 'Main', last_name: 'Queue', srv_code: 'system-queue' },
    { user: '801', first_name: 'Auto', last_name: 'Attendant', srv_code: 'system-aa' },
    { user: '802', first_name: 'Conference', last_name: 'Bridge', srv_code: 'system-conference' },
    { user: '803', first_name: 'Support', last_name: 'Queue', srv_code: 'system-queue' },
    ...account.departments.map((name) => ({
      user: name,
      first_name: name,
      group: name,
      srv_code: DEPARTMENT,
    })),
  ];
  const time = toTime(FOUNDED);
  return [newDomainUser(domain, time), ...rows.map((row) => newSystemUser(domain, row, time))];
};

const toOperator = (domain: string, territory: string, user: string, login: string, scope: string) =>
  newSubscriber(
    toDomain({
      domain,
      territory,
      name: 'Operations',
      timeZone: 'US/Eastern',
      country: 'US',
      areaCode: '212',
      mainNumber: '',
    }),
    {
      user,
      first_name: 'Operations',
      last_name: scope,
      email: `${user}@example.test`,
      subscriber_login: login,
      subscriber_pin: CANARY_PIN,
      pwd_hash: toPasswordHash(user),
      scope,
    },
    toTime(FOUNDED),
  );

/** Administrative users live in a domain of their own, named `0000.` and the territory (facts §2.2). */
const operators = [
  toOperator('0000.12345', '12345', 'reseller', RESELLER_LOGIN, 'Reseller'),
  toOperator('0000.0000', '0000', 'super', SUPER_USER_LOGIN, 'Super User'),
];
