import type { Answer } from '../answer.ts';
import { removeBelongings } from '../belonging.ts';
import { domainColumns, newDomain, type DomainRecord } from '../domain-record.ts';
import { isSame, pickSent } from '../filter.ts';
import { duplicate, missingTarget, required, type Call } from '../operation.ts';
import { outOfScope, reachesTo, seesDomain, seesTerritory } from '../scope.ts';
import { toKey, type State } from '../state.ts';
import { newDomainUser, toUid } from '../subscriber-record.ts';

/** What is set by a create or an update: everything but the key and the reseller the domain belongs to. */
const writable = domainColumns.filter((column) => column !== 'domain' && column !== 'territory');

/** Everything a create or an update accepts (facts §5.1). */
export const domainWriteParameters: readonly string[] = ['domain', 'territory', ...writable];

/** Makes a domain and, with it, the row of its defaults. For resellers, in their territory. */
export const createDomain = (call: Call): Answer => {
  const { parameters, caller, state, switches } = call;
  const name = required(parameters, 'domain');
  const territory = required(parameters, 'territory');
  if (!reachesTo(caller, 'territory') || !seesTerritory(caller, territory)) return outOfScope(switches);
  const key = toKey(name);
  if (state.domains.has(key)) throw duplicate(call, 'The domain exists already.');

  return call.write((time) => {
    if (state.domains.has(key)) return;
    const domain = newDomain({ ...pickSent(parameters, writable), domain: name, territory });
    state.domains.set(key, domain);
    state.subscribers.set(toKey(toUid('domain', name)), newDomainUser(domain, time));
  });
};

/** Has a domain changed that is there and within the caller's scope. */
const changeDomain = (call: Call, change: (record: DomainRecord) => void): Answer => {
  const { parameters, caller, state, switches } = call;
  const name = required(parameters, 'domain');
  if (!reachesTo(caller, 'domain') || !seesDomain(caller, state, name)) return outOfScope(switches);
  const key = toKey(name);
  if (!state.domains.has(key)) return missingTarget(call, 'No such domain.');
  return call.write(() => {
    const record = state.domains.get(key);
    if (record !== undefined) change(record);
  });
};

/** Sets the columns that were sent and puts every other back to its start value, as the documentation warns. */
export const updateDomain = (call: Call): Answer => {
  const { parameters, state } = call;
  return changeDomain(call, ({ domain, territory }) => {
    state.domains.set(toKey(domain), newDomain({ ...pickSent(parameters, writable), domain, territory }));
  });
};

/** Removes a domain with everybody in it, and all that they and it have. */
export const deleteDomain = (call: Call): Answer => {
  const { state } = call;
  return changeDomain(call, ({ domain }) => {
    state.domains.delete(toKey(domain));
    state.histories.delete(toKey(domain));
    for (const [key, { user, domain: own }] of state.subscribers) {
      if (own !== domain) continue;
      state.subscribers.delete(key);
      state.credentials.delete(key);
      removeBelongings(state, { user, domain });
    }
    removeRest(state, domain);
  });
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
