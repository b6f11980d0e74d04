import { describe, expect, it } from 'vitest';
import { withGateway } from './helpers/gateway.ts';

const USERS = 'GET /accounts/{accountId}/users';
const RECORDS = 'GET /calls/records';
const PRESENCES = 'GET /presences';
const SUBSCRIBERS = 'subscriber read';

/** Reads that are never answered: whatever arrives beside them did not wait for them. */
const hanging = async (query: string, objects: readonly object[]) => {
  const gateway = await withGateway({ env: { OPERATION_TIMEOUT_MS: '1500', TRY_TIMEOUT_MS: '1000' } });
  const session = await gateway.signIn();
  for (const match of objects) await gateway.sandbox.fail({ match, fault: { type: 'hang' } });
  await gateway.bill();
  const { errors } = await gateway.execute(query, session);
  expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
  return (await gateway.bill()).toSorted();
};

describe('fields that do not depend on each other start in one wave', () => {
  it('at the top of an operation, over both platforms', async () => {
    const query = `{
      users(first: 3) { nodes { name } }
      callRecords(first: 3) { nodes { id } }
      subscribers(first: 3) { nodes { name } }
      activeCalls(first: 3) { nodes { id } }
    }`;
    expect(await hanging(query, [{ platform: 'cloudlink' }, { platform: 'netsapiens' }])).toEqual(
      [USERS, RECORDS, SUBSCRIBERS, 'call read'].toSorted(),
    );
  });

  it('below a list, once it is there', async () => {
    const query = `{
      users(first: 3) {
        nodes { presence { status } subscriber { name } callRecords(first: 3) { nodes { id } } }
      }
    }`;
    expect(
      await hanging(query, [{ route: PRESENCES }, { route: RECORDS }, { platform: 'netsapiens' }]),
    ).toEqual([USERS, PRESENCES, RECORDS, SUBSCRIBERS].toSorted());
  });

  it('below lists of both platforms, each as soon as its own list is there', async () => {
    const query = `{
      users(first: 3) { nodes { presence { status } } }
      subscribers(first: 3) { nodes { devices { name } activeCalls { id } } }
    }`;
    expect(await hanging(query, [{ route: PRESENCES }, { object: 'device' }, { object: 'call' }])).toEqual(
      [USERS, PRESENCES, SUBSCRIBERS, 'device read', 'call read'].toSorted(),
    );
  });
});
