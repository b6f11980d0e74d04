import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { endpointId, playCall } from '../helpers/feed.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const FOLLOW = `subscription ($endpoints: [ID!], $users: [ID!], $account: Boolean, $domain: String) {
  callEvents(endpoints: $endpoints, users: $users, account: $account, domain: $domain) {
    change
    call {
      __typename
      ... on LiveCall { id state direction endpoint { id } }
      ... on ActiveCall { id answeredAt { text } origin { extension state } destination { subscriber { extension } } }
    }
  }
}`;

const CALLS = 'GET /endpoints/{endpointId}/calls';
const OPENING = ['GET /subscriptions', 'GET /token', 'POST /subscriptions'];
const userId = (index: number) => globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, index)}`);

const steps = ['connected', 'held', 'connected', 'completed'];

it.each([
  [{ endpoints: [endpointId('1001')] }, [CALLS, ...OPENING]],
  [{ users: [userId(1)] }, ['GET /accounts/{accountId}/users/{userId}', CALLS, ...OPENING]],
])('a call is told as it rings, connects, is held and ends (%j)', async (of, opening) => {
  const { gateway, follow, bill } = await withLive();
  const stream = await follow(FOLLOW, of);
  expect(await bill()).toEqual(opening.toSorted());
  await playCall(gateway.sandbox, { from: '1002', to: '1001', steps });
  const events = (await stream.take(5)).map(eventOf);
  expect(events.map(({ change, call }) => `${change} ${call.state}`)).toEqual([
    'CREATED RINGING',
    'UPDATED CONNECTED',
    'UPDATED HELD',
    'UPDATED CONNECTED',
    'REMOVED COMPLETED',
  ]);
  expect(new Set(events.map(({ call }) => call.id)).size).toBe(1);
  expect(events[0]?.['call']).toMatchObject({ direction: 'INBOUND', endpoint: { id: endpointId('1001') } });
});

it('both sides of a call in the account are told, each as one that began', async () => {
  const { gateway, follow, bill } = await withLive();
  const stream = await follow(FOLLOW, { account: true });
  expect(await bill()).toEqual(OPENING);
  await playCall(gateway.sandbox, { from: '1002', to: '1001', steps: ['connected', 'completed'] });
  const events = (await stream.take(6)).map(eventOf);
  const wordsOf = (direction: string) =>
    events
      .filter(({ call }) => call.direction === direction)
      .map(({ change, call }) => `${change} ${call.state}`);
  expect(wordsOf('INBOUND')).toEqual(['CREATED RINGING', 'UPDATED CONNECTED', 'REMOVED COMPLETED']);
  expect(wordsOf('OUTBOUND').map((word) => word.split(' ')[0])).toEqual(['CREATED', 'UPDATED', 'REMOVED']);
});

it('a call of a domain is told, and can be asked for again by its id', async () => {
  const { gateway, session, follow, bill } = await withLive();
  const stream = await follow(FOLLOW, { domain: ACME });
  expect(await bill()).toEqual(['call read', 'event create', 'event read', 'oauth2 read']);
  await gateway.execute('mutation { originateCall(input: { destination: "1003" }) { __typename } }', session);
  const [begun] = (await stream.take(1)).map(eventOf);
  expect(begun).toMatchObject({ change: 'CREATED', call: { __typename: 'ActiveCall' } });
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { activeCall(id: $id) { origin { extension } } }',
    session,
    { id: begun?.['call'].id },
  );
  expect(errors).toEqual([]);
  expect(data?.['activeCall']).toEqual({ origin: { extension: '1001' } });
});

it.each([
  [{ domain: 'a,b' }, 'domain'],
  [{ domain: '*' }, 'domain'],
  [{ endpoints: [] }, 'endpoints'],
  [{ endpoints: [userId(1)] }, 'endpoints.0'],
  [{ users: [userId(1), endpointId('1001')] }, 'users.1'],
  [{ account: true, domain: ACME }, 'callEvents'],
])('%j is refused, and nothing is asked for', async (variables, argument) => {
  const { follow, bill } = await withLive();
  const [{ errors } = {}] = await (await follow(FOLLOW, variables)).take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
  expect(await bill()).toEqual([]);
});
