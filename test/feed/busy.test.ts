import { expect, it } from 'vitest';
import { CALLS, deliver, legacySubscriptions, wordOf } from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { openSocket, webhooks } from '../helpers/subscribers.ts';

/** What the legacy platform posts of a call. */
const rowOf = (callId: string, state: string, remove: string) => ({
  orig_callid: callId,
  orig_user: '1001',
  orig_domain: ACME,
  term_user: '1002',
  term_domain: ACME,
  orig_call_info: state,
  term_call_info: state,
  time_start: '2026-11-22 02:00:00',
  time_answer: state === 'active' ? '2026-11-22 02:00:10' : '0000-00-00 00:00:00',
  remove,
});

it('calls that begin while a busy feed is opened are told to their end', async () => {
  const gateway = await withGateway({ env: webhooks });
  const { subscriber } = await gateway.tokens();
  const match = { object: 'call', action: 'read' };
  await gateway.sandbox.fail({ match, fault: { type: 'latency', ms: 150 } });
  const stream = (await openSocket(gateway, subscriber)).subscribe(CALLS, { domain: ACME });
  await expect.poll(() => legacySubscriptions(gateway)).toHaveLength(1);
  const url = (await legacySubscriptions(gateway))[0]?.url ?? '';
  const begun: string[] = [];
  // Until the follower is there, which is told of none of those before.
  while (stream.waiting.length === 0) {
    begun.push(`call ${begun.length}`);
    expect(await deliver(url, rowOf(begun.at(-1) ?? '', 'alerting', 'no'))).toBe(204);
  }
  for (const remove of ['no', 'yes'])
    await deliver(
      url,
      begun.map((callId) => rowOf(callId, 'active', remove)),
    );
  const count = (word: string) => stream.waiting.filter((result) => wordOf(result) === word).length;
  await expect.poll(() => [count('UPDATED'), count('REMOVED')]).toEqual([begun.length, begun.length]);
});
