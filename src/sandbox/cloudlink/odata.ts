import { Failure } from './failure.ts';

type Scalar = string | number | boolean | null;
type Operand = (item: object) => Scalar | undefined;
export type Predicate = (item: object) => boolean;

interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
}

const END: Token = { kind: 'end', text: 'the end' };
// Deep enough for anybody, shallow enough for the stack.
const DEEPEST = 100;

type Comparison = (left: Scalar, right: Scalar) => boolean;

const comparisons = new Map<string, Comparison>([
  ['eq', (left, right) => left === right],
  ['ne', (left, right) => left !== right],
  ['lt', (left, right) => compare(left, right) < 0],
  ['le', (left, right) => compare(left, right) <= 0],
  ['gt', (left, right) => compare(left, right) > 0],
  ['ge', (left, right) => compare(left, right) >= 0],
]);

const functions = new Map<string, (text: string, part: string) => boolean>([
  ['contains', (text, part) => text.includes(part)],
  ['substringof', (text, part) => text.includes(part)],
  ['startswith', (text, part) => text.startsWith(part)],
]);

const constants = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const reserved = new Set([...comparisons.keys(), 'and', 'or', 'not']);

/** Values of different types, and nulls, have no order: neither less, equal nor greater. */
const compare = (left: Scalar, right: Scalar): number => {
  if (left === null || right === null || typeof left !== typeof right) return Number.NaN;
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

const malformed = (option: string, detail: string): Failure =>
  new Failure(400, `${option} is malformed: ${detail}`);

const tokenize = (text: string): readonly Token[] => {
  const pattern =
    /\s*(?:'(?<string>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?)(?![\w-])|(?<word>[A-Za-z_]\w*)|(?<mark>[(),]))/y;
  const end = text.trimEnd().length;
  const tokens: Token[] = [];
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const { string, number, word, mark } = pattern.exec(text)?.groups ?? {};
    if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else throw malformed('$filter', `unexpected character at position ${start}`);
  }
  return tokens;
};

const field =
  (name: string): Operand =>
  (item) => {
    const value: unknown = Object.hasOwn(item, name) ? (item as Record<string, unknown>)[name] : null;
    // Only top-level scalars are filterable (A-26): objects and arrays compare with nothing.
    return typeof value === 'object' && value !== null ? undefined : (value as Scalar);
  };

const negate =
  (predicate: Predicate): Predicate =>
  (item) =>
    !predicate(item);

/** Recursive descent, one function per rule of the grammar. */
const parse = (tokens: readonly Token[]): Predicate => {
  let position = 0;
  let depth = 0;
  const peek = (): Token => tokens[position] ?? END;
  const unexpected = () => malformed('$filter', `unexpected ${peek().text}`);

  const takes = (kind: Token['kind'], text: string): boolean => {
    const found = peek().kind === kind && peek().text === text;
    if (found) position += 1;
    return found;
  };
  const expect = (kind: Token['kind'], text: string): void => {
    if (!takes(kind, text)) throw unexpected();
  };

  const or = (): Predicate => {
    const parts = [and()];
    while (takes('word', 'or')) parts.push(and());
    return (item) => parts.some((part) => part(item));
  };

  const and = (): Predicate => {
    const parts = [not()];
    while (takes('word', 'and')) parts.push(not());
    return (item) => parts.every((part) => part(item));
  };

  const not = (): Predicate => {
    depth += 1;
    if (depth > DEEPEST) throw malformed('$filter', 'nested too deeply');
    const predicate = takes('word', 'not') ? negate(not()) : primary();
    depth -= 1;
    return predicate;
  };

  const primary = (): Predicate => {
    if (takes('mark', '(')) {
      const inner = or();
      expect('mark', ')');
      return inner;
    }
    const isCall = peek().kind === 'word' && tokens[position + 1]?.text === '(';
    const left = operand();
    const holds = peek().kind === 'word' ? comparisons.get(peek().text) : undefined;
    if (holds === undefined && isCall) return (item) => left(item) === true;
    if (holds === undefined) throw unexpected();
    position += 1;
    const right = operand();
    return (item) => {
      const [one, other] = [left(item), right(item)];
      return one !== undefined && other !== undefined && holds(one, other);
    };
  };

  const operand = (): Operand => {
    const { kind, text } = peek();
    if (kind === 'mark' || kind === 'end' || (kind === 'word' && reserved.has(text))) throw unexpected();
    position += 1;
    if (kind === 'string') return () => text;
    if (kind === 'number') return () => Number(text);
    const constant = constants.get(text);
    if (constant !== undefined) return () => constant;
    return takes('mark', '(') ? call(text) : field(text);
  };

  const call = (name: string): Operand => {
    const test = functions.get(name);
    if (test === undefined) throw malformed('$filter', `unknown function ${name}`);
    // Version 2 of OData writes the part first, CloudLink's clients last: the literal is the part.
    const partFirst = peek().kind === 'string';
    const first = operand();
    expect('mark', ',');
    const second = operand();
    expect('mark', ')');
    return (item) => {
      const [text, part] = partFirst ? [second(item), first(item)] : [first(item), second(item)];
      return typeof text === 'string' && typeof part === 'string' && test(text, part);
    };
  };

  const predicate = or();
  expect('end', END.text);
  return predicate;
};

/**
 * The OData subset of A-26 as a predicate over items: comparisons, `and`, `or`, `not`, parentheses, `contains`,
 * `substringof` and `startswith`, all case-sensitive. A field that is not there is null. Throws a 400.
 */
export const parseFilter = (text: string): Predicate => {
  // The documentation's own example wraps the whole expression in double quotes (§3.4).
  const bare = /^\s*"(?<inner>.*)"\s*$/s.exec(text)?.groups?.inner ?? text;
  return parse(tokenize(bare));
};

/** `$orderby` as a comparison of items: fields with `asc` or `desc`, separated by commas. Throws a 400. */
export const parseOrder = (text: string): ((left: object, right: object) => number) => {
  const keys = text.split(',').map((part) => {
    const { name, way } = /^\s*(?<name>[A-Za-z_]\w*)(?:\s+(?<way>asc|desc))?\s*$/.exec(part)?.groups ?? {};
    if (name === undefined) throw malformed('$orderby', part.trim() || 'empty');
    return { value: field(name), sign: way === 'desc' ? -1 : 1 };
  });
  return (left, right) => {
    for (const { value, sign } of keys) {
      const order = compareForOrder(value(left) ?? null, value(right) ?? null);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
};

/** Sorting needs a total order, so nulls come first. */
const compareForOrder = (left: Scalar, right: Scalar): number => {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  return compare(left, right) || 0;
};
