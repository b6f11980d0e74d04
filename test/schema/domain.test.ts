import { describe, expect, it } from 'vitest';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX } from '../helpers/legacy.ts';

const READ = 'domain read';

/** Signs in on the legacy platform alone. */
const signInAs = async (gateway: Awaited<ReturnType<typeof withGateway>>, username: string) => {
  const { data } = await gateway.execute(
    `mutation ($username: String!) {
      signIn(input: { subscriber: { username: $username, password: "sandbox-password" } }) { sessionToken }
    }`,
    {},
    { username },
  );
  return { authorization: `Bearer ${data?.['signIn'].sessionToken}` };
};

describe('domain', () => {
  it.each(['strings', 'numeric'] as const)(
    "is the caller's own, in our words, without its mail password (%s)",
    async (legacyTyping) => {
      const gateway = await withGateway({ switches: { legacyTyping } });
      const session = await gateway.signIn();
      await gateway.bill();
      const { data, errors } = await gateway.execute(
        `{ domain {
          id name territory description timeZone language areaCode dialPlan dialPolicy callerIdName callerIdNumber
          emergencyCallerIdNumber callLimit externalCallLimit subscriberLimit maxUsers maxCallQueues maxAttendants
          maxConferences maxDepartments maxSites maxDevices policiesText activeCallCount subscriberCount
        } }`,
        session,
      );
      expect(errors).toEqual([]);
      expect(data?.['domain']).toEqual({
        id: globalId('subscriber', 'Domain', ACME),
        name: ACME,
        territory: '12345',
        description: 'Acme Ltd',
        timeZone: 'US/Eastern',
        language: 'en_us',
        areaCode: '212',
        dialPlan: ACME,
        dialPolicy: 'Permit All',
        callerIdName: 'Acme Ltd',
        callerIdNumber: '12125550100',
        emergencyCallerIdNumber: '12125550100',
        callLimit: 0,
        externalCallLimit: 0,
        subscriberLimit: 0,
        maxUsers: 100,
        maxCallQueues: 10,
        maxAttendants: 10,
        maxConferences: 10,
        maxDepartments: 20,
        maxSites: 10,
        maxDevices: 300,
        policiesText: 'active',
        activeCallCount: expect.any(Number),
        subscriberCount: 51,
      });
      expect(data?.['domain'].activeCallCount).toBeGreaterThan(0);
      expect(await gateway.bill()).toEqual([READ]);
    },
  );

  it('is found by its name in any letter case', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(
      '{ domain(name: "GLOBEX.67890.service") { name } }',
      await gateway.signIn('grace'),
    );
    expect(data).toEqual({ domain: { name: GLOBEX } });
  });

  it('has null for a limit that is none', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const body = [{ domain: ACME, max_user: '-1', max_site: -1, call_limit: '', max_device: '99999999999' }];
    await gateway.sandbox.fail({ match: { object: 'domain' }, fault: { type: 'body', body } });
    const { data, errors } = await gateway.execute(
      '{ domain { maxUsers maxSites callLimit maxDevices subscriberCount } }',
      session,
    );
    expect(errors).toEqual([]);
    expect(Object.values(data?.['domain'])).toEqual(Array(5).fill(null));
  });

  it('is not another one that upstream answers with', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { object: 'domain' },
      fault: { type: 'body', body: [{ domain: GLOBEX, description: 'Globex' }] },
    });
    const { data, errors } = await gateway.execute('{ domain { name } }', session);
    expect(errors).toEqual([]);
    expect(data).toEqual({ domain: null });
  });

  it.each(['', ' ', '*', '~', '%', `${ACME},${GLOBEX}`, 'a/b', 'a\nb', 'x'.repeat(256)])(
    'refuses the name %j unsent',
    async (name) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      await gateway.bill();
      const { errors } = await gateway.execute(
        'query ($name: String) { domain(name: $name) { name } }',
        session,
        { name },
      );
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'domain' } }]);
      expect(await gateway.bill()).toEqual([]);
    },
  );

  it.each([
    ['another domain', 'grace', ACME],
    ['its own domain, as a basic user,', 'ben', ACME],
  ] as const)('keeps %s from its caller', async (_what, person, name) => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      'query ($name: String, $id: ID!) { domain(name: $name) { name } node(id: $id) { id } }',
      await gateway.signIn(person),
      { name, id: globalId('subscriber', 'Domain', name) },
    );
    expect(data).toEqual({ domain: null, node: null });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(pathsOf(errors)).toEqual([['domain'], ['node']]);
  });
});

describe('domains', () => {
  const query = '{ domains { totalCount nodes { name } pageInfo { hasNextPage } } }';

  it.each([
    ['an office manager', `1001@${ACME}`, [ACME]],
    ['a reseller', 'reseller@12345', [ACME]],
    ['the operator', 'super@0000', [ACME, GLOBEX]],
  ])('are those that %s may see', async (_who, login, names) => {
    const gateway = await withGateway();
    const session = await signInAs(gateway, login);
    await gateway.bill();
    const { data, errors } = await gateway.execute(query, session);
    expect(errors).toEqual([]);
    expect(data?.['domains']).toEqual({
      totalCount: names.length,
      nodes: names.map((name) => ({ name })),
      pageInfo: { hasNextPage: false },
    });
    expect((await gateway.bill()).toSorted()).toEqual(['domain count', READ]);
  });

  it('are paged', async () => {
    const gateway = await withGateway();
    const session = await signInAs(gateway, 'super@0000');
    const page =
      'query ($after: String) { domains(first: 1, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }';
    const first = await gateway.execute(page, session);
    expect(first.data?.['domains']).toMatchObject({
      nodes: [{ name: ACME }],
      pageInfo: { hasNextPage: true },
    });
    const after = first.data?.['domains'].pageInfo.endCursor;
    const second = await gateway.execute(page, session, { after });
    expect(second.data?.['domains']).toMatchObject({
      nodes: [{ name: GLOBEX }],
      pageInfo: { hasNextPage: false },
    });
  });

  it('are paged past rows that have no name', async () => {
    const gateway = await withGateway();
    const session = await signInAs(gateway, 'super@0000');
    const body = [{ domain: '', description: 'lost' }, { domain: ACME }, { domain: GLOBEX }];
    await gateway.sandbox.fail({ match: { object: 'domain' }, times: 1, fault: { type: 'body', body } });
    const { data } = await gateway.execute(
      '{ domains(first: 1) { edges { cursor node { name } } pageInfo { hasNextPage } } }',
      session,
    );
    expect(data?.['domains']).toMatchObject({
      edges: [{ node: { name: ACME } }],
      pageInfo: { hasNextPage: true },
    });
    const [{ cursor }] = data?.['domains'].edges ?? [];
    // Two rows of upstream lie before the next page: the nameless one counts.
    expect(Buffer.from(cursor, 'base64url').toString()).toMatch(/:2$/);
  });

  it('are refused to a basic user', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(query, await gateway.signIn('ben'));
    expect(data).toEqual({ domains: null });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', platform: 'subscriber' } }]);
  });
});
