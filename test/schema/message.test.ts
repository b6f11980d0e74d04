import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { conversationGuid, conversationId, messageId } from '../helpers/chat.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const LIST = 'GET /conversations';
const ONE = 'GET /conversations/{conversationId}';
const MESSAGES = 'GET /conversations/{conversationId}/messages';
const MESSAGE = 'GET /conversations/{conversationId}/messages/{messageId}';
const USERS = 'GET /accounts/{accountId}/users';
const SEND = 'POST /conversations/{conversationId}/messages';
const EDIT = 'PUT /conversations/{conversationId}/messages/{messageId}';
const DELETE = 'DELETE /conversations/{conversationId}/messages/{messageId}';

const send = `mutation ($input: SendMessageInput!, $key: String) {
  sendMessage(input: $input, clientMutationKey: $key) {
    ... on SendMessageSuccess {
      data {
        id contentType contentTypeText body tag fallbackText author { userId } editedAt
        actionCard {
          body bodyContentType headerImageUrl
          buttons { title action actionText payload targetUrl }
        }
      }
    }
    ... on Rejection { code field message allowedValues }
  }
}`;

describe('messages', () => {
  it('are walked from the newest to the oldest, without losing or doubling one', async () => {
    const gateway = await withGateway();
    const pages = await walk(
      gateway,
      await gateway.signIn(),
      `query ($after: String) {
        conversation(id: "${conversationId(6)}") {
          list: messages(first: 50, after: $after) { nodes { id createdAt } pageInfo { hasNextPage endCursor } }
        }
      }`,
    );
    const times: readonly string[] = pages.flat().map(({ createdAt }) => createdAt);
    expect(pages.map((nodes) => nodes.length)).toEqual([50, 50, 20]);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(120);
  });

  it.each([1, 10, 50])(
    'of %i conversations cost one request each, and their authors one for all',
    async (first) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      await gateway.bill();
      const { data, errors } = await gateway.execute(
        `query ($first: Int!) {
        conversations(first: $first, filter: { stream: false }) {
          nodes { messages(first: 5) { nodes { authorId author { userId } } } }
        }
      }`,
        session,
        { first: Math.min(first, 44) },
      );
      expect(errors).toEqual([]);
      const bill = await gateway.bill();
      expect(bill.filter((route) => route === MESSAGES)).toHaveLength(Math.min(first, 44));
      expect(bill.filter((route) => route === USERS)).toHaveLength(1);
      expect(bill[0]).toBe(LIST);
      const said = data?.['conversations'].nodes.flatMap(({ messages }: any) => messages.nodes);
      const isUser = ({ authorId }: any) => authorId.startsWith('00000002-');
      expect(
        said.filter(({ authorId, author }: any) => (author?.userId ?? null) !== authorId).filter(isUser),
      ).toEqual([]);
    },
  );

  it.each([
    [2, '+12125550188'],
    [3, 'parcel-arrival'],
  ])('of telephones and workflows have no author', async (index, authorId) => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      `{ conversation(id: "${conversationId(index)}") { messages { nodes { authorId author { userId } } } } }`,
      await gateway.signIn(),
    );
    expect(errors).toEqual([]);
    expect(data?.['conversation'].messages.nodes).toContainEqual({ authorId, author: null });
  });

  it('ask nobody for an author whose name no user can have', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const items = [{ messageId: 'm1', body: 'Hello', createdBy: '+12125550188', accountId: guid(1, 1) }];
    await gateway.sandbox.fail({
      match: { route: MESSAGES },
      fault: { type: 'body', body: { count: 1, _links: {}, _embedded: { items } } },
    });
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `{ conversation(id: "${conversationId(0)}") { messages { nodes { author { userId } } } } }`,
      session,
    );
    expect(errors).toEqual([]);
    expect(data?.['conversation'].messages.nodes).toEqual([{ author: null }]);
    expect(await gateway.bill()).toEqual([ONE, MESSAGES]);
  });

  it('keep one conversation that fails from the others', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { path: `/conversations/${conversationGuid(1)}/messages` },
      fault: { type: 'status', status: 500 },
    });
    const { data, errors } = await gateway.execute(
      '{ conversations(first: 3) { nodes { messages(first: 1) { nodes { id } } } } }',
      session,
    );
    expect(data?.['conversations'].nodes.map(({ messages }: any) => messages === null)).toEqual([
      false,
      true,
      false,
    ]);
    expect(errors).toMatchObject([{ path: ['conversations', 'nodes', 1, 'messages'] }]);
  });

  it('lead back to their conversation, which is not read again', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data } = await gateway.execute(
      `{ conversations(first: 2) { nodes { id lastMessage { conversation { id } } participants { conversation { id } } } } }`,
      session,
    );
    expect(data?.['conversations'].nodes).toHaveLength(2);
    for (const { id, lastMessage, participants } of data?.['conversations'].nodes ?? []) {
      expect(lastMessage.conversation.id).toBe(id);
      expect(new Set(participants.map(({ conversation }: any) => conversation.id))).toEqual(new Set([id]));
    }
    expect(await gateway.bill()).toEqual([LIST]);
  });
});

it('reads an action card as what it is', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    `query ($id: ID!) { conversation(id: $id) { lastMessage {
      contentType fallbackText actionCard { body bodyContentType buttons { title action payload targetUrl } }
    } } }`,
    await gateway.signIn(),
    { id: conversationId(3) },
  );
  expect(errors).toEqual([]);
  expect(data?.['conversation'].lastMessage).toEqual({
    contentType: 'ACTION_CARD',
    fallbackText: 'Parcel 4711 has arrived. Who fetches it?',
    actionCard: {
      body: 'Parcel <b>4711</b> has arrived. Who fetches it?',
      bodyContentType: 'text/html',
      buttons: [
        { title: 'I do', action: 'POST_MESSAGE', payload: 'I fetch parcel 4711', targetUrl: null },
        {
          title: 'Track & trace',
          action: 'OPEN_LINK',
          payload: null,
          targetUrl: 'https://parcels.example.test/4711?lang=en',
        },
      ],
    },
  });
});

it('reads a card that is none, and a kind that nobody knows', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const items = ['application/vnd.mitel.action-card', 'application/vnd.example.location'].map(
    (contentType, index) => ({
      messageId: `m${index}`,
      body: '{broken',
      contentType,
      createdBy: 'x@example.com',
    }),
  );
  await gateway.sandbox.fail({
    match: { route: MESSAGES },
    fault: { type: 'body', body: { count: 2, _links: {}, _embedded: { items } } },
  });
  const { data, errors } = await gateway.execute(
    `{ conversation(id: "${conversationId(0)}") { messages { nodes { contentType contentTypeText body actionCard { body } } } } }`,
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['conversation'].messages.nodes).toEqual([
    {
      contentType: 'ACTION_CARD',
      contentTypeText: 'application/vnd.mitel.action-card',
      body: '{broken',
      actionCard: null,
    },
    {
      contentType: 'UNKNOWN',
      contentTypeText: 'application/vnd.example.location',
      body: '{broken',
      actionCard: null,
    },
  ]);
});

it('is a node', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { node(id: $id) { id ... on Message { body conversation { conversationId } } } }',
    session,
    { id: messageId(0, 1) },
  );
  expect(errors).toEqual([]);
  expect(data?.['node']).toMatchObject({
    id: messageId(0, 1),
    body: expect.any(String),
    conversation: { conversationId: conversationGuid(0) },
  });
  expect(await gateway.bill()).toEqual([MESSAGE, ONE]);
});

describe('sendMessage', () => {
  const conversation = conversationId(0);
  const none = { tag: null, fallbackText: null, editedAt: null, actionCard: null };

  it.each([
    [{ text: 'a & b # c' }, { contentType: 'TEXT', body: 'a & b # c' }],
    [{ html: '<p>Grüße</p>' }, { contentType: 'HTML', body: '<p>Grüße</p>' }],
  ])('says %j', async (content, said) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(send, session, { input: { conversation, content } });
    expect(errors).toEqual([]);
    expect(data?.['sendMessage'].data).toMatchObject({ ...none, ...said });
    expect(await gateway.bill()).toEqual([SEND, 'GET /accounts/{accountId}/users/{userId}']);
  });

  it('sends a card as the text that CloudLink takes, and answers it as a card', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const actionCard = {
      body: { html: '<b>Parcel</b>' },
      headerImageUrl: 'https://pictures.example.com/parcel.png',
      buttons: [
        { title: 'Mine', action: { postMessage: 'It is mine' } },
        { title: 'Track', action: { openLink: 'https://parcels.example.com/1?a=b&c=d' } },
      ],
      fallbackText: 'Parcel',
    };
    await gateway.bill();
    const { data, errors } = await gateway.execute(send, session, {
      input: { conversation, content: { actionCard }, tag: '{"sendId":"7"}' },
    });
    expect(errors).toEqual([]);
    expect(data?.['sendMessage'].data).toMatchObject({
      contentType: 'ACTION_CARD',
      tag: '{"sendId":"7"}',
      fallbackText: 'Parcel',
      actionCard: {
        body: '<b>Parcel</b>',
        bodyContentType: 'text/html',
        headerImageUrl: 'https://pictures.example.com/parcel.png',
        buttons: [
          { title: 'Mine', action: 'POST_MESSAGE', actionText: 'post-message', payload: 'It is mine' },
          { title: 'Track', action: 'OPEN_LINK', targetUrl: 'https://parcels.example.com/1?a=b&c=d' },
        ],
      },
    });
    const [request] = await gateway.sandbox.requests('method=POST&service=chat');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      contentType: 'application/vnd.mitel.action-card',
      fallbackText: 'Parcel',
      tag: '{"sendId":"7"}',
      body: JSON.stringify({
        bodyContentType: 'text/html',
        body: '<b>Parcel</b>',
        headerImageUrl: 'https://pictures.example.com/parcel.png',
        buttons: [
          { title: 'Mine', action: 'post-message', payload: 'It is mine' },
          { title: 'Track', action: 'open-link', targetUrl: 'https://parcels.example.com/1?a=b&c=d' },
        ],
      }),
    });
  });

  const button = (action: object) => ({ body: { text: 'x' }, buttons: [{ title: 'x', action }] });
  it.each([
    ['content.text', { text: ' ' }],
    ['content.text', { text: 'x'.repeat(100_001) }],
    ['content.html', { html: 'half \ud800' }],
    ['content.actionCard.body.text', { actionCard: { body: { text: '' }, buttons: [] } }],
    [
      'content.actionCard.buttons.0.title',
      { actionCard: { body: { text: 'x' }, buttons: [{ title: '', action: { postMessage: 'x' } }] } },
    ],
    [
      'content.actionCard.buttons.0.action.openLink',
      { actionCard: button({ openLink: 'javascript:alert(1)' }) },
    ],
    ['content.actionCard.buttons.0.action.postMessage', { actionCard: button({ postMessage: '' }) }],
    [
      'content.actionCard.headerImageUrl',
      { actionCard: { ...button({ postMessage: 'x' }), headerImageUrl: 'data:,x' } },
    ],
  ])('refuses %s unsent where it cannot be', async (field, content) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(send, session, { input: { conversation, content } });
    expect(errors).toEqual([]);
    expect(data?.['sendMessage']).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await gateway.bill()).toEqual([]);
  });

  it.each([[{}], [{ text: 'a', html: 'b' }], [{ text: null }]])(
    'refuses %j, which is not one thing',
    async (content) => {
      const gateway = await withGateway();
      const session = await gateway.signIn();
      await gateway.bill();
      const { errors } = await gateway.execute(send, session, { input: { conversation, content } });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(await gateway.bill()).toEqual([]);
    },
  );

  it.each([
    ['NOT_FOUND', globalId('cloudlink', 'Conversation', guid(32, 7))],
    ['FORBIDDEN', conversationId(11)],
  ])('is refused as %s where the caller cannot speak', async (code, id) => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(send, await gateway.signIn(), {
      input: { conversation: id, content: { text: 'Hello' } },
    });
    expect(errors).toEqual([]);
    expect(data?.['sendMessage']).toMatchObject({ code });
  });

  it('shows as the last message of a conversation that was read before it', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const { data, errors } = await gateway.execute(
      `mutation ($one: SendMessageInput!, $two: SendMessageInput!) {
        one: sendMessage(input: $one) { ...Sent }
        two: sendMessage(input: $two) { ...Sent }
      }
      fragment Sent on SendMessageResult { ... on SendMessageSuccess { data { conversation { lastMessage { body } } } } }`,
      session,
      {
        one: { conversation, content: { text: 'one' } },
        two: { conversation, content: { text: 'two' } },
      },
    );
    expect(errors).toEqual([]);
    expect(['one', 'two'].map((name) => data?.[name].data.conversation.lastMessage.body)).toEqual([
      'one',
      'two',
    ]);
  });
});

describe('editMessage and deleteMessage', () => {
  const edit = `mutation ($message: ID!, $text: String!) {
    editMessage(input: { message: $message, content: { text: $text } }) {
      ... on EditMessageSuccess { data { id body editedAt } }
      ... on Rejection { code field }
    }
  }`;
  const remove = `mutation ($message: ID!) {
    deleteMessage(input: { message: $message }) {
      ... on DeleteMessageSuccess { data }
      ... on Rejection { code field }
    }
  }`;

  it("change the caller's own message, and then it is gone", async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const message = messageId(0, 1);
    await gateway.bill();
    const edited = await gateway.execute(edit, session, { message, text: 'in other words' });
    expect(edited.data?.['editMessage'].data).toEqual({
      id: message,
      body: 'in other words',
      editedAt: expect.stringMatching(/Z$/),
    });
    const removed = await gateway.execute(remove, session, { message });
    expect(removed.data).toEqual({ deleteMessage: { data: message } });
    expect((await gateway.execute(remove, session, { message })).data).toEqual({
      deleteMessage: { code: 'NOT_FOUND', field: null },
    });
    expect(await gateway.bill()).toEqual([EDIT, DELETE, DELETE]);
  });

  it('are FORBIDDEN for a message of somebody else', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const message = messageId(0, 0);
    const edited = await gateway.execute(edit, session, { message, text: 'x' });
    expect(edited.data?.['editMessage']).toMatchObject({ code: 'FORBIDDEN' });
    expect((await gateway.execute(remove, session, { message })).data?.['deleteMessage']).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('refuse the id of a conversation unsent, by the name of the argument', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data } = await gateway.execute(remove, session, { message: conversationId(0) });
    expect(data).toEqual({ deleteMessage: { code: 'BAD_USER_INPUT', field: 'message' } });
    expect(await gateway.bill()).toEqual([]);
  });
});
