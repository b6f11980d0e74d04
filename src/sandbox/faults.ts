import type { Description } from './exchange.ts';
import type { Fault, FaultRule } from './fault-rule.ts';

export interface InstalledRule extends FaultRule {
  readonly id: number;
  /** How many requests it has hit. */
  readonly fired: number;
}

/** The request a rule is held against: its description, and what it said of itself. */
export interface Subject extends Description {
  readonly platform: string | null;
  readonly method: string;
  readonly url: string;
}

const isMatch = ({ method, path, ...rest }: NonNullable<FaultRule['match']>, subject: Subject): boolean =>
  (method === undefined || method.toUpperCase() === subject.method) &&
  (path === undefined || subject.url.includes(path)) &&
  Object.entries(rest).every(([name, value]) => subject[name as keyof typeof rest] === value);

/** What is to happen to one request: a wait, a fault, both or neither. */
export interface Plan {
  readonly latencyMs: number | undefined;
  readonly fault: Exclude<Fault, { type: 'latency' }> | undefined;
}

/** The rules in the order they were added. */
export interface Faults {
  add(rule: FaultRule): InstalledRule;
  list(): readonly InstalledRule[];
  /** Whether there was one with this id. */
  remove(id: number): boolean;
  clear(): void;
  /** Decides about one request and counts it: to be asked once for each. */
  take(subject: Subject): Plan;
}

export const createFaults = (): Faults => {
  type State = { readonly id: number; readonly rule: FaultRule; seen: number; fired: number };
  let states: State[] = [];
  let lastId = 0;

  const toInstalled = ({ id, rule, fired }: State): InstalledRule => ({ id, ...rule, fired });

  const isDue = (state: State): boolean => {
    const { skip = 0, times = Infinity } = state.rule;
    state.seen += 1;
    return state.seen > skip && state.fired < times;
  };

  const take = (subject: Subject): Plan => {
    const due = states.filter(({ rule }) => isMatch(rule.match ?? {}, subject)).filter(isDue);
    let latencyMs: number | undefined;
    for (const state of due) {
      const { fault } = state.rule;
      if (fault.type === 'latency' && latencyMs !== undefined) continue;
      state.fired += 1;
      if (fault.type !== 'latency') return { latencyMs, fault };
      latencyMs = fault.ms;
    }
    return { latencyMs, fault: undefined };
  };

  return {
    add: (rule) => {
      const state = { id: ++lastId, rule, seen: 0, fired: 0 };
      states.push(state);
      return toInstalled(state);
    },
    list: () => states.map(toInstalled),
    remove: (id) => {
      const kept = states.filter((state) => state.id !== id);
      const found = kept.length < states.length;
      states = kept;
      return found;
    },
    clear: () => {
      states = [];
    },
    take,
  };
};
