import { expect, it } from 'vitest';
import { accountId, changeAs, groupId } from '../helpers/admin.ts';
import { withGateway } from '../helpers/gateway.ts';

const PUT = 'PUT /accounts/{accountId}';
const shape = 'name languageCode userLimit topLevelDomains address { street city country } accessTokenHours';

it('changes an account in one request, and nothing that was not named', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const change = changeAs(gateway, session);
  const { data: before } = await gateway.execute(`{ account { ${shape} } }`, session);
  await gateway.bill();
  const wanted = {
    name: 'Acme & Sons',
    languageCode: 'fr-CA',
    userLimit: 250,
    topLevelDomains: ['acme.example.test', 'acme.example.com'],
    address: { street: '1 Quay', city: 'Lagos', country: 'NG' },
  };
  const changed = await change('updateAccount', { account: accountId, ...wanted }, shape);
  expect(changed['data']).toEqual({ ...before?.['account'], ...wanted });
  const [request] = await gateway.sandbox.requests();
  expect(JSON.parse(request?.body ?? '')).toEqual({
    name: 'Acme & Sons',
    languageCode: 'fr-CA',
    userLimit: 250,
    topLevelDomain: ['acme.example.test', 'acme.example.com'],
    location: { address: { street: '1 Quay', city: 'Lagos', country: 'NG' } },
  });
  expect(await gateway.bill()).toEqual([PUT]);
  expect((await gateway.execute(`{ account { ${shape} } }`, session)).data?.['account']).toEqual(
    changed['data'],
  );
});

it('names the part of the input that CloudLink refuses', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  expect(await change('updateAccount', { languageCode: 'english' }, 'id')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'languageCode',
  });
  const message = 'data.topLevelDomain(1) should match format "hostname"';
  await gateway.sandbox.fail({
    match: { route: PUT },
    fault: { type: 'status', status: 400, body: { message } },
  });
  expect(await change('updateAccount', { topLevelDomains: ['a', 'b'] }, 'id')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'topLevelDomains.1',
  });
});

it.each([
  [{}, 'input'],
  [{ name: null }, 'name'],
  [{ name: '' }, 'name'],
  [{ userLimit: -1 }, 'userLimit'],
  [{ topLevelDomains: ['a', ''] }, 'topLevelDomains.1'],
  [{ topLevelDomains: Array(101).fill('a') }, 'topLevelDomains'],
  [{ address: null }, 'address'],
  [{ address: { city: '' } }, 'address.city'],
  [{ account: groupId(0), name: 'x' }, 'account'],
])('refuses %j by its field before anything is sent', async (input, field) => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  expect(await change('updateAccount', input, 'id')).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});
