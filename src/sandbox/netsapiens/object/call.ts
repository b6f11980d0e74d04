import { total, type Answer } from '../answer.ts';
import { namedOwner, seesBelongings } from '../belonging.ts';
import { isSame } from '../filter.ts';
import { callColumns, printTimes, takesPart, toCallRow, type LiveCall } from '../live-call.ts';
import { actionsOf, required, type Call, type Operation, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain, seesTerritory } from '../scope.ts';
import { territoryOf } from '../state.ts';
import { controls } from './call-control.ts';
import { originate } from './call-origination.ts';
import { reportCalls } from './call-report.ts';

/** Live calls that the caller sees: those of users whom the caller administers, and the own ones. */
const visibleCalls = (call: Call): LiveCall[] => {
  const { parameters, state } = call;
  const domain = given(parameters, 'domain');
  const user = namedOwner(parameters)?.user ?? given(parameters, 'user');
  const territory = given(parameters, 'territory');
  return [...state.calls.values()].filter(
    (live) =>
      seesDomain(call.caller, state, live.domain) &&
      (domain === undefined || domain === '*' || isSame(live.domain, domain)) &&
      (territory === undefined || territory === territoryOf(state, live.domain)) &&
      (user === undefined || takesPart(live, user)) &&
      [live.orig.user, live.term.user].some(
        (party) => party !== null && seesBelongings(call, { user: party, domain: live.domain }),
      ),
  );
};

/** Whether the domain and the territory that a call names are visible at all. */
const isVisible = ({ parameters, caller, state }: Call): boolean => {
  const domain = given(parameters, 'domain') ?? namedOwner(parameters)?.domain;
  const territory = given(parameters, 'territory');
  return (
    (domain === undefined || domain === '*' || seesDomain(caller, state, domain)) &&
    (territory === undefined || seesTerritory(caller, territory))
  );
};

const read = (call: Call): Answer => {
  if (!isVisible(call)) return outOfScope(call.switches, callColumns);
  const { parameters, switches } = call;
  const rows = visibleCalls(call).map(toCallRow);
  // The documented sort names a column by the name it has in events (facts §5.4).
  const sort = given(parameters, 'sort')?.replace(/^time_start\b/, 'time_begin') ?? 'time_begin ASC';
  const answer = page(rows, { ...call, columns: callColumns, key: 'orig_callid', sort });
  if (answer.kind !== 'records') return answer;
  return { ...answer, rows: answer.rows.map((row) => printTimes(row, switches)) };
};

const count = (call: Call): Answer => {
  required(call.parameters, 'domain');
  return isVisible(call) ? total(visibleCalls(call).length) : outOfScope(call.switches, callColumns);
};

const controlActions = Object.entries(controls).map(([name, run]): readonly [string, Operation] => [
  name,
  { parameters: ['callid', 'uid', 'destination', 'prefix'], run },
]);

/** Calls that go on, and what can be done with them (facts §5.4). */
export const call: PlatformObject = {
  element: 'call',
  actions: actionsOf({
    read: { parameters: ['domain', 'uid', 'user', ...pageParameters], run: read },
    count: { parameters: ['domain', 'groupby', 'territory'], run: count },
    report: {
      parameters: ['domain', 'territory', 'start_date', 'end_date', 'group_by', 'report_by', 'type'],
      run: reportCalls,
    },
    call: {
      parameters: ['callid', 'uid', 'destination', 'origination', 'auto', 'ani', 'cbani', 'application'],
      run: originate,
    },
    ...Object.fromEntries(controlActions),
  }),
};
