import type { Answer, Row } from '../answer.ts';
import { chooseCalls, detailOf, type Choice } from '../cdr-choice.ts';
import { toLeg } from '../cdr-leg.ts';
import { cdrColumns, toCdrRow, toUserCdrRow, userCdrColumns } from '../cdr-row.ts';
import { actionsOf, type Call, type PlatformObject } from '../operation.ts';
import { readSlice } from '../page.ts';
import { typeOf, type PastCall } from '../past-call.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { territoryOf } from '../state.ts';
import { toTime } from '../subscriber-record.ts';

/** The default of `limit`, which is documented for this object alone. */
const DEFAULT_LIMIT = 100;

const toRow = (past: PastCall, { user }: Choice, { state, parameters }: Call): Row => {
  const detail = detailOf(state, past);
  const territory = territoryOf(state, past.domain) ?? '';
  const row = user === undefined ? toCdrRow(detail, past, territory) : toUserCdrRow(detail, past, user);
  return given(parameters, 'raw') === 'yes' ? { ...row, CdrR: toLeg(detail, state, territory) } : row;
};

/** A page of history, newest first, as a user sees it or as a domain does. */
const read = (call: Call): Answer => {
  const { start, limit } = readSlice(call.parameters, call.switches, DEFAULT_LIMIT);
  const choice = chooseCalls(call, start + limit);
  if (choice === undefined) return outOfScope(call.switches, cdrColumns);
  return {
    kind: 'records',
    rows: choice.calls.slice(start, start + limit).map((past) => toRow(past, choice, call)),
    columns: choice.user === undefined ? cdrColumns : userCdrColumns,
    empty: 'object',
  };
};

const sumOfTalk = (calls: readonly PastCall[]): number =>
  calls.reduce((seconds, { talkSeconds }) => seconds + talkSeconds, 0);

const toMinutes = (calls: readonly PastCall[]): string => String(Math.round(sumOfTalk(calls) / 60));

/** How many calls there are, and how many minutes people talked. */
const count = (call: Call): Answer => {
  const choice = chooseCalls(call);
  if (choice === undefined) return outOfScope(call.switches, cdrColumns);
  const { calls } = choice;
  return { kind: 'totals', totals: { total: String(calls.length), minutes: toMinutes(calls) } };
};

const reportColumns = ['time', 'total', 'onnet', 'offnet', 'minutes'];
const HOUR = 3_600_000;
const spans = new Map([
  ['hourly', HOUR],
  ['daily', 24 * HOUR],
]);

/** Totals of each hour or day that has calls, oldest first. */
const report = (call: Call): Answer => {
  const span = spans.get(given(call.parameters, 'report_by') ?? 'daily');
  if (span === undefined) throw new Refusal(400, 'Invalid parameter: report_by');
  const choice = chooseCalls(call);
  if (choice === undefined) return outOfScope(call.switches, reportColumns);
  const groups = Map.groupBy(choice.calls, ({ startedAt }) => Math.floor(startedAt / span) * span);
  const rows = [...groups].toReversed().map(([time, calls]) => {
    const onnet = calls.filter((past) => typeOf(past) === '3').length;
    return {
      time: toTime(time),
      total: String(calls.length),
      onnet: String(onnet),
      offnet: String(calls.length - onnet),
      minutes: toMinutes(calls),
    };
  });
  return { kind: 'records', rows, columns: reportColumns, empty: 'object' };
};

const selectors = [
  'uid',
  'user',
  'domain',
  'group',
  'territory',
  'start_date',
  'end_date',
  'type',
  'showhidden',
];
const identities = ['id', 'cdr_id', 'orig_callid', 'term_callid', 'hostname'];

/** The history of calls (facts §5.5). */
export const cdr2: PlatformObject = {
  element: 'cdr2',
  actions: actionsOf({
    read: { parameters: [...selectors, ...identities, 'start', 'limit', 'raw', 'qos'], run: read },
    count: { parameters: [...selectors, ...identities], run: count },
    report: { parameters: [...selectors, 'report_by'], run: report },
  }),
};
