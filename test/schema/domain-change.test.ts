import { expect, it } from 'vitest';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX, legacyCalls, readRaw } from '../helpers/legacy.ts';

const domainId = (name: string) => globalId('subscriber', 'Domain', name);
const UPDATE = `mutation ($input: UpdateDomainInput!) {
  updateDomain(input: $input) {
    ... on UpdateDomainSuccess { data { name description maxUsers policiesText emergencyCallerIdNumber } }
    ... on Rejection { code field }
  }
}`;

const update = async (gateway: TestGateway, input: object) => {
  const session = await gateway.signIn();
  await gateway.bill();
  return gateway.execute(UPDATE, session, { input });
};

const read = (gateway: TestGateway) => readRaw(gateway, { domain: ACME }, 'ada', 'object=domain&action=read');

it.each([
  ['strings', false],
  ['numeric', false],
  ['strings', true],
] as const)(
  'a domain is changed in what is named and in nothing else, its mail server included (%s, strict: %s)',
  async (legacyTyping, legacyStrictParameters) => {
    const gateway = await withGateway({
      switches: { legacyTyping, legacyStrictParameters, legacyWriteDelayMs: 0 },
    });
    const [before] = await read(gateway);
    const { data, errors } = await update(gateway, {
      domain: domainId(ACME),
      description: 'Acme & Sons',
      maxUsers: 120,
      policies: 'LOCKED',
      emergencyCallerIdNumber: null,
    });
    expect(errors).toEqual([]);
    expect(data?.['updateDomain'].data).toEqual({
      name: ACME,
      description: 'Acme & Sons',
      maxUsers: 120,
      policiesText: 'locked',
      emergencyCallerIdNumber: null,
    });
    expect(await gateway.bill()).toEqual(['domain read', 'domain update', 'domain read']);
    const [after] = await read(gateway);
    expect(after?.['smtp_pwd']).toContain('canary');
    expect(after).toEqual({
      ...before,
      description: 'Acme & Sons',
      max_user: legacyTyping === 'numeric' ? 120 : '120',
      policies: 'locked',
      callid_emgr: '',
    });
  },
);

it('what is counted is not written back', async () => {
  const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
  await update(gateway, { domain: domainId(ACME), maxSites: 3 });
  const sent = (await legacyCalls(gateway.sandbox, 'domain')).find(({ action }) => action === 'update');
  expect(sent).toMatchObject({ domain: ACME, territory: '12345', max_site: '3', max_user: '100' });
  expect(Object.keys(sent ?? {}).filter((name) => /^(active_|count|sub_count|current_)/.test(name))).toEqual(
    [],
  );
});

it('a domain out of sight is not written', async () => {
  const gateway = await withGateway({ switches: { legacyOutOfScope: 'empty' } });
  const { data } = await update(gateway, { domain: domainId(GLOBEX), description: 'x' });
  expect(data?.['updateDomain']).toMatchObject({ code: 'NOT_FOUND' });
  expect(await gateway.bill()).toEqual(['domain read']);
});

it.each([
  ['an object', { day: 'Sunday' }],
  ['a list', ['one']],
  ['a number that has lost its last digits', Number('12345678901234567890')],
])('a domain with a part that is %s is not written: it would lose that part', async (_what, value) => {
  const gateway = await withGateway();
  const [domain] = await read(gateway);
  await gateway.sandbox.fail({
    match: { object: 'domain', action: 'read' },
    fault: { type: 'body', body: [{ ...domain, holiday: value }], contentType: 'application/json' },
  });
  const { errors, data } = await update(gateway, { domain: domainId(ACME), description: 'Acme & Sons' });
  expect(data).toEqual({ updateDomain: null });
  expect(errors).toMatchObject([
    { message: expect.stringContaining('`holiday`'), extensions: { code: 'UPSTREAM_PROTOCOL' } },
  ]);
  expect(await gateway.bill()).toEqual(['domain read']);
});
