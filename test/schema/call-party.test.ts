import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';

const USERS = 'GET /accounts/{accountId}/users';
const RECORDS = 'GET /calls/records';
const READ = 'subscriber read';
const HISTORY = 'cdr2 read';

const SIDES = '{ from { party { ...P } } to { party { ...P } } }';
const PARTY = 'fragment P on CallParty { number e164 name person { name } }';

const callRecord = (sides: object) => ({
  callId: guid(9, 1),
  state: 'completed',
  direction: 'inbound',
  ...sides,
});

/** The parties of one call record that CloudLink tells in this way. */
const partiesOf = async (
  gateway: TestGateway,
  session: Record<string, string>,
  sides: object,
  fields = PARTY,
) => {
  const body = { count: 1, _links: {}, _embedded: { items: [callRecord(sides)] } };
  await gateway.sandbox.fail({ match: { route: RECORDS }, fault: { type: 'body', body } });
  await gateway.bill();
  const answer = await gateway.execute(`{ callRecords { nodes ${SIDES} } } ${fields}`, session);
  const [call] = answer.data?.['callRecords'].nodes ?? [];
  return { ...answer, from: call?.from.party, to: call?.to.party, bill: await gateway.bill() };
};

describe('a party of a call', () => {
  it.each([
    ['its id', { fromPrincipalId: guid(2, 2) }, 'Ben Carter'],
    ['its extension', { direction: 'outbound', from: '1003' }, 'Chloe Martin'],
    ['its id, whatever the extension says', { from: '1003', fromPrincipalId: guid(2, 2) }, 'Ben Carter'],
    ['its number', { from: '+15551001001' }, 'Ben Carter'],
    ['its number as it was dialled', { from: 'sip:+15551001001@203.0.113.9' }, 'Ben Carter'],
    ['its e-mail address', { fromPrincipalId: 'ADA@example.test' }, 'Ada Example'],
    [
      'the e-mail address that only the other platform has',
      { fromPrincipalId: 'priya.home@example.test' },
      'Priya Nair',
    ],
  ])('is the person with %s', async (_what, side, name) => {
    const gateway = await withGateway();
    const { from, errors } = await partiesOf(gateway, await gateway.signIn(), side);
    expect(errors).toEqual([]);
    expect(from.person).toEqual({ name });
  });

  it('that calls in with the extension of a colleague as its number is nobody, but whom it calls is somebody', async () => {
    const gateway = await withGateway();
    const { from, to, errors } = await partiesOf(gateway, await gateway.signIn(), {
      from: '1002',
      to: '1003',
    });
    expect(errors).toEqual([]);
    expect(from).toMatchObject({ number: '1002', person: null });
    expect(to).toMatchObject({ number: '1003', person: { name: 'Chloe Martin' } });
  });

  it('that calls in on the legacy platform with the extension of a colleague is nobody', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const row = {
      cdr_id: 'claimed',
      domain: ACME,
      type: '1',
      orig_sub: null,
      orig_from_uri: 'sip:1002@203.0.113.20',
      term_sub: '1003',
      time_start: '1706778000',
      time_answer: '1706778005',
      time_release: '1706778030',
    };
    await gateway.sandbox.fail({ match: { object: 'cdr2' }, fault: { type: 'body', body: [row] } });
    const { data, errors } = await gateway.execute(
      `{ callDetails(first: 1, from: "2024-01-01T00:00:00Z", to: "2024-03-01T00:00:00Z") {
        nodes { origin { party { ...P } } destination { party { ...P } } }
      } } ${PARTY}`,
      session,
    );
    expect(errors).toEqual([]);
    const [{ origin, destination }] = (data ?? {})['callDetails'].nodes;
    expect(origin.party).toMatchObject({ number: '1002', person: null });
    expect(destination.party).toMatchObject({ number: '1003', person: { name: 'Chloe Martin' } });
  });

  it('outside is nobody, with the number in E.164 and the name that came with the call', async () => {
    const gateway = await withGateway();
    const { from, bill, errors } = await partiesOf(gateway, await gateway.signIn(), {
      from: '(212) 555-0188',
      fromName: 'Customer',
    });
    expect(errors).toEqual([]);
    expect(from).toEqual({ number: '(212) 555-0188', e164: '+12125550188', name: 'Customer', person: null });
    expect(bill).toEqual([RECORDS, USERS, READ]);
  });

  it.each([
    ['US', '+14722334455'],
    ['NO', '+4722334455'],
  ])('has the E.164 form that its number has in %s, where HOME_COUNTRY says so', async (country, e164) => {
    const gateway = await withGateway({ env: { HOME_COUNTRY: country } });
    const { from, errors } = await partiesOf(gateway, await gateway.signIn(), { from: '4722334455' });
    expect(errors).toEqual([]);
    expect(from).toMatchObject({ number: '4722334455', e164 });
  });

  it('is nobody where several share the number', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const items = [1, 2].map((index) => ({
      userId: guid(2, index),
      name: `User ${index}`,
      phone: '+12125550177',
    }));
    await gateway.sandbox.fail({
      match: { route: USERS },
      fault: { type: 'body', body: { count: 2, _links: {}, _embedded: { items } } },
    });
    const { from, errors } = await partiesOf(gateway, session, { from: '+12125550177' });
    expect(errors).toEqual([]);
    expect(from).toMatchObject({ e164: '+12125550177', person: null });
  });

  it('is not looked for on the other platform by an extension, which is somebody else there', async () => {
    const gateway = await withGateway();
    const { from, bill } = await partiesOf(gateway, await gateway.signIn(), { from: '1013' });
    expect(from).toMatchObject({ number: '1013', e164: null, person: null });
    expect(bill).toEqual([RECORDS, USERS]);
  });

  it('is not looked for on the other platform by an id, which is nobody there', async () => {
    const gateway = await withGateway();
    const side = { fromPrincipalId: guid(4, 99), fromName: 'An application' };
    const { from, bill } = await partiesOf(gateway, await gateway.signIn(), side);
    expect(from).toEqual({ number: null, e164: null, name: 'An application', person: null });
    expect(bill).toEqual([RECORDS, USERS]);
  });

  it('costs nothing where nobody wants to know whose it is', async () => {
    const gateway = await withGateway();
    const fields = 'fragment P on CallParty { number e164 name }';
    const { bill, errors } = await partiesOf(gateway, await gateway.signIn(), { from: '1001' }, fields);
    expect(errors).toEqual([]);
    expect(bill).toEqual([RECORDS]);
  });

  it('outside stays outside, with a warning, where the other platform cannot be asked', async () => {
    const gateway = await withGateway();
    const { cloudlink } = await gateway.tokens();
    const { from, errors, extensions } = await partiesOf(gateway, cloudlink, { from: '+12125550188' });
    expect(errors).toEqual([]);
    expect(from).toMatchObject({ e164: '+12125550188', person: null });
    expect(extensions['warnings']).toEqual([
      {
        code: 'PARTIAL_PERSON',
        message: expect.stringMatching(
          /^What one platform knows of people is missing here: The subscriber API needs a token/,
        ),
        path: ['callRecords', 'nodes', 0, 'from', 'party', 'person'],
      },
    ]);
  });

  it('keeps its number where its own platform fails', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { route: USERS }, fault: { type: 'status', status: 500 } });
    const { from, errors } = await partiesOf(gateway, session, { from: '1001' });
    expect(from).toMatchObject({ number: '1001', person: null });
    expect(errors[0]).toMatchObject({
      path: ['callRecords', 'nodes', 0, 'from', 'party', 'person'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE' },
    });
  });
});

describe('parties of many calls', () => {
  it.each([10, 100])(
    'of %i records cost one read of the account, and one of the domain for those who are not found',
    async (first) => {
      const gateway = await withGateway({ users: 150 });
      const session = await gateway.signIn();
      await gateway.bill();
      const { data, errors } = await gateway.execute(
        `query ($first: Int!) { callRecords(first: $first) { nodes ${SIDES} } }
      fragment P on CallParty { number person { name emails subscriber { department } } }`,
        session,
        { first },
      );
      expect(errors).toEqual([]);
      const { nodes } = (data ?? {})['callRecords'];
      expect(nodes.length).toBeGreaterThanOrEqual(Math.min(first, 50));
      expect(
        nodes.filter(({ from, to }: any) => from.party.person !== null || to.party.person !== null),
      ).toEqual(nodes);
      expect((await gateway.bill()).toSorted()).toEqual([RECORDS, USERS, READ].toSorted());
    },
  );

  it.each([10, 100])(
    'of %i finished calls cost one read of the domain, and one of the account',
    async (first) => {
      const gateway = await withGateway({ users: 150 });
      const session = await gateway.signIn();
      await gateway.bill();
      const { data, errors } = await gateway.execute(
        `query ($first: Int!) {
        callDetails(first: $first, from: "2000-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z") {
          nodes { origin { extension party { ...P } } destination { extension party { ...P } } }
        }
      } fragment P on CallParty { number e164 name person { name subscriber { domainName extension } } }`,
        session,
        { first },
      );
      expect(errors).toEqual([]);
      const sides = data?.['callDetails'].nodes.flatMap(({ origin, destination }: any) => [
        origin,
        destination,
      ]);
      const inside = sides.filter(({ party }: any) => party.person !== null);
      expect(inside.length).toBeGreaterThan(first / 2);
      expect(inside.map(({ party }: any) => party.person.subscriber)).toEqual(
        inside.map(({ extension }: any) => ({ domainName: ACME, extension })),
      );
      const bill = await gateway.bill();
      expect(bill.filter((route) => route !== HISTORY).toSorted()).toEqual([USERS, READ].toSorted());
    },
  );

  it('of calls that go on cost one read of the domain', async () => {
    const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
    const session = await gateway.signIn();
    await gateway.execute(
      'mutation { originateCall(input: { destination: "1003" }) { ... on OriginateCallSuccess { data { originCallId } } } }',
      session,
    );
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `{ activeCalls { nodes { origin { party { ...P } } destination { extension party { ...P } } } } }
      fragment P on CallParty { number person { subscriber { extension } } }`,
      session,
    );
    expect(errors).toEqual([]);
    const parties = data?.['activeCalls'].nodes.flatMap(({ origin, destination }: any) => [
      origin,
      destination,
    ]);
    const extensions = parties.map(({ party }: any) => party.person?.subscriber.extension ?? null);
    expect(extensions).toEqual(expect.arrayContaining(['1001', '1003']));
    expect((await gateway.bill()).filter((route) => route === READ)).toEqual([READ]);
  });
});
