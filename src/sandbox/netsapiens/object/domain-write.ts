import type { Answer } from '../answer.ts';
import { administers, removeBelongings } from '../belonging.ts';
import { domainColumns, newDomain, type DomainRecord } from '../domain-record.ts';
import { isSame, pickSent } from '../filter.ts';
import { duplicate, missingTarget } from '../missing.ts';
import { required, type Call } from '../operation.ts';
import { outOfScope, reachesTo, seesTerritory } from '../scope.ts';
import { toKey, type State } from '../state.ts';
import { newDefaultUser, toUid } from '../subscriber-record.ts';

/** Columns that a write sets; the rest is the key. */
const writable = domainColumns.filter((column) => column !== 'domain' && column !== 'territory');

/** Makes a domain and its default user (facts §5.1). Takes a reseller, in the own territory. */
export const createDomain = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const name = required(parameters, 'domain');
  const territory = required(parameters, 'territory');
  if (!reachesTo(caller, 'territory') || !seesTerritory(caller, territory)) return outOfScope(call.switches);
  if (state.domains.has(toKey(name))) throw duplicate(call, 'domain');
  return call.write((time) => {
    if (state.domains.has(toKey(name))) return;
    const record = { ...freshDomain(name, territory), ...pickSent(parameters, writable) };
    state.domains.set(toKey(name), record);
    state.subscribers.set(toKey(toUid('domain', name)), newDefaultUser(record, time));
  });
};

/** Changes a domain. What is not sent is not kept: it becomes what it is in a new domain, as the vendor warns. */
export const updateDomain = (call: Call): Answer => {
  const { parameters, state } = call;
  const name = required(parameters, 'domain');
  if (!administers(call, name)) return outOfScope(call.switches);
  if (!state.domains.has(toKey(name))) return missingTarget(call, 'domain');
  return call.write(() => {
    const record = state.domains.get(toKey(name));
    if (record === undefined) return;
    const fresh = freshDomain(record.domain, record.territory);
    state.domains.set(toKey(name), { ...fresh, ...pickSent(parameters, writable) });
  });
};

/** Removes a domain, its users and what they have. */
export const deleteDomain = (call: Call): Answer => {
  const { parameters, state } = call;
  const name = required(parameters, 'domain');
  if (!administers(call, name)) return outOfScope(call.switches);
  if (!state.domains.has(toKey(name))) return missingTarget(call, 'domain');
  return call.write(() => {
    state.domains.delete(toKey(name));
    state.histories.delete(toKey(name));
    removeUsers(state, name);
    removeRest(state, name);
  });
};

const freshDomain = (domain: string, territory: string): DomainRecord =>
  newDomain({
    domain,
    territory,
    name: '',
    timeZone: 'US/Eastern',
    country: 'US',
    areaCode: '',
    mainNumber: '',
  });

const removeUsers = (state: State, domain: string): void => {
  for (const [key, { user, domain: own }] of state.subscribers) {
    if (!isSame(own, domain)) continue;
    state.subscribers.delete(key);
    state.credentials.delete(key);
    removeBelongings(state, { user, domain: own });
  }
};

/** What belongs to a domain and to none of its users. */
const removeRest = (state: State, domain: string): void => {
  for (const table of [state.sessions, state.messages, state.queues, state.calls, state.smsNumbers]) {
    for (const [key, record] of table) if (isSame(record.domain, domain)) table.delete(key);
  }
  for (const [key, { to_host }] of state.phoneNumbers) {
    if (isSame(to_host, domain)) state.phoneNumbers.delete(key);
  }
};
