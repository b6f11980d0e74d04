import { expect, it } from 'vitest';
import { withGateway } from '../helpers/gateway.ts';

const DAY = 86_400_000;

/** So many fields with a read of their own each: no two ask for the same window. */
const windows = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const to = new Date(Date.now() - index * 1000);
    const from = new Date(to.getTime() - DAY);
    return `w${index}: callDetails(from: "${from.toISOString()}", to: "${to.toISOString()}", first: 1) { nodes { id } }`;
  }).join('\n');

it('sends no more for an operation than it may cost, and answers what was read', async () => {
  const gateway = await withGateway({ env: { MAX_UPSTREAM_CALLS: '60', OPERATION_TIMEOUT_MS: '60000' } });
  const session = await gateway.signIn();
  await gateway.bill();

  const { data, errors } = await gateway.execute(`{ ${windows(350)} }`, session);

  expect(await gateway.bill()).toEqual(Array.from({ length: 60 }, () => 'cdr2 read'));
  expect(errors.map(({ message, extensions: { paths: _paths, ...rest } }) => ({ message, ...rest }))).toEqual(
    [
      {
        message:
          'The subscriber API was not asked: this operation needs more than the 60 upstream requests that one may cost. Ask for less at once.',
        code: 'COST_LIMIT',
        platform: 'subscriber',
        retryable: false,
      },
    ],
  );
  const answered = Object.values(data ?? {}).filter((value) => value !== null);
  expect(answered).toHaveLength(60);
  expect(errors[0]?.extensions['paths']).toHaveLength(290);
}, 30_000);

it('refuses 350 windows at the default, and starts anew with the next operation', async () => {
  const gateway = await withGateway({ env: { OPERATION_TIMEOUT_MS: '60000' } });
  const session = await gateway.signIn();
  await gateway.bill();
  const query = `{ ${windows(350)} }`;
  const first = await gateway.execute(query, session);
  expect(first.errors.map(({ extensions }) => extensions['code'])).toEqual(['COST_LIMIT']);
  expect(await gateway.bill()).toHaveLength(250);
  expect((await gateway.execute('{ users(first: 1) { nodes { id } } }', session)).errors).toEqual([]);
}, 30_000);

it('a change that was made is told as one, though nothing may be asked of it any more', async () => {
  const gateway = await withGateway({ env: { MAX_UPSTREAM_CALLS: '1' } });
  const session = await gateway.signIn();
  const { data, errors } = await gateway.execute(
    `mutation ($input: SetDoNotDisturbInput!) { setDoNotDisturb(input: $input) { ... on Rejection { code } } }`,
    session,
    { input: { endpoint: 'Y2xvdWRsaW5rOkVuZHBvaW50OjEwMDE', enabled: true, availability: 'BUSY' } },
  );
  expect([data, errors]).toEqual([{ setDoNotDisturb: { code: 'ACCEPTED_NOT_VISIBLE' } }, []]);
});
