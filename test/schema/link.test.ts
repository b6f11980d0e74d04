import { expect, it } from 'vitest';
import { withGateway } from '../helpers/gateway.ts';

it('answers forty users with their subscribers in two upstream requests', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();

  const { data, errors } = await gateway.execute(
    '{ users(first: 40) { nodes { name subscriber { extension } } } }',
    session,
  );

  expect(errors).toEqual([]);
  expect(data?.['users'].nodes).toHaveLength(40);
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users', 'subscriber read']);
});
