import { Failure } from './failure.ts';

type Value = string | number | boolean | null;
type Operand = (item: unknown) => unknown;
type Test = (item: unknown) => boolean;

/** Values of different types have no order. */
const inOrder =
  (isInOrder: (left: string | number, right: string | number) => boolean) =>
  (left: unknown, right: unknown): boolean =>
    (typeof left === 'number' && typeof right === 'number' && isInOrder(left, right)) ||
    (typeof left === 'string' && typeof right === 'string' && isInOrder(left, right));

const isEqual = (left: unknown, right: unknown): boolean => left === right;
const isOther = (left: unknown, right: unknown): boolean => left !== right;

const comparisons = new Map<string, (left: unknown, right: unknown) => boolean>([
  ['==', isEqual],
  ['===', isEqual],
  ['!=', isOther],
  ['!==', isOther],
  ['<', inOrder((left, right) => left < right)],
  ['<=', inOrder((left, right) => left <= right)],
  ['>', inOrder((left, right) => left > right)],
  ['>=', inOrder((left, right) => left >= right)],
]);

const constants = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const malformed = (detail: string): Failure =>
  new Failure(400, `data.publicationFilter is malformed: ${detail}`);

const tokenPattern =
  /\s*(?:(?<path>@(?:\.\w+|\[(?:'[^']*'|"[^"]*")\])+)|(?<string>'[^']*'|"[^"]*")|(?<number>-?\d+(?:\.\d+)?)|(?<word>true|false|null)|(?<mark>===|!==|==|!=|<=|>=|<|>|&&|\|\||!|\(|\)))/y;

interface Token {
  readonly kind: 'path' | 'string' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
}

const END: Token = { kind: 'end', text: 'the end' };
// Deep enough for anybody, shallow enough for the stack.
const DEEPEST = 100;

const tokenize = (text: string): readonly Token[] => {
  const pattern = new RegExp(tokenPattern);
  const end = text.trimEnd().length;
  const tokens: Token[] = [];
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const groups = Object.entries(pattern.exec(text)?.groups ?? {});
    const [kind, found] = groups.find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || found === undefined)
      throw malformed(`unexpected character at position ${start}`);
    tokens.push({ kind: kind as Token['kind'], text: found });
  }
  return tokens;
};

const toPath = (text: string): Operand => {
  const names = [...text.matchAll(/\.(?<name>\w+)|\[['"](?<quoted>[^'"]*)['"]\]/g)].map(
    ({ groups }) => groups?.['name'] ?? groups?.['quoted'] ?? '',
  );
  return (item) => {
    let value = item;
    for (const name of names) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  };
};

/** Recursive descent, one function per rule of the grammar. */
const parse = (tokens: readonly Token[]): Test => {
  let position = 0;
  let depth = 0;
  const peek = (): Token => tokens[position] ?? END;
  const takes = (text: string): boolean => {
    const found = peek().kind === 'mark' && peek().text === text;
    if (found) position += 1;
    return found;
  };

  const or = (): Test => {
    const parts = [and()];
    while (takes('||')) parts.push(and());
    return (item) => parts.some((part) => part(item));
  };

  const and = (): Test => {
    const parts = [unary()];
    while (takes('&&')) parts.push(unary());
    return (item) => parts.every((part) => part(item));
  };

  const unary = (): Test => {
    depth += 1;
    if (depth > DEEPEST) throw malformed('nested too deeply');
    const test = negated();
    depth -= 1;
    return test;
  };

  const negated = (): Test => {
    if (takes('!')) {
      const inner = unary();
      return (item) => !inner(item);
    }
    if (!takes('(')) return comparison();
    const inner = or();
    if (!takes(')')) throw malformed(`unexpected ${peek().text}`);
    return inner;
  };

  /** A path alone asks whether there is anything. */
  const comparison = (): Test => {
    const left = operand();
    const compare = peek().kind === 'mark' ? comparisons.get(peek().text) : undefined;
    if (compare === undefined) return (item) => Boolean(left(item));
    position += 1;
    const right = operand();
    return (item) => compare(left(item), right(item));
  };

  const operand = (): Operand => {
    const { kind, text } = peek();
    if (kind === 'mark' || kind === 'end') throw malformed(`unexpected ${text}`);
    position += 1;
    if (kind === 'path') return toPath(text);
    const value = kind === 'number' ? Number(text) : (constants.get(text) ?? text.slice(1, -1));
    return () => (text === 'null' ? null : value);
  };

  const test = or();
  if (peek() !== END) throw malformed(`unexpected ${peek().text}`);
  return test;
};

/**
 * The JSONPath that the documentation shows, over a wrapper with the publications (facts §8.1): `$.publications[*]`, or
 * `$.publications[?(…)]` with paths, literals, comparisons, `&&`, `||`, `!` and parentheses. Throws a 400.
 */
export const parsePublicationFilter = (text: string): Test => {
  const condition = /^\s*\$\.publications\[(?<condition>.*)\]\s*$/s.exec(text)?.groups?.['condition'];
  if (condition === undefined) throw malformed('it should begin with $.publications[');
  if (condition.trim() === '*') return () => true;
  const inner = /^\s*\?\((?<inner>.*)\)\s*$/s.exec(condition)?.groups?.['inner'];
  if (inner === undefined) throw malformed('it should select with [?(…)] or [*]');
  return parse(tokenize(inner));
};
