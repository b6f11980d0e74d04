import { describe, expect, it } from 'vitest';
import { deliveries, followCalls, playCall, wordOf } from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { webhooks, type Result } from '../helpers/subscribers.ts';

const polls = { CLOUDLINK_FEEDS: 'poll', SUBSCRIBER_FEEDS: 'poll', POLL_SECONDS: '1' };

const eventOf = ({ data }: Result) => data?.['callEvents'];
const nounOf = (result: Result): string => eventOf(result).call['__typename'];

/** What is told of one call on both platforms, whose steps are slower than anybody asks. */
const play = async (env: Readonly<Record<string, string>>) => {
  const gateway = await withGateway({ env: { ...env, FEED_LINGER_SECONDS: '1' } });
  const { cloudlink, subscriber } = await gateway.tokens();
  const streams = [
    await followCalls(gateway, cloudlink),
    await followCalls(gateway, subscriber, { domain: ACME }),
  ];
  const reads = async () => [
    (await gateway.sandbox.requests('route=GET%20/endpoints/%7BendpointId%7D/calls')).length,
    (await gateway.sandbox.requests('object=call&action=read')).length,
  ];
  await expect.poll(async () => Math.min(...(await reads()))).toBeGreaterThan(0);
  await playCall(gateway.sandbox, { stepMs: 1_600 });
  const told = [];
  for (const stream of streams) told.push(await stream.take(5));
  expect(told.map((own) => own.map(wordOf).length)).toEqual([5, 5]);
  const words = told.map((own) => own.map((result) => `${nounOf(result)} ${wordOf(result)}`));
  const keys = told.map((own) => new Set(own.map((result) => eventOf(result).call.id)).size);
  return { gateway, streams, reads, words, keys };
};

describe('a feed that asks for changes', () => {
  it('tells the same of a call as one that is told of them, and asks no more when nobody follows', async () => {
    const [asked, told] = await Promise.all([play(polls), play(webhooks)]);
    expect(asked.words).toEqual(told.words);
    expect(asked.words[0]).toEqual([
      'LiveCall CREATED RINGING',
      'LiveCall UPDATED CONNECTED',
      'LiveCall UPDATED HELD',
      'LiveCall UPDATED CONNECTED',
      'LiveCall REMOVED COMPLETED',
    ]);
    expect(asked.keys).toEqual([1, 1]);
    expect(await deliveries(asked.gateway.sandbox)).toEqual([]);
    for (const stream of asked.streams) stream.leave();
    const isOver = () => asked.gateway.log.filter(({ msg }) => msg === 'a feed is over').length;
    await expect.poll(isOver).toBe(2);
    const before = await asked.reads();
    // Two paces at which it would have asked.
    await playCall(asked.gateway.sandbox, { stepMs: 2_000, steps: ['completed'] });
    expect(await asked.reads()).toEqual(before);
  }, 30_000);

  it('cannot be had of what has no list, which is said', async () => {
    const gateway = await withGateway({ env: polls });
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink, { account: true });
    expect((await stream.rest()).map(wordOf)).toEqual(['PLATFORM_NOT_CONFIGURED']);
  });
});
