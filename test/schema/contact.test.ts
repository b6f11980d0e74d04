import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const acme = guid(1, 1);

it('lists the contacts of an account from the read of the account', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    `query ($id: ID!) {
      node(id: $id) {
        ... on Account { contacts { totalCount nodes { id contactId name email contactType audit { createdBy } } } }
      }
    }`,
    session,
    { id: globalId('cloudlink', 'Account', acme) },
  );
  expect(errors).toEqual([]);
  expect(data?.['node'].contacts.nodes[0]).toEqual({
    id: globalId('cloudlink', 'Contact', `${acme}/${guid(4, 1000)}`),
    contactId: guid(4, 1000),
    name: 'Acme Ltd administrative contact',
    email: 'administrative.1@example.test',
    contactType: 'ADMINISTRATIVE',
    audit: { createdBy: guid(2, 1) },
  });
  expect(data?.['node'].contacts).toMatchObject({ totalCount: null, nodes: { length: 2 } });
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}']);
});

it('goes through them page by page, and asks for those of accounts in a list', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const query = `query ($after: String) {
    account { contacts(first: 1, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }
  }`;
  const first = await gateway.execute(query, session);
  const after = first.data?.['account'].contacts.pageInfo.endCursor;
  const second = await gateway.execute(query, session, { after });
  await gateway.bill();
  const listed = await gateway.execute('{ accounts { nodes { contacts { nodes { name } } } } }', session);
  const [{ contacts }] = listed.data?.['accounts'].nodes ?? [];
  expect([first, second].map(({ data }) => data?.['account'].contacts)).toMatchObject([
    { nodes: [contacts.nodes[0]], pageInfo: { hasNextPage: true } },
    { nodes: [contacts.nodes[1]], pageInfo: { hasNextPage: false } },
  ]);
  expect(await gateway.bill()).toEqual(['GET /accounts', 'GET /accounts/{accountId}/contacts']);
});

it('keeps a contact of another account', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn('grace');
  const query = 'query ($id: ID!) { node(id: $id) { id } }';
  const foreign = globalId('cloudlink', 'Contact', `${acme}/${guid(4, 1000)}`);
  expect(await gateway.execute(query, session, { id: foreign })).toMatchObject({
    data: { node: null },
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  const smuggled = globalId('cloudlink', 'Contact', `${guid(1, 2)}/${guid(4, 1000)}`);
  expect(await gateway.execute(query, session, { id: smuggled })).toMatchObject({
    data: { node: null },
    errors: [],
  });
});
