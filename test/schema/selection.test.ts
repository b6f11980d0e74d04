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
    // People are told from the rest by their service code.
    expect(await columnsOf(query)).toEqual([sorted('presence', 'site', 'first_name', 'srv_code')]);
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
    ['{ pageInfo { hasNextPage } }', []],
  ])('of a list are those of %s', async (selection, columns) => {
    const fragment = selection.includes('...Some') ? 'fragment Some on Subscriber { site }' : '';
    expect(await columnsOf(`{ subscribers(first: 3) ${selection} } ${fragment}`)).toEqual([
      sorted(...columns, 'srv_code'),
    ]);
  });

  it.each([
    ['search: "a"', ['first_name', 'last_name', 'email', 'srv_code']],
    ['department: "Sales"', ['group', 'srv_code']],
    ['site: "Uptown"', ['site', 'srv_code']],
    ['scopes: [BASIC_USER]', ['scope', 'srv_code']],
    ['kinds: [CALL_QUEUE]', ['srv_code']],
  ])('of a list filtered by { %s } are those that the filter looks at', async (filter, columns) => {
    expect(await columnsOf(`{ subscribers(filter: { ${filter} }) { nodes { extension } } }`)).toEqual([
      sorted(...columns),
    ]);
  });
});

describe('the columns of a joined subscriber', () => {
  const adaId = globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, 1)}`);

  it('are what is selected and what the rule looks at', async () => {
    const query = 'query ($id: ID!) { user(id: $id) { subscriber { presence } } }';
    expect(await columnsOf(query, { id: adaId })).toEqual([sorted('presence', 'email', 'srv_code')]);
  });

  it('are the same list whichever alias asks, so that one read serves them all', async () => {
    const query = `{
      a: users(first: 5) { nodes { subscriber { presence } } }
      b: users(first: 5) { nodes { subscriber { site } } }
    }`;
    expect(await columnsOf(query)).toEqual([sorted('presence', 'site', 'email', 'srv_code')]);
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
