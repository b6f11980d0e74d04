import { expect, it } from 'vitest';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const CALLS = 'GET /endpoints/{endpointId}/calls';
const PLACE = 'POST /endpoints/{endpointId}/calls';
const CONTROL = 'PUT /endpoints/{endpointId}/calls/{callId}';
const OUTSIDE = '+12125550188';

const send = async (
  gateway: TestGateway,
  headers: Record<string, string>,
  name: string,
  input: object,
  data: string,
) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const { data: answer, errors } = await gateway.execute(
    `mutation ($input: ${type}Input!) {
      result: ${name}(input: $input) { ... on ${type}Success { data { ${data} } } ... on Rejection { code message } }
    }`,
    headers,
    { input },
  );
  expect(errors).toEqual([]);
  return answer?.['result'];
};

const place = (gateway: TestGateway, headers: Record<string, string>, to: string) =>
  send(
    gateway,
    headers,
    'placeCall',
    { endpoint: globalId('cloudlink', 'Endpoint', '1001'), to },
    'id state',
  );

/** A gateway whose CloudLink takes commands without telling what became of them. */
const withAccepting = async () => {
  const gateway = await withGateway({ env: { OPERATION_TIMEOUT_MS: '1500', TRY_TIMEOUT_MS: '1000' } });
  const session = await gateway.signIn();
  return { gateway, session };
};

const accepted = { type: 'status', status: 202 } as const;

it('a call that was only taken is not mistaken for an earlier one to the same number', async () => {
  const { gateway, session } = await withAccepting();
  const earlier = await place(gateway, session, OUTSIDE);
  expect(earlier.data.id).toEqual(expect.any(String));
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 20_000 });
  await gateway.sandbox.fail({ match: { route: PLACE }, fault: accepted });
  expect(await place(gateway, session, OUTSIDE)).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
});

it('a call that was only taken is found among those to the same number, for two requests', async () => {
  const { gateway, session } = await withAccepting();
  const earlier = await place(gateway, session, OUTSIDE);
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 20_000 });
  await gateway.sandbox.fail({ match: { route: PLACE }, fault: { type: 'body', body: '' } });
  await gateway.bill();
  const later = await place(gateway, session, OUTSIDE);
  expect(later.data.id).toEqual(expect.any(String));
  expect(later.data.id).not.toBe(earlier.data.id);
  expect(await gateway.bill()).toEqual([PLACE, CALLS]);
});

it('a consultation is not mistaken for an earlier call to the same number', async () => {
  const { gateway, session } = await withAccepting();
  const { data } = await place(gateway, session, OUTSIDE);
  await place(gateway, session, '+12125550199');
  await gateway.sandbox.control('POST', '/clock', { advanceMs: 20_000 });
  await gateway.sandbox.fail({ match: { route: CONTROL }, fault: accepted });
  const second = await gateway.execute('query ($id: ID!) { endpoint(id: $id) { calls { id } } }', session, {
    id: globalId('cloudlink', 'Endpoint', '1001'),
  });
  const other = second.data?.['endpoint'].calls.find(({ id }: any) => id !== data.id).id;
  expect(
    await send(gateway, session, 'consultCall', { call: other, to: OUTSIDE }, 'consultation { id }'),
  ).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
});
