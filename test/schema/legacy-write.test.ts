import { describe, expect, it } from 'vitest';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { hostileTexts, losses } from '../helpers/loss.ts';

const id = (type: string, key: string) => globalId('subscriber', type, key);
const subscriber = id('Subscriber', `${ACME}/1002`);
const domain = id('Domain', ACME);
const device = id('Device', `${ACME}/1002`);
const answerRule = id('AnswerRule', `${ACME}/1003,*`);
/** A contact of 1002: the owner after the two domains and 1001. */
const contact = id('DirectoryContact', `${ACME}/10030/1002`);
const newDevice = { name: '1002z', extension: '1002', mac: '00:5e:10:00:ff:ff', model: 'Northwind D40' };
const names = { firstName: 'Nina', lastName: 'Nord' };
const ring = { isEnabled: true, numbers: ['15552000001'] };

/** Every write of this half of the legacy side: its name, an input, the request that is lost, and what goes before it. */
const writes: readonly (readonly [name: string, input: object, write: string, before: readonly string[]])[] =
  [
    ['createSubscriber', { extension: '1990', ...names }, 'subscriber create', []],
    ['updateSubscriber', { subscriber, firstName: 'Nina' }, 'subscriber update', []],
    ['deleteSubscriber', { subscriber }, 'subscriber delete', []],
    ['setStatusMessage', { message: 'Away' }, 'subscriber update', []],
    ['updateDomain', { domain, description: 'Acme' }, 'domain update', ['domain read']],
    ['createDevice', newDevice, 'device create', []],
    ['updateDevice', { device, model: 'Northwind D60' }, 'device update', []],
    ['deleteDevice', { device }, 'device delete', []],
    ['resyncDevice', { device }, 'device update', []],
    ['createDirectoryContact', { subscriber, ...names }, 'contact create', ['contact read']],
    ['updateDirectoryContact', { contact, company: 'Northwind' }, 'contact update', ['contact read']],
    ['deleteDirectoryContact', { contact }, 'contact delete', ['contact read']],
    [
      'createAnswerRule',
      { subscriber, timeFrame: 'Holidays', simultaneousRing: ring },
      'answerrule create',
      [],
    ],
    ['updateAnswerRule', { answerRule, isEnabled: false }, 'answerrule update', []],
    ['deleteAnswerRule', { answerRule }, 'answerrule delete', []],
    ['reorderAnswerRules', { subscriber, timeFrames: ['*'] }, 'answerrule reorder', []],
  ];

const typeOf = (name: string) =>
  name === 'deleteDevice' || name === 'resyncDevice'
    ? 'DeviceInput'
    : `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;

const run = (
  gateway: TestGateway,
  session: Record<string, string>,
  name: string,
  input: object,
  key?: string,
) =>
  gateway.execute(
    `mutation ($input: ${typeOf(name)}!, $key: String) {
      write: ${name}(input: $input, clientMutationKey: $key) { __typename ... on Rejection { code field } }
    }`,
    session,
    { input, key },
  );

const matchOf = (write: string) => {
  const [object = '', action = ''] = write.split(' ');
  return { object, action };
};

describe.each(writes)('%s', (name, input, write, before) => {
  it.each(losses)('leaves once, whether it was done or not, when it meets %s', async (_loss, fault, code) => {
    const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '700' } });
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: matchOf(write), fault });
    await gateway.bill();
    const { data, errors } = await run(gateway, session, name, input);
    expect(data).toEqual({ write: null });
    expect(errors).toMatchObject([{ path: ['write'], extensions: { code, platform: 'subscriber' } }]);
    expect(await gateway.bill()).toEqual([...before, write]);
  });

  it('is refused without a token, unsent', async () => {
    const gateway = await withGateway();
    const { data, errors } = await run(gateway, {}, name, input);
    expect(data).toEqual({ write: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' } }]);
    expect(await gateway.bill()).toEqual([]);
  });
});

it('a change that does not show is accepted and not visible, and its key sends it no second time', async () => {
  const gateway = await withGateway({ switches: { legacyWriteDelayMs: 600_000 } });
  const session = await gateway.signIn();
  await gateway.bill();
  const input = { subscriber, firstName: 'Nina' };
  const [first, second] = [
    await run(gateway, session, 'updateSubscriber', input, 'key-1'),
    await run(gateway, session, 'updateSubscriber', input, 'key-1'),
  ];
  const refusal = { write: { __typename: 'Rejection', code: 'ACCEPTED_NOT_VISIBLE', field: null } };
  expect([first.data, second.data]).toEqual([refusal, refusal]);
  expect(await gateway.bill()).toEqual(['subscriber update', ...Array(5).fill('subscriber read')]);
});

it('a change whose look afterwards fails does not seem refused, and its key sends it no second time', async () => {
  const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
  const session = await gateway.signIn();
  await gateway.sandbox.fail({
    match: { object: 'subscriber', action: 'read' },
    fault: { type: 'status', status: 403 },
  });
  await gateway.bill();
  for (const message of ['Away', 'Away']) {
    const { data } = await run(gateway, session, 'setStatusMessage', { message }, 'key-1');
    expect(data).toMatchObject({ write: { code: 'ACCEPTED_NOT_VISIBLE' } });
  }
  expect(await gateway.bill()).toEqual(['subscriber update', 'subscriber read']);
});

it.each([
  ['a change of nothing', 'updateSubscriber', { subscriber }, 'input'],
  ['a change of nothing', 'updateDevice', { device }, 'input'],
  ['an id of another kind', 'updateSubscriber', { subscriber: device, firstName: 'x' }, 'subscriber'],
  ['an id of another kind', 'deleteDevice', { device: subscriber }, 'device'],
  ['no e-mail address', 'updateSubscriber', { subscriber, emails: ['a@b.test', 'a;b@c.test'] }, 'emails.1'],
  ['a negative number', 'updateSubscriber', { subscriber, ringTimeoutSeconds: -1 }, 'ringTimeoutSeconds'],
  ['a flag taken away', 'updateSubscriber', { subscriber, isInDirectory: null }, 'isInDirectory'],
  ['a wildcard', 'createSubscriber', { extension: '*' }, 'extension'],
  ['no hardware address', 'createDevice', { ...newDevice, mac: '00:5e' }, 'mac'],
  ['no name of a device', 'createDevice', { ...newDevice, name: 'sip:1@x' }, 'name'],
  ['no line', 'updateDevice', { device, line: 0 }, 'line'],
  ['no time zone', 'updateDomain', { domain, timeZone: 'a b' }, 'timeZone'],
  ['a tag with a comma', 'updateDirectoryContact', { contact, tags: ['a,b'] }, 'tags.0'],
  [
    'a colleague as a contact',
    'deleteDirectoryContact',
    { contact: id('DirectoryContact', `${ACME}/@1003/1002`) },
    'contact',
  ],
  ['two owners', 'createDirectoryContact', { subscriber, domain: ACME, ...names }, 'domain'],
  [
    'a number with a blank',
    'updateAnswerRule',
    { answerRule, forwardAlways: { isEnabled: true, numbers: ['1', '2 3'] } },
    'forwardAlways.numbers.1',
  ],
  ['a time frame twice', 'reorderAnswerRules', { subscriber, timeFrames: ['*', '*'] }, 'timeFrames'],
])('%s is refused by %s with its field, unsent', async (_what, name, input, field) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await run(gateway, session, name, input);
  expect(errors).toEqual([]);
  expect(data).toEqual({ write: { __typename: 'Rejection', code: 'BAD_USER_INPUT', field } });
  expect(await gateway.bill()).toEqual([]);
});

it('a value that an enum does not list is refused by name, unsent', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { errors } = await run(gateway, session, 'updateSubscriber', { subscriber, scope: 'UNKNOWN' });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors[0]?.message).toContain('NewSubscriberScope');
  expect(await gateway.bill()).toEqual([]);
});

/** The text arguments of each write, each with the parameter that carries it, and what else is sent. */
const texts: readonly (readonly [
  name: string,
  rest: object,
  fixed: readonly string[],
  Readonly<Record<string, string>>,
])[] = [
  [
    'updateSubscriber',
    { subscriber },
    ['uid'],
    {
      firstName: 'first_name',
      lastName: 'last_name',
      login: 'subscriber_login',
      department: 'group',
      site: 'site',
      timeZone: 'time_zone',
      language: 'language',
      areaCode: 'area_code',
      statusMessage: 'message',
      dialByNameDigits: 'dir',
      dialPlan: 'dial_plan',
      dialPolicy: 'dial_policy',
      callerIdName: 'callid_name',
      callerIdNumber: 'callid_nmbr',
      emergencyCallerIdNumber: 'callid_emgr',
      voicemailTranscription: 'vmail_transcribe',
    },
  ],
  ['createSubscriber', {}, ['domain'], { extension: 'user' }],
  ['setStatusMessage', {}, ['uid'], { message: 'message' }],
  [
    'updateDevice',
    { device },
    ['device', 'domain'],
    { model: 'model', emergencyCallerIdNumber: 'callid_emgr' },
  ],
  [
    'createDirectoryContact',
    { subscriber, ...names },
    ['domain', 'user', 'first_name', 'last_name'],
    {
      firstName: 'first_name',
      lastName: 'last_name',
      middleName: 'middle_name',
      company: 'company',
      workPhone: 'work_phone',
      cellPhone: 'cell_phone',
      homePhone: 'home_phone',
      fax: 'fax',
      email: 'email',
    },
  ],
  ['createAnswerRule', { subscriber }, ['uid'], { timeFrame: 'time_frame' }],
];

describe.each(texts)('each text of %s', (name, rest, fixed, parameters) => {
  it('reaches upstream letter by letter and nothing else does, or it is refused unsent', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const write = writes.find(([other]) => other === name)?.[2] ?? '';
    const { object, action } = matchOf(write);
    // Refused there, so that nothing has to be looked for afterwards.
    await gateway.sandbox.fail({ match: { object, action }, fault: { type: 'status', status: 400 } });
    for (const [argument, parameter] of Object.entries(parameters)) {
      let sent = 0;
      for (const text of hostileTexts) {
        await gateway.bill();
        const { data, errors } = await run(gateway, session, name, { ...rest, [argument]: text });
        expect(errors).toEqual([]);
        expect(data).toMatchObject({ write: { code: 'BAD_USER_INPUT' } });
        const [request, ...more] = await gateway.sandbox.requests(`object=${object}&action=${action}`);
        if (request === undefined) continue;
        sent += 1;
        expect(more).toEqual([]);
        expect(request.url).toMatch(new RegExp(`\\?object=${object}&action=${action}$`));
        const form = new URLSearchParams(request.body);
        expect([...form.keys()].toSorted()).toEqual([...new Set(['format', parameter, ...fixed])].toSorted());
        expect(form.get(parameter)).toBe(argument === 'extension' ? text.trim() : text);
      }
      expect(sent).toBeGreaterThanOrEqual(argument === 'extension' ? 3 : 8);
      expect(sent).toBeLessThan(hostileTexts.length);
    }
  });
});
