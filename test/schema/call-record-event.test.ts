import { expect, it } from 'vitest';
import { playCall } from '../helpers/feed.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const FOLLOW = `subscription ($account: Boolean, $domain: String) {
  callRecordAdded(account: $account, domain: $domain) {
    change
    call {
      sources isMissed from { number } to { number person { name } }
      record { id from { number } } detail { id originCallId }
    }
  }
}`;

it.each([
  [
    { account: true },
    'CLOUDLINK',
    ['GET /calls/records', 'GET /subscriptions', 'GET /token', 'POST /subscriptions'],
  ],
  [{ domain: ACME }, 'SUBSCRIBER', ['cdr2 read', 'event create', 'event read', 'oauth2 read']],
])('a call that is over is told once of %j, and those before it are not', async (of, source, opening) => {
  const { gateway, follow, bill } = await withLive();
  const stream = await follow(FOLLOW, of);
  expect(await bill()).toEqual(opening);

  await playCall(gateway.sandbox, { from: '1002', to: '1001', steps: ['connected', 'completed'] });
  await playCall(gateway.sandbox, { from: '1003', to: '1001', steps: ['completed'] });
  const events = (await stream.take(2)).map(eventOf);
  expect(events).toMatchObject([
    {
      change: 'CREATED',
      call: {
        sources: [source],
        isMissed: false,
        from: { number: '1002' },
        to: { number: '1001', person: { name: 'Ada Example' } },
      },
    },
    { change: 'CREATED', call: { sources: [source], isMissed: true, from: { number: '1003' } } },
  ]);
  const [first] = events.map(({ call }) => call[source === 'CLOUDLINK' ? 'record' : 'detail']);
  const { data } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { id __typename } }',
    await gateway.signIn(),
    { id: first.id },
  );
  expect(data?.['node'].id).toBe(first.id);
});

it('a record that is hidden later is not told again', async () => {
  const { gateway, follow, platforms } = await withLive();
  const stream = await follow(FOLLOW, { account: true });
  await playCall(gateway.sandbox, { steps: ['connected', 'completed'] });
  const [event] = (await stream.take(1)).map(eventOf);
  const id = Buffer.from(event?.['call'].record.id, 'base64url').toString().split(':')[2];
  await platforms.cloudlink('PUT', `media/calls/${id}/records`, { hide: true });
  await playCall(gateway.sandbox, { from: '1003', steps: ['connected', 'completed'] });
  expect((await stream.take(1)).map(eventOf)).toMatchObject([{ call: { from: { number: '1003' } } }]);
});
