/** What the letters of a formula stand for. */
export type Values = Readonly<Record<string, number>>;

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  ceil: Math.ceil,
  min: Math.min,
  max: Math.max,
};

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

const TOKEN = /\s*(\d+|[a-z]+|[-+*/(),])/y;

const tokensOf = (formula: string): string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < formula.length) {
    const [, token] = TOKEN.exec(formula) ?? [];
    if (token === undefined) throw new Error(`"${formula}" is no formula`);
    tokens.push(token);
  }
  return tokens;
};

/**
 * The value of a formula such as `1 + 2 * ceil(n / 50)`: whole numbers, letters, `+ - * /`, parentheses, `ceil`, `min`
 * and `max`. Throws where it is none, or has a letter that stands for nothing.
 */
export const evaluate = (formula: string, values: Values): number => {
  const tokens = tokensOf(formula);
  const fail = (): never => {
    throw new Error(`"${formula}" is no formula of ${Object.keys(values).join(', ') || 'nothing'}`);
  };
  const expect = (token: string) => {
    if (tokens.shift() !== token) fail();
  };
  const group = (): number[] => {
    expect('(');
    const members = [sum()];
    while (tokens[0] === ',') {
      tokens.shift();
      members.push(sum());
    }
    expect(')');
    return members;
  };
  const operand = (): number => {
    if (tokens[0] === '(') return group()[0] ?? fail();
    const token = tokens.shift() ?? '';
    if (/^\d+$/.test(token)) return Number(token);
    const call = Object.hasOwn(functions, token) ? functions[token] : undefined;
    if (call !== undefined) return call(...group());
    return (Object.hasOwn(values, token) ? values[token] : undefined) ?? fail();
  };
  /** Operands with these signs between them, from left to right. */
  const chain = (signs: string, next: () => number): number => {
    let value = next();
    while (tokens[0] !== undefined && signs.includes(tokens[0])) {
      const operator = operators[tokens.shift() ?? ''] ?? fail();
      value = operator(value, next());
    }
    return value;
  };
  const sum = (): number => chain('+-', () => chain('*/', operand));
  const value = sum();
  return tokens.length === 0 ? value : fail();
};
