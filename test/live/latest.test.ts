import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { burstEnv, EVENTS, LONG, publishMany } from '../helpers/burst.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { isSubscribed } from '../helpers/live-call.ts';
import { openSocket, type Result } from '../helpers/subscribers.ts';

describe('how things are', () => {
  const PRESENCE = `subscription ($people: [ID!]!) {
    presenceEvents(people: $people) { presence { ... on UserPresence { reason } } }
  }`;
  const userId = '00000002-5eed-4000-8000-000000000002';
  const account = '00000001-5eed-4000-8000-000000000001';
  const person = `${account}/${userId},acme.12345.service/1002`;

  it('is told to a slow subscriber as it is in the end, which is never too slow', async () => {
    const gateway = await withGateway({ env: { ...burstEnv, HEARTBEAT_SECONDS: '4' } });
    const session = await gateway.signIn();
    const people = { people: [globalId('both', 'Person', person)] };
    const slow = await openSocket(gateway, session);
    const stream = slow.subscribe(PRESENCE, people);
    const other = await openSocket(gateway, session);
    const healthy = other.subscribe(PRESENCE, people);
    await isSubscribed(gateway, 2);
    await Promise.all([once(slow.socket, 'ping'), once(other.socket, 'ping')]);
    slow.socket.pause();
    await publishMany(gateway, {
      platform: 'cloudlink',
      topic: 'platform-api-presence',
      subject: `/2017-09-01/users/${userId}/presence`,
      content: { userId, status: 'busy', reason: `${LONG}{index}` },
    });
    await once(other.socket, 'ping');
    slow.socket.resume();

    const reasonOf = ({ data }: Result) => data?.['presenceEvents'].presence.reason;
    const final = `${LONG}${EVENTS - 1}`;
    let count = 0;
    for (let reason = ''; reason !== final; count += 1)
      reason = reasonOf((await stream.take(1))[0] as Result);
    expect(count).toBeLessThan(EVENTS);
    expect(slow.socket.readyState).toBe(slow.socket.OPEN);
    for (let reason = ''; reason !== final;) reason = reasonOf((await healthy.take(1))[0] as Result);
  });
});
