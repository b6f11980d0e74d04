import { describe, expect, it } from 'vitest';
import { createCompany } from '../../src/sandbox/company.ts';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX, legacyCalls } from '../helpers/legacy.ts';
import { walk } from '../helpers/walk.ts';

const READ = 'subscriber read';

/** Asks for subscribers by key in one operation, each under an alias of its own, and tells what that cost. */
const ask = async (
  keys: readonly string[],
  options: GatewayOptions = {},
  person: 'ada' | 'ben' | 'grace' = 'ada',
  prepare: (gateway: Awaited<ReturnType<typeof withGateway>>) => Promise<unknown> = async () => undefined,
) => {
  const gateway = await withGateway(options);
  const session = await gateway.signIn(person);
  await prepare(gateway);
  await gateway.bill();
  const fields = keys.map((key, index) => {
    const [user = '', domain = person === 'grace' ? GLOBEX : ACME] = key.split('@');
    return `k${index}: subscriber(user: "${user}", domain: "${domain}") { extension domainName name }`;
  });
  const { data, errors } = await gateway.execute(`{ ${fields.join('\n')} }`, session);
  const calls = await legacyCalls(gateway.sandbox);
  return {
    names: keys.map((_key, index) => data?.[`k${index}`]?.name ?? null),
    extensions: keys.map((_key, index) => data?.[`k${index}`]?.extension ?? null),
    errors,
    calls,
    bill: await gateway.bill(),
    gateway,
  };
};

const nameOf = new Map(
  createCompany(300).people.map(({ domain, extension, firstName, lastName }) => [
    `${extension}@${domain}`,
    `${firstName} ${lastName}`,
  ]),
);
const namesOf = (extensions: readonly string[], domain = ACME) =>
  extensions.map((extension) => nameOf.get(`${extension}@${domain}`) ?? null);

describe('subscribers by key', () => {
  it.each([
    ['one', ['1001']],
    ['two', ['1001', '1002']],
  ])('are read singly where there are %s', async (_count, keys) => {
    const { names, errors, bill, calls } = await ask(keys);
    expect(errors).toEqual([]);
    expect(names).toEqual(namesOf(keys));
    expect(bill).toEqual(keys.map(() => READ));
    expect(calls.map(({ user }) => user)).toEqual(keys);
  });

  it.each([3, 4, 40])('are picked from one read of the domain where there are %i', async (count) => {
    const keys = createCompany()
      .people.filter(({ domain, legacy }) => domain === ACME && legacy !== undefined)
      .slice(0, count)
      .map(({ extension }) => extension);
    const { names, errors, bill, calls } = await ask(keys);
    expect(errors).toEqual([]);
    expect(names).toEqual(namesOf(keys));
    expect(bill).toEqual([READ]);
    expect(calls).toMatchObject([{ domain: ACME, srv_code: '', start: '0', limit: '1000' }]);
    expect(calls[0]).not.toHaveProperty('user');
  });

  it('are asked for once however often they are wanted', async () => {
    const twice = await ask(['1001', '1001', '1002', '1001']);
    expect(twice.names).toEqual(namesOf(['1001', '1001', '1002', '1001']));
    expect(twice.bill).toEqual([READ, READ]);
    const more = await ask(['1001', '1002', '1003', '1001', '1002']);
    expect(more.names).toEqual(namesOf(['1001', '1002', '1003', '1001', '1002']));
    expect(more.bill).toEqual([READ]);
  });

  it('are null where nobody has the key, and only there', async () => {
    const single = await ask(['1001', '7777']);
    expect(single).toMatchObject({ names: ['Ada Example', null], errors: [] });
    const picked = await ask(['1001', '7777', '1002', '7778', '1003']);
    expect(picked).toMatchObject({ names: namesOf(['1001', '7777', '1002', '7778', '1003']), errors: [] });
    // The domain, and the two that might be late or no people.
    expect(picked.bill).toEqual([READ, READ, READ]);
  });

  it('are all looked for in the people and then in all rows where many are missing', async () => {
    const missing = Array.from({ length: 20 }, (_, index) => String(7000 + index));
    const { names, errors, bill } = await ask([...missing, '1001']);
    expect(errors).toEqual([]);
    expect(names).toEqual([...missing.map(() => null), 'Ada Example']);
    expect(bill).toEqual([READ, READ]);
  });

  it('may be rows that are no people: few of them singly, more by a second read of the domain', async () => {
    const few = await ask(['1001', '1002', '1003', '800', 'Sales']);
    expect(few.names).toEqual([...namesOf(['1001', '1002', '1003']), 'Main Queue', 'Sales']);
    expect(few.bill).toEqual([READ, READ, READ]);
    const many = await ask(['1001', '800', '801', '802', 'Sales', 'domain']);
    expect(many.names).toEqual([
      'Ada Example',
      'Main Queue',
      'Auto Attendant',
      'Conference Bridge',
      'Sales',
      'Domain User',
    ]);
    expect(many.bill).toEqual([READ, READ]);
    expect(many.calls.map((call) => [call['srv_code'], call['start']])).toEqual([
      ['', '0'],
      [undefined, '0'],
    ]);
  });

  it('are found in any letter case, few or many', async () => {
    const few = await ask(['SALES', 'finance']);
    expect(few.extensions).toEqual(['Sales', 'Finance']);
    const many = await ask(['SALES', 'finance', 'sUPPORT', 'Engineering']);
    expect(many.extensions).toEqual(['Sales', 'Finance', 'Support', 'Engineering']);
  });

  it('of two domains are never mixed', async () => {
    const { names, errors, bill } = await ask(['1002', `1002@${GLOBEX}`, '1001', '1003', `2001@${GLOBEX}`]);
    expect(names).toEqual(['Ben Carter', null, 'Ada Example', 'Chloe Martin', null]);
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['k1'], 'FORBIDDEN'],
      [['k4'], 'FORBIDDEN'],
    ]);
    expect(bill).toHaveLength(3);
  });

  it('fail alone: one that upstream cannot answer does not harm the others', async () => {
    const { names, errors } = await ask(['1001', '1002'], {}, 'ada', ({ sandbox }) =>
      sandbox.fail({
        match: { object: 'subscriber' },
        skip: 1,
        times: 1,
        fault: { type: 'status', status: 400, headers: { warning: 'Not today.' } },
      }),
    );
    // Which of the two comes second is for the network to say.
    expect(names.filter((name) => name !== null)).toHaveLength(1);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', platform: 'subscriber' } }]);
  });

  it('keep those that were found when the look for the others fails', async () => {
    const { names, errors } = await ask(['1001', '800', '801', '802'], {}, 'ada', ({ sandbox }) =>
      sandbox.fail({
        match: { object: 'subscriber' },
        skip: 1,
        fault: { type: 'status', status: 400 },
      }),
    );
    expect(names).toEqual(['Ada Example', null, null, null]);
    expect(errors).toHaveLength(1);
    expect(pathsOf(errors)).toEqual([['k1'], ['k2'], ['k3']]);
  });

  it('show a basic user itself and nobody else', async () => {
    const { names, errors } = await ask(['1001', '1002', '1003', '1004'], {}, 'ben');
    expect(errors).toEqual([]);
    expect(names).toEqual([null, 'Ben Carter', null, null]);
  });

  it.each([
    ['few', ['0012', '1001']],
    ['many', ['0012', '1001', '1002', '1003']],
    ['many with many that are missing', ['0012', '7777', '7778', '7779', '1001']],
  ])('keep their zeros where the platform sends numbers (%s)', async (_count, keys) => {
    const { names, extensions, errors } = await ask(keys, { switches: { legacyTyping: 'numeric' } });
    expect(errors).toEqual([]);
    expect(names).toEqual(namesOf(keys));
    expect(extensions).toEqual(keys.map((key, index) => (names[index] === null ? null : key)));
  });

  it('are read singly where a number could be either of two', async () => {
    const row = (user: number | string, subscriber_login: string, first_name: string) => ({
      user,
      domain: ACME,
      subscriber_login,
      first_name,
      last_name: '',
      srv_code: '',
    });
    const people = [
      row(12, 'one@example.test', 'One'),
      row(12, 'two@example.test', 'Two'),
      row(1001, '', 'Ada'),
    ];
    const { names, calls } = await ask(
      ['12', '1001', '7777', '7778', '7779'],
      {},
      'ada',
      async ({ sandbox }) => {
        const match = { object: 'subscriber', action: 'read' };
        await sandbox.fail({ match, times: 2, fault: { type: 'body', body: people } });
        await sandbox.fail({ match, fault: { type: 'body', body: [row('12', '', 'Twelve')] } });
      },
    );
    expect(names).toEqual(['Twelve', 'Ada', null, null, null]);
    expect(calls.map(({ user }) => user)).toEqual([undefined, undefined, '12']);
  });

  it('are the same by id as by user', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const keys = ['1001', '7777', '0012', '1002', 'Sales'];
    const { data, errors } = await gateway.execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Subscriber { extension } } }',
      session,
      { ids: keys.map((key) => globalId('subscriber', 'Subscriber', `${ACME}/${key}`)) },
    );
    expect(errors).toEqual([]);
    expect(data?.['nodes'].map((node: any) => node?.extension ?? null)).toEqual([
      '1001',
      null,
      '0012',
      '1002',
      'Sales',
    ]);
    expect(await gateway.bill()).toEqual([READ, READ, READ]);
  });
});

describe('a silent cap', () => {
  const people = createCompany(250).people.filter(
    ({ domain, legacy }) => domain === ACME && legacy !== undefined,
  );
  const keys = people.map(({ extension }) => extension);

  it.each([
    [0, 1],
    [10, 25],
    [20, 13],
    [50, 5],
    [64, 4],
    [96, 3],
    [100, 3],
    [128, 2],
    [200, 2],
  ])('of %i rows loses nobody, and costs %i requests', async (legacyRowCap, requests) => {
    const { names, errors, bill } = await ask(keys, { users: 250, switches: { legacyRowCap }, env: tokens });
    expect(errors).toEqual([]);
    expect(keys).toHaveLength(248);
    expect(names).toEqual(namesOf(keys));
    expect(bill).toHaveLength(requests);
  });

  it('loses nobody from the join', async () => {
    const gateway = await withGateway({ users: 250, switches: { legacyRowCap: 100 } });
    const session = await gateway.signIn();
    await gateway.bill();
    const query = `query ($after: String) {
      list: users(first: 100, after: $after) {
        nodes { subscriber { extension } } pageInfo { hasNextPage endCursor }
      }
    }`;
    const seen = (await walk(gateway, session, query))
      .flat()
      .flatMap(({ subscriber }) => subscriber?.extension ?? []);
    // Two are in the legacy platform only.
    expect(new Set(seen)).toEqual(new Set(keys.filter((key) => !['901', '1013'].includes(key))));
    expect(seen).toHaveLength(246);
  });
});

/** 248 aliases are a long document. */
const tokens = { MAX_DOCUMENT_TOKENS: '20000' };

it('takes a record without its key for none', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const body = [{ first_name: 'Nobody' }, {}, { user: '1001', domain: 'acme.12345.service' }];
  await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body } });

  const { data, errors } = await gateway.execute('{ subscribers { nodes { extension } } }', session);

  expect(errors).toEqual([]);
  expect(data?.['subscribers'].nodes).toEqual([{ extension: '1001' }]);
});

it('stops at a platform that answers the same rows wherever a page starts', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const body = Array.from({ length: 200 }, (_, index) => ({
    user: String(3000 + index),
    domain: 'acme.12345.service',
    first_name: 'Ann',
  }));
  await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'body', body } });

  const { data, errors } = await gateway.execute(
    '{ subscribers(filter: { search: "bob" }) { nodes { extension } pageInfo { hasNextPage } } }',
    session,
  );

  expect(errors).toEqual([]);
  expect(data?.['subscribers']).toEqual({ nodes: [], pageInfo: { hasNextPage: false } });
  expect(await gateway.bill()).toHaveLength(2);
});
