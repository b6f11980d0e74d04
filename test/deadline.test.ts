import { expect, it, vi } from 'vitest';
import { createDeadlines } from '../src/deadline.ts';
import { publishMany, ringing } from './helpers/burst.ts';
import { withGateway } from './helpers/gateway.ts';
import { codesOf, isSubscribed, ofAda } from './helpers/live-call.ts';
import { openSocket, webhooks } from './helpers/subscribers.ts';

it('operations of one signal that begin together share a deadline, and nobody else does', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const deadlineOf = createDeadlines(10_000);
    const [one, other] = [new AbortController(), new AbortController()];
    const first = deadlineOf(one.signal);
    vi.advanceTimersByTime(99);
    expect(deadlineOf(one.signal)).toBe(first);
    expect(deadlineOf(other.signal)).not.toBe(first);
    vi.advanceTimersByTime(1);
    const next = deadlineOf(one.signal);
    expect(next).not.toBe(first);
    other.abort();
    expect([first.aborted, next.aborted]).toEqual([false, false]);
    one.abort();
    expect([first.aborted, next.aborted]).toEqual([true, true]);
  } finally {
    vi.useRealTimers();
  }
});

const NAMED = `subscription ($endpoint: ID!) {
  callEvents(endpoints: [$endpoint]) { call { ... on LiveCall { pbxCallId endpoint { name } } } }
}`;

it('what an event leads to is given up when its time is over, also where many events came together', async () => {
  const gateway = await withGateway({
    env: { ...webhooks, TRY_TIMEOUT_MS: '600', OPERATION_TIMEOUT_MS: '600' },
  });
  const client = await openSocket(gateway, await gateway.signIn());
  const stream = client.subscribe(NAMED, ofAda);
  await isSubscribed(gateway);
  await gateway.sandbox.fail({ match: { service: 'media' }, fault: { type: 'hang' } });
  await publishMany(gateway, ringing('1001', '{index}'), 3);
  const results = await stream.take(3);
  expect(results.map(codesOf)).toEqual(Array.from({ length: 3 }, () => ['UPSTREAM_TIMEOUT']));
  for (const { errors } of results)
    expect(errors?.[0]?.message).toContain('when the time for the whole operation was over');
  await expect
    .poll(async () => (await gateway.sandbox.requests('service=media')).filter(({ aborted }) => aborted))
    .toHaveLength(3);
});

it('what an event leads to is given up when the last who wants it goes', async () => {
  const gateway = await withGateway({ env: webhooks });
  const client = await openSocket(gateway, await gateway.signIn());
  client.subscribe(NAMED, ofAda);
  await isSubscribed(gateway);
  await gateway.sandbox.control('DELETE', '/requests');
  await gateway.sandbox.fail({ match: { service: 'media' }, fault: { type: 'hang' } });
  await publishMany(gateway, ringing('1001', 'one'), 1);
  await expect.poll(() => gateway.sandbox.requests('service=media')).toHaveLength(1);
  client.socket.terminate();
  await expect
    .poll(async () => (await gateway.sandbox.requests('service=media')).map(({ aborted }) => aborted))
    .toEqual([true]);
});
