import { administers, namedOwner, seesBelongings, type Owner } from './belonging.ts';
import { HOSTNAME } from './cdr-leg.ts';
import { isHidden, userTypeOf } from './cdr-row.ts';
import { isSame } from './filter.ts';
import type { Call } from './operation.ts';
import { placesOf, takeCalls, typeOf, type CallDetail, type History, type PastCall } from './past-call.ts';
import { Refusal } from './refusal.ts';
import { given } from './request.ts';
import { seesDomain, seesTerritory } from './scope.ts';
import { territoryOf, toKey, type State } from './state.ts';
import { toUid } from './subscriber-record.ts';
import { readWindow, type Window } from './window.ts';

/** The finished calls a request is about, newest first. */
export interface Choice {
  readonly calls: readonly PastCall[];
  /** Whose view it is; undefined where it is a domain's. */
  readonly user?: string;
}

type Test = (call: PastCall) => boolean;

/** A window, and how many of its calls are wanted: whoever reads a page need not have all. */
interface Span extends Window {
  readonly enough: number;
}

export const historyOf = (state: State, domain: string): History | undefined =>
  state.histories.get(toKey(domain));

export const detailOf = (state: State, call: PastCall): CallDetail => {
  const history = historyOf(state, call.domain);
  if (history === undefined) throw new Error(`The domain ${call.domain} has no history.`);
  return history.detail(call);
};

/**
 * The calls of a user, a group, a domain, a territory, or the one with an id, in a window; undefined where the caller
 * sees nothing of that. A window that cannot be read has no calls (facts §5.5). Only the first `enough` are looked for.
 */
export const chooseCalls = (call: Call, enough = Number.POSITIVE_INFINITY): Choice | undefined => {
  const { parameters } = call;
  const window = readWindow(parameters);
  const span = window === undefined ? undefined : { ...window, enough };
  const owner = namedOwner(parameters);
  if (owner !== undefined) return chooseByUser(call, owner, span);
  const id = given(parameters, 'id') ?? given(parameters, 'cdr_id');
  const domains = chooseDomains(call, id !== undefined);
  if (domains === undefined) return undefined;
  if (span === undefined) return { calls: [] };
  const calls = domains.map((domain) =>
    id === undefined ? chooseByDomain(call, domain, span) : chooseById(call, domain, id, span),
  );
  const [only = []] = calls;
  if (calls.length <= 1) return { calls: only };
  return { calls: calls.flat().toSorted((one, other) => other.startedAt - one.startedAt) };
};

/** The domains that are named, by themselves, by their territory, or by nothing but a call's id. */
const chooseDomains = ({ parameters, caller, state }: Call, isById: boolean): string[] | undefined => {
  const domain = given(parameters, 'domain');
  if (domain !== undefined) return seesDomain(caller, state, domain) ? [domain] : undefined;
  const territory = given(parameters, 'territory');
  if (territory === undefined && !isById) {
    throw new Refusal(400, 'Missing parameter: one of uid, domain, territory, id');
  }
  if (territory !== undefined && !seesTerritory(caller, territory)) return undefined;
  return [...state.domains.values()]
    .map((record) => record.domain)
    .filter(
      (name) =>
        seesDomain(caller, state, name) &&
        (territory === undefined || territoryOf(state, name) === territory),
    );
};

const inWindow = (calls: readonly PastCall[], span: Span, tests: readonly Test[]): readonly PastCall[] => {
  const [first, end] = placesOf(calls, span);
  if (tests.length === 0) return calls.slice(first, Math.min(end, first + span.enough));
  return takeCalls(calls.slice(first, end), (past) => tests.every((test) => test(past)), span.enough);
};

const chooseByUser = (call: Call, owner: Owner, span: Span | undefined): Choice | undefined => {
  const { parameters, state, caller } = call;
  if (!seesDomain(caller, state, owner.domain)) return undefined;
  // As it is written in the records, which is how the history knows it.
  const user = state.subscribers.get(toKey(toUid(owner.user, owner.domain)))?.user ?? owner.user;
  if (span === undefined || !seesBelongings(call, owner)) return { calls: [], user };
  const type = given(parameters, 'type');
  const tests: Test[] = [({ orig, term }) => orig === user || term === user];
  if (type !== undefined) tests.push((past) => userTypeOf(past, user) === type);
  if (given(parameters, 'showhidden') !== '1') tests.push((past) => !isHidden(past));
  return { calls: inWindow(historyOf(state, owner.domain)?.calls ?? [], span, tests), user };
};

const chooseByDomain = (call: Call, domain: string, span: Span): readonly PastCall[] => {
  const { parameters, state } = call;
  const tests: Test[] = [];
  const type = given(parameters, 'type');
  const group = given(parameters, 'group');
  if (!administers(call, domain)) tests.push(isOfVisibleUser(call, domain));
  if (type !== undefined) tests.push((past) => typeOf(past) === type);
  if (group !== undefined) tests.push(isOfGroup(call, domain, group));
  return inWindow(historyOf(state, domain)?.calls ?? [], span, tests);
};

const chooseById = (call: Call, domain: string, id: string, span: Span): readonly PastCall[] => {
  const { parameters, state } = call;
  const history = historyOf(state, domain);
  const past = history?.find(id);
  if (history === undefined || past === undefined) return [];
  const detail = history.detail(past);
  const isMeant =
    detail.id === id &&
    [detail.origCallid, undefined].includes(given(parameters, 'orig_callid')) &&
    [detail.termCallid, undefined].includes(given(parameters, 'term_callid')) &&
    [HOSTNAME, undefined].includes(given(parameters, 'hostname')) &&
    (administers(call, domain) || isOfVisibleUser(call, domain)(past));
  return isMeant ? inWindow([past], span, []) : [];
};

/** Those who see no more than some users get the calls of these. */
const isOfVisibleUser = (call: Call, domain: string): Test => {
  const isKnownVisible = new Map<string, boolean>();
  const isVisible = (user: string | null): boolean => {
    if (user === null) return false;
    const known = isKnownVisible.get(user) ?? seesBelongings(call, { user, domain });
    isKnownVisible.set(user, known);
    return known;
  };
  return ({ orig, term }) => isVisible(orig) || isVisible(term);
};

const isOfGroup = ({ state }: Call, domain: string, group: string): Test => {
  const users = new Set<string | null>(
    [...state.subscribers.values()]
      .filter((record) => isSame(record.domain, domain) && isSame(record.group, group))
      .map(({ user }) => user),
  );
  return ({ orig, term }) => users.has(orig) || users.has(term);
};
