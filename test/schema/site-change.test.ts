import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { changeAs, groupId, siteId } from '../helpers/admin.ts';
import { withGateway } from '../helpers/gateway.ts';

const SITES = '/accounts/{accountId}/sites';
const SITE = `${SITES}/{siteId}`;
const shape = 'id name address { street city stateOrProvince postalCode country }';
const address = { street: '1 Quay & Dock', city: 'Lagos', postalCode: '100001', country: 'NG' };

it('makes a site, changes and deletes it, for one request each', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const made = await change('createSite', { name: 'Quay', address }, shape);
  expect(made['data']).toMatchObject({ name: 'Quay', address: { ...address, stateOrProvince: null } });
  const site = made['data'].id;
  expect(await gateway.bill()).toEqual([`POST ${SITES}`]);
  const moved = await change('updateSite', { site, address: { city: 'Abuja' } }, shape);
  expect(moved['data']).toMatchObject({ name: 'Quay', address: { street: null, city: 'Abuja' } });
  expect(await gateway.bill()).toEqual([`PUT ${SITE}`]);
  expect(await change('deleteSite', { site })).toMatchObject({ data: site });
  expect(await gateway.bill()).toEqual([`DELETE ${SITE}`]);
});

it('names the part of an address that CloudLink refuses', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  const message = 'data.location.address.zipCode should match pattern "^.{5}$"';
  await gateway.sandbox.fail({
    match: { route: `POST ${SITES}` },
    fault: { type: 'status', status: 400, body: { message } },
  });
  expect(await change('createSite', { name: 'Quay', address }, 'id')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'address.postalCode',
  });
});

it('reads the site anew where CloudLink does not answer with it', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.sandbox.fail({ match: { route: `PUT ${SITE}` }, fault: { type: 'body', body: [] } });
  await gateway.bill();
  expect(await change('updateSite', { site: siteId(0), name: 'Quay' }, 'siteId name')).toMatchObject({
    data: { siteId: guid(6, 1000), name: 'Quay' },
  });
  expect(await gateway.bill()).toEqual([`PUT ${SITE}`, `GET ${SITE}`]);
});

it.each([
  ['createSite', { name: '' }, 'name'],
  ['createSite', { name: 'x', address: { city: 'a\ud800' } }, 'address.city'],
  ['createSite', { name: 'x', account: groupId(0) }, 'account'],
  ['updateSite', { site: siteId(0) }, 'input'],
  ['updateSite', { site: siteId(0), address: null }, 'address'],
  ['updateSite', { site: groupId(0), name: 'x' }, 'site'],
])('%s refuses %j by its field before anything is sent', async (name, input, field) => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  expect(await change(name, input, 'id')).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});
