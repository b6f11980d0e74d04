import type { Answer } from '../answer.ts';
import { seesBelongings } from '../belonging.ts';
import { hasGiven, isLike, isSame } from '../filter.ts';
import { smsNumberColumns } from '../message-record.ts';
import { actionsOf, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';

/** Numbers that text messages are sent from; `dest=*` gives those of everybody the caller sees. */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = given(parameters, 'domain') ?? caller.domain;
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, smsNumberColumns);
  const dest = given(parameters, 'dest') ?? '*';
  const pattern = given(parameters, 'number_LIKE');
  const rows = [...state.smsNumbers.values()].filter(
    (row) =>
      isSame(row.domain, domain) &&
      (dest === '*' || isSame(row.dest, dest.replace(/@.*$/, ''))) &&
      hasGiven(parameters, row, { number: 'number' }) &&
      (pattern === undefined || isLike(pattern, row.number)) &&
      seesBelongings(call, { user: row.dest, domain: row.domain }),
  );
  return page(rows, { ...call, columns: smsNumberColumns, key: 'number' });
};

/** Who may send text messages from which number (facts §5.8). */
export const smsnumber: PlatformObject = {
  element: 'smsnumber',
  actions: actionsOf({
    read: { parameters: ['domain', 'dest', 'number', 'number_LIKE', ...pageParameters], run: read },
  }),
};
