import { expect, it } from 'vitest';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const queueId = (name: string) => globalId('subscriber', 'CallQueue', `${ACME}/${name}`);

const FOLLOW = `subscription ($queue: ID!) {
  agentEvents(queue: $queue) { change agent { id device availability subscriber { extension } queue { name } } }
}`;

it('agents of a queue are told of as they log in and out, and those of other queues are not', async () => {
  const { follow, platforms, bill } = await withLive();
  const stream = await follow(FOLLOW, { queue: queueId('800') });
  expect(await bill()).toEqual(['agent read', 'callqueue read', 'event create', 'event read', 'oauth2 read']);

  const agents = await platforms.legacy('agent read', { domain: ACME, queue_list: '800,803' });
  const deviceIn = (queue: string): string =>
    agents.find(({ huntgroup_name: name }: Record<string, string>) => name === queue).device_aor;
  const log = (queue: string, entry_action: string) =>
    platforms.legacy('agent update', { domain: ACME, queue, device: deviceIn(queue), entry_action });

  await log('803', 'make_ma');
  await log('800', 'make_ma');
  const [out] = (await stream.take(1)).map(eventOf);
  await log('800', 'make_im');
  const [back] = (await stream.take(1)).map(eventOf);
  const events = [out, back];
  expect(events).toMatchObject([
    { change: 'UPDATED', agent: { availability: 'LOGGED_OUT', queue: { name: '800' } } },
    { change: 'UPDATED', agent: { availability: 'EVERY_CALL', queue: { name: '800' } } },
  ]);
  expect(new Set(events.map((event) => event?.['agent'].device))).toEqual(new Set([deviceIn('800')]));
});

it('the id of anything but a queue is refused', async () => {
  const { follow } = await withLive();
  const stream = await follow(FOLLOW, { queue: globalId('subscriber', 'Subscriber', `${ACME}/1001`) });
  expect((await stream.take(1))[0]?.errors).toMatchObject([
    { extensions: { code: 'BAD_USER_INPUT', argument: 'queue' } },
  ]);
});
