import { describe, expect, it } from 'vitest';
import { CLIENT } from '../../src/sandbox/company.ts';
import { deliver, legacySubscriptions } from '../helpers/feed.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { codesOf, isSubscribed } from '../helpers/live-call.ts';
import { eventOf } from '../helpers/live.ts';
import { openSocket, webhooks, type TestSocket } from '../helpers/subscribers.ts';

const PRESENCE = `subscription ($after: String) {
  presenceEvents(domain: "${ACME}", after: $after) {
    cursor presence { ... on PresenceEntry { statusMessage } } person { name }
  }
}`;

const RENEW = `mutation ($token: String!) {
  renewConnection(input: { subscriberToken: $token }) { expiresAt }
}`;

const live = async () => {
  const gateway = await withGateway({ env: webhooks });
  const [{ subscriber: old }, { subscriber: fresh }] = [await gateway.tokens(), await gateway.tokens()];
  const tokenOf = (headers: Readonly<Record<string, string>>) =>
    headers['x-subscriber-authorization']?.replace('Bearer ', '') ?? '';

  return {
    gateway,
    old,
    /** Sockets with the old token that follow the presence of all in the domain. */
    follow: async (count: number) => {
      const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(gateway, old)));
      const streams = sockets.map((socket) => socket.subscribe(PRESENCE));
      await isSubscribed(gateway, count);
      return { sockets, streams };
    },
    renew: async (socket: TestSocket | undefined) => {
      const renewed = await socket?.execute(RENEW, { token: tokenOf(fresh) });
      expect(renewed?.data).toHaveProperty('renewConnection.expiresAt');
    },
    revoke: async () => {
      const fields = { client_id: CLIENT.id, client_secret: CLIENT.secret, token: tokenOf(old) };
      const body = new URLSearchParams(fields);
      const response = await fetch(`${gateway.sandbox.url}/ns-api/oauth2/revoke`, { method: 'POST', body });
      expect(response.status).toBe(200);
    },
  };
};

const tell = async (gateway: TestGateway, message: string) => {
  const [only] = await legacySubscriptions(gateway);
  const event = { user: '1002', domain: ACME, presence: 'inuse', message };
  expect(await deliver(only?.url ?? '', [event])).toBe(204);
};

const told = (message: string) => ({
  cursor: expect.any(String),
  presence: { statusMessage: message },
  person: { name: expect.any(String) },
});

describe('an event', () => {
  it.each([
    ['the first', 0],
    ['the second', 1],
  ])(
    'is read with the token that %s of two clients has handed over for that one alone',
    async (_who, index) => {
      const { gateway, follow, renew, revoke } = await live();
      const { sockets, streams } = await follow(2);
      await renew(sockets[index]);
      await revoke();
      await tell(gateway, 'new');
      expect((await streams[index]!.take(1)).map(eventOf)).toEqual([told('new')]);
      expect((await streams[1 - index]!.rest()).map(codesOf)).toEqual([['UNAUTHENTICATED']]);
    },
  );

  it('that was refused with a token which was replaced meanwhile is read again', async () => {
    const { gateway, follow, renew } = await live();
    const { sockets, streams } = await follow(2);
    const match = { object: 'subscriber' };
    await gateway.sandbox.fail({ match, times: 1, fault: { type: 'latency', ms: 1_000 } });
    await gateway.sandbox.fail({ match, times: 1, fault: { type: 'expiredToken' } });
    await tell(gateway, 'new');
    await expect.poll(() => gateway.sandbox.requests('object=subscriber')).not.toHaveLength(0);
    await renew(sockets[1]);
    expect((await streams[1]!.take(1)).map(eventOf)).toEqual([told('new')]);
  });

  it('that is refused because the token was revoked is not told, and nothing after it', async () => {
    const { gateway, follow, revoke } = await live();
    const { streams } = await follow(1);
    await tell(gateway, 'one');
    expect((await streams[0]!.take(1)).map(eventOf)).toEqual([told('one')]);
    await revoke();
    await tell(gateway, 'two');
    const results = await streams[0]!.rest();
    expect(results.map(codesOf)).toEqual([['UNAUTHENTICATED']]);
    expect(results[0]).not.toHaveProperty('data.presenceEvents');
  });

  it('that is refused though the token is good is told with its error, and read again for whoever comes later', async () => {
    const { gateway, follow } = await live();
    const { sockets, streams } = await follow(1);
    await tell(gateway, 'one');
    const [first] = (await streams[0]!.take(1)).map(eventOf);
    await gateway.sandbox.control('DELETE', '/requests');
    await gateway.sandbox.fail({
      match: { object: 'subscriber' },
      times: 1,
      fault: { type: 'expiredToken' },
    });
    await tell(gateway, 'two');
    const [refused] = await streams[0]!.take(1);
    expect(codesOf(refused)).toEqual(['UNAUTHENTICATED']);
    expect(refused?.data?.['presenceEvents'].presence).toEqual({ statusMessage: 'two' });
    expect(await gateway.sandbox.requests('object=oauth2&action=read')).toHaveLength(1);

    const later = sockets[0]!.subscribe(PRESENCE, { after: first?.['cursor'] });
    expect((await later.take(1)).map(eventOf)).toEqual([told('two')]);
    await tell(gateway, 'three');
    expect((await streams[0]!.take(1)).map(eventOf)).toEqual([told('three')]);
  });
});
