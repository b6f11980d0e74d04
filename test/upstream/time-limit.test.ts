import { expect, it } from 'vitest';
import { ACME } from '../helpers/legacy.ts';
import { globalId } from '../helpers/global-id.ts';
import { withGateway } from '../helpers/gateway.ts';

const nodes = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `n${index}: callDetailRecording(id: "${globalId('subscriber', 'CallDetailRecording', `${ACME}/call-${index} other-${index}`)}") { id }`,
  ).join('\n');

const users = (count: number) =>
  Array.from({ length: count }, (_, index) => `u${index}: users(first: ${index + 1}) { nodes { id } }`).join(
    '\n',
  );

it('many reads that cannot be combined wait for each other, and not at the cost of their own time', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '500' } });
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { object: 'recording' }, fault: { type: 'latency', ms: 300 } });
  await gateway.bill();

  const { errors } = await gateway.execute(`{ ${nodes(70)} }`, session);

  expect(errors).toEqual([]);
  expect(await gateway.bill()).toHaveLength(70);
});

it('ten reads of the legacy platform are under way at a time', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '800', OPERATION_TIMEOUT_MS: '800' } });
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { object: 'recording' }, fault: { type: 'hang' } });
  await gateway.bill();
  await gateway.execute(`{ ${nodes(70)} }`, session);
  expect(await gateway.bill()).toHaveLength(10);
});

it('the time of a request begins when it has a connection', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '500', MAX_UPSTREAM_CONNECTIONS: '2' } });
  const session = await gateway.signIn();
  const route = 'GET /accounts/{accountId}/users';
  await gateway.sandbox.fail({ match: { route }, fault: { type: 'latency', ms: 200 } });
  await gateway.bill();
  const { errors } = await gateway.execute(`{ ${users(12)} }`, session);
  expect(errors).toEqual([]);
  expect(await gateway.bill()).toHaveLength(12);
});

it('the end of the time of an operation is told apart from a platform that is slow', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '400', OPERATION_TIMEOUT_MS: '600' } });
  const session = await gateway.signIn();
  await gateway.sandbox.fail({
    match: { route: 'GET /accounts/{accountId}/users' },
    times: 1,
    fault: { type: 'latency', ms: 300 },
  });
  await gateway.sandbox.fail({ match: { route: 'GET /calls/records' }, fault: { type: 'hang' } });
  await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'hang' } });

  const { errors } = await gateway.execute(
    '{ users(first: 2) { nodes { callRecords(first: 1) { nodes { id } } } } subscribers(first: 1) { nodes { id } } }',
    session,
  );

  expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
  expect(
    Object.fromEntries(errors.map(({ message, extensions }) => [extensions['platform'], message])),
  ).toEqual({
    cloudlink:
      'CloudLink had not answered yet when the time for the whole operation was over: ask for less at once, or try again.',
    subscriber: 'The subscriber API did not answer in time.',
  });
});
