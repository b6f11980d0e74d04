import type { ChangeListener } from '../table.ts';
import type { AnswerRuleRecord } from './answer-rule-record.ts';
import type { AudioRecord } from './audio-record.ts';
import type { ContactRecord } from './contact-record.ts';
import type { DeviceRecord } from './device-record.ts';
import type { DomainRecord } from './domain-record.ts';
import type { EventSubscription } from './event-record.ts';
import type { LiveCall } from './live-call.ts';
import type { Message, MessageSession, SmsNumberRecord } from './message-record.ts';
import type { History } from './past-call.ts';
import type { PhoneNumberRecord } from './phone-number-record.ts';
import type { AgentRecord, QueueRecord } from './queue-record.ts';
import type { SubscriberRecord } from './subscriber-record.ts';

/** Everything the platform keeps about its customers. Records are replaced, never changed in place. */
export interface State extends Belongings {
  /** By `toKey(domain)`. */
  readonly domains: Map<string, DomainRecord>;
  /** By `toKey(uid)`, in order of creation. */
  readonly subscribers: Map<string, SubscriberRecord>;
  /** How a subscriber proves to be one, by `toKey(uid)`; whoever is missing here cannot log in. */
  readonly credentials: Map<string, Credential>;
  readonly events: Map<string, EventSubscription>;
  /** Told of every change of a record, whoever makes it: by a request, or by the clock. */
  readonly listeners: ChangeListener[];
}

/** What customers have. Each table is filled when it is first looked at, since most are never. */
export interface Belongings {
  /** By `toKey(aor)`. */
  readonly devices: Map<string, DeviceRecord>;
  /** By id. */
  readonly contacts: Map<string, ContactRecord>;
  /** By `toKey(domain)` and id, with a blank between. */
  readonly sessions: Map<string, MessageSession>;
  /** By `toKey(domain)` and id, with a blank between, oldest first. */
  readonly messages: Map<string, Message>;
  readonly smsNumbers: Map<string, SmsNumberRecord>;
  /** By `toAudioKey`. */
  readonly audio: Map<string, AudioRecord>;
  /** By `toRuleKey`. */
  readonly answerRules: Map<string, AnswerRuleRecord>;
  /** By `toKey(queue@domain)`. */
  readonly queues: Map<string, QueueRecord>;
  /** By `toAgentKey`. */
  readonly agents: Map<string, AgentRecord>;
  /** By matchrule. */
  readonly phoneNumbers: Map<string, PhoneNumberRecord>;
  /** By the call id of the originating side. */
  readonly calls: Map<string, LiveCall>;
  /** By `toKey(domain)`. */
  readonly histories: Map<string, History>;
}

export interface Credential {
  readonly password: string;
  readonly secondFactor: boolean;
}

/** Names are compared without case. */
export const toKey = (name: string): string => name.toLowerCase();

/** Whose login this is; logins are unique on the whole system (facts §4.3). */
export const findByLogin = (state: State, login: string): SubscriberRecord | undefined => {
  const key = toKey(login);
  return [...state.subscribers.values()].find((record) => toKey(record.subscriber_login) === key);
};

/** The territory of a domain; of an administrative one, which has no row, the name after `0000.` (facts §2.2). */
export const territoryOf = (state: State, domain: string): string | undefined =>
  state.domains.get(toKey(domain))?.territory ?? /^0000\.(.+)$/.exec(domain)?.[1];
