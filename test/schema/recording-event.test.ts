import { expect, it } from 'vitest';
import { playCall } from '../helpers/feed.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const FOLLOW = `subscription ($account: Boolean, $domain: String) {
  recordingReady(account: $account, domain: $domain) {
    change
    recording {
      __typename
      ... on Recording { id path callRecord { from { number } } }
      ... on CallDetailRecording { id path status durationSeconds }
    }
  }
}`;

const LIST = 'GET /recordings';

it('recordings are looked for after a call, though CloudLink tells of the call alone', async () => {
  const { gateway, follow, bill } = await withLive();
  const stream = await follow(FOLLOW, { account: true });
  expect(await bill()).toEqual([LIST, 'GET /subscriptions', 'GET /token', 'POST /subscriptions']);

  await playCall(gateway.sandbox, { from: '1002', to: '1001', record: true });
  const [event] = (await stream.take(1)).map(eventOf);
  expect(event).toMatchObject({
    change: 'CREATED',
    recording: { __typename: 'Recording', callRecord: { from: { number: '1002' } } },
  });
  expect(event?.['recording'].path).toMatch(/^\/recordings\//);
  expect(await bill()).toEqual(['GET /calls/{callId}/records', LIST]);
});

it('nobody looks for recordings while nobody asks for them', async () => {
  const { gateway, follow, bill } = await withLive();
  const stream = await follow('subscription { callRecordAdded(account: true) { id } }');
  await bill();
  await playCall(gateway.sandbox, { record: true });
  await stream.take(1);
  expect(await bill()).toEqual([]);
});

it('a recording that CloudLink tells of is told at once and not once more when it is found', async () => {
  const { gateway, follow, bill } = await withLive({ switches: { cloudlinkRecordingEvents: true } });
  const stream = await follow(FOLLOW, { account: true });
  await bill();
  await playCall(gateway.sandbox, { from: '1002', record: true });
  const [first] = (await stream.take(1)).map(eventOf);
  await expect
    .poll(async () => (await gateway.sandbox.requests()).some(({ route }) => route === LIST))
    .toBe(true);
  await playCall(gateway.sandbox, { from: '1003', record: true });
  const [second] = (await stream.take(1)).map(eventOf);
  expect([first, second].map((event) => event?.['recording'].callRecord.from.number)).toEqual([
    '1002',
    '1003',
  ]);
});

it('recordings of the legacy platform are told when it tells them, without their address', async () => {
  const { gateway, follow, bill } = await withLive();
  const stream = await follow(FOLLOW, { domain: ACME });
  expect(await bill()).toEqual(['event create', 'event read', 'oauth2 read']);

  await playCall(gateway.sandbox, { record: true });
  const [event] = (await stream.take(1)).map(eventOf);
  expect(event).toMatchObject({
    change: 'CREATED',
    recording: { __typename: 'CallDetailRecording', status: 'CONVERTED' },
  });
  const { id } = event?.['recording'] ?? {};
  const { data } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { __typename id } }',
    await gateway.signIn(),
    { id },
  );
  expect(data?.['node']).toEqual({ __typename: 'CallDetailRecording', id });
});
