import { describe, expect, it } from 'vitest';
import { parseFilter, parseOrder } from '../../../src/sandbox/cloudlink/odata.ts';

const items = [
  {
    id: 1,
    name: 'Ada',
    note: "it's",
    active: true,
    role: 'ACCOUNT_ADMIN',
    createdOn: '2026-10-01T08:00:00.000Z',
  },
  { id: 2, name: 'Ben', active: false, role: 'USER', createdOn: '2026-10-02T08:00:00.000Z' },
  {
    id: 3,
    name: 'ada',
    note: '',
    active: true,
    role: 'USER',
    createdOn: '2026-10-03T08:00:00.000Z',
    tags: { a: 1 },
  },
];

const idsOf = (filter: string) => items.filter(parseFilter(filter)).map(({ id }) => id);

describe('parseFilter', () => {
  it.each<[string, number[]]>([
    ["name eq 'Ada'", [1]],
    ["name eq 'ADA'", []],
    ["name ne 'Ada'", [2, 3]],
    ["'Ada' eq name", [1]],
    ['id lt 2', [1]],
    ['id le 2', [1, 2]],
    ['id gt 2', [3]],
    ['id ge 2', [2, 3]],
    ['id gt -1.5', [1, 2, 3]],
    ["id eq '1'", []],
    ["id lt 'x'", []],
    ["createdOn ge '2026-10-02T08:00:00.000Z'", [2, 3]],
    ['active eq true', [1, 3]],
    ['active eq false', [2]],
    ['note eq null', [2]],
    ['note ne null', [1, 3]],
    ['missing eq null', [1, 2, 3]],
    ['missing lt 1', []],
    ['constructor eq null', [1, 2, 3]],
    ['tags eq null', [1, 2]],
    ['tags ne null', []],
    ["note eq ''", [3]],
    ["note eq 'it''s'", [1]],
    ["name eq 'Ada' or name eq 'Ben'", [1, 2]],
    ["name eq 'Ada' or id eq 2 and active eq true", [1]],
    ["(name eq 'Ada' or id eq 2) and active eq false", [2]],
    ["not name eq 'Ada'", [2, 3]],
    ["not (name eq 'Ada' or id eq 3)", [2]],
    ['not not id eq 1', [1]],
    ["contains(name,'da')", [1, 3]],
    ["contains(name, 'DA')", []],
    ["substringof(name,'da')", [1, 3]],
    ["substringof('da',name)", [1, 3]],
    ["startswith(role, 'ACC')", [1]],
    ["startswith(role,'ACC') eq false", [2, 3]],
    ["not contains(name,'da')", [2]],
    ["contains(missing,'a')", []],
    ["contains(name,'da') and (active eq true)", [1, 3]],
    ['"id eq 1"', [1]],
    ['  id   eq\t1  ', [1]],
    ["role eq 'eq'", []],
  ])('%s', (filter, expected) => {
    expect(idsOf(filter)).toEqual(expected);
  });

  it.each([
    'name',
    'contains',
    "'contains'",
    'name eq',
    "eq 'Ada'",
    "name eq 'Ada",
    'name eq "Ada"',
    "name EQ 'Ada'",
    "name = 'Ada'",
    "(name eq 'Ada'",
    "name eq 'Ada')",
    "name eq 'Ada' and",
    "name eq 'Ada' or or id eq 1",
    "name eq 'Ada' 'Ben'",
    "endswith(name,'a')",
    'contains(name)',
    "contains('a','b'",
    'id eq 12ab',
    'name in (1,2)',
    "name 'eq' 'Ada'",
    `${'('.repeat(5000)}id eq 1${')'.repeat(5000)}`,
    `${'not '.repeat(5000)}id eq 1`,
  ])('refuses %.40s', (filter) => {
    expect(() => parseFilter(filter)).toThrow(/^\$filter is malformed: /);
  });

  it('takes a chain as long as a URL can be', () => {
    const chain = Array.from({ length: 2000 }, (_, index) => `id eq ${index}`).join(' or ');
    expect(idsOf(chain)).toEqual([1, 2, 3]);
  });
});

describe('parseOrder', () => {
  const order = (text: string) => items.toSorted(parseOrder(text)).map(({ id }) => id);

  it.each<[string, number[]]>([
    ['name', [1, 2, 3]],
    ['name desc', [3, 2, 1]],
    ['role asc, id desc', [1, 3, 2]],
    ['active desc,name', [1, 3, 2]],
    ['note', [2, 3, 1]],
    ['note desc', [1, 3, 2]],
    ['missing', [1, 2, 3]],
  ])('%s', (text, expected) => {
    expect(order(text)).toEqual(expected);
  });

  it.each(['name up', ',', 'name,', '(name)'])('refuses %s', (text) => {
    expect(() => parseOrder(text)).toThrow(/^\$orderby is malformed: /);
  });
});
