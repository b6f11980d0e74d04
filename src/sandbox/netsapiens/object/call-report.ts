import type { Answer, Row } from '../answer.ts';
import { administers } from '../belonging.ts';
import { required, type Call } from '../operation.ts';
import { placesOf, typeOf, type PastCall } from '../past-call.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { toKey } from '../state.ts';
import { toTime } from '../subscriber-record.ts';
import { readWindow, type Window } from '../window.ts';

const columns = ['domain', 'time', 'max', 'min', 'avg'];
const MINUTE = 60_000;
const spans = new Map([
  ['min', 1],
  ['hour', 60],
  ['day', 1440],
]);
const MAX_MINUTES = 400 * 1440;
/** No call of the first day is longer, so no call that began earlier reaches into a window. */
const LONGEST_CALL_MS = 3_600_000;

/** How many calls there were at once in a domain: most, fewest and on average, for each minute, hour or day. */
export const reportCalls = (call: Call): Answer => {
  const { parameters, caller, state, switches } = call;
  const window = readWindow(parameters);
  required(parameters, 'group_by');
  const domain = given(parameters, 'domain') ?? caller.domain;
  if (!administers(call, domain)) return outOfScope(switches, columns);
  const span = spans.get(given(parameters, 'report_by') ?? 'hour');
  if (span === undefined) throw new Refusal(400, 'Invalid parameter: report_by');
  if (window === undefined) return { kind: 'records', rows: [], columns, empty: 'object' };
  if ((window.to - window.from) / MINUTE > MAX_MINUTES) throw new Refusal(400, 'Invalid parameter: end_date');

  const all = state.histories.get(toKey(domain))?.calls ?? [];
  const [first, end] = placesOf(all, { from: window.from - LONGEST_CALL_MS, to: window.to });
  const type = given(parameters, 'type');
  const calls = all
    .slice(first, end)
    .filter((past) => type === undefined || (type === 'onnet') === (typeOf(past) === '3'));
  return { kind: 'records', columns, rows: toRows(domain, countByMinute(calls, window), window, span) };
};

/** How many calls were going on in each minute of the window. */
const countByMinute = (calls: readonly PastCall[], { from, to }: Window): number[] => {
  const minutes = Math.max(0, Math.ceil((to - from + 1) / MINUTE));
  const counts = Array.from({ length: minutes }, () => 0);
  for (const { startedAt, talkSeconds } of calls) {
    const first = Math.max(0, Math.floor((startedAt - from) / MINUTE));
    const last = Math.min(minutes - 1, Math.floor((startedAt + talkSeconds * 1000 - from) / MINUTE));
    for (let minute = first; minute <= last; minute += 1) counts[minute] = (counts[minute] ?? 0) + 1;
  }
  return counts;
};

const toRows = (domain: string, counts: readonly number[], { from }: Window, span: number): Row[] =>
  Array.from({ length: Math.ceil(counts.length / span) }, (_, place) => {
    const minutes = counts.slice(place * span, (place + 1) * span);
    const sum = minutes.reduce((total, count) => total + count, 0);
    return {
      domain,
      time: toTime(from + place * span * MINUTE),
      max: String(Math.max(...minutes)),
      min: String(Math.min(...minutes)),
      avg: (sum / minutes.length).toFixed(2),
    };
  });
