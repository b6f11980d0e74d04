import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withGateway } from '../helpers/gateway.ts';

const refusal = (brackets: number) => [
  {
    message: `The document is nested more than ${brackets} brackets deep.`,
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  },
];

describe('a document', () => {
  it.each([
    ['fields', `${'{a'.repeat(4_900)}${'}'.repeat(4_900)}`],
    ['fields that are never closed', '{a'.repeat(4_999)],
    ['a list', `{ users(first: ${'['.repeat(4_900)}${']'.repeat(4_900)}) { totalCount } }`],
    ['an object', `{ users(filter: ${'{a:'.repeat(3_000)}1${'}'.repeat(3_000)}) { totalCount } }`],
    ['the type of a variable', `query ($a: ${'['.repeat(4_900)}Int${']'.repeat(4_900)}) { a }`],
  ])('that nests %s without end is refused by its depth', async (_what, query) => {
    const gateway = await withGateway();
    const { status, errors } = await gateway.execute(query);
    expect([status, errors]).toMatchObject([200, refusal(30)]);
    expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('may be as deep as is allowed, and not one bracket more', async () => {
    const gateway = await withGateway({ env: { MAX_DOCUMENT_DEPTH: '10' } });
    const nested = (lists: number) =>
      `{ ${'a: node(id: ["x"]) { id } '.repeat(10)} users(first: ${'['.repeat(lists)}"]["${']'.repeat(lists)}) { totalCount } }`;
    expect((await gateway.execute(nested(8))).errors[0]?.extensions['code']).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    expect((await gateway.execute(nested(9))).errors).toMatchObject(refusal(10));
  });

  it('is no deeper by what its texts and comments hold', async () => {
    const gateway = await withGateway();
    const brackets = '{[('.repeat(50);
    const { errors } = await gateway.execute(`# ${brackets}\n{ node(id: """${brackets}""") { id } }`);
    expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });

  it('that GraphiQL asks for the schema with is no problem', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(getIntrospectionQuery({ inputValueDeprecation: true }));
    expect(errors).toEqual([]);
    expect(data?.['__schema'].types.length).toBeGreaterThan(20);
  });

  it('of too many tokens is refused', async () => {
    const gateway = await withGateway({ env: { MAX_DOCUMENT_TOKENS: '50' } });
    const { errors } = await gateway.execute(`{ ${'__typename '.repeat(50)} }`);
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    expect((await gateway.execute(`{ ${'__typename '.repeat(48)} }`)).errors).toEqual([]);
  });

  it('whose fragments are spread one inside the other as often as its tokens allow is answered', async () => {
    const gateway = await withGateway({ env: { MAX_DOCUMENT_TOKENS: '20000' } });
    const count = 2_499;
    const fragments = Array.from(
      { length: count },
      (_, index) =>
        `fragment f${index} on Query { ${index === count - 1 ? '__typename' : `...f${index + 1}`} }`,
    );
    const { data } = await gateway.execute(`{ ...f0 } ${fragments.join(' ')}`);
    expect(data).toEqual({ __typename: 'Query' });
  });
});
