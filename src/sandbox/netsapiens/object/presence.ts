import type { Answer } from '../answer.ts';
import { isSame } from '../filter.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toUid } from '../subscriber-record.ts';
import { parseTime } from '../window.ts';

export const presenceColumns = [
  'first_name',
  'last_name',
  'group',
  'user',
  'uid',
  'domain',
  'presence',
  'site',
  'message',
  'email',
];

/** Who is reachable in a domain, for everybody in it; `last_update` gives those changed since then. */
const list = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = required(parameters, 'domain');
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, presenceColumns);
  const since = parseTime(given(parameters, 'last_update') ?? '') ?? Number.NEGATIVE_INFINITY;
  const department = given(parameters, 'department');
  const rows = [...state.subscribers.values()].filter(
    (record) =>
      isSame(record.domain, domain) &&
      record.srv_code === '' &&
      (parseTime(record.last_update) ?? since) >= since &&
      (department === undefined || isSame(record.group, department)),
  );
  return page(
    rows.map((record) => ({ ...record, uid: toUid(record.user, record.domain) })),
    { ...call, columns: presenceColumns, key: 'user', sort: given(parameters, 'order') },
  );
};

/** Line states and status messages of a whole domain (facts §5.6). */
export const presence: PlatformObject = {
  element: 'presence',
  actions: actionsOf({
    list: { parameters: ['domain', 'last_update', 'department', 'order', ...pageParameters], run: list },
  }),
};
