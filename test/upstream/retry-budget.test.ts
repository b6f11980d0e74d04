import { expect, it } from 'vitest';
import { createRetryBudget } from '../../src/upstream/retry-budget.ts';

const spendAll = (budget: ReturnType<typeof createRetryBudget>) => {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
};

it('starts with its reserve, and no more', () => {
  expect(spendAll(createRetryBudget(0.2, 10))).toBe(10);
});

it('earns a share of a retry with every call', () => {
  const budget = createRetryBudget(0.25, 10);
  spendAll(budget);
  for (let count = 0; count < 20; count += 1) budget.earn();
  expect(spendAll(budget)).toBe(5);
});

it('saves up no more than its reserve', () => {
  const budget = createRetryBudget(0.2, 3);
  for (let count = 0; count < 1_000; count += 1) budget.earn();
  expect(spendAll(budget)).toBe(3);
});
