import type { Company, CompanyAccount } from '../company.ts';
import { createCallReader, type CompanyCall } from '../company-call.ts';
import type { Scope } from './filter-scope.ts';
import { firstWhere } from './first-where.ts';
import type { PastCall } from './past-call.ts';
import { principalsOf } from './past-call.ts';

/**
 * The finished calls of one account, newest first. The seeded ones are made anew whenever one is looked at, so that
 * hundreds of thousands cost an index of numbers and no more.
 */
export interface CallHistory {
  find(callId: string): PastCall | undefined;
  /** Every call the scope may mean, newest first, and perhaps some more. */
  within(scope: Scope): Iterable<PastCall>;
  /** The same without a scope, from one position to another, without a walk to get there. */
  slice(start: number, end: number): readonly PastCall[];
  /** The seeded calls that were recorded, newest first. */
  recorded(): { readonly length: number; at(position: number): CompanyCall };
  add(call: PastCall): void;
}

/** Positions in the list of told calls, ascending: newest first. */
interface Index {
  /** The calls that are told: those with somebody of CloudLink. */
  readonly told: Uint32Array;
  readonly recorded: Uint32Array;
  /** By principal id and by number. */
  readonly byParty: ReadonlyMap<string, readonly number[]>;
}

const createIndex = (count: number, read: (index: number) => CompanyCall): Index => {
  const told: number[] = [];
  const recorded: number[] = [];
  const byParty = new Map<string, number[]>();
  for (let index = 0; index < count; index += 1) {
    const call = read(index);
    const principals = principalsOf(call);
    if (principals.length === 0) continue;
    for (const party of [...principals, call.from.number, call.to.number]) {
      const positions = byParty.get(party);
      if (positions === undefined) byParty.set(party, [told.length]);
      else positions.push(told.length);
    }
    if (call.isRecorded) recorded.push(index);
    told.push(index);
  }
  return { told: Uint32Array.from(told), recorded: Uint32Array.from(recorded), byParty };
};

/** Ascending lists of numbers as one, nothing twice, from `start` to before `end`. */
function* merge(lists: readonly (readonly number[])[], start: number, end: number): Generator<number> {
  const heads = lists.map((list) => firstWhere(list.length, (place) => (list[place] ?? end) >= start));
  for (;;) {
    let lowest = end;
    for (const [which, list] of lists.entries())
      lowest = Math.min(lowest, list[heads[which] ?? 0] ?? Infinity);
    if (lowest === end) return;
    for (const [which, list] of lists.entries())
      if (list[heads[which] ?? 0] === lowest) heads[which] = (heads[which] ?? 0) + 1;
    yield lowest;
  }
}

export const createCallHistory = (company: Company, account: CompanyAccount, anchor: number): CallHistory => {
  const read = createCallReader(company, account, anchor);
  const added: PastCall[] = [];
  let made: Index | undefined;

  const index = (): Index => (made ??= createIndex(company.calls, read));
  const readTold = (position: number): CompanyCall => read(index().told[position] ?? 0);

  /** Which seeded calls began in this time: positions from `start` to before `end`. */
  const rangeOf = ({ from, to }: Scope): { start: number; end: number } => {
    const { length } = index().told;
    return {
      start: to === Infinity ? 0 : firstWhere(length, (place) => readTold(place).startedAt <= to),
      end: from === -Infinity ? length : firstWhere(length, (place) => readTold(place).startedAt < from),
    };
  };

  const find = (callId: string): PastCall | undefined => {
    // The ids of seeded calls end in their number.
    const seeded = Number.parseInt(callId.slice(-12), 16) - 1;
    const call = seeded >= 0 && seeded < company.calls ? read(seeded) : undefined;
    if (call?.callId === callId) return principalsOf(call).length === 0 ? undefined : call;
    return added.find((other) => other.callId === callId);
  };

  function* withinSeeded(scope: Scope): Generator<PastCall> {
    const { start, end } = rangeOf(scope);
    if (scope.parties === undefined) {
      for (let position = start; position < end; position += 1) yield readTold(position);
      return;
    }
    const lists = [...scope.parties].map((party) => index().byParty.get(party) ?? []);
    for (const position of merge(lists, start, Math.max(start, end))) yield readTold(position);
  }

  return {
    find,
    *within(scope) {
      if (scope.callIds !== undefined) {
        const calls = [...scope.callIds].flatMap((callId) => find(callId) ?? []);
        yield* calls.sort((left, right) => right.startedAt - left.startedAt);
        return;
      }
      yield* added.toReversed();
      yield* withinSeeded(scope);
    },
    slice: (start, end) => {
      const { length } = index().told;
      const head = added.toReversed().slice(start, end);
      const rest: PastCall[] = [];
      const last = Math.min(end - added.length, length);
      for (let place = Math.max(start - added.length, 0); place < last; place += 1)
        rest.push(readTold(place));
      return [...head, ...rest];
    },
    recorded: () => ({
      length: index().recorded.length,
      at: (position) => read(index().recorded[position] ?? 0),
    }),
    add: (call) => {
      // Calls are told when they have ended, and one that began earlier may have lasted longer.
      const place = added.findLastIndex(({ startedAt }) => startedAt <= call.startedAt) + 1;
      added.splice(place, 0, call);
    },
  };
};
