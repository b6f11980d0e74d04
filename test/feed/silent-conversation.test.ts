import { describe, expect, it } from 'vitest';
import { conversationGuid } from '../helpers/chat.ts';
import { unproven } from '../helpers/checked.ts';
import { withGateway } from '../helpers/gateway.ts';
import { eventOf, platformsOf } from '../helpers/live.ts';
import { openStream } from '../helpers/subscribers.ts';

const MESSAGES = 'subscription { messageEvents(mine: true) { change message { ... on Message { body } } } }';

const setUp = async (env: Readonly<Record<string, string>>) => {
  const gateway = await withGateway({
    env: { ...(await unproven()), ...env },
    switches: { cloudlinkEmbedConversations: false },
  });
  const { cloudlink: ask } = await platformsOf(gateway);
  const { cloudlink } = await gateway.tokens();
  const stream = await openStream(gateway, MESSAGES, cloudlink);
  const countReads = async () => (await gateway.sandbox.requests('route=GET%20/conversations')).length;
  await expect.poll(countReads).toBeGreaterThan(0);
  const say = (body: string) => ask('POST', `chat/conversations/${conversationGuid(0)}/messages`, { body });
  return { gateway, stream, say };
};

describe('what is said in conversations whose list does not tell what was said last', () => {
  it.each([
    ['asks for changes', { CLOUDLINK_FEEDS: 'poll', POLL_SECONDS: '1' }],
    ['only checks what is delivered', {}],
  ])('is told once, in its order, where a feed %s', async (_how, env) => {
    const { gateway, stream, say } = await setUp(env);
    // What was said before anybody followed is no news.
    await expect
      .poll(() => gateway.sandbox.requests('route=GET%20/conversations/%7BconversationId%7D/messages'))
      .not.toEqual([]);
    for (const body of ['one', 'two', 'three']) await say(body);
    expect((await stream.take(3)).map(eventOf)).toEqual(
      ['one', 'two', 'three'].map((body) => ({ change: 'CREATED', message: { body } })),
    );
    expect(stream.waiting).toEqual([]);
  });

  it.each([403, 404])(
    'is told though another conversation answers %i, which ends nothing',
    async (status) => {
      const { gateway, stream, say } = await setUp({});
      const path = `/conversations/${conversationGuid(1)}/messages`;
      await gateway.sandbox.fail({ match: { method: 'GET', path }, fault: { type: 'status', status } });
      await say('one');
      expect((await stream.take(1)).map(eventOf)).toEqual([{ change: 'CREATED', message: { body: 'one' } }]);
      await say('two');
      expect((await stream.take(1)).map(eventOf)).toEqual([{ change: 'CREATED', message: { body: 'two' } }]);
    },
  );
});
