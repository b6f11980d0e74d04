import { assertObjectType, getNamedType, isObjectType, type GraphQLOutputType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { subscriberColumns } from '../../src/sandbox/netsapiens/subscriber-record.ts';
import { schema } from '../../src/schema/index.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX, legacyCalls, readRaw, type RawRow } from '../helpers/legacy.ts';

const READ = 'subscriber read';

/** What a column means, said here once more and independently of the product (facts §4.3). */
const text = (value = '') => (value === '' ? null : value);
const none = (nothing: string) => (value: string | undefined) => (value === nothing ? null : text(value));
const yes = (value = '') => ({ yes: true, no: false })[value] ?? null;
const number = (value = '') => (value === '' ? null : Number(value));
const list = (value = '') => (value === '' ? [] : value.split(/[;,]/));
const utc = (value = '') => ({ text: value, instant: `${value.replace(' ', 'T')}.000Z` });

const scopes: Readonly<Record<string, string>> = {
  'Basic User': 'BASIC_USER',
  'Office Manager': 'OFFICE_MANAGER',
  'Call Center Agent': 'CALL_CENTER_AGENT',
  'Call Center Supervisor': 'CALL_CENTER_SUPERVISOR',
  'Site Manager': 'SITE_MANAGER',
  'No Portal': 'NO_PORTAL',
};
const notifications: Readonly<Record<string, string>> = {
  no: 'NONE',
  yes: 'PLAIN',
  attnew: 'ATTACH_KEEP_NEW',
  attsave: 'ATTACH_MARK_SAVED',
  atttrash: 'ATTACH_MOVE_TO_TRASH',
};
const presences: Readonly<Record<string, string>> = {
  open: 'OPEN',
  inuse: 'IN_USE',
  alerting: 'ALERTING',
  progressing: 'PROGRESSING',
  held: 'HELD',
  closed: 'CLOSED',
};
const kindOf = (row: RawRow) =>
  row['user'] === 'domain'
    ? 'DOMAIN_DEFAULT'
    : {
        '': 'PERSON',
        'system-queue': 'CALL_QUEUE',
        'system-aa': 'ATTENDANT',
        'system-conference': 'CONFERENCE',
        'system-department': 'DEPARTMENT',
      }[row['srv_code'] ?? ''];

const expected = (row: RawRow) => ({
  extension: row['user'],
  domainName: row['domain'],
  uid: `${row['user']}@${row['domain']}`,
  id: globalId('subscriber', 'Subscriber', `${row['domain']}/${row['user']}`),
  kind: kindOf(row),
  serviceCode: text(row['srv_code']),
  name: text(`${row['first_name']} ${row['last_name']}`.trim()),
  firstName: text(row['first_name']),
  lastName: text(row['last_name']),
  login: text(row['subscriber_login']),
  email: list(row['email'])[0] ?? null,
  emails: list(row['email']),
  department: text(row['group']),
  site: none('n/a')(row['site']),
  scope: scopes[row['scope'] ?? ''] ?? 'UNKNOWN',
  scopeText: row['scope'],
  timeZone: text(row['time_zone']),
  language: text(row['language']),
  areaCode: text(row['area_code']),
  statusMessage: text(row['message']),
  presence: presences[row['presence'] ?? ''] ?? 'UNKNOWN',
  presenceText: row['presence'],
  accountStatus: { standard: 'STANDARD', new: 'NEW' }[row['account_status'] ?? ''],
  accountStatusText: row['account_status'],
  dialByNameDigits: text(row['dir']),
  dialByNameOrder: number(row['directory_order']),
  isInDialByName: yes(row['dir_anc']),
  isInDirectory: yes(row['dir_list']),
  callLimit: number(row['call_limit']),
  storageLimitKilobytes: number(row['data_limit']),
  ringTimeoutSeconds: number(row['no_answer_timeout']),
  dialPlan: text(row['dial_plan']),
  dialPolicy: text(row['dial_policy']),
  callerIdName: none('[*]')(row['callid_name']),
  callerIdNumber: none('[*]')(row['callid_nmbr']),
  emergencyCallerIdNumber: none('[*]')(row['callid_emgr']),
  isAllowListEnabled: yes(row['accept']),
  isBlockListEnabled: yes(row['reject']),
  isCallScreeningEnabled: yes(row['screen']),
  rejectsAnonymousCalls: yes(row['rej_anony']),
  isVoicemailProvisioned: yes(row['vmail_provisioned']),
  isVoicemailEnabled: yes(row['vmail_enabled']),
  voicemailGreetingIndex: number(row['vmail_greeting']),
  voicemailNotification: notifications[row['vmail_notify'] ?? ''],
  voicemailNotificationText: row['vmail_notify'],
  voicemailCopyTo: list(row['vmail_fwd_to']),
  voicemailTranscription: none('no')(row['vmail_transcribe']),
  announcesVoicemailTime: yes(row['vmail_annc_time']),
  announcesVoicemailCaller: yes(row['vmail_annc_cid']),
  playsNewestVoicemailFirst: yes(row['vmail_sort_lifo']),
  notifiesMissedCalls: yes(row['ntfy_missed_call']),
  notifiesStorageFull: yes(row['ntfy_data_limit']),
  activeCallCount: number(row['gauSession']),
  createdAt: utc(row['date_created']),
  updatedAt: utc(row['last_update']),
});

const names = Object.keys(expected({}));
const selection = names
  .map((name) => (name === 'createdAt' || name === 'updatedAt' ? `${name} { text instant }` : name))
  .join(' ');
const allKinds = '[PERSON, DOMAIN_DEFAULT, DEPARTMENT, CALL_QUEUE, ATTENDANT, CONFERENCE, OTHER_SYSTEM]';

describe('every field', () => {
  it('is looked at here', () => {
    const type = assertObjectType(schema.getType('Subscriber'));
    // What leads to another noun, or is asked for elsewhere, is looked at where that is.
    const isRelation = ({ name, type: of }: { readonly name: string; readonly type: GraphQLOutputType }) => {
      const named = getNamedType(of);
      return (isObjectType(named) && named.name !== 'ZonelessTime') || name === 'textNumbers';
    };
    const own = Object.values(type.getFields()).filter((field) => !isRelation(field));
    expect(names.toSorted()).toEqual(own.map(({ name }) => name).toSorted());
  });

  it.each([
    ['ada', ACME],
    ['grace', GLOBEX],
  ] as const)('has for %s in %s what the platform holds, row by row', async (person, domain) => {
    const gateway = await withGateway();
    const session = await gateway.signIn(person);
    const { data, errors } = await gateway.execute(
      `{ subscribers(first: 100, filter: { kinds: ${allKinds} }) { nodes { ${selection} } } }`,
      session,
    );
    expect(errors).toEqual([]);
    const rows = await readRaw(gateway, { domain, sort: 'user' }, person);
    expect(rows.length).toBe(person === 'ada' ? 51 : 13);
    expect(data?.['subscribers'].nodes).toEqual(rows.map(expected));
  });

  it('takes its numbers for what they are where the platform sends numbers', async () => {
    const gateway = await withGateway({ switches: { legacyTyping: 'numeric' } });
    const query = `{ subscriber(user: "1002") { ${selection} } }`;
    const numeric = await gateway.execute(query, await gateway.signIn());
    expect(numeric.errors).toEqual([]);
    await gateway.sandbox.control('PATCH', '/switches', { legacyTyping: 'strings' });
    const [row = {}] = await readRaw(gateway, { domain: ACME, user: '1002' });
    expect(numeric.data?.['subscriber']).toEqual(expected(row));
  });

  it('has a column of its own upstream, and no secret is asked for', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.execute(`{ subscriber(user: "1001") { ${selection} } }`, session);
    const [call] = await legacyCalls(gateway.sandbox);
    expect(call?.['fields']?.split(',').toSorted()).toEqual(
      subscriberColumns.filter((name) => name !== 'subscriber_pin' && name !== 'pwd_hash').toSorted(),
    );
  });

  it.each([
    ['by its id', `node(id: "${globalId('subscriber', 'Subscriber', `${ACME}/1001`)}") { id }`],
    ['of the caller', 'viewer { subscriber { subscriber { name } } }'],
    ['by its login', `subscriber(login: "1001@${ACME}") { name }`],
  ])('leaves the secrets where they are when a subscriber is read %s', async (_how, field) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(`{ ${field} }`, session);
    expect(errors).toEqual([]);
    const [call, ...others] = await legacyCalls(gateway.sandbox);
    expect(others).toEqual([]);
    expect(call?.['fields']).toMatch(/^user,domain/);
    expect(call?.['fields']).not.toMatch(/pin|pwd/);
  });
});

const answerOf = async (
  record: object | readonly object[],
  fields: string,
  env: Record<string, string> = {},
) => {
  const gateway = await withGateway({ env });
  const session = await gateway.signIn();
  await gateway.sandbox.fail({
    match: { object: 'subscriber', action: 'read' },
    fault: { type: 'body', body: record },
  });
  return gateway.execute(`{ subscriber(user: "1001") { ${fields} } }`, session);
};

describe('a value that is not expected', () => {
  const key = { user: '1001', domain: ACME };

  it('of an enum reads as UNKNOWN, with the raw text beside it', async () => {
    const { data, errors } = await answerOf(
      {
        ...key,
        scope: 'Wallboard Viewer',
        presence: 'teleporting',
        account_status: 'Dormant',
        vmail_notify: 'fax',
      },
      'scope scopeText presence presenceText accountStatus accountStatusText voicemailNotification voicemailNotificationText',
    );
    expect(errors).toEqual([]);
    expect(data?.['subscriber']).toEqual({
      scope: 'UNKNOWN',
      scopeText: 'Wallboard Viewer',
      presence: 'UNKNOWN',
      presenceText: 'teleporting',
      accountStatus: 'UNKNOWN',
      accountStatusText: 'Dormant',
      voicemailNotification: 'UNKNOWN',
      voicemailNotificationText: 'fax',
    });
  });

  it('of an enum is recognised in any letter case', async () => {
    const { data } = await answerOf({ ...key, scope: 'office manager', presence: 'Open' }, 'scope presence');
    expect(data?.['subscriber']).toEqual({ scope: 'OFFICE_MANAGER', presence: 'OPEN' });
  });

  it('is null where a column is left out, empty, null or of another type', async () => {
    for (const value of [undefined, '', null, {}, []]) {
      const columns = Object.fromEntries(subscriberColumns.map((column) => [column, value]));
      const { data, errors } = await answerOf({ ...columns, ...key }, selection);
      expect(errors).toEqual([]);
      const { id, extension, domainName, uid, kind, ...others } = data?.['subscriber'] ?? {};
      expect([extension, domainName, uid, kind]).toEqual(['1001', ACME, `1001@${ACME}`, 'PERSON']);
      expect(id).toEqual(expect.any(String));
      const lists = { emails: [], voicemailCopyTo: [] };
      expect(others).toEqual({
        ...Object.fromEntries(Object.keys(others).map((name) => [name, null])),
        ...lists,
      });
    }
  });

  it('of a number or a switch is null rather than wrong', async () => {
    const { data, errors } = await answerOf(
      {
        ...key,
        call_limit: 'unlimited',
        data_limit: '99999999999',
        no_answer_timeout: '2.5',
        dir_anc: 'maybe',
      },
      'callLimit storageLimitKilobytes ringTimeoutSeconds isInDialByName',
    );
    expect(errors).toEqual([]);
    expect(data?.['subscriber']).toEqual({
      callLimit: null,
      storageLimitKilobytes: null,
      ringTimeoutSeconds: null,
      isInDialByName: null,
    });
  });

  it('stands for nothing where the platform has a word for that', async () => {
    const { data } = await answerOf(
      {
        ...key,
        site: 'N/A',
        group: 'n/a',
        callid_name: '[*]',
        callid_nmbr: '[*]',
        callid_emgr: '[*]',
        vmail_transcribe: 'no',
      },
      'site department callerIdName callerIdNumber emergencyCallerIdNumber voicemailTranscription',
    );
    expect(Object.values(data?.['subscriber'])).toEqual(Array(6).fill(null));
  });

  it('splits several addresses at any of the separators', async () => {
    const { data } = await answerOf(
      {
        ...key,
        email: ' a@example.test; b@example.test,c@example.test;; ',
        vmail_fwd_to: 'x@example.test , y@example.test',
      },
      'email emails voicemailCopyTo',
    );
    expect(data?.['subscriber']).toEqual({
      email: 'a@example.test',
      emails: ['a@example.test', 'b@example.test', 'c@example.test'],
      voicemailCopyTo: ['x@example.test', 'y@example.test'],
    });
  });
});

describe('a time without a zone', () => {
  const at = (created: string, zone?: string) =>
    answerOf(
      { user: '1001', domain: ACME, date_created: created },
      'createdAt { instant text }',
      zone === undefined ? {} : { SUBSCRIBER_TIME_ZONE: zone },
    );

  it.each([
    ['2024-02-01 08:30:00', undefined, '2024-02-01T08:30:00.000Z'],
    ['2024-02-01 08:30:00', 'America/New_York', '2024-02-01T13:30:00.000Z'],
    ['2024-07-01 08:30:00', 'America/New_York', '2024-07-01T12:30:00.000Z'],
    ['2024-07-01 08:30:00', 'Asia/Kolkata', '2024-07-01T03:00:00.000Z'],
    ['02/01/24 8:30:5', 'UTC', '2024-02-01T08:30:05.000Z'],
  ])('%s read in %s is %s', async (created, zone, instant) => {
    const { data, errors } = await at(created, zone);
    expect(errors).toEqual([]);
    expect(data?.['subscriber'].createdAt).toEqual({ text: created, instant });
  });

  it.each(['0000-00-00 00:00:00', '2024-13-01 00:00:00', 'yesterday'])(
    '%s is no instant',
    async (created) => {
      const { data, errors } = await at(created);
      expect(errors).toEqual([]);
      expect(data?.['subscriber'].createdAt).toEqual({ text: created, instant: null });
    },
  );
});

const one = async (gateway: TestGateway, session: Record<string, string>, args: string) => {
  const { data, errors } = await gateway.execute(
    `{ subscriber(${args}) { extension domainName name } }`,
    session,
  );
  return { data: data?.['subscriber'], errors };
};

describe('subscriber', () => {
  const ada = { extension: '1001', domainName: ACME, name: 'Ada Example' };

  it.each([
    ['user: "1001"', ada],
    [`user: "1001", domain: "${ACME}"`, ada],
    ['user: "1001", domain: " ACME.12345.service "', ada],
    [`uid: "1001@${ACME}"`, ada],
    [`login: "1001@${ACME}"`, ada],
    [`login: "1001@ACME.12345.SERVICE"`, ada],
    ['user: "0012"', { extension: '0012', domainName: ACME, name: 'Leading Zero' }],
    ['user: "Sales"', { extension: 'Sales', domainName: ACME, name: 'Sales' }],
    ['user: "SALES"', { extension: 'Sales', domainName: ACME, name: 'Sales' }],
    ['user: "12"', null],
    ['user: "7777"', null],
    [`uid: "7777@${ACME}"`, null],
    ['login: "nobody@nowhere"', null],
  ])('is found by %s for one request', async (args, found) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    expect(await one(gateway, session, args)).toEqual({ data: found, errors: [] });
    expect(await gateway.bill()).toEqual([READ]);
  });

  it.each([
    ['user: "0012"', '0012'],
    ['user: "1001"', '1001'],
    [`uid: "0012@${ACME}"`, '0012'],
    ['user: "12"', '12'],
  ])('keeps the key it was asked for (%s) where the platform sends numbers', async (args, extension) => {
    const gateway = await withGateway({ switches: { legacyTyping: 'numeric' } });
    const { data, errors } = await one(gateway, await gateway.signIn(), args);
    expect(errors).toEqual([]);
    expect(data?.extension ?? null).toBe(extension === '12' ? null : extension);
  });

  it('leads back to itself from a list of a platform that sends numbers', async () => {
    const gateway = await withGateway({ switches: { legacyTyping: 'numeric' } });
    const session = await gateway.signIn();
    const { data } = await gateway.execute('{ subscribers(first: 1) { nodes { id uid name } } }', session);
    const [listed] = data?.['subscribers'].nodes ?? [];
    expect(listed).toMatchObject({ uid: `0012@${ACME}`, name: 'Leading Zero' });
    const again = await gateway.execute(
      `query ($id: ID!, $uid: String) {
        node(id: $id) { ... on Subscriber { uid } }
        subscriber(uid: $uid) { id }
        login: subscriber(login: $uid) { id }
      }`,
      session,
      listed,
    );
    expect(again.data).toEqual({
      node: { uid: listed.uid },
      subscriber: { id: listed.id },
      login: { id: listed.id },
    });
  });

  it.each([
    ['is of another number', `0013@${ACME}`],
    ['is of another domain', `0012@${GLOBEX}`],
    ['is something else', 'zero@example.test'],
    ['is not told', ''],
  ])('keeps a number as it is in a list where the login %s', async (_what, subscriber_login) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const body = [{ user: 12, domain: ACME, subscriber_login, srv_code: '' }];
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body } });
    expect(await extensionsOf(gateway, session, 'filter: {}')).toEqual(['12']);
  });

  it("is looked for in the caller's own domain", async () => {
    const gateway = await withGateway();
    // Both domains have an extension 1002.
    expect((await one(gateway, await gateway.signIn(), 'user: "1002"')).data.name).toBe('Ben Carter');
    expect((await one(gateway, await gateway.signIn('grace'), 'user: "1002"')).data.name).toBe('Jonas Weber');
  });

  it('asks whose token it is where a token was passed through, and once only', async () => {
    const gateway = await withGateway();
    const { subscriber } = await gateway.tokens('grace');
    const { data } = await gateway.execute(
      '{ a: subscriber(user: "2001") { name } b: subscriber(user: "2002") { name } domain { name } }',
      subscriber,
    );
    expect(data).toEqual({
      a: { name: 'Grace Muster' },
      b: { name: 'Heinz Becker' },
      domain: { name: GLOBEX },
    });
    const asked = await gateway.sandbox.requests('object=oauth2&action=read');
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['nothing but a domain', `(domain: "${ACME}")`],
    ['a user and a uid', `(user: "1001", uid: "1001@${ACME}")`],
    ['a uid and a login', `(uid: "1001@${ACME}", login: "1001@${ACME}")`],
    ['a user and a login', `(user: "1001", login: "1001@${ACME}")`],
    ['all three', `(user: "1001", uid: "1001@${ACME}", login: "1001@${ACME}")`],
    ['a user and an empty uid', '(user: "1001", uid: "")'],
    ['a uid with a domain', `(uid: "1001@${ACME}", domain: "${ACME}")`],
    ['a login with an empty domain', `(login: "1001@${ACME}", domain: "")`],
    ['a uid without a domain', '(uid: "1001")'],
    ['a uid of two domains', '(uid: "1001@a@b")'],
    ['a uid without a user', `(uid: "@${ACME}")`],
  ])('refuses %s unsent', async (_what, args) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(`{ subscriber${args} { name } }`, session);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  const hostile = [
    '',
    ' ',
    '*',
    '10*',
    '~',
    '%',
    '100%',
    '1001,1002',
    ',',
    '1001\r\n1002',
    '1001\0',
    '\u0085',
    '\ud800',
    'x'.repeat(256),
  ];
  const variablesOf = {
    user: (value: string) => ({ user: value }),
    domain: (value: string) => ({ user: '1001', domain: value }),
    uid: (value: string) => ({ uid: `${value}@${ACME}` }),
    login: (value: string) => ({ login: value }),
  };

  it.each(Object.entries(variablesOf))(
    'refuses whatever could mean several as its %s, unsent',
    async (argument, toVariables) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      await gateway.bill();
      for (const value of hostile) {
        const { data, errors } = await gateway.execute(
          'query ($user: String, $domain: String, $uid: String, $login: String) { subscriber(user: $user, domain: $domain, uid: $uid, login: $login) { name } }',
          session,
          toVariables(value),
        );
        expect(data).toEqual({ subscriber: null });
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
      }
      expect(await gateway.bill()).toEqual([]);
    },
  );

  it('sends what is odd but harmless as one value of its own parameter', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    for (const user of ['a&action=delete', 'a=b', 'a;b', 'a+b', 'a#b', 'a?b', 'a[]', '../x', '日本']) {
      await gateway.bill();
      const { errors } = await gateway.execute(
        'query ($user: String) { subscriber(user: $user) { name } }',
        session,
        { user },
      );
      expect(errors).toEqual([]);
      expect(await legacyCalls(gateway.sandbox)).toMatchObject([{ action: 'read', user, domain: ACME }]);
    }
  });

  it('of another domain is refused to whoever may not see it, however it is named', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const id = globalId('subscriber', 'Subscriber', `${GLOBEX}/2001`);
    for (const field of [
      `subscriber(user: "2001", domain: "${GLOBEX}") { name }`,
      `subscriber(uid: "2001@${GLOBEX}") { name }`,
      `subscriber(login: "2001@${GLOBEX}") { name }`,
      `node(id: "${id}") { ... on Subscriber { name } }`,
      `subscribers(domain: "${GLOBEX}") { nodes { name } }`,
    ]) {
      const { data, errors } = await gateway.execute(`{ ${field} }`, session);
      expect(Object.values(data ?? {})).toEqual([null]);
      expect(errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', platform: 'subscriber', status: 403 } },
      ]);
    }
  });

  it('of another domain is nobody where the platform answers so', async () => {
    const gateway = await withGateway({ switches: { legacyOutOfScope: 'empty' } });
    const session = await gateway.signIn();
    expect(await one(gateway, session, `uid: "2001@${GLOBEX}"`)).toEqual({ data: null, errors: [] });
  });

  it('knows a basic user itself and nobody else', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      '{ me: subscriber(user: "1002") { name } ada: subscriber(user: "1001") { name } subscribers { nodes { name } } }',
      await gateway.signIn('ben'),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      me: { name: 'Ben Carter' },
      ada: null,
      subscribers: { nodes: [{ name: 'Ben Carter' }] },
    });
  });

  it('needs a token of the legacy platform and names its header', async () => {
    const gateway = await withGateway();
    const { cloudlink } = await gateway.tokens();
    const { data, errors } = await gateway.execute(
      '{ subscriber(user: "1001") { name } account { name } }',
      cloudlink,
    );
    expect(data).toEqual({ subscriber: null, account: { name: 'Acme Ltd' } });
    expect(errors).toMatchObject([
      {
        path: ['subscriber'],
        message: expect.stringContaining('"X-Subscriber-Authorization: Bearer'),
        extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' },
      },
    ]);
  });
});

const personOf = ({ user, first_name, last_name, email }: RawRow) =>
  `${user} ${first_name} ${last_name} ${email}`;

const extensionsOf = async (gateway: TestGateway, session: Record<string, string>, args: string) => {
  const { data, errors } = await gateway.execute(
    `{ subscribers(first: 100, ${args}) { nodes { extension } } }`,
    session,
  );
  expect(errors).toEqual([]);
  return data?.['subscribers'].nodes.map(({ extension }: any) => extension);
};

describe('subscribers', () => {
  it('are people and nobody else unless other kinds are asked for', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(
      '{ subscribers(first: 100) { nodes { kind extension } } }',
      await gateway.signIn(),
    );
    expect(data?.['subscribers'].nodes).toHaveLength(42);
    expect(new Set(data?.['subscribers'].nodes.map(({ kind }: any) => kind))).toEqual(new Set(['PERSON']));
  });

  it('are people although upstream makes nothing of an empty service code', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const rows = [
      { user: '800', domain: ACME, srv_code: 'system-queue' },
      { user: 'domain', domain: ACME, srv_code: '' },
      { user: '1001', domain: ACME, srv_code: '' },
      { user: 'Sales', domain: ACME, srv_code: 'system-department' },
    ];
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body: rows } });
    expect(await extensionsOf(gateway, session, 'filter: {}')).toEqual(['1001']);
  });

  it.each([
    ['[CALL_QUEUE]', ['800', '803']],
    ['[ATTENDANT]', ['801']],
    ['[CONFERENCE]', ['802']],
    ['[DOMAIN_DEFAULT]', ['domain']],
    ['[DEPARTMENT]', ['Engineering', 'Finance', 'Sales', 'Support']],
    ['[CALL_QUEUE, ATTENDANT]', ['800', '801', '803']],
    ['[OTHER_SYSTEM]', []],
  ])('are those of the kinds %s', async (kinds, extensions) => {
    const gateway = await withGateway();
    expect(await extensionsOf(gateway, await gateway.signIn(), `filter: { kinds: ${kinds} }`)).toEqual(
      extensions,
    );
  });

  it.each([
    ['system-queue', 'CALL_QUEUE'],
    ['system-callqueue', 'CALL_QUEUE'],
    ['SYSTEM-AA', 'ATTENDANT'],
    ['system-autoattendant', 'ATTENDANT'],
    ['system-conf', 'CONFERENCE'],
    ['system-department', 'DEPARTMENT'],
    ['system-park', 'OTHER_SYSTEM'],
    ['our-own-code', 'OTHER_SYSTEM'],
  ])('with the service code %s are of the kind %s', async (srv_code, kind) => {
    const { data } = await answerOf({ user: '1001', domain: ACME, srv_code }, 'kind serviceCode');
    expect(data?.['subscriber']).toEqual({ kind, serviceCode: srv_code });
  });

  it.each([
    ['search: "ZOË ång"', ['1005']],
    [`search: "${'zoë'.normalize('NFD')}"`, ['1005']],
    ['search: "山田"', ['1006']],
    ['search: "PRIYA.HOME@"', ['1012']],
    ['search: "0012"', ['0012']],
    ['search: "chloe.martin@example.test"', ['1003']],
    ['search: "reception"', ['900', '901']],
    ['search: "%"', []],
    ['search: "main queue"', []],
    ['scopes: [OFFICE_MANAGER]', ['1001']],
    ['scopes: [OFFICE_MANAGER, SITE_MANAGER]', ['1001', '1017']],
    ['scopes: [UNKNOWN]', ['1018']],
    ['scopes: [UNKNOWN, OFFICE_MANAGER]', ['1001', '1018']],
    ['scopes: [CALL_CENTER_AGENT, CALL_CENTER_AGENT]', ['1013']],
    ['scopes: [NO_PORTAL], kinds: [DOMAIN_DEFAULT]', ['domain']],
    ['site: "n/a"', []],
  ])('are filtered by { %s }', async (filter, extensions) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    expect(await extensionsOf(gateway, session, `filter: { ${filter} }`)).toEqual(extensions);
    expect(await gateway.bill()).toEqual([READ]);
  });

  it.each([
    ['department: "SUPPORT", search: "a"', { group: 'Support' }, (row: RawRow) => /a/i.test(personOf(row))],
    [
      'site: "uptown", department: "support"',
      { group: 'Support' },
      (row: RawRow) => row['site'] === 'Uptown',
    ],
    ['site: "HARBOUR"', {}, (row: RawRow) => row['site'] === 'Harbour'],
  ])('are all those that { %s } fits', async (filter, parameters, fits) => {
    const gateway = await withGateway();
    const found = await extensionsOf(gateway, await gateway.signIn(), `filter: { ${filter} }`);
    const rows = await readRaw(gateway, { domain: ACME, srv_code: '', sort: 'user', ...parameters });
    expect(found.length).toBeGreaterThan(2);
    expect(found.length).toBeLessThan(30);
    expect(found).toEqual(rows.filter(fits).map(({ user }) => user));
  });

  it('sends the scopes along where the platform has a word for each', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await extensionsOf(gateway, session, 'filter: { scopes: [OFFICE_MANAGER, SITE_MANAGER] }');
    await extensionsOf(gateway, session, 'filter: { scopes: [OFFICE_MANAGER, UNKNOWN] }');
    const calls = await legacyCalls(gateway.sandbox);
    expect(calls.map(({ scope }) => scope)).toEqual(['Office Manager,Site Manager', undefined]);
  });

  it('are looked for among all rows where other kinds are wanted, with a read more where their number is a round one', async () => {
    // With the system rows that makes fifty.
    const gateway = await withGateway({ users: 43 });
    const session = await gateway.signIn();
    await gateway.bill();
    const filter = 'filter: { search: "main queue", kinds: [CALL_QUEUE, PERSON] }';
    expect(await extensionsOf(gateway, session, filter)).toEqual(['800']);
    expect(await gateway.bill()).toEqual([READ, READ]);
  });

  it.each([
    ['EXTENSION', 'ASC', 'user'],
    ['EXTENSION', 'DESC', 'user'],
    ['FIRST_NAME', 'ASC', 'first_name'],
    ['LAST_NAME', 'DESC', 'last_name'],
    ['UPDATED_AT', 'DESC', 'last_update'],
  ])('are ordered by %s %s', async (field, direction, column) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const found = await extensionsOf(
      gateway,
      session,
      `orderBy: { field: ${field}, direction: ${direction} }`,
    );
    const rows = await readRaw(gateway, { domain: ACME, srv_code: '', sort: `${column} ${direction}` });
    expect(found).toEqual(rows.map(({ user }) => user));
    expect(found).toHaveLength(42);
  });

  it.each([
    ['search: ""', 'filter.search'],
    ['search: "  "', 'filter.search'],
    ['department: ""', 'filter.department'],
    ['site: " "', 'filter.site'],
    ['scopes: []', 'filter.scopes'],
    ['kinds: []', 'filter.kinds'],
  ])('refuse { %s } unsent', async (filter, argument) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(
      `{ subscribers(filter: { ${filter} }) { nodes { id } } }`,
      session,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it.each(['*', '', 'acme.12345.service,globex.67890.service', '~'])(
    'refuse the domain "%s" unsent',
    async (domain) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      await gateway.bill();
      const { errors } = await gateway.execute(
        'query ($domain: String) { subscribers(domain: $domain) { nodes { id } } }',
        session,
        { domain },
      );
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'domain' } }]);
      expect(await gateway.bill()).toEqual([]);
    },
  );

  it('cost a request for every 1,000 rows that are looked through', async () => {
    const gateway = await withGateway({ users: 2300 });
    const session = await gateway.signIn();
    await gateway.bill();
    expect(await extensionsOf(gateway, session, 'filter: { search: "nobody at all" }')).toEqual([]);
    expect(await gateway.bill()).toEqual([READ, READ, READ]);
    expect(await extensionsOf(gateway, session, 'filter: { search: "3300" }')).toEqual(['3300']);
    expect(await gateway.bill()).toEqual([READ, READ, READ]);
  });

  it('name the domain of each, for one request however many there are', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data } = await gateway.execute(
      '{ subscribers { nodes { domain { name description } } } }',
      session,
    );
    expect(new Set(data?.['subscribers'].nodes.map(({ domain }: any) => domain.description))).toEqual(
      new Set(['Acme Ltd']),
    );
    expect(await gateway.bill()).toEqual([READ, 'domain read']);
  });
});

it('is the same person in the seeded company by user, uid and id', async () => {
  const gateway = await withGateway();
  const { data } = await gateway.execute(
    `{ a: subscriber(user: "1001") { id user { userId } } b: subscriber(uid: "1001@${ACME}") { id } }`,
    await gateway.signIn(),
  );
  expect(data?.['a'].id).toBe(data?.['b'].id);
  expect(data?.['a'].user.userId).toBe(guid(2, 1));
});
