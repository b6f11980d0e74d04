import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';

describe('the name `then` in an answer', () => {
  it.each([
    ['an alias', '{ then: __typename }'],
    ['an alias further down', '{ users(first: 1) { nodes { then: name } } }'],
    ['an alias in a fragment', '{ ...f } fragment f on Query { then: __typename }'],
    ['a field', '{ then }'],
  ])('is refused as %s', async (_what, query) => {
    const gateway = await withGateway();
    const { status, data, errors } = await gateway.execute(query);
    expect([status, data]).toEqual([200, undefined]);
    expect(errors).toContainEqual({
      message: 'No field can be answered under the name `then`: give it another alias.',
      locations: [expect.anything()],
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
    expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each(['catch', 'Then', 'toString', 'constructor', '_then'])('is not %s', async (alias) => {
    const gateway = await withGateway();
    expect(await gateway.execute(`{ ${alias}: __typename }`)).toMatchObject({ data: { [alias]: 'Query' } });
  });
});

describe('signing in', () => {
  const signIn = `signIn(input: { subscriber: { username: "1001@acme.12345.service", password: "${PASSWORD}" } })`;
  const fields = (count: number) =>
    Array.from({ length: count }, (_, index) => `a${index}: ${signIn} { expiresAt }`).join(' ');

  it.each([
    ['aliases', `mutation { ${fields(200)} }`, 200],
    ['a field and an alias', `mutation { ${signIn} { expiresAt } again: ${signIn} { expiresAt } }`, 2],
    ['aliases in a fragment', `mutation { ...f } fragment f on Mutation { ${fields(3)} }`, 3],
    [
      'aliases in fragments of fragments',
      `mutation { ...f ${fields(1)} } fragment f on Mutation { ... { ...g } } fragment g on Mutation { b: ${signIn} { expiresAt } }`,
      2,
    ],
  ])(
    'more than once in an operation is refused, by %s, before anything is tried',
    async (_by, query, count) => {
      const gateway = await withGateway();
      const { data, errors } = await gateway.execute(query);
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([
        {
          message: `\`signIn\` may stand in an operation once, not ${count} times.`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
      expect(await gateway.sandbox.requests()).toEqual([]);
    },
  );

  it('once in each of several operations is allowed, for one of them is run', async () => {
    const gateway = await withGateway();
    const fragment = `fragment f on Mutation { ${signIn} { expiresAt } }`;
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `mutation A { ...f ...f } mutation B { ...f ${signIn} { hasSubscriber } } ${fragment}`,
        operationName: 'B',
      }),
    });
    expect(await response.json()).toMatchObject({ data: { signIn: { hasSubscriber: true } } });
    expect(await gateway.sandbox.requests()).toHaveLength(1);
  });
});
