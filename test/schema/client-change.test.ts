import { expect, it } from 'vitest';
import { accountId, changeAs, userId } from '../helpers/admin.ts';
import { withGateway } from '../helpers/gateway.ts';
import { expectNoSecrets } from '../helpers/secrets.ts';

const CLIENTS = '/accounts/{accountId}/clients';
const shape = 'clientSecret client { id clientId name roleText }';

it('makes a client and shows its secret, which signs it in', async () => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const input = { name: 'ERP & co', role: 'USER', account: accountId };
  const { data } = await change('createClient', input, shape);
  expect(data).toMatchObject({
    clientSecret: expect.stringMatching(/^[\w-]{20,}$/),
    client: { name: 'ERP & co', roleText: 'USER' },
  });
  expect(await gateway.bill()).toEqual([`POST ${CLIENTS}`]);
  const response = await fetch(`${gateway.sandbox.url}/authentication/2017-09-01/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: data.client.clientId,
      client_secret: data.clientSecret,
      account_id: '100200300',
    }),
  });
  expect(response.status).toBe(200);
});

it('shows the secret in no other answer and in no line of the log', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data } = await changeAs(gateway, session)('createClient', { name: 'ERP' }, shape);
  const answers = await gateway.execute(
    `query ($id: ID!) {
      node(id: $id) { ... on Client { clientId name } }
      account { clients(first: 100) { nodes { clientId name roleText } } }
    }`,
    session,
    { id: data.client.id },
  );
  expect(answers.data?.['node']).toMatchObject({ name: 'ERP' });
  // The search at the end of the test goes through all answers and lines; here it is seen to know this secret.
  for (const text of [JSON.stringify(answers.data), ...gateway.log.map((line) => JSON.stringify(line))]) {
    expect(text).not.toContain(data.clientSecret);
  }
  await expect(expectNoSecrets([`x${data.clientSecret}x`], gateway.sandbox)).rejects.toThrow(
    'secrets in what',
  );
});

it('shows the secret again to a retry by its key, and to nobody else', async () => {
  const gateway = await withGateway();
  const ada = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  const first = await ada('createClient', { name: 'ERP' }, shape, 'key-1');
  expect(await ada('createClient', { name: 'ERP' }, shape, 'key-1')).toEqual(first);
  expect(await gateway.bill()).toEqual([`POST ${CLIENTS}`]);
  expect(await ada('createClient', { name: 'Other' }, shape, 'key-1')).toMatchObject({ code: 'CONFLICT' });
  const grace = changeAs(gateway, await gateway.signIn('grace'));
  const other = await grace('createClient', { name: 'ERP' }, shape, 'key-1');
  expect(other['data']?.clientSecret).not.toBe(first['data'].clientSecret);
});

it('fails where CloudLink tells no secret', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const body = { clientId: 'one', name: 'One' };
  await gateway.sandbox.fail({ match: { route: `POST ${CLIENTS}` }, fault: { type: 'body', body } });
  const { data, errors } = await gateway.execute(
    'mutation { createClient(input: { name: "One" }) { ... on Rejection { code } } }',
    session,
  );
  expect(errors).toEqual([]);
  // The client is there all the same: to ask for another one would leave it behind.
  expect(data).toEqual({ createClient: { code: 'ACCEPTED_NOT_VISIBLE' } });
});

it.each([
  [{ name: '' }, 'name'],
  [{ name: 'x'.repeat(257) }, 'name'],
  [{ name: 'x', account: userId(1) }, 'account'],
])('refuses %j before anything is sent', async (input, field) => {
  const gateway = await withGateway();
  const change = changeAs(gateway, await gateway.signIn());
  await gateway.bill();
  expect(await change('createClient', input, shape)).toMatchObject({ code: 'BAD_USER_INPUT', field });
  expect(await gateway.bill()).toEqual([]);
});
