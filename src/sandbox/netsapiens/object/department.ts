import type { Answer } from '../answer.ts';
import { required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { outOfScope, reachesTo, seesDomain } from '../scope.ts';
import { toKey } from '../state.ts';
import { DEPARTMENT } from '../subscriber-record.ts';

const columns = ['department'];

/** The names of a domain's departments, which are rows among its subscribers (facts §5.2, A-16). */
const list = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = required(parameters, 'domain');
  if (!reachesTo(caller, 'domain') || !seesDomain(caller, state, domain))
    return outOfScope(call.switches, columns);
  const rows = [...state.subscribers.values()]
    .filter((record) => record.srv_code === DEPARTMENT && toKey(record.domain) === toKey(domain))
    .map(({ user }) => ({ department: user }));
  return page(rows, { ...call, columns, key: 'department' });
};

/** The departments of a domain; they are made and removed as subscribers (facts §4.1). */
export const department: PlatformObject = {
  element: 'department',
  actions: new Map(Object.entries({ list: { parameters: ['domain', ...pageParameters], run: list } })),
};
