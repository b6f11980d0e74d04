import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const acme = guid(1, 1);

it('lists the clients of an account without their secrets', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ account { clients { nodes { id clientId name roleText audit { createdAt } } } } }',
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['account'].clients.nodes).toEqual([
    {
      id: globalId('cloudlink', 'Client', `${acme}/sandbox-client`),
      clientId: 'sandbox-client',
      name: 'Sandbox client',
      roleText: 'ACCOUNT_ADMIN',
      audit: { createdAt: '2026-10-01T08:00:00.000Z' },
    },
    {
      id: globalId('cloudlink', 'Client', `${acme}/${guid(7, 1000)}`),
      clientId: guid(7, 1000),
      name: 'Acme Ltd integration',
      roleText: 'ACCOUNT_ADMIN',
      audit: { createdAt: '2026-10-01T08:00:00.000Z' },
    },
  ]);
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}', 'GET /accounts/{accountId}/clients']);
});

it('drops a secret that upstream sends after all', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const client = { clientId: 'one', name: 'One', clientSecret: 'canary-of-this-test', role: 'USER' };
  await gateway.sandbox.fail({
    match: { route: 'GET /accounts/{accountId}/clients' },
    fault: { type: 'body', body: { count: 1, _links: {}, _embedded: { items: [client] } } },
  });
  // The search for secrets at the end of the test finds a canary in any answer or log line.
  const { data } = await gateway.execute('{ account { clients { nodes { clientId name } } } }', session);
  expect(data?.['account'].clients.nodes).toEqual([{ clientId: 'one', name: 'One' }]);
});

it('keeps a client of another account', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { id } }',
    await gateway.signIn('grace'),
    { id: globalId('cloudlink', 'Client', `${acme}/${guid(7, 1000)}`) },
  );
  expect(data).toEqual({ node: null });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
