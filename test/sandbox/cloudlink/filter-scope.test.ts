import { describe, expect, it } from 'vitest';
import { readScope } from '../../../src/sandbox/cloudlink/filter-scope.ts';

const A = '00000002-5eed-4000-8000-000000000001';
const B = '00000002-5eed-4000-8000-000000000002';
const TIME = '2026-11-02T09:20:00.000Z';
const at = Date.parse(TIME);

const shown = (filter: string) => {
  const { from, to, parties, callIds } = readScope(filter);
  return {
    ...(from !== -Infinity && { from: from - at }),
    ...(to !== Infinity && { to: to - at }),
    ...(parties && { parties: [...parties] }),
    ...(callIds && { callIds: [...callIds] }),
  };
};

describe('readScope', () => {
  it.each([
    [`contains(principal, '${A}')`, { parties: [A] }],
    [`"contains(principal,'${A}')"`, { parties: [A] }],
    [`contains(principal,'${A}') or contains(principal,'${B}')`, { parties: [A, B] }],
    [
      `((contains(principal,'${A}')) or (contains(principal,'${B}'))) and completed eq true`,
      { parties: [A, B] },
    ],
    ["from eq '1001' or to eq '1001'", { parties: ['1001'] }],
    ["callId eq 'x' or callId eq 'it''s'", { callIds: ['x', "it's"] }],
    [`createdOn ge '${TIME}' and createdOn lt '${TIME}'`, { from: -1000, to: 1000 }],
    [`createdOn eq '${TIME}'`, { from: -1000, to: 1000 }],
    [`createdOn gt '2026-11-02' or createdOn ge '${TIME}'`, { from: -33_601_000 }],
    [`createdOn ge '${TIME}' and contains(principal,'${A}')`, { from: -1000, parties: [A] }],
  ])('%s is narrow', (filter, expected) => {
    expect(shown(filter)).toEqual(expected);
  });

  it.each([
    "direction eq 'inbound'",
    "contains(principal,'00000002')",
    `not contains(principal,'${A}')`,
    `not (createdOn ge '${TIME}')`,
    `contains(principal,'${A}') eq false`,
    `contains(principal,'${A}') or completed eq true`,
    `contains(fromName,'${A}')`,
    `createdOn ne '${TIME}'`,
    "createdOn ge '2026-11-02T09:20:00+02:00'",
    "createdOn ge '2026'",
    "callId ne 'x'",
    "callId eq 'x' or from eq '1'",
    "fromName eq 'contains ( principal'",
    '',
  ])('%s is not', (filter) => {
    expect(shown(filter)).toEqual({});
  });
});
