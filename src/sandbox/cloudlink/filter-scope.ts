/**
 * What a `$filter` over calls can at most be true for: a reason not to look at the rest. It is never narrower than the
 * filter, so the filter itself still has to be asked. Times are milliseconds since the epoch, both ends included.
 */
export interface Scope {
  readonly from: number;
  readonly to: number;
  /** Somebody of these is on one of its sides: principal ids and numbers. */
  readonly parties?: ReadonlySet<string>;
  readonly callIds?: ReadonlySet<string>;
}

type Tokens = readonly string[];

export const everything: Scope = { from: -Infinity, to: Infinity };

const GUID = /^'(?<id>[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})'$/i;
const TIME = /^'(?<time>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{3})?Z)?)'$/;
// Filters compare times as texts, where `…00Z` and `…00.000Z` are not the same.
const SLACK_MS = 1000;

const split = (tokens: Tokens, word: string): readonly Tokens[] => {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === word && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
};

const isWrapped = (tokens: Tokens): boolean => {
  if (tokens[0] !== '(') return false;
  let depth = 0;
  const end = tokens.findIndex((token) => {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    return depth === 0;
  });
  return end === tokens.length - 1;
};

type SetName = 'parties' | 'callIds';

const namedSet = (name: SetName, ids: ReadonlySet<string> | undefined): Partial<Scope> =>
  ids === undefined ? {} : { [name]: ids };

const setsOf = (scopes: readonly Scope[], name: SetName) =>
  scopes.map((scope) => scope[name]).filter((ids) => ids !== undefined);

const anyOf = (scopes: readonly Scope[]): Scope => {
  const union = (name: SetName) => {
    const sets = setsOf(scopes, name);
    return namedSet(name, sets.length < scopes.length ? undefined : new Set(sets.flatMap((ids) => [...ids])));
  };
  return {
    from: Math.min(...scopes.map(({ from }) => from)),
    to: Math.max(...scopes.map(({ to }) => to)),
    ...union('parties'),
    ...union('callIds'),
  };
};

const allOf = (scopes: readonly Scope[]): Scope => {
  const smallest = (name: SetName) =>
    namedSet(name, setsOf(scopes, name).toSorted((left, right) => left.size - right.size)[0]);
  return {
    from: Math.max(...scopes.map(({ from }) => from)),
    to: Math.min(...scopes.map(({ to }) => to)),
    ...smallest('parties'),
    ...smallest('callIds'),
  };
};

const readTime = (operator: string | undefined, time: number): Scope => {
  const scope = { from: time - SLACK_MS, to: time + SLACK_MS };
  if (operator === 'ge' || operator === 'gt') return { ...everything, from: scope.from };
  if (operator === 'le' || operator === 'lt') return { ...everything, to: scope.to };
  return operator === 'eq' ? scope : everything;
};

const readTerm = (tokens: Tokens): Scope => {
  const text = tokens.join(' ');
  // A part of an id is contained as well; only a whole one leads straight to somebody's calls.
  const principal = text.startsWith('contains ( principal ,') ? GUID.exec(tokens[4] ?? '') : null;
  if (principal !== null && tokens.length === 6)
    return { ...everything, parties: new Set([principal.groups?.id ?? '']) };
  if (tokens.length !== 3) return everything;
  const [name, operator, value = ''] = tokens;
  if (operator === 'eq' && value.startsWith("'")) {
    const exact = new Set([value.slice(1, -1).replaceAll("''", "'")]);
    if (name === 'callId') return { ...everything, callIds: exact };
    if (name === 'from' || name === 'to') return { ...everything, parties: exact };
  }
  const time = name === 'createdOn' ? TIME.exec(value)?.groups?.time : undefined;
  return time === undefined ? everything : readTime(operator, Date.parse(time));
};

const readTokens = (tokens: Tokens): Scope => {
  const alternatives = split(tokens, 'or');
  if (alternatives.length > 1) return anyOf(alternatives.map(readTokens));
  const conditions = split(tokens, 'and');
  if (conditions.length > 1) return allOf(conditions.map(readTokens));
  return isWrapped(tokens) ? readTokens(tokens.slice(1, -1)) : readTerm(tokens);
};

/** The scope of a filter that `parseFilter` has taken; what it does not understand it leaves open. */
export const readScope = (filter: string): Scope => {
  const bare = /^\s*"(?<inner>.*)"\s*$/s.exec(filter)?.groups?.inner ?? filter;
  return readTokens(bare.match(/'(?:[^']|'')*'|[(),]|[^\s'(),]+/g) ?? []);
};
