import { describe, expect, it } from 'vitest';
import { withGateway, type Person, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls, readRaw } from '../helpers/legacy.ts';

const subscriberId = (user: string) => globalId('subscriber', 'Subscriber', `${ACME}/${user}`);
const prompt = { switches: { legacyWriteDelayMs: 0 } } as const;

const UPDATE = `mutation ($input: UpdateSubscriberInput!) {
  updateSubscriber(input: $input) {
    ... on UpdateSubscriberSuccess { data { id extension name statusMessage department callerIdName voicemailCopyTo } }
    ... on Rejection { code field message }
  }
}`;
const CREATE = `mutation ($input: CreateSubscriberInput!) {
  createSubscriber(input: $input) {
    ... on CreateSubscriberSuccess { data { id extension domainName firstName scope callLimit timeZone } }
    ... on Rejection { code message }
  }
}`;
const DELETE = `mutation ($input: DeleteSubscriberInput!) {
  deleteSubscriber(input: $input) { ... on DeleteSubscriberSuccess { data } ... on Rejection { code } }
}`;

const open = async (gateway: TestGateway, person: Person = 'ada') => {
  const session = await gateway.signIn(person);
  await gateway.bill();
  return (query: string, input: object) => gateway.execute(query, session, { input });
};

/** Signs in as the operator who may delete. */
const openAsReseller = async (gateway: TestGateway) => {
  const { data } = await gateway.execute(
    'mutation { signIn(input: { subscriber: { username: "reseller@12345", password: "sandbox-password" } }) { sessionToken } }',
  );
  const session = { authorization: `Bearer ${data?.['signIn'].sessionToken}` };
  await gateway.bill();
  return (query: string, input: object) => gateway.execute(query, session, { input });
};

describe('createSubscriber', () => {
  it.each(['strings', 'numeric'] as const)('makes a subscriber and shows it (%s)', async (legacyTyping) => {
    const gateway = await withGateway({ switches: { legacyTyping, legacyWriteDelayMs: 0 } });
    const execute = await open(gateway);
    const input = { extension: '0990', firstName: 'Nina', scope: 'CALL_CENTER_AGENT', callLimit: 3 };
    const { data, errors } = await execute(CREATE, input);
    expect(errors).toEqual([]);
    expect(data?.['createSubscriber'].data).toEqual({
      id: subscriberId('0990'),
      extension: '0990',
      domainName: ACME,
      firstName: 'Nina',
      scope: 'CALL_CENTER_AGENT',
      callLimit: 3,
      timeZone: 'US/Eastern',
    });
    expect(await gateway.bill()).toEqual(['subscriber create', 'subscriber read']);
  });

  it('looks until the platform shows what it accepted', async () => {
    const gateway = await withGateway();
    const execute = await open(gateway);
    const { data } = await execute(CREATE, { extension: '1990', firstName: 'Nina' });
    expect(data?.['createSubscriber'].data).toMatchObject({ extension: '1990', firstName: 'Nina' });
    const [write, ...looks] = await gateway.bill();
    expect(write).toBe('subscriber create');
    expect(new Set(looks)).toEqual(new Set(['subscriber read']));
  });

  it('says that the extension is taken', async () => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway);
    const { data } = await execute(CREATE, { extension: '1002' });
    expect(data?.['createSubscriber']).toMatchObject({ code: 'CONFLICT' });
    expect(await gateway.bill()).toEqual(['subscriber create']);
  });
});

describe('updateSubscriber', () => {
  it('changes what is named and nothing else, of nobody else', async () => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway);
    const before = await readRaw(gateway, { domain: ACME });
    await gateway.bill();
    const { data, errors } = await execute(UPDATE, {
      subscriber: subscriberId('1002'),
      firstName: 'Ned',
      department: null,
      callerIdName: null,
      emails: ['ned@example.test', 'ned.home@example.test'],
      isCallScreeningEnabled: true,
      ringTimeoutSeconds: 40,
      voicemailNotification: 'ATTACH_MOVE_TO_TRASH',
      scope: 'ADVANCED_USER',
    });
    expect(errors).toEqual([]);
    expect(data?.['updateSubscriber'].data).toMatchObject({ name: 'Ned Carter', department: null });
    expect(await gateway.bill()).toEqual(['subscriber update', 'subscriber read']);
    const after = await readRaw(gateway, { domain: ACME });
    const now = expect.any(String);
    expect(after).toEqual(
      before.map((row) =>
        row['user'] === '1002'
          ? {
              ...row,
              first_name: 'Ned',
              group: '',
              callid_name: '[*]',
              email: 'ned@example.test;ned.home@example.test',
              screen: 'yes',
              no_answer_timeout: '40',
              vmail_notify: 'atttrash',
              scope: 'Advanced User',
              last_update: now,
            }
          : row,
      ),
    );
  });

  it('sends the copies of voicemail under both names, and looks whether they show (A-13)', async () => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway);
    const voicemailCopyTo = ['one@example.test', 'two@example.test'];
    const { data } = await execute(UPDATE, { subscriber: subscriberId('1002'), voicemailCopyTo });
    expect(data?.['updateSubscriber'].data).toMatchObject({ voicemailCopyTo });
    const sent = (await legacyCalls(gateway.sandbox)).find(({ action }) => action === 'update');
    expect(sent).toMatchObject({
      vmail_fwd_to: 'one@example.test,two@example.test',
      vmail_frd_to: 'one@example.test,two@example.test',
    });
  });

  it('is not believed where the platform took neither name', async () => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway);
    const row = { user: '1002', domain: ACME, vmail_fwd_to: '' };
    await gateway.sandbox.fail({
      match: { object: 'subscriber', action: 'read' },
      fault: { type: 'body', body: [row] },
    });
    const input = { subscriber: subscriberId('1002'), voicemailCopyTo: ['one@example.test'] };
    const { data } = await execute(UPDATE, input);
    expect(data?.['updateSubscriber']).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
  });

  it('of an extension that begins with a zero is seen though numbers lose it', async () => {
    const gateway = await withGateway({ switches: { legacyTyping: 'numeric', legacyWriteDelayMs: 0 } });
    const execute = await open(gateway);
    const { data } = await execute(UPDATE, { subscriber: subscriberId('0012'), statusMessage: '0700' });
    expect(data?.['updateSubscriber'].data).toMatchObject({ id: subscriberId('0012'), extension: '0012' });
  });

  it.each([
    ['a subscriber who is not there', 'ada', '4711', 'NOT_FOUND'],
    ['a colleague, by a basic user,', 'ben', '1001', 'FORBIDDEN'],
  ] as const)('of %s is refused', async (_who, person, user, code) => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway, person);
    const { data } = await execute(UPDATE, { subscriber: subscriberId(user), firstName: 'x' });
    expect(data?.['updateSubscriber']).toMatchObject({ code });
    expect(await gateway.bill()).toEqual(['subscriber update']);
  });
});

describe('setStatusMessage', () => {
  it("sets and takes away a basic user's own message, for a session that knows the caller", async () => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway, 'ben');
    const query = `mutation ($input: SetStatusMessageInput!) {
      setStatusMessage(input: $input) { ... on SetStatusMessageSuccess { data { extension statusMessage } } }
    }`;
    const set = await execute(query, { message: 'Glück & Grüße; 100 %' });
    expect(set.data?.['setStatusMessage'].data).toEqual({
      extension: '1002',
      statusMessage: 'Glück & Grüße; 100 %',
    });
    expect(await gateway.bill()).toEqual(['subscriber update', 'subscriber read']);
    const taken = await execute(query, {});
    expect(taken.data?.['setStatusMessage'].data).toMatchObject({ statusMessage: null });
  });
});

describe('deleteSubscriber', () => {
  it('removes a subscriber, whom the same operation then does not find', async () => {
    const gateway = await withGateway(prompt);
    const execute = await openAsReseller(gateway);
    const { data, errors } = await execute(DELETE, { subscriber: subscriberId('1002') });
    expect(errors).toEqual([]);
    expect(data?.['deleteSubscriber']).toEqual({ data: subscriberId('1002') });
    expect(await gateway.bill()).toEqual(['subscriber delete', 'subscriber read']);
    expect(await readRaw(gateway, { domain: ACME, user: '1002' })).toEqual([]);
  });

  it.each([
    [404, { code: 'NOT_FOUND' }],
    [202, { data: subscriberId('4711') }],
  ] as const)(
    'of nobody is what the platform makes of it (%s, A-22)',
    async (legacyMissingTarget, result) => {
      const gateway = await withGateway({ switches: { legacyMissingTarget, legacyWriteDelayMs: 0 } });
      const execute = await openAsReseller(gateway);
      const { data } = await execute(DELETE, { subscriber: subscriberId('4711') });
      expect(data?.['deleteSubscriber']).toEqual(result);
    },
  );

  it('is refused to an office manager', async () => {
    const gateway = await withGateway(prompt);
    const execute = await open(gateway);
    const { data } = await execute(DELETE, { subscriber: subscriberId('1002') });
    expect(data?.['deleteSubscriber']).toEqual({ code: 'FORBIDDEN' });
  });
});
