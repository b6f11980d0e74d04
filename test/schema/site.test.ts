import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const acme = guid(1, 1);

it('lists the sites of an account with their addresses', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ account { sites { nodes { id siteId name address { city country street } } } } }',
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['account'].sites.nodes).toEqual(
    ['Harbour', 'Uptown'].map((name, index) => ({
      id: globalId('cloudlink', 'Site', `${acme}/${guid(6, 1000 + index)}`),
      siteId: guid(6, 1000 + index),
      name,
      address: { city: 'New York', country: 'US', street: null },
    })),
  );
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}', 'GET /accounts/{accountId}/sites']);
});

it('reads the sites of a page of users in one list, and none for users without one', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ users(first: 40) { nodes { name site { name } } } }',
    session,
  );
  expect(errors).toEqual([]);
  const sites = data?.['users'].nodes.map(({ site }: any) => site?.name ?? null);
  expect(new Set(sites)).toEqual(new Set(['Harbour', 'Uptown', null]));
  expect(data?.['users'].nodes.find(({ name }: any) => name === 'Nora McDonald').site).toBeNull();
  expect(await gateway.bill()).toEqual([
    'GET /accounts/{accountId}/users',
    'GET /accounts/{accountId}/sites',
  ]);
});

it('keeps a site of another account', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { id } }',
    await gateway.signIn('grace'),
    { id: globalId('cloudlink', 'Site', `${acme}/${guid(6, 1000)}`) },
  );
  expect(data).toEqual({ node: null });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
