import { expect, it } from 'vitest';
import { endpointId, playCall } from '../helpers/feed.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const FOLLOW = `subscription ($endpoints: [ID!]!) {
  endpointEvents(endpoints: $endpoints) { change endpoint { id state isDoNotDisturb } }
}`;

it('telephones are told as they ring, talk and are set, one feed for all of them', async () => {
  const { gateway, follow, platforms, bill } = await withLive();
  const stream = await follow(FOLLOW, { endpoints: [endpointId('1001'), endpointId('1002')] });
  expect(await bill()).toEqual([
    'GET /endpoints/{endpointId}',
    'GET /endpoints/{endpointId}',
    'GET /subscriptions',
    'GET /token',
    'POST /subscriptions',
  ]);

  await playCall(gateway.sandbox, { from: '+15550100', to: '1001', steps: ['connected', 'completed'] });
  const calls = (await stream.take(3)).map(eventOf);
  expect(calls.map(({ change, endpoint }) => `${change} ${endpoint.state}`)).toEqual([
    'UPDATED RINGING',
    'UPDATED CONNECTED',
    'UPDATED IDLE',
  ]);
  expect(new Set(calls.map(({ endpoint }) => endpoint.id))).toEqual(new Set([endpointId('1001')]));

  const json = { action: 'dnd', enabled: true, userAvailability: 'dnd' };
  await platforms.cloudlink('PUT', 'media/endpoints/1001', json);
  expect((await stream.take(1)).map(eventOf)).toMatchObject([{ endpoint: { isDoNotDisturb: true } }]);
  expect(await bill()).toEqual([]);
});

it.each([
  [[], 'must hold 1 to 50 ids, not 0'],
  [Array.from({ length: 51 }, (_, index) => endpointId(String(index))), 'must hold 1 to 50 ids, not 51'],
])('a list of no use is refused (%#)', async (endpoints, words) => {
  const { follow, bill } = await withLive();
  const [{ errors } = {}] = await (await follow(FOLLOW, { endpoints })).take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'endpoints' } }]);
  expect(errors?.[0]?.message).toContain(words);
  expect(await bill()).toEqual([]);
});
