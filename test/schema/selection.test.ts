import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';

/** The columns that an operation asks the legacy platform for, one list for each read. */
const columnsOf = async (query: string, variables: object = {}) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { errors } = await gateway.execute(query, session, variables);
  expect(errors).toEqual([]);
  const calls = await legacyCalls(gateway.sandbox);
  return calls.map(({ fields = '' }) => fields.split(',').toSorted());
};

const sorted = (...columns: readonly string[]) => ['user', 'domain', ...columns].toSorted();

/** A list of people also has the service code, which tells them from the rest, and the login, which keeps zeros. */
const listed = (...columns: readonly string[]) =>
  [...new Set([...sorted(...columns), 'srv_code', 'subscriber_login'])].toSorted();

const fragments = [
  ['Some', 'on Subscriber { site }'],
  ['Edge', 'on SubscriberEdge { cursor node { ...Some presence } }'],
  [
    'Deep',
    'on SubscriberConnection { edges { ...Edge } nodes { ...Some ... on Node { ... on Subscriber { language } } } }',
  ],
] as const;

describe('the columns of one subscriber', () => {
  it.each([
    ['{ extension }', []],
    ['{ __typename }', []],
    ['{ id uid domainName }', []],
    ['{ name }', ['first_name', 'last_name']],
    ['{ email }', ['email']],
    ['{ kind }', ['srv_code']],
    ['{ scope scopeText }', ['scope']],
    ['{ alias: presence other: presenceText }', ['presence']],
    ['{ lastName firstName: login }', ['last_name', 'subscriber_login']],
    ['{ createdAt { text } }', ['date_created']],
    ['{ ringTimeoutSeconds storageLimitKilobytes }', ['no_answer_timeout', 'data_limit']],
    ['{ ... on Subscriber { site } }', ['site']],
    ['{ ... on Node { id ... on Subscriber { site } } }', ['site']],
    ['{ ... { ... { department } } }', ['group']],
    ['{ ... on Subscriber @include(if: true) { language } }', ['language']],
    ['{ domain { name timeZone } }', []],
  ])('are those of %s', async (selection, columns) => {
    expect(await columnsOf(`{ subscriber(user: "1001") ${selection} }`)).toEqual([sorted(...columns)]);
  });

  it('are found through fragments, nested and used twice', async () => {
    const query = `
      query { subscriber(user: "1001") { ...Outer ...Inner site } }
      fragment Outer on Subscriber { presence ...Inner ... on Node { ...Id } }
      fragment Inner on Subscriber { firstName }
      fragment Id on Node { id }
    `;
    expect(await columnsOf(query)).toEqual([sorted('presence', 'first_name', 'site')]);
  });

  it('are those of every mention of the field', async () => {
    const query =
      '{ subscriber(user: "1001") { presence } ...More } fragment More on Query { subscriber(user: "1001") { site } }';
    expect(await columnsOf(query)).toEqual([sorted('presence', 'site')]);
  });

  it('are not those that were meant for something else', async () => {
    // `Domain` has a time zone and a language, too.
    expect(await columnsOf('{ subscriber(user: "1001") { domain { language dialPlan } } }')).toEqual([
      sorted(),
    ]);
  });
});

describe('the columns of several subscribers', () => {
  it('are what any of them needs, where they share a read', async () => {
    const query = `{
      a: subscriber(user: "1001") { presence }
      b: subscriber(user: "1002") { site }
      c: subscriber(user: "1003") { firstName }
    }`;
    expect(await columnsOf(query)).toEqual([listed('presence', 'site', 'first_name')]);
  });

  it.each([
    ['{ nodes { firstName } }', ['first_name']],
    ['{ edges { node { firstName } } }', ['first_name']],
    [
      '{ edges { cursor node { ...Some } } nodes { ... on Subscriber { login } } }',
      ['site', 'subscriber_login'],
    ],
    ['{ all: edges { one: node { other: presence } } }', ['presence']],
    ['{ ... on SubscriberConnection { nodes { ...Some } } }', ['site']],
    ['{ ...Deep ...Deep edges { ...Edge } }', ['site', 'presence', 'language']],
    ['{ pageInfo { hasNextPage } }', []],
  ])('of a list are those of %s', async (selection, columns) => {
    const used = fragments.filter(
      ([name]) => selection.includes('...Deep') || selection.includes(`...${name}`),
    );
    const definitions = used.map(([name, rest]) => `fragment ${name} ${rest}`).join(' ');
    expect(await columnsOf(`{ subscribers(first: 3) ${selection} } ${definitions}`)).toEqual([
      listed(...columns),
    ]);
  });

  it.each([
    ['search: "a"', ['first_name', 'last_name', 'email']],
    ['department: "Sales"', ['group']],
    ['site: "Uptown"', ['site']],
    ['scopes: [BASIC_USER]', ['scope']],
    ['kinds: [CALL_QUEUE]', []],
  ])('of a list filtered by { %s } are those that the filter looks at', async (filter, columns) => {
    const reads = await columnsOf(`{ subscribers(filter: { ${filter} }) { nodes { extension } } }`);
    expect(new Set(reads.map(String))).toEqual(new Set([String(listed(...columns))]));
  });
});

/** Sixty fragments, each of which spreads the next one twice: 2^60 mentions of the last. */
const doubling = (last: string) =>
  [
    ...Array.from(
      { length: 60 },
      (_, index) => `fragment F${index} on Subscriber { ...F${index + 1} ...F${index + 1} }`,
    ),
    `fragment F60 on Subscriber { ${last} }`,
  ].join('\n');

describe('a chain of fragments that spread the next one twice', () => {
  it('is looked at once', async () => {
    const query = `{ subscriber(user: "1001") { ...F0 } } ${doubling('site')}`;
    expect(await columnsOf(query)).toEqual([sorted('site')]);
  });

  it('is looked at once in a list, wherever its nodes are', async () => {
    const query = `{ subscribers(first: 3) { edges { node { ...F0 } } nodes { ...F0 presence } } } ${doubling('site')}`;
    expect(await columnsOf(query)).toEqual([listed('site', 'presence')]);
  });

  it('is looked at once without a token, too', async () => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute(`{ subscriber(user: "1001") { ...F0 } } ${doubling('site')}`);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('the columns of a joined subscriber', () => {
  const adaId = globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, 1)}`);

  it('are what is selected and what the rule looks at', async () => {
    const query = 'query ($id: ID!) { user(id: $id) { subscriber { presence } } }';
    expect(await columnsOf(query, { id: adaId })).toEqual([listed('presence', 'email')]);
  });

  it('are the same list whichever alias asks, so that one read serves them all', async () => {
    const query = `{
      a: users(first: 5) { nodes { subscriber { presence } } }
      b: users(first: 5) { nodes { subscriber { site } } }
    }`;
    expect(await columnsOf(query)).toEqual([listed('presence', 'site', 'email')]);
  });

  it('include what the way back needs', async () => {
    const query = '{ subscriber(user: "1001") { user { name } } }';
    expect(await columnsOf(query)).toEqual([sorted('email', 'srv_code')]);
  });
});

it('asks for every column of the schema, and only for those, where the type is not known beforehand', async () => {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Subscriber { name } } }';
  const [columns = []] = await columnsOf(query, { id: globalId('subscriber', 'Subscriber', `${ACME}/1001`) });
  expect(columns).toHaveLength(46);
  expect(columns.filter((column) => /pin|pwd/.test(column))).toEqual([]);
});
