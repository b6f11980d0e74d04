import { describe, expect, it } from 'vitest';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { openSocket, openStream, type Result, type TestSocket } from '../helpers/subscribers.ts';

interface Operation {
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
}

/** A title, an operation, and the codes of the errors that it answers. */
type Row = readonly [title: string, operation: Operation | string, ...codes: string[]];

const PARSE = 'GRAPHQL_PARSE_FAILED';
const VALID = 'GRAPHQL_VALIDATION_FAILED';
const UNNAMED = 'OPERATION_RESOLUTION_FAILURE';
const INPUT = 'BAD_USER_INPUT';
const REQUEST = 'BAD_REQUEST';

const deep = (levels: number) => `{ ${'__schema { '.repeat(levels)} x ${'}'.repeat(levels)} }`;
const two = 'query One { viewer { __typename } } query Two { users(first: 1) { nodes { name } } }';
const byRole = 'query ($role: UserRole!) { users(filter: { role: $role }) { nodes { name } } }';

const rows: readonly Row[] = [
  ['a field', '{ viewer { __typename } }'],
  ['an alias', '{ me: viewer { __typename } }'],
  ['data of CloudLink', '{ users(first: 2) { nodes { name email } pageInfo { endCursor } } }'],
  ['data of the legacy platform', '{ domains(first: 2) { nodes { name } } }'],
  ['data of both', '{ users(first: 2) { nodes { name subscriber { extension } } } }'],
  ['a fragment', 'query { users(first: 1) { ...Some } } fragment Some on UserConnection { nodes { name } }'],
  ['a directive', '{ viewer { __typename } users(first: 1) @skip(if: true) { nodes { name } } }'],
  ['variables', { query: byRole, variables: { role: 'USER' } }],
  ['the operation that is named', { query: two, operationName: 'Two' }],
  ['introspection', '{ __type(name: "User") { kind name } }'],
  ['a mutation that does nothing', 'mutation { signIn(input: {}) { expiresAt } }', INPUT],
  ['a type name', 'mutation { __typename }'],
  ['nothing', { query: ' ' }, PARSE],
  ['an open brace', '{ viewer {', PARSE],
  ['a stray character', '{ viewer ; }', PARSE],
  ['a string without an end', '{ node(id: "x) { id } }', PARSE],
  ['two names for one selection', '{ viewer { __typename } users: users: { x } }', PARSE],
  ['brackets nested too deep', deep(40), PARSE],
  ['too many tokens', `{ ${'a '.repeat(10_001)} }`, PARSE],
  ['an unknown field', '{ viewer { nothing } }', VALID],
  ['a misspelt field', '{ viewr { __typename } }', VALID],
  ['an unknown argument', '{ users(firs: 1) { nodes { name } } }', VALID],
  ['an argument of another type', '{ users(first: "one") { nodes { name } } }', VALID],
  ['a missing argument', '{ node { id } }', VALID],
  ['an unknown type', '{ node(id: "x") { ... on Nothing { id } } }', VALID],
  ['an unused fragment', '{ viewer { __typename } } fragment Some on User { name }', VALID],
  ['an unknown fragment', '{ viewer { ...Some } }', VALID],
  ['a fragment in itself', '{ viewer { ...A } } fragment A on Viewer { ...A }', VALID],
  ['an unused variable', 'query ($a: Int) { viewer { __typename } }', VALID],
  ['an undefined variable', '{ users(first: $a) { nodes { name } } }', VALID],
  ['a selection on a leaf', '{ users(first: 1) { nodes { name { x } } } }', VALID],
  ['no selection on an object', '{ users(first: 1) }', VALID],
  ['two fields of one name', '{ users(first: 1) { nodes { name name: email } } }', VALID],
  ['an unknown directive', '{ viewer { __typename @never } }', VALID],
  ['a field called then', '{ then: viewer { __typename } }', VALID],
  [
    'two sign-ins',
    'mutation { a: signIn(input: {}) { expiresAt } b: signIn(input: {}) { expiresAt } }',
    INPUT,
  ],
  ['two subscriptions', 'subscription { a: callEvents { id } b: callEvents { id } }', VALID],
  ['a missing variable', { query: byRole }, INPUT],
  ['a variable of another type', { query: byRole, variables: { role: 7 } }, INPUT],
  ['a misspelt enum value', { query: byRole, variables: { role: 'USR' } }, INPUT],
  ['no name of several operations', { query: two }, UNNAMED],
  ['an unknown name', { query: two, operationName: 'Three' }, UNNAMED],
  ['an unknown name of one', { query: '{ viewer { __typename } }', operationName: 'Other' }, UNNAMED],
  ['an id of nobody', '{ node(id: "nobody") { id } }', INPUT],
  ['a page that is too large', '{ users(first: 1000) { nodes { name } } }', INPUT],
  ['a field that fails beside one that does not', '{ viewer { __typename } node(id: "x") { id } }', INPUT],
  [
    'a hand-over where there is none',
    'mutation { renewConnection(input: {}) { expiresAt } }',
    REQUEST,
    INPUT,
  ],
  ['a subscription that wants nothing', 'subscription { callEvents { id } }', INPUT],
  [
    'a subscription of an unknown cursor',
    'subscription { callEvents(account: true, after: "nothing") { id } }',
    'CURSOR_UNKNOWN',
  ],
  ['a subscription to a misspelt field', 'subscription { callEvent(account: true) { id } }', VALID],
];

const toOperation = (given: Operation | string): Operation =>
  typeof given === 'string' ? { query: given } : given;

const byHttp = async (gateway: TestGateway, headers: Record<string, string>, operation: Operation) => {
  const response = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
  return (await response.json()) as Result;
};

const byStream = async (
  gateway: TestGateway,
  headers: Record<string, string>,
  { query, ...options }: Operation,
) => (await (await openStream(gateway, query, headers, options)).take(1))[0] as Result;

/** What of a result is the same each time. */
const comparable = ({ data, errors = [], extensions = {} }: Result) => ({
  data: data ?? null,
  errors: errors.map(({ extensions: { correlationId: _id, ...rest }, ...error }) => ({
    ...error,
    extensions: rest,
  })),
  extensions,
});

const isSubscription = ({ query }: Operation) => query.startsWith('subscription');

/** Three columns: HTTP, an event stream and a socket. A subscription is nothing for a request by HTTP alone. */
const runAs = async (
  gateway: TestGateway,
  session: Record<string, string>,
  socket: TestSocket,
  given: readonly Row[],
) => {
  const table = [];
  for (const [title, wish, ...codes] of given) {
    const operation = toOperation(wish);
    const { query, variables, operationName } = operation;
    const streamed = comparable(await byStream(gateway, session, operation));
    const socketed = comparable(await socket.execute(query, variables, operationName));
    const plain = isSubscription(operation)
      ? streamed
      : comparable(await byHttp(gateway, session, operation));
    table.push({ title, codes, plain, streamed, socketed });
  }
  return table;
};

const run = async (gateway: TestGateway, given: readonly Row[]) => {
  const session = await gateway.signIn();
  return runAs(gateway, session, await openSocket(gateway, session), given);
};

const codesOf = ({ errors }: ReturnType<typeof comparable>) =>
  errors.map(({ extensions }) => extensions['code']);

/** Whether all columns of a table are the same, with the codes that it names. */
const expectOneAnswer = (table: Awaited<ReturnType<typeof run>>) => {
  const expected = table.map(({ title, plain, codes }) => ({ title, codes, result: plain }));
  const column = (name: 'plain' | 'streamed' | 'socketed') =>
    table.map(({ title, [name]: result }) => ({ title, codes: [...new Set(codesOf(result))], result }));
  expect(column('plain')).toEqual(expected);
  expect(column('streamed')).toEqual(expected);
  expect(column('socketed')).toEqual(expected);
};

const hidden: readonly Row[] = [
  ['the schema', '{ __schema { queryType { name } } }', VALID],
  ['a type', '{ __type(name: "User") { name } }', VALID],
  ['the schema, for a mutation', 'mutation { __schema { queryType { name } } }', VALID],
  ['a misspelt field', '{ userz { nodes { name } } }', VALID],
  ['a misspelt argument', '{ users(firs: 1) { nodes { name } } }', VALID],
  ['a misspelt type', '{ node(id: "x") { ... on Usr { name } } }', VALID],
  ['a misspelt variable', 'query ($first: Int) { users(first: $frst) { nodes { name } } }', VALID],
  ['a misspelt enum value in a variable', { query: byRole, variables: { role: 'USR' } }, INPUT],
  [
    'a misspelt input field in a variable',
    {
      query: 'query ($filter: UserFilter) { users(filter: $filter) { nodes { name } } }',
      variables: { filter: { serch: 'a' } },
    },
    INPUT,
  ],
  ['a misspelt subscription', 'subscription { callEvnts(account: true) { id } }', VALID],
  [
    'a misspelt argument of a subscription',
    { query: 'subscription ($a: Boolean!) { callEvents(account: $a) { id } }', variables: { a: 'ture' } },
    INPUT,
  ],
];

const faults: readonly Row[] = [
  [
    'one field of two',
    '{ users(first: 2) { nodes { name subscriber { extension } } } }',
    'UPSTREAM_UNAVAILABLE',
  ],
  ['a whole answer', '{ domains(first: 2) { nodes { name } } }', 'UPSTREAM_UNAVAILABLE'],
  [
    'a change',
    'mutation { signIn(input: { subscriber: { username: "a", password: "b" } }) { expiresAt } }',
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    'a subscription',
    'subscription { callEvents(domain: "acme.12345.service") { id } }',
    'UPSTREAM_UNAVAILABLE',
  ],
];

describe('an operation has one answer, over HTTP, an event stream and a socket', () => {
  it('of fifty documents, good and bad', async () => {
    const gateway = await withGateway({ env: { CLOUDLINK_FEEDS: 'webhook' } });
    const table = await run(
      gateway,
      rows.filter(([title]) => title !== 'a hand-over where there is none'),
    );
    expect(table.length).toBeGreaterThanOrEqual(49);
    expectOneAnswer(table);
  });

  it('in production, where the schema is told by none of them', async () => {
    const gateway = await withGateway({ env: { NODE_ENV: 'production', CLOUDLINK_FEEDS: 'poll' } });
    const table = await run(gateway, hidden);
    expectOneAnswer(table);
    expect(JSON.stringify(table)).not.toMatch(/did you mean/i);
    const told = await run(await withGateway(), hidden);
    expect(JSON.stringify(told), 'elsewhere it is told').toMatch(/did you mean/i);
  });

  it('where a platform fails: what it has, and one error for what it has not', async () => {
    const gateway = await withGateway({ env: { SUBSCRIBER_FEEDS: 'webhook' } });
    const session = await gateway.signIn();
    const socket = await openSocket(gateway, session);
    await gateway.sandbox.fail({ match: { platform: 'netsapiens' }, fault: { type: 'status', status: 503 } });
    const table = await runAs(gateway, session, socket, faults);
    expectOneAnswer(table);
    expect(table[0]?.plain.data?.['users'].nodes[0]).toEqual({ name: 'Ada Example', subscriber: null });
  });

  it('and one line in the log, whether it was carried out or refused', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const socket = await openSocket(gateway, session);
    const before = gateway.log.length;
    await runAs(gateway, session, socket, [
      ['done', 'query Done { viewer { __typename } }'],
      ['refused', 'query Refused { nothing }', VALID],
      ['unreadable', 'query Unreadable {', PARSE],
      ['bad input', { query: byRole.replace('query', 'query Bad') }, INPUT],
    ]);
    const lines = gateway.log
      .slice(before)
      .filter(({ msg }) => msg === 'operation')
      .map(({ operation, kind, principal, errors }) => ({ operation, kind, principal, errors }));
    const thrice = (line: object) => [line, line, line];
    const principal = expect.stringMatching(/^session:/);
    expect(lines).toEqual([
      ...thrice({ operation: 'Done', kind: 'query', principal, errors: undefined }),
      ...thrice({ operation: null, kind: null, principal, errors: [VALID] }),
      ...thrice({ operation: null, kind: null, principal, errors: [PARSE] }),
      ...thrice({ operation: 'Bad', kind: 'query', principal, errors: [INPUT] }),
    ]);
  });
});
