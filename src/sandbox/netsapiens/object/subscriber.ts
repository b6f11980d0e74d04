import { total, type Answer } from '../answer.ts';
import { required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain, seesSubscriber, seesTerritory } from '../scope.ts';
import { territoryOf, toKey } from '../state.ts';
import { subscriberColumns } from '../subscriber-record.ts';
import { readSubscribers, subscriberFilters } from './subscriber-read.ts';
import { writeParameters } from './subscriber-write-parameters.ts';
import { createSubscriber, deleteSubscriber, updateSubscriber } from './subscriber-write.ts';

/** What low scopes may know of everybody in their domain (facts §4.1). */
const directoryColumns = ['domain', 'user', 'first_name', 'last_name', 'group', 'dir', 'site'];

/** The light directory of a domain, whole for everybody in it. */
const list = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = required(parameters, 'domain');
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, directoryColumns);
  const rows = [...state.subscribers.values()].filter((record) => toKey(record.domain) === toKey(domain));
  return page(rows, { ...call, columns: directoryColumns, key: 'user' });
};

/** How many records a read would see; of the filters it knows only these two, so system users are counted (§3.6). */
const count = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = required(parameters, 'domain');
  const territory = given(parameters, 'territory');
  const visible =
    (domain === '*' || seesDomain(caller, state, domain)) &&
    (territory === undefined || seesTerritory(caller, territory));
  if (!visible) return outOfScope(call.switches, subscriberColumns);

  const counted = [...state.subscribers.values()].filter(
    (record) =>
      seesSubscriber(caller, state, record) &&
      (domain === '*' || toKey(record.domain) === toKey(domain)) &&
      (territory === undefined || territoryOf(state, record.domain) === territory),
  );
  return total(counted.length);
};

/** The users, and with them everything that has an extension (facts §4). */
export const subscriber: PlatformObject = {
  element: 'subscriber',
  actions: new Map(
    Object.entries({
      read: { parameters: [...subscriberFilters, ...pageParameters], run: readSubscribers },
      list: { parameters: ['domain', ...pageParameters], run: list },
      count: { parameters: ['domain', 'territory'], run: count },
      create: { parameters: writeParameters, run: createSubscriber },
      update: {
        parameters: [...writeParameters, 'current_password', 'hide_call_recordings'],
        run: updateSubscriber,
      },
      delete: {
        parameters: ['uid', 'user', 'domain', 'termination_match', 'device'],
        run: deleteSubscriber,
      },
    }),
  ),
};
