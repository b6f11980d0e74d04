import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';

const USERS = 'GET /accounts/{accountId}/users';
const READ = 'subscriber read';
const acme = guid(1, 1);

describe('the bill of the join', () => {
  const bill = async (query: string, options: GatewayOptions = {}, variables = {}) => {
    const gateway = await withGateway(options);
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(query, session, variables);
    expect(errors).toEqual([]);
    return { data, bill: await gateway.bill() };
  };

  it('is two requests for users who have their address alone with their subscribers', async () => {
    const { data, bill: paid } = await bill(
      '{ users(first: 3) { nodes { name subscriber { extension } } } }',
    );
    expect(data?.['users'].nodes).toHaveLength(3);
    expect(paid).toEqual([USERS, READ]);
  });

  it('is one more where some of forty have only the extension in common with theirs', async () => {
    const { data, bill: paid } = await bill(
      '{ users(first: 40) { nodes { name subscriber { extension } } } }',
    );
    expect(data?.['users'].nodes).toHaveLength(40);
    expect(paid).toEqual([USERS, READ, USERS]);
  });

  it('is two requests for a subscriber who has address and extension in common with their user', async () => {
    const { data, bill: paid } = await bill('{ subscriber(user: "1002") { user { name } } }');
    expect(data).toEqual({ subscriber: { user: { name: 'Ben Carter' } } });
    expect(paid).toEqual([READ, USERS]);
  });

  it('is no more for the same forty by two aliases', async () => {
    const { data, bill: paid } = await bill(`{
      a: users(first: 40) { nodes { name subscriber { extension presence } } }
      b: users(first: 40) { nodes { email subscriber { extension site } } }
    }`);
    expect(data?.['a'].nodes).toHaveLength(40);
    expect(data?.['b'].nodes.map(({ subscriber }: any) => subscriber?.extension)).toEqual(
      data?.['a'].nodes.map(({ subscriber }: any) => subscriber?.extension),
    );
    expect(paid).toEqual([USERS, READ, USERS]);
  });

  it('is three requests for forty subscribers with their users', async () => {
    const { data, bill: paid } = await bill('{ subscribers(first: 40) { nodes { name user { email } } } }');
    expect(data?.['subscribers'].nodes).toHaveLength(40);
    expect(paid).toEqual([READ, USERS, READ]);
  });

  it('reads the domain once where two lists of users come at different times', async () => {
    const { data, bill: paid } = await bill(`{
      a: users(first: 40) { nodes { subscriber { extension } } }
      b: users(first: 3, filter: { search: "a" }) { nodes { subscriber { extension } } }
    }`);
    expect([data?.['a'].nodes.length, data?.['b'].nodes.length]).toEqual([40, 3]);
    // Two lists of users, and one domain.
    expect(paid.toSorted()).toEqual([USERS, USERS, READ]);
  });

  it('is one request more for the way back, however often it is mentioned', async () => {
    const { bill: paid } = await bill(`{
      users(first: 40) { nodes { one: subscriber { user { name } } two: subscriber { user { email } } } }
    }`);
    expect(paid).toEqual([USERS, READ, USERS]);
  });

  it('is two requests for a user by its id', async () => {
    const { data, bill: paid } = await bill(
      'query ($id: ID!) { user(id: $id) { subscriber { name } } }',
      {},
      { id: globalId('cloudlink', 'User', `${acme}/${guid(2, 2)}`) },
    );
    expect(data).toEqual({ user: { subscriber: { name: 'Ben Carter' } } });
    expect(paid).toEqual([`${USERS}/{userId}`, READ]);
  });

  it('grows by one request for every 1,000 people', async () => {
    const forth = await bill('{ users(first: 100) { nodes { subscriber { extension } } } }', { users: 2300 });
    expect(forth.bill).toEqual([USERS, READ, READ, READ, USERS, USERS, USERS]);
    const back = await bill('{ subscribers(first: 100) { nodes { user { name } } } }', { users: 2300 });
    expect(back.bill).toEqual([READ, USERS, USERS, USERS, READ, READ, READ]);
    expect(forth.data?.['users'].nodes.filter(({ subscriber }: any) => subscriber === null)).toHaveLength(2);
  });

  it('is one request more where the number of people is a round one', async () => {
    const three = '{ users(first: 3) { nodes { subscriber { extension } } } }';
    expect((await bill(three, { users: 502 })).bill).toEqual([USERS, READ, READ]);
    expect((await bill(three, { users: 503 })).bill).toEqual([USERS, READ]);
  });

  it('asks for people only, and for as many at once as it may', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    await gateway.execute('{ users(first: 2) { nodes { subscriber { extension } } } }', session);
    expect(await legacyCalls(gateway.sandbox)).toEqual([
      {
        action: 'read',
        format: 'json',
        domain: ACME,
        srv_code: '',
        fields: 'user,domain,email,subscriber_login,srv_code',
        start: '0',
        limit: '1000',
        sort: 'user ASC',
      },
    ]);
  });
});
