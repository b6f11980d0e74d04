import { describe, expect, it } from 'vitest';
import { conversationGuid } from '../helpers/chat.ts';
import {
  deliveries,
  followBoth,
  followCalls,
  playCall,
  startOther,
  untilReady,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { withLive, type Platforms } from '../helpers/live.ts';
import { isRedisMissing, withRedis } from '../helpers/redis.ts';
import { openStream, webhooks, type Result } from '../helpers/subscribers.ts';

const polls = { CLOUDLINK_FEEDS: 'poll', SUBSCRIBER_FEEDS: 'poll', POLL_SECONDS: '1' };

const eventOf = ({ data }: Result) => data?.['callEvents'];
const MESSAGES = `subscription ($mine: Boolean, $subscriber: ID, $after: String) {
  messageEvents(mine: $mine, subscriber: $subscriber, after: $after) {
    cursor message { ... on Message { body } ... on TextMessage { text } }
  }
}`;
const say = (platforms: Platforms, body: string) =>
  platforms.cloudlink('POST', `chat/conversations/${conversationGuid(0)}/messages`, { body });
const eventOfMessage = ({ data }: Result) => data?.['messageEvents'];
const bodyOf = (result: Result): string =>
  eventOfMessage(result)?.message.body ?? JSON.stringify(result.errors);

const nounOf = (result: Result): string => eventOf(result).call['__typename'];

/** A client that goes on, with its last cursor, where a gateway is there again, after this was said while none was. */
const comeBackAfter = async (said: readonly string[]) => {
  const redis = await withRedis();
  const env = { ...polls, REDIS_URL: redis.url };
  const live = await withLive({ env });
  await untilReady(live.gateway);
  const { cloudlink } = await live.gateway.tokens();
  const stream = await openStream(live.gateway, MESSAGES, cloudlink, { variables: { mine: true } });
  await say(live.platforms, 'before');
  const [before = { data: null }] = await stream.take(1);
  await live.gateway.stop();
  for (const body of said) await say(live.platforms, body);
  const other = await startOther(live.gateway, env);
  await untilReady(other);
  const after = eventOfMessage(before).cursor;
  return openStream(other, MESSAGES, cloudlink, { variables: { mine: true, after } });
};

/** What is told of one call on both platforms, whose steps are slower than anybody asks. */
const play = async (env: Readonly<Record<string, string>>) => {
  const gateway = await withGateway({ env: { ...env, FEED_LINGER_SECONDS: '1' } });
  const { cloudlink, subscriber } = await gateway.tokens();
  const streams = await followBoth(gateway, cloudlink, subscriber);
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

  it('tells everything that was said between two looks', async () => {
    const live = await withLive({ env: polls });
    const stream = await live.follow(MESSAGES, { mine: true });
    const said = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
    for (const body of said) await say(live.platforms, body);
    const told = (await stream.take(said.length)).map(bodyOf);
    expect(told).toEqual(said);
    expect(stream.waiting).toEqual([]);
  });

  it('tells every text of as many sessions as had some between two looks', async () => {
    const live = await withLive({ env: polls });
    const subscriber = globalId('subscriber', 'Subscriber', `${ACME}/1001`);
    const stream = await live.follow(MESSAGES, { subscriber });
    const texts = Array.from({ length: 16 }, (_, index) => `text ${index}`);
    for (const [index, message] of texts.entries())
      await live.platforms.legacy('message create', {
        domain: ACME,
        user: '1001',
        session_id: `session-${index % 8}`,
        type: 'private',
        destination: `1002@${ACME}`,
        message,
      });
    const told = (await stream.take(texts.length)).map((result) =>
      String(eventOfMessage(result)?.message.text),
    );
    expect(told.toSorted()).toEqual(texts.toSorted());
  });

  it.skipIf(isRedisMissing)('tells who comes back what was said while no gateway was there', async () => {
    const said = ['one', 'two', 'three'];
    const again = await comeBackAfter(said);
    expect((await again.take(said.length)).map(bodyOf)).toEqual(said);
  });

  it.skipIf(isRedisMissing)(
    'says that something is missing where more was said than it looks through',
    async () => {
      const again = await comeBackAfter(Array.from({ length: 440 }, (_, index) => `message ${index}`));
      const codes = (await again.rest()).map(({ errors }) => errors?.[0]?.extensions['code']);
      expect(codes.at(-1)).toBe('RESYNC_REQUIRED');
    },
  );

  it('cannot be had of what has no list, which is said', async () => {
    const gateway = await withGateway({ env: polls });
    const { cloudlink } = await gateway.tokens();
    const stream = await followCalls(gateway, cloudlink, { account: true });
    expect((await stream.rest()).map(wordOf)).toEqual(['PLATFORM_NOT_CONFIGURED']);
  });
});
