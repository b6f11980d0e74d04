import { expect, it } from 'vitest';
import type { Switches } from '../../../src/sandbox/switches.ts';
import { explain } from '../../../src/upstream/netsapiens/reply.ts';
import { withGateway } from '../../helpers/gateway.ts';

const person =
  'extension name email department site scope scopeText presence callLimit areaCode isInDirectory kind';
const EVERYTHING = `{
  viewer { subscriber { uid login name domainName territory scope subscriber { extension } domain { name territory callLimit } } }
  one: subscriber(user: "1002") { ${person} }
  byLogin: subscriber(login: "1004@acme.12345.service") { ${person} }
  system: subscribers(first: 100, filter: { kinds: [CALL_QUEUE, DEPARTMENT, ATTENDANT] }) { nodes { extension kind } }
  subscribers(first: 100) { totalCount nodes { ${person} user { email } } }
  domains { totalCount nodes { name description } }
  users(first: 100) { nodes { email subscriber { name domainName } } }
}`;

const askEverything = async (switches: Partial<Switches>, users?: number) => {
  const gateway = await withGateway({ switches, ...(users !== undefined && { users }) });
  const { data, errors } = await gateway.execute(EVERYTHING, await gateway.signIn());
  return { data, errors };
};

const quirks: readonly Partial<Switches>[] = [
  { legacyRecords: 'bare-when-single' },
  { legacyRecords: 'indexed-object' },
  { legacyMislabelJson: true },
  { legacyStrictParameters: true },
  { legacyEmpty: 'object' },
  { legacyEmpty: 'blank' },
  { legacyEmpty: 'null-record' },
  { legacyWarning: '199' },
  { legacyRowCap: 100 },
  { legacyRefreshGraceMs: 60_000 },
  { legacyUnknownOperation: 400 },
  { legacyOutOfScope: 'empty' },
];

it.each(quirks)('answers the same under %j as without it', async (quirk) => {
  const plain = await askEverything({});
  expect(plain.errors).toEqual([]);
  expect(plain.data?.['subscribers'].nodes.length).toBeGreaterThan(35);
  expect(plain.data?.['one']).toMatchObject({ name: 'Ben Carter', callLimit: expect.any(Number) });
  expect(await askEverything(quirk)).toEqual(plain);
});

it('A-21: answers the same from numbers as from texts, zeros that are lost on the way included', async () => {
  const strings = await askEverything({ legacyTyping: 'strings' });
  const numeric = await askEverything({ legacyTyping: 'numeric' });
  expect(numeric.errors).toEqual([]);
  const text = JSON.stringify(strings.data);
  expect(text).toContain('"extension":"0012"');
  expect(JSON.stringify(numeric.data)).toBe(text);
});

it('A-21: takes the extension that was asked for as the truth', async () => {
  const gateway = await withGateway({ switches: { legacyTyping: 'numeric' } });
  const { data } = await gateway.execute(
    '{ subscriber(user: "0012") { extension uid name } }',
    await gateway.signIn(),
  );
  expect(data?.['subscriber']).toEqual({
    extension: '0012',
    uid: '0012@acme.12345.service',
    name: 'Leading Zero',
  });
});

it.each([0, 96, 100, 150])(
  'A-19: finds everybody though rows are cut silently at %i',
  async (legacyRowCap) => {
    const gateway = await withGateway({ users: 260, switches: { legacyRowCap } });
    const session = await gateway.signIn();
    const extensions: string[] = [];
    let after = '';
    for (;;) {
      const { data, errors } = await gateway.execute(
        `{ subscribers(first: 100${after}) { nodes { extension } pageInfo { endCursor hasNextPage } } }`,
        session,
      );
      expect(errors).toEqual([]);
      const { nodes, pageInfo } = data?.['subscribers'] ?? {};
      extensions.push(...nodes.map(({ extension }: { extension: string }) => extension));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    // Two of the people are known to CloudLink only.
    expect(extensions).toHaveLength(258);
    expect(new Set(extensions).size).toBe(258);
  },
);

it.each(['array', 'object', 'blank', 'null-record'] as const)(
  'A-20: reads %s as nothing',
  async (legacyEmpty) => {
    const gateway = await withGateway({ switches: { legacyEmpty } });
    const session = await gateway.signIn();
    const last = await gateway.execute('{ subscribers(first: 100) { pageInfo { endCursor } } }', session);

    const { data, errors } = await gateway.execute(
      `{
      a: subscriber(user: "9999") { name } b: subscriber(uid: "9998@acme.12345.service") { name }
      c: subscriber(login: "nobody@acme.12345.service") { name }
      d: subscribers(after: "${last.data?.['subscribers'].pageInfo.endCursor}") { nodes { name } }
    }`,
      session,
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({ a: null, b: null, c: null, d: { nodes: [] } });
  },
);

it.each([
  ['403', 403],
  ['401', 401],
] as const)(
  'A-08: a domain of others answered by %s is FORBIDDEN, and the session goes on',
  async (legacyOutOfScope, status) => {
    for (const legacyWarning of ['plain', '199'] as const) {
      const gateway = await withGateway({ switches: { legacyOutOfScope, legacyWarning } });
      const session = await gateway.signIn('ben');
      const { errors } = await gateway.execute(
        '{ subscribers(domain: "globex.67890.service") { nodes { name } } users(first: 1) { nodes { name } } }',
        session,
      );
      expect(errors).toMatchObject([
        {
          path: ['subscribers'],
          extensions: { code: 'FORBIDDEN', platform: 'subscriber', status, retryable: false },
        },
      ]);
      expect(errors[0]?.message).toMatch(
        /^The subscriber API does not allow this to the signed-in subscriber: [A-Z][^"]*\.$/,
      );
      const own = await gateway.execute('{ subscribers { nodes { extension } } }', session);
      expect(own).toMatchObject({ errors: [], data: { subscribers: { nodes: [{ extension: '1002' }] } } });
    }
  },
);

it('A-08: a domain of others answered by nothing is an empty list', async () => {
  const gateway = await withGateway({ switches: { legacyOutOfScope: 'empty' } });
  const { data, errors } = await gateway.execute(
    '{ subscribers(domain: "globex.67890.service") { nodes { name } } subscriber(domain: "globex.67890.service", user: "2001") { name } }',
    await gateway.signIn('ben'),
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({ subscribers: { nodes: [] }, subscriber: null });
});

it('A-29: tells the wait where the quota of a minute is used up, and costs CloudLink nothing', async () => {
  const gateway = await withGateway({ switches: { legacyRateLimit: true } });
  const session = await gateway.signIn();
  const query = '{ subscribers(first: 1) { nodes { name } } users(first: 1) { nodes { name } } }';

  const answers = await Promise.all(Array.from({ length: 70 }, () => gateway.execute(query, session)));

  const refused = answers.flatMap(({ errors }) => errors);
  expect(refused.length).toBeGreaterThanOrEqual(9);
  for (const { extensions, path } of refused) {
    expect(path).toEqual(['subscribers']);
    expect(extensions).toEqual({
      code: 'RATE_LIMITED',
      platform: 'subscriber',
      status: 429,
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    expect(extensions['retryAfterMs']).toBeGreaterThan(0);
    expect(extensions['retryAfterMs']).toBeLessThanOrEqual(60_000);
  }
  expect(answers.every(({ data }) => data?.['users'].nodes.length === 1)).toBe(true);
});

it.each([404, 400] as const)(
  'A-09: an unknown operation answered by %i is a broken protocol',
  async (legacyUnknownOperation) => {
    const gateway = await withGateway({ switches: { legacyUnknownOperation } });
    const { subscriber } = await gateway.tokens();
    // The gateway has no way to name one, so the platform's answer is fetched by hand.
    const { status, headers, statusText } = await fetch(
      `${gateway.sandbox.url}/ns-api/?object=unicorn&action=read`,
      {
        headers: { authorization: subscriber['x-subscriber-authorization'] ?? '' },
      },
    );
    expect(status).toBe(legacyUnknownOperation);
    const request = { method: 'POST', path: [''], effect: 'read' } as const;
    const reply = { status, reason: statusText, headers: Object.fromEntries(headers), text: '' };
    expect(explain(reply, request)?.failure).toMatchObject({
      code: 'UPSTREAM_PROTOCOL',
      platform: 'subscriber',
      status,
    });
  },
);

it.each([
  ['nothing but nonsense', { a: { b: [1] } }],
  ['empty rows', [{}, { user: '', domain: '' }]],
  ['null', [null]],
])('a list of %s holds nobody', async (_title, body) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const match = { object: 'subscriber', action: 'read' };
  await gateway.sandbox.fail({ match, fault: { type: 'body', body } });
  const { data, errors } = await gateway.execute(
    '{ subscribers(first: 5) { nodes { extension name } } subscriber(user: "1001") { name } users(first: 3) { nodes { subscriber { name } } } }',
    session,
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    subscribers: { nodes: [] },
    subscriber: null,
    users: { nodes: [{ subscriber: null }, { subscriber: null }, { subscriber: null }] },
  });
});

it('a record whose other fields are nonsense is read as far as it makes sense', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const body = [
    {
      user: 1001,
      domain: 'acme.12345.service',
      first_name: { a: 1 },
      last_name: ['x'],
      email: 5,
      scope: 'Wizard',
      presence: true,
      call_limit: '99999999999999',
      directory_order: 'first',
      dir_list: 'perhaps',
      date_created: 'yesterday',
      last_update: '0000-00-00 00:00:00',
      no_answer_timeout: -1.5,
    },
  ];
  await gateway.sandbox.fail({
    match: { object: 'subscriber', action: 'read' },
    fault: { type: 'body', body },
  });
  const { data, errors } = await gateway.execute(
    '{ subscriber(user: "1001") { extension name emails scope scopeText presence callLimit dialByNameOrder isInDirectory ringTimeoutSeconds createdAt { instant text } updatedAt { instant } } }',
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['subscriber']).toMatchObject({
    extension: '1001',
    name: null,
    scope: 'UNKNOWN',
    scopeText: 'Wizard',
    presence: 'UNKNOWN',
    callLimit: null,
    dialByNameOrder: null,
    isInDirectory: null,
    ringTimeoutSeconds: null,
    createdAt: { instant: null, text: 'yesterday' },
  });
});
