import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const USERS = 'GET /accounts/{accountId}/users';
const READ = 'subscriber read';
const acme = guid(1, 1);

describe('a link', () => {
  const toUser = (index: number, email: string | null, extension: string) => ({
    userId: guid(2, index),
    accountId: acme,
    name: `User ${index}`,
    ...(email !== null && { email }),
    extension,
  });
  /** CloudLink lists these users, and finds each of them alone. */
  const withUsers = async (items: readonly ReturnType<typeof toUser>[]) => {
    const gateway = await withGateway();
    await gateway.sandbox.fail({
      match: { route: USERS },
      fault: { type: 'body', body: { count: items.length, _links: {}, _embedded: { items } } },
    });
    return { gateway, session: await gateway.signIn() };
  };
  const read = async (gateway: TestGateway, session: Record<string, string>, query: string) => {
    await gateway.bill();
    const { data, errors, extensions } = await gateway.execute(query, session);
    expect(errors).toEqual([]);
    return { data: data ?? {}, warnings: extensions['warnings'] ?? [], bill: await gateway.bill() };
  };

  it.each([
    ['of somebody whose address is another', 7, 'new.mail@example.test', '1001'],
    ['of somebody without an address', 4, null, '1004'],
  ])(
    'by the extension %s is not taken where it is left over, by itself as among others',
    async (_of, index, email, extension) => {
      const holder = toUser(1, 'ada@example.test', '1001');
      const items = [
        holder,
        toUser(3, 'dmitri.volkov@example.test', '1004'),
        toUser(index, email, extension),
      ];
      const { gateway, session } = await withUsers(items);
      const leftOver = toUser(index, email, extension);
      await gateway.sandbox.fail({
        match: { route: `${USERS}/{userId}` },
        fault: { type: 'body', body: leftOver },
      });
      const id = globalId('cloudlink', 'User', `${acme}/${guid(2, index)}`);
      const alone = await read(
        gateway,
        session,
        `{ node(id: "${id}") { ... on User { subscriber { extension } } } }`,
      );
      const together = await read(
        gateway,
        session,
        '{ users { nodes { userId subscriber { extension } } } }',
      );
      const people = await read(
        gateway,
        session,
        '{ people(first: 3) { nodes { user { userId } subscriber { extension } } } }',
      );
      const ofUser = people.data['people'].nodes.find(({ user }: any) => user?.userId === guid(2, index));
      const amongUsers = together.data['users'].nodes.find(({ userId }: any) => userId === guid(2, index));
      expect([alone.data['node'], amongUsers, ofUser]).toMatchObject([
        { subscriber: null },
        { subscriber: null },
        { subscriber: null },
      ]);
      expect(alone.bill).toEqual([`${USERS}/{userId}`, READ, USERS]);
      expect(alone.warnings).toMatchObject([{ code: 'AMBIGUOUS_LINK', path: ['node', 'subscriber'] }]);
    },
  );

  it.each(['1001', '1004', '1012', '0012', '900', '901'])(
    'of subscriber %s is the same by itself and among all',
    async (extension) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      const alone = await read(
        gateway,
        session,
        `{ subscriber(user: "${extension}") { extension user { name } } }`,
      );
      const all = await read(
        gateway,
        session,
        '{ subscribers(first: 100) { nodes { extension user { name } } } }',
      );
      expect(all.data['subscribers'].nodes).toContainEqual(alone.data['subscriber']);
    },
  );

  it.each([1, 2, 10, 44])('of everybody is the same in pages of %i', async (first) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const pageOf = async (after: string | null): Promise<readonly unknown[]> => {
      const { data } = await gateway.execute(
        `query ($first: Int!, $after: String) { users(first: $first, after: $after) {
          nodes { name subscriber { extension } } pageInfo { hasNextPage endCursor }
        } }`,
        session,
        { first, after },
      );
      const { nodes, pageInfo } = (data ?? {})['users'];
      return pageInfo.hasNextPage ? [...nodes, ...(await pageOf(pageInfo.endCursor))] : nodes;
    };
    const { data } = await read(
      gateway,
      session,
      '{ users(first: 100) { nodes { name subscriber { extension } } } }',
    );
    expect(await pageOf(null)).toEqual(data['users'].nodes);
  });

  it('that is in doubt fails alone where nobody can be compared', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { route: USERS }, skip: 1, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ users(first: 4) { nodes { name subscriber { extension } } } }',
      session,
    );
    expect(data?.['users'].nodes).toMatchObject([
      { subscriber: { extension: '1001' } },
      { subscriber: { extension: '1002' } },
      { subscriber: { extension: '1003' } },
      { name: 'Dmitri Volkov', subscriber: null },
    ]);
    expect(errors).toMatchObject([
      {
        path: ['users', 'nodes', 3, 'subscriber'],
        extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'cloudlink' },
      },
    ]);
  });
});
