import { describe, expect, it } from 'vitest';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';

describe('in production', () => {
  const production = () => withGateway({ env: { NODE_ENV: 'production' } });

  it.each(['{ __schema { queryType { name } } }', '{ __type(name: "User") { name } }'])(
    'does not tell its schema: %s',
    async (query) => {
      const gateway = await production();
      const { data, errors } = await gateway.execute(query);
      expect(data).toBeUndefined();
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual(
        errors.map(() => 'GRAPHQL_VALIDATION_FAILED'),
      );
      const told = await (await withGateway()).execute(query);
      expect(told.errors, 'the same is told elsewhere').toEqual([]);
    },
  );

  it.each([
    ['a field', '{ userz { nodes { name } } }', {}],
    ['a nested field', '{ users { nodes { nam } } }', {}],
    ['an argument', '{ users(firs: 1) { nodes { name } } }', {}],
    ['an enum value', '{ users(filter: { role: USR }) { nodes { name } } }', {}],
    ['an input field', '{ users(filter: { serch: "a" }) { nodes { name } } }', {}],
    ['a type', 'query ($filter: UserFiltr) { users(filter: $filter) { nodes { name } } }', {}],
    ['a fragment type', '{ node(id: "x") { ... on Usr { name } } }', {}],
    ['a directive', '{ users { nodes { name @inclde(if: true) } } }', {}],
    ['a variable', 'query ($first: Int!) { users(first: $frst) { nodes { name } } }', { first: 1 }],
    [
      'an enum value in a variable',
      'query ($role: UserRole) { users(filter: { role: $role }) { nodes { name } } }',
      { role: 'USR' },
    ],
    [
      'an input field in a variable',
      'query ($filter: UserFilter) { users(filter: $filter) { nodes { name } } }',
      { filter: { serch: 'a' } },
    ],
  ])('suggests no name for %s that does not exist', async (_what, query, variables) => {
    const messages = async (gateway: TestGateway) =>
      (await gateway.execute(query, {}, variables)).errors.map(({ message }) => message).join('\n');
    const silent = await messages(await production());
    expect(silent).not.toBe('');
    expect(silent).not.toMatch(/did you mean/i);
  });
});
