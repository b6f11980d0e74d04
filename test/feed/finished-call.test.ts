import { describe, expect, it } from 'vitest';
import { unproven } from '../helpers/checked.ts';
import { playCall } from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { openStream, type Result } from '../helpers/subscribers.ts';

const ADDED = `subscription ($account: Boolean, $domain: String) {
  callRecordAdded(account: $account, domain: $domain) { change call { from { number } } }
}`;

const MINUTE_MS = 60_000;
const polls = { CLOUDLINK_FEEDS: 'poll', SUBSCRIBER_FEEDS: 'poll', POLL_SECONDS: '1' };

/** Somebody who follows what is over on one platform, and the requests that look for it. */
const follow = async (platform: 'cloudlink' | 'subscriber', env: Readonly<Record<string, string>>) => {
  const switches = { legacyWriteDelayMs: 0 };
  const gateway = await withGateway({ env: { ...(await unproven()), ...env }, switches });
  const tokens = await gateway.tokens();
  const isLegacy = platform === 'subscriber';
  const variables = isLegacy ? { domain: ACME } : { account: true };
  const stream = await openStream(gateway, ADDED, tokens[platform], { variables });
  const looks = isLegacy ? 'object=cdr2&action=read' : 'route=GET%20/calls/records';
  await expect.poll(async () => (await gateway.sandbox.requests(looks)).length).toBeGreaterThan(0);
  const { sandbox } = gateway;
  return { sandbox, stream, move: (advanceMs: number) => sandbox.control('POST', '/clock', { advanceMs }) };
};

const callerOf = ({ data, errors }: Result): string =>
  data?.['callRecordAdded'].call.from.number ?? JSON.stringify(errors);

const begin = {
  scenario: 'call',
  from: '1002',
  to: '1001',
  steps: ['connected', 'completed'],
  stepMs: 1_500,
};
const short = { from: '1003', to: '1001', steps: ['completed'], stepMs: 1 };

const ways = [polls, {}];
const platforms = ['cloudlink', 'subscriber'] as const;

/** For each way and each platform at once: these wait for calls to end. */
const inEachWay = (run: (followed: Awaited<ReturnType<typeof follow>>) => Promise<void>): Promise<unknown> =>
  Promise.all(ways.flatMap((env) => platforms.map(async (platform) => run(await follow(platform, env)))));

describe('who polls either platform, or checks what it delivers, is told', () => {
  it('of a call that took three hours', () =>
    inEachWay(async ({ sandbox, stream, move }) => {
      await move(-180 * MINUTE_MS);
      await sandbox.control('POST', '/events', begin);
      await sandbox.control('POST', '/clock', { reset: true });
      expect((await stream.take(1)).map(callerOf)).toEqual(['1002']);
    }));

  it('of a call that ended after others that began after it', () =>
    inEachWay(async ({ sandbox, stream, move }) => {
      await sandbox.control('POST', '/events', { ...begin, stepMs: 3_000 });
      for (let count = 0; count < 25; count += 1) {
        await move((count + 1) * 1_000);
        await playCall(sandbox, short);
      }
      const callers = (await stream.take(26)).map(callerOf);
      expect(callers.toSorted()).toEqual(['1002', ...Array.from({ length: 25 }, () => '1003')]);
      expect(stream.waiting).toEqual([]);
    }));
});
