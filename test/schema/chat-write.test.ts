import { describe, expect, it } from 'vitest';
import { conversationId, messageId } from '../helpers/chat.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { hostileTexts, losses } from '../helpers/loss.ts';

const conversation = conversationId(0);
const content = { text: 'Hello' };
const participant = { type: 'GUEST', participantId: 'visitor@example.com' };

const CREATE = 'POST /conversations';
const ADD = 'POST /conversations/{conversationId}/participants';
const SEND = 'POST /conversations/{conversationId}/messages';
const ANNOUNCE = 'POST /conversations/{conversationId}/attachments';

const file = { conversation, name: 'a.txt', contentType: 'text/plain' };

/** Every mutation of chat: its name, an input, the route that is lost, and what was sent before it. */
const writes: readonly (readonly [name: string, input: object, route: string, before: readonly string[]])[] =
  [
    ['createConversation', { participants: [participant] }, CREATE, []],
    ['deleteConversation', { conversation }, 'DELETE /conversations/{conversationId}', []],
    ['addParticipant', { conversation, participant }, ADD, []],
    ['sendMessage', { conversation, content }, SEND, []],
    [
      'editMessage',
      { message: messageId(0, 1), content },
      'PUT /conversations/{conversationId}/messages/{messageId}',
      [],
    ],
    [
      'deleteMessage',
      { message: messageId(0, 3) },
      'DELETE /conversations/{conversationId}/messages/{messageId}',
      [],
    ],
    ['uploadAttachment', file, ANNOUNCE, []],
  ];

const typeOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
const run = (
  gateway: TestGateway,
  session: Record<string, string>,
  name: string,
  input: object,
  key?: string,
) =>
  gateway.execute(
    `mutation ($input: ${typeOf(name)}!, $key: String) {
      write: ${name}(input: $input, clientMutationKey: $key) { kind: __typename ... on Rejection { code field } }
    }`,
    session,
    { input, key },
  );

describe.each(writes)('%s', (name, input, route, before) => {
  it.each(losses)(
    `leaves once, whether it was done or not, when it meets %s at ${route}`,
    async (_loss, fault, code) => {
      const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '700' } });
      const session = await gateway.signIn();
      await gateway.sandbox.fail({ match: { route }, fault });
      await gateway.bill();
      const { data, errors } = await run(gateway, session, name, input);
      const failed = {
        data: { write: null },
        errors: [{ path: ['write'], extensions: { code, platform: 'cloudlink' } }],
      };
      // Where the first step was accepted, a plain error would ask for it to be made again.
      const half = { data: { write: { kind: 'Rejection', code: 'ACCEPTED_NOT_VISIBLE' } }, errors: [] };
      expect({ data, errors }).toMatchObject(before.length === 0 ? failed : half);
      expect(await gateway.bill()).toEqual([...before, route]);
    },
  );

  it('is refused without a token, unsent', async () => {
    const gateway = await withGateway();
    const { data, errors } = await run(gateway, {}, name, input);
    expect(data).toEqual({ write: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await gateway.bill()).toEqual([]);
  });
});

it('is not sent again by a key whose first try was lost, because it may have been done', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.sandbox.fail({ match: { route: SEND }, times: 1, fault: { type: 'resetAfter' } });
  await gateway.bill();
  const say = () => run(gateway, session, 'sendMessage', { conversation, content }, 'key-1');
  for (const { errors } of [await say(), await say()]) {
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  }
  expect(await gateway.bill()).toEqual([SEND]);
});

/** Every text argument: the write that carries it, and where it is found in what was sent. */
const texts: readonly (readonly [
  argument: string,
  name: string,
  route: string,
  input: (text: string) => object,
  found: (body: any) => unknown,
])[] = [
  ['name', 'createConversation', CREATE, (name) => ({ participants: [], name }), ({ name }) => name],
  [
    'participantId',
    'createConversation',
    CREATE,
    (participantId) => ({ participants: [{ type: 'SMS', participantId }] }),
    ({ originalParticipants: [first] }) => first.participantId,
  ],
  [
    'participantId',
    'addParticipant',
    ADD,
    (participantId) => ({ conversation, participant: { type: 'SMS', participantId } }),
    ({ participantId }) => participantId,
  ],
  ['text', 'sendMessage', SEND, (text) => ({ conversation, content: { text } }), ({ body }) => body],
  ['html', 'sendMessage', SEND, (html) => ({ conversation, content: { html } }), ({ body }) => body],
  ['tag', 'sendMessage', SEND, (tag) => ({ conversation, content, tag }), ({ tag }) => tag],
  [
    'title',
    'sendMessage',
    SEND,
    (title) => ({
      conversation,
      content: { actionCard: { body: { text: 'x' }, buttons: [{ title, action: { postMessage: 'x' } }] } },
    }),
    ({ body }) => JSON.parse(body).buttons[0].title,
  ],
  ['name', 'uploadAttachment', ANNOUNCE, (name) => ({ ...file, name }), ({ name }) => name],
];

describe.each(texts)('%s of %s', (_argument, name, route, input, found) => {
  it('reaches upstream letter by letter and nothing else does, or it is refused unsent', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    let sent = 0;
    for (const text of hostileTexts) {
      const { data, errors } = await run(gateway, session, name, input(text));
      expect(errors).toEqual([]);
      const requests = (await gateway.sandbox.requests('service=chat')).filter(
        ({ method }) => method !== 'GET',
      );
      await gateway.bill();
      if (data?.['write'].kind === 'Rejection' && requests.length === 0) continue;
      sent += 1;
      expect(requests[0]?.route).toBe(route);
      expect(requests[0]?.url).not.toContain('?');
      expect(found(JSON.parse(requests[0]?.body ?? ''))).toBe(text);
      expect(requests).toHaveLength(1);
    }
    expect(sent).toBeGreaterThanOrEqual(8);
    expect(sent).toBeLessThan(hostileTexts.length);
  });
});
