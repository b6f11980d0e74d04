import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from './bills/formula.ts';
import { createMeter, SIZES, type Meter } from './bills/measure.ts';
import { BILLS, formulaOf, minimumOf, toBills, valuesOf } from './bills/table.ts';
import { exampleFiles } from './helpers/example-file.ts';

describe('a formula', () => {
  it.each([
    ['7', 7],
    ['1 + n', 11],
    ['2 * n - 3 - 1', 16],
    ['1 + 2 * ceil(n / 4)', 7],
    ['(1 + 2) * n', 30],
    ['max(n, p) + min(n, p, 3)', 53],
    ['ceil((n + p) / 50)', 2],
  ])('%s is %i where n is 10 and p is 50', (formula, value) => {
    expect(evaluate(formula, { n: 10, p: 50 })).toBe(value);
  });

  it.each([
    '',
    '1 +',
    'q',
    'ceil 3',
    '(1',
    '1)',
    '1 1',
    'floor(1)',
    'constructor',
    'n ** 2',
    'process.exit(1)',
  ])('%j is refused', (formula) => {
    expect(() => evaluate(formula, { n: 10 })).toThrow('is no formula');
  });
});

describe('the bill', () => {
  let meter: Meter;
  beforeAll(async () => {
    meter = await createMeter();
  });
  afterAll(() => meter.close());

  it.each(exampleFiles)('of $name equals its formula at both sizes', async (example) => {
    const measured: number[] = [];
    for (const n of SIZES) measured.push(await meter.measure(example.text, n));

    expect(measured).toEqual(SIZES.map((n) => evaluate(formulaOf(example), valuesOf(example, n))));
  });
});

it.each(exampleFiles)('$name is at its minimum, or says what stands in the way', (example) => {
  const differs = SIZES.some((n) => {
    const values = valuesOf(example, n);
    const [cost, least] = [evaluate(formulaOf(example), values), evaluate(minimumOf(example), values)];
    expect(least).toBeLessThanOrEqual(cost);
    return least < cost;
  });
  // A number in the facts, so that the reason is the platform's and not ours.
  expect(/facts §\d/.test(example.limit ?? '')).toBe(differs);
});

it('the table is what the examples say', () => {
  // Each formula equals what is measured, as the tests above see to.
  const rows = exampleFiles.map((example) => ({
    example,
    measured: SIZES.map((n) => evaluate(formulaOf(example), valuesOf(example, n))),
  }));
  expect(readFileSync(BILLS, 'utf8')).toBe(toBills(rows));
});

it('the table begins with the four reference operations', () => {
  const reference = exampleFiles.filter(({ name }) => name.startsWith('reference/'));
  expect(reference.map(({ name }) => name)).toEqual([
    'reference/account-today.graphql',
    'reference/call-log.graphql',
    'reference/conversation-list.graphql',
    'reference/live-board.graphql',
  ]);
});
