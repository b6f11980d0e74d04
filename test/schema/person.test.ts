import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX, legacyCalls } from '../helpers/legacy.ts';
import { USER, READ, acme, ada, personId, adaId, WHOLE, wholeAda, ask } from '../helpers/person.ts';

const USERS = 'GET /accounts/{accountId}/users';

describe('person', () => {
  const QUERY = `query ($id: ID!) { person(id: $id) { ...Whole } } ${WHOLE}`;

  it.each([
    ['both keys', adaId, [USER, READ]],
    ['the key in CloudLink', personId(ada, ''), [USER, READ]],
    ['the legacy key', personId('', `${ACME}/1001`), [READ, USERS]],
  ])('by %s costs two requests and gives the same', async (_what, id, expected) => {
    const gateway = await withGateway();
    const { data, errors, bill } = await ask(gateway, await gateway.signIn(), QUERY, { id });
    expect(errors).toEqual([]);
    expect(data?.['person']).toEqual(wholeAda);
    expect(bill.toSorted()).toEqual(expected.toSorted());
  });

  it('is found again by `node`, and many by `nodes`, in their places', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const ids = [2, 4, 5, 1].map((index) => personId(`${acme}/${guid(2, index)}`, `${ACME}/${1000 + index}`));
    const nobody = personId(`${acme}/${guid(2, 99)}`, `${ACME}/9999`);
    const { data, errors, bill } = await ask(
      gateway,
      session,
      `query ($id: ID!, $ids: [ID!]!) { node(id: $id) { ...Whole } nodes(ids: $ids) { ... on Person { name } } } ${WHOLE}`,
      { id: adaId, ids: [...ids.slice(0, 2), nobody, ...ids.slice(2)] },
    );
    expect(errors).toEqual([]);
    expect(data?.['node']).toEqual(wholeAda);
    expect(data?.['nodes'].map((node: any) => node?.name ?? null)).toEqual([
      'Ben Carter',
      'Dmitri Volkov',
      null,
      'Zoë Ångström-Müller',
      'Ada Example',
    ]);
    // The five by their ids, and all users, since another could have Dmitri's extension.
    expect(bill.filter((route) => route === USERS)).toHaveLength(2);
  });

  it('whose halves have only the extension in common is compared with everybody on either side', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const id = personId(`${acme}/${guid(2, 4)}`, `${ACME}/1004`);
    const query = 'query ($id: ID!) { person(id: $id) { name } }';
    const { data, errors, bill } = await ask(gateway, session, query, { id });
    expect(errors).toEqual([]);
    expect(data).toEqual({ person: { name: 'Dmitri Volkov' } });
    expect(bill.toSorted()).toEqual([USER, USERS, READ, READ].toSorted());
  });

  it('is null where somebody else is nearer to one of the two halves', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const leftOver = { userId: guid(2, 7), accountId: acme, email: 'new@example.test', extension: '1001' };
    await gateway.sandbox.fail({ match: { route: USER }, fault: { type: 'body', body: leftOver } });
    const id = personId(`${acme}/${guid(2, 7)}`, `${ACME}/1001`);
    const { data } = await ask(gateway, session, 'query ($id: ID!) { person(id: $id) { name } }', { id });
    expect(data).toEqual({ person: null });
  });

  it.each([
    ['two who are different people', personId(ada, `${ACME}/1002`)],
    ['somebody of another company', personId(ada, `${GLOBEX}/2001`)],
    ['a queue', personId('', `${ACME}/800`)],
    ['nobody', personId(`${acme}/${guid(2, 999)}`, `${ACME}/9999`)],
  ])('is null for an id that names %s', async (_what, id) => {
    const gateway = await withGateway();
    const { data } = await ask(gateway, await gateway.signIn(), QUERY, { id });
    expect(data).toEqual({ person: null });
  });

  it.each([
    ['nothing', personId('', '')],
    ['a user alone, without a comma', globalId('both', 'Person', ada)],
    ['a path', personId(`${acme}/../accounts`, '')],
    ['a wildcard', personId('', `${ACME}/*`)],
    ['two subscribers', personId(ada, `${ACME}/1001,${ACME}/1002`)],
    ['a platform', globalId('cloudlink', 'Person', `${ada},`)],
    ['a user', globalId('cloudlink', 'User', ada)],
  ])('refuses an id that names %s, before anything is sent', async (_what, id) => {
    const gateway = await withGateway();
    const { errors, bill } = await ask(gateway, await gateway.signIn(), QUERY, { id });
    expect(errors).toMatchObject([
      { path: ['person'], extensions: { code: 'BAD_USER_INPUT', argument: 'id' } },
    ]);
    expect(bill).toEqual([]);
  });

  it.each([
    ['CloudLink', { route: USER }, { user: null, subscriber: { extension: '1001' } }, 'user'],
    [
      'the legacy platform',
      { object: 'subscriber' },
      { user: { userId: guid(2, 1) }, subscriber: null },
      'subscriber',
    ],
  ])('keeps what the other platform knows where %s fails', async (_what, match, half, field) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match, fault: { type: 'status', status: 500 } });
    const query =
      'query ($id: ID!) { person(id: $id) { id name extension emails user { userId } subscriber { extension } } }';
    const { data, errors, warnings } = await ask(gateway, session, query, { id: adaId });
    expect(data?.['person']).toEqual({
      id: field === 'user' ? personId('', `${ACME}/1001`) : personId(ada, ''),
      name: 'Ada Example',
      extension: '1001',
      emails: ['ada@example.test'],
      ...half,
    });
    expect(errors).toMatchObject([{ path: ['person', field], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(warnings).toMatchObject([
      { code: 'PARTIAL_PERSON', message: expect.stringContaining('missing here') },
    ]);
  });
});

describe('a user and a subscriber', () => {
  it.each([10, 100])('lead to %i people for a fixed number of requests', async (first) => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    const forth = await ask(
      gateway,
      session,
      'query ($first: Int!) { users(first: $first) { nodes { name person { name subscriber { extension timeZone } } } } }',
      { first },
    );
    expect(forth.errors).toEqual([]);
    expect(forth.data?.['users'].nodes).toHaveLength(first);
    expect(forth.data?.['users'].nodes.filter(({ name, person }: any) => name !== person.name)).toEqual([]);
    expect(forth.bill).toEqual([USERS, READ, USERS]);
    const back = await ask(
      gateway,
      session,
      'query ($first: Int!) { subscribers(first: $first) { nodes { person { name user { name } } } } }',
      { first },
    );
    expect(back.errors).toEqual([]);
    expect(back.data?.['subscribers'].nodes).toHaveLength(first);
    // The page, the columns of its people, and everybody whom one of them could be taken for.
    expect(back.bill.toSorted()).toEqual([USERS, READ, READ, READ].toSorted());
  });

  it('lead to a person whose columns are there, however deep it is asked', async () => {
    const gateway = await withGateway();
    const { data, errors } = await ask(
      gateway,
      await gateway.signIn(),
      `{ subscriber(user: "1001") { person { subscriber { extension person { subscriber { timeZone department } } } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data?.['subscriber'].person.subscriber.person.subscriber).toEqual({
      timeZone: 'US/Eastern',
      department: 'Sales',
    });
  });

  it('that is a queue is no person, which costs nothing', async () => {
    const gateway = await withGateway();
    const { data, errors, bill } = await ask(
      gateway,
      await gateway.signIn(),
      '{ subscribers(filter: { kinds: [CALL_QUEUE] }) { nodes { extension person { name } } } }',
    );
    expect(errors).toEqual([]);
    expect(data?.['subscribers'].nodes.length).toBeGreaterThan(0);
    expect(data?.['subscribers'].nodes.filter(({ person }: any) => person !== null)).toEqual([]);
    expect(bill).toEqual([READ]);
  });

  it('never ask for a column that is not selected', async () => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute(
      '{ users(first: 3) { nodes { person { presence { line } } } } }',
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    const [call] = await legacyCalls(gateway.sandbox);
    expect(call?.['fields']?.split(',').toSorted()).toEqual(
      ['user', 'domain', 'email', 'message', 'presence', 'srv_code', 'subscriber_login'].toSorted(),
    );
  });
});

describe('numbers', () => {
  it('are those of both platforms, each once, with what they are for', async () => {
    const gateway = await withGateway();
    const { data, errors, bill } = await ask(
      gateway,
      await gateway.signIn(),
      '{ me { numbers { number e164 kind } } }',
    );
    expect(errors).toEqual([]);
    expect(data?.['me'].numbers).toContainEqual({ number: '1001', e164: null, kind: 'EXTENSION' });
    expect(data?.['me'].numbers).toContainEqual({
      number: '+15551001000',
      e164: '+15551001000',
      kind: 'MOBILE',
    });
    const numbers = data?.['me'].numbers.map(({ number }: any) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(bill.toSorted()).toEqual([USER, READ].toSorted());
  });
});
