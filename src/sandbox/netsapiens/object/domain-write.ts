import type { Answer } from '../answer.ts';
import { domainColumns, newDomain, type DomainRecord } from '../domain-record.ts';
import { missingTarget, required, type Call } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import type { Parameters } from '../request.ts';
import { outOfScope, reachesTo, seesDomain, seesTerritory } from '../scope.ts';
import { toKey } from '../state.ts';
import { newDomainUser, toUid } from '../subscriber-record.ts';

/** What is set by a create or an update: everything but the key and the reseller the domain belongs to. */
const writable = domainColumns.filter((column) => column !== 'domain' && column !== 'territory');

/** Everything a create or an update accepts (facts §5.1). */
export const domainWriteParameters: readonly string[] = ['domain', 'territory', ...writable];

const toColumns = (parameters: Parameters): Partial<DomainRecord> =>
  Object.fromEntries(
    writable.flatMap((column) => {
      const value = parameters.get(column);
      return value === undefined ? [] : [[column, value] as const];
    }),
  );

/** Makes a domain and, with it, the row of its defaults. For resellers, in their territory. */
export const createDomain = (call: Call): Answer => {
  const { parameters, caller, state, switches } = call;
  const name = required(parameters, 'domain');
  const territory = required(parameters, 'territory');
  if (!reachesTo(caller, 'territory') || !seesTerritory(caller, territory)) return outOfScope(switches);
  const key = toKey(name);
  if (state.domains.has(key)) throw new Refusal(switches.legacyDuplicate, 'The domain exists already.');

  return call.write((time) => {
    if (state.domains.has(key)) return;
    const domain = newDomain({ ...toColumns(parameters), domain: name, territory });
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
    state.domains.set(toKey(domain), newDomain({ ...toColumns(parameters), domain, territory }));
  });
};

/** Removes a domain with everybody in it. */
export const deleteDomain = (call: Call): Answer => {
  const { domains, subscribers, credentials } = call.state;
  return changeDomain(call, ({ domain }) => {
    domains.delete(toKey(domain));
    for (const [key, record] of subscribers) {
      if (record.domain !== domain) continue;
      subscribers.delete(key);
      credentials.delete(key);
    }
  });
};
