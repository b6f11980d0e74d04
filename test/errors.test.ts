import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { isUnexpected, maskError, originOf, withoutValue } from '../src/errors.ts';
import { PASSWORD } from '../src/sandbox/company.ts';
import { UpstreamError } from '../src/upstream/errors.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';

/** What an inner detail looks like: a stack, a path of a file, an address, an errno, a library. */
const innerDetail =
  /\bat \S+ \(?\S*:\d+:\d+|node_modules|file:\/\/|\/src\/|127\.0\.0\.1|localhost|\bE[A-Z]{5,}\b|\bgot\b|[Zz]od|[Yy]oga|pothos/;

const json = { 'content-type': 'application/json' };
const post = (body: unknown, headers: Record<string, string> = json): RequestInit => ({
  method: 'POST',
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const send = async (gateway: TestGateway, init: RequestInit, query = '') => {
  const response = await gateway.fetch(`/graphql${query}`, init);
  const text = await response.text();
  return { status: response.status, text, requestId: response.headers.get('x-request-id') };
};

interface Case {
  readonly title: string;
  readonly code: string;
  readonly init: RequestInit;
  readonly query?: string;
  readonly status?: number;
}

const cases: readonly Case[] = [
  {
    title: 'a document that cannot be parsed',
    code: 'GRAPHQL_PARSE_FAILED',
    init: post({ query: '{ users(' }),
  },
  { title: 'an empty document', code: 'GRAPHQL_PARSE_FAILED', init: post({ query: ' ' }) },
  {
    title: 'a field that does not exist',
    code: 'GRAPHQL_VALIDATION_FAILED',
    init: post({ query: '{ nothing }' }),
  },
  {
    title: 'an argument of another type',
    code: 'GRAPHQL_VALIDATION_FAILED',
    init: post({ query: '{ users(first: "ten") { nodes { name } } }' }),
  },
  {
    title: 'a variable of another type',
    code: 'BAD_USER_INPUT',
    init: post({
      query: 'query ($n: Int!) { users(first: $n) { nodes { name } } }',
      variables: { n: 'ten' },
    }),
  },
  {
    title: 'a variable that is missing',
    code: 'BAD_USER_INPUT',
    init: post({ query: 'query ($n: Int!) { users(first: $n) { nodes { name } } }' }),
  },
  {
    title: 'an enum value that does not exist',
    code: 'BAD_USER_INPUT',
    init: post({
      query: 'query ($f: SubscriberFilter) { subscribers(filter: $f) { nodes { name } } }',
      variables: { f: { kinds: ['ALIEN'] } },
    }),
  },
  {
    title: 'an operation that is not in the document',
    code: 'OPERATION_RESOLUTION_FAILURE',
    init: post({ query: 'query A { __typename }', operationName: 'B' }),
    status: 400,
  },
  {
    title: 'two operations and no name',
    code: 'OPERATION_RESOLUTION_FAILURE',
    init: post({ query: 'query A { __typename } query B { __typename }' }),
    status: 400,
  },
  {
    title: 'an id of nobody',
    code: 'BAD_USER_INPUT',
    init: post({ query: '{ node(id: "nonsense") { id } }' }),
  },
  {
    title: 'malformed JSON',
    code: 'BAD_REQUEST',
    init: post('{"query": "{ __typename }", "secret": "s3cr3t'),
    status: 400,
  },
  { title: 'an empty body', code: 'BAD_REQUEST', init: post(''), status: 400 },
  { title: 'a body that is a number', code: 'BAD_REQUEST', init: post('42'), status: 400 },
  { title: 'a body that is null', code: 'BAD_REQUEST', init: post('null'), status: 400 },
  {
    title: 'a client that reads no JSON',
    code: 'BAD_REQUEST',
    init: post({ query: '{ __typename }' }, { ...json, accept: 'text/html' }),
    status: 406,
  },
  { title: 'a batch', code: 'BAD_REQUEST', init: post([{ query: '{ __typename }' }]), status: 400 },
  { title: 'a body without a query', code: 'BAD_REQUEST', init: post({ variables: {} }) },
  {
    title: 'a query that is a list',
    code: 'BAD_REQUEST',
    init: post({ query: ['{ __typename }'] }),
    status: 400,
  },
  {
    title: 'variables that are a list',
    code: 'BAD_REQUEST',
    init: post({ query: '{ __typename }', variables: [] }),
    status: 400,
  },
  {
    title: 'an unknown key',
    code: 'BAD_REQUEST',
    init: post({ query: '{ __typename }', more: 1 }),
    status: 400,
  },
  {
    title: 'text as content type',
    code: 'BAD_REQUEST',
    init: post('{ __typename }', { 'content-type': 'text/plain' }),
    status: 415,
  },
  {
    title: 'a form',
    code: 'BAD_REQUEST',
    init: { method: 'POST', body: new URLSearchParams({ query: '{ __typename }' }) },
    status: 415,
  },
  { title: 'a verb that is neither GET nor POST', code: 'BAD_REQUEST', init: { method: 'PUT' }, status: 405 },
  {
    title: 'a mutation by GET',
    code: 'BAD_REQUEST',
    init: { method: 'GET' },
    query: `?query=${encodeURIComponent('mutation { signOut }')}`,
    status: 405,
  },
  {
    title: 'variables by GET that are no JSON',
    code: 'BAD_REQUEST',
    init: { method: 'GET' },
    query: `?query=${encodeURIComponent('{ __typename }')}&variables=%7Bs3cr3t`,
    status: 400,
  },
  {
    title: 'another address',
    code: 'NOT_FOUND',
    init: { method: 'GET' },
    query: '/../elsewhere',
    status: 404,
  },
];

it.each(cases)(
  '$title is answered with $code and no inner detail',
  async ({ code, init, query, status = 200 }) => {
    const gateway = await withGateway();

    const answer = await send(gateway, init, query);

    const { errors, data } = JSON.parse(answer.text);
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map((error: { extensions: { code: string } }) => error.extensions.code))).toEqual(
      new Set([code]),
    );
    for (const { extensions, message } of errors) {
      expect(Object.keys(extensions).filter((name) => !['code', 'argument'].includes(name))).toEqual([]);
      expect(message).toMatch(/\S/);
    }
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(innerDetail);
    expect(answer.text).not.toContain('s3cr3t');
    expect(answer.requestId).toMatch(/^[\da-f-]{36}$/);
    expect(await gateway.sandbox.requests()).toEqual([]);
    expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  },
);

it('answers 400 to input that cannot be taken, for clients that know the media type of GraphQL', async () => {
  const gateway = await withGateway();
  const accept = { ...json, accept: 'application/graphql-response+json' };
  const query = 'query ($n: Int!) { users(first: $n) { nodes { name } } }';
  for (const variables of [{}, { n: 'ten' }]) {
    const { status, text } = await send(gateway, post({ query, variables }, accept));
    expect(status).toBe(400);
    expect(JSON.parse(text).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(text).not.toContain('http');
  }
});

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { sessionToken } }';

it.each([
  ['an unknown key beside a password', { cloudlink: { username: 'ada', password: PASSWORD, extra: 1 } }],
  ['a password in the place of an object', { cloudlink: PASSWORD }],
  ['a password as a list', { cloudlink: { username: 'ada', password: [PASSWORD] } }],
  ['a password in the place of everything', PASSWORD],
  ['a password without a username', { subscriber: { password: PASSWORD } }],
])('%s is not quoted back, neither from variables nor from the document', async (_title, input) => {
  const gateway = await withGateway();
  // Every answer is searched for secrets at the end of the test.
  const fromVariables = await gateway.execute(SIGN_IN, {}, { input });
  expect(fromVariables.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(fromVariables.errors[0]?.message).toMatch(
    /^Variable "\$input" has an invalid value( at "input[\w.]+")?: \w.*\.$/,
  );

  const literal = JSON.stringify(input).replaceAll(/"(\w+)":/g, '$1:');
  const fromDocument = await gateway.execute(`mutation { signIn(input: ${literal}) { sessionToken } }`);
  expect(fromDocument.errors[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
});

it.each([
  ['a text', `mutation { signIn("${PASSWORD}") { expiresAt } }`, 'String'],
  ['a block of text', `mutation { signIn(input: {"""${PASSWORD}"""}) { expiresAt } }`, 'BlockString'],
  ['a text after its end', `mutation { signIn(a: "x" "${PASSWORD}") { expiresAt } }`, 'String'],
  ['a name', `mutation { signIn(password ${PASSWORD.replace('-', '_')}) { expiresAt } }`, 'Name'],
])(
  'a password is not quoted back where it is in the wrong place of a document, as %s',
  async (_as, query, kind) => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute(query);
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    expect(errors[0]?.message).toMatch(new RegExp(`^Syntax Error: Expected \\S+, found ${kind}\\.$`));
  },
);

it.each([
  [
    'Expected value of type "C" not to include unknown field "x", found: { password: "a; found: b" }.',
    'Expected value of type "C" not to include unknown field "x".',
  ],
  [
    'Expected value of type "C" not to include unknown field "passwrd". Did you mean "password"? Found: { a: 1 }.',
    'Expected value of type "C" not to include unknown field "passwrd". Did you mean "password"?',
  ],
  [
    'Variable "$i" has invalid value at .n: Int cannot represent non-integer value: "a: b"',
    'Variable "$i" has invalid value at .n: Int cannot represent non-integer value.',
  ],
  [
    'Variable "$e" has invalid value: Value "a\\" b" does not exist in "E" enum.',
    'Variable "$e" has invalid value: The value does not exist in "E" enum.',
  ],
  ['Cannot query field "a" on type "B".', 'Cannot query field "a" on type "B".'],
  ['Syntax Error: Expected Name, found String "hunter2".', 'Syntax Error: Expected Name, found String.'],
  [
    'Syntax Error: Expected ":", found BlockString "a "quoted"\nword".',
    'Syntax Error: Expected ":", found BlockString.',
  ],
  ['Syntax Error: Unexpected Name "hunter2".', 'Syntax Error: Unexpected Name.'],
  ['Syntax Error: Expected "}", found Int "1234".', 'Syntax Error: Expected "}", found Int.'],
  ['Syntax Error: Unexpected Float "12.34".', 'Syntax Error: Unexpected Float.'],
  ['Syntax Error: Expected Name, found ")".', 'Syntax Error: Expected Name, found ")".'],
  [
    'Syntax Error: Invalid Unicode escape sequence: "\\u{12"34".',
    'Syntax Error: Invalid Unicode escape sequence.',
  ],
])('takes the value out of %j', (message, expected) => {
  expect(withoutValue(message)).toBe(expected);
});

it('masks what was not thrown on purpose, and keeps it for the log', () => {
  const cause = new TypeError('cannot read "secret" of undefined at 10.0.0.1');
  const located = new GraphQLError(cause.message, { path: ['users', 0], originalError: cause });
  const masked = maskError(located);
  expect(JSON.parse(JSON.stringify(masked))).toEqual({
    message: 'Something went wrong in the gateway. Its log tells more under the id of this request.',
    path: ['users', 0],
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
  expect(isUnexpected(masked)).toBe(true);
  expect(originOf(masked)).toBe(cause);
  for (const thrown of ['a text', undefined, null, 42, { password: PASSWORD }]) {
    expect(maskError(thrown).message).toBe(masked.message);
  }
});

it('lets an upstream error through with what a client can use, and no more', () => {
  const failure = {
    code: 'RATE_LIMITED',
    platform: 'subscriber',
    message: 'The subscriber API asks for fewer requests.',
    status: 429,
    retryAfterMs: 1000,
    reason: 'ECONNRESET',
  } as const;
  const masked = maskError(
    new GraphQLError('x', { path: ['domain'], originalError: new UpstreamError(failure) }),
  );
  expect(JSON.parse(JSON.stringify(masked))).toEqual({
    message: failure.message,
    path: ['domain'],
    extensions: {
      code: 'RATE_LIMITED',
      platform: 'subscriber',
      status: 429,
      retryable: true,
      retryAfterMs: 1000,
    },
  });
  expect(isUnexpected(masked)).toBe(false);
});
