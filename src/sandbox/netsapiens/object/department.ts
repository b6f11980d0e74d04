import { toText, type Answer } from '../answer.ts';
import { administers } from '../belonging.ts';
import { isSame } from '../filter.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { outOfScope } from '../scope.ts';
import { DEPARTMENT } from '../subscriber-record.ts';

const columns = ['department'];

/** The departments of a domain: those that were made, and those that somebody is in; in either form. */
const list = (call: Call): Answer => {
  const { parameters, state, switches } = call;
  const domain = required(parameters, 'domain');
  if (!administers(call, domain)) return outOfScope(switches, columns);
  const names = [...state.subscribers.values()]
    .filter((record) => isSame(record.domain, domain))
    .map(({ srv_code, user, group }) => (srv_code === DEPARTMENT ? user : group))
    .filter((name) => name !== '');
  const rows = [...new Set(names)].toSorted().map((department) => ({ department }));
  const answer = page(rows, { ...call, columns, key: 'department' });
  if (switches.legacyDepartments === 'records' || answer.kind !== 'records') return answer;
  return { kind: 'names', names: answer.rows.map((row) => toText(row['department'])) };
};

/** The departments of a domain (facts §5.2). */
export const department: PlatformObject = {
  element: 'department',
  actions: actionsOf({ list: { parameters: ['domain', ...pageParameters], run: list } }),
};
