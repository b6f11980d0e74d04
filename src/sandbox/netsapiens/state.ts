import type { DomainRecord } from './domain-record.ts';
import type { SubscriberRecord } from './subscriber-record.ts';

/** Everything the platform keeps about its customers. Records are replaced, never changed in place. */
export interface State {
  /** By `toKey(domain)`. */
  readonly domains: Map<string, DomainRecord>;
  /** By `toKey(uid)`, in order of creation. */
  readonly subscribers: Map<string, SubscriberRecord>;
  /** How a subscriber proves to be one, by `toKey(uid)`; whoever is missing here cannot log in. */
  readonly credentials: Map<string, Credential>;
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
