import type { Answer } from '../answer.ts';
import { hasGiven, isLike } from '../filter.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { phoneNumberColumns } from '../phone-number-record.ts';
import { given } from '../request.ts';
import { outOfScope, reachesTo, seesDomain } from '../scope.ts';

const filters = { dialplan: 'dialplan', dest_domain: 'to_host', matchrule: 'matchrule' } as const;

/** The numbers of a dial plan that lead to a domain the caller administers. */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  required(parameters, 'dialplan');
  const domain = given(parameters, 'dest_domain');
  const isVisible =
    reachesTo(caller, 'domain') && (domain === undefined || seesDomain(caller, state, domain));
  if (!isVisible) return outOfScope(call.switches, phoneNumberColumns);
  const pattern = given(parameters, 'matchrule_LIKE');
  const rows = [...state.phoneNumbers.values()].filter(
    (number) =>
      seesDomain(caller, state, number.to_host) &&
      hasGiven(parameters, number, filters) &&
      (pattern === undefined || isLike(pattern, number.matchrule)),
  );
  return page(rows, { ...call, columns: phoneNumberColumns, key: 'matchrule' });
};

/** Numbers that people outside call (facts §5.13). */
export const phonenumber: PlatformObject = {
  element: 'phone_number',
  actions: actionsOf({
    read: { parameters: [...Object.keys(filters), 'matchrule_LIKE', ...pageParameters], run: read },
  }),
};
