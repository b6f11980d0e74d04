import { historyOf } from './cdr-choice.ts';
import type { Call } from './operation.ts';
import { placesOf, type PastCall } from './past-call.ts';
import { given, type Parameters } from './request.ts';
import { parseTime, type Window } from './window.ts';

const units = new Map([
  ['MINUTE', 60_000],
  ['HOUR', 3_600_000],
  ['DAY', 86_400_000],
  ['WEEK', 604_800_000],
]);

/** The span that statistics are asked for: dates, an interval back from now such as `7 HOUR`, or a day. */
const readSpan = (parameters: Parameters, now: number): Window => {
  const [, amount = '1', unit = 'DAY'] =
    /^(\d+)\s*([a-z]+?)s?$/i.exec(given(parameters, 'range_interval') ?? '') ?? [];
  const length = Number(amount) * (units.get(unit.toUpperCase()) ?? 86_400_000);
  return {
    from: parseTime(given(parameters, 'start_date') ?? '') ?? now - length,
    to: parseTime(given(parameters, 'end_date') ?? '') ?? now,
  };
};

const statistics: Readonly<Record<string, (calls: readonly PastCall[]) => number>> = {
  /** Volume. */
  VOL: (calls) => calls.length,
  /** Calls handled. */
  CH: (calls) => calls.filter(({ isAnswered }) => isAnswered).length,
  /** Talk time in seconds. */
  TT: (calls) => calls.reduce((sum, { talkSeconds }) => sum + talkSeconds, 0),
  /** Service level: the part that was answered, in percent. */
  SL: (calls) =>
    calls.length === 0
      ? 100
      : Math.round((100 * calls.filter(({ isAnswered }) => isAnswered).length) / calls.length),
};

/** The names of `stats` that are known, in the order asked for. */
export const readStatistics = (parameters: Parameters): string[] =>
  (given(parameters, 'stats') ?? '')
    .split(',')
    .map((name) => name.trim().toUpperCase())
    .filter((name) => Object.hasOwn(statistics, name));

/** These statistics of the calls that came in to some users of a domain. */
export const toStatistics = (
  { parameters, state, now }: Call,
  domain: string,
  users: readonly string[],
): Readonly<Record<string, string>> => {
  const names = readStatistics(parameters);
  if (names.length === 0) return {};
  const called = new Set(users);
  const all = historyOf(state, domain)?.calls ?? [];
  const calls = all
    .slice(...placesOf(all, readSpan(parameters, now)))
    .filter(({ orig, term }) => orig === null && term !== null && called.has(term));
  return Object.fromEntries(names.map((name) => [name, String(statistics[name]?.(calls) ?? 0)]));
};
