import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';
import { hostileTexts, losses } from '../helpers/loss.ts';
import { walk } from '../helpers/walk.ts';

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway({ ...options, switches: { legacyWriteDelayMs: 0, ...options.switches } });
  const session = await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    session,
    execute: async (query: string, variables: object = {}) => {
      const answer = await gateway.execute(query, session, variables);
      return { ...answer, data: answer.data ?? {} };
    },
  };
};

const SESSIONS = `textSessions { nodes { id sessionId name lastMessageAt { instant } lastMessageText participants isMuted isMeeting
  messages(first: 5) { nodes { id type text sentAt fromNumber fromUid mediaType } } } }`;

const MESSAGE =
  'id type text fromUid fromNumber toNumber toUid mediaType mediaBytes session { id sessionId }';
const SEND = `mutation ($input: SendTextMessageInput!, $key: String) { result: sendTextMessage(input: $input, clientMutationKey: $key) {
  ... on SendTextMessageSuccess { data { ${MESSAGE} } } ... on Rejection { code field message } } }`;
const DELETE = `mutation ($input: DeleteTextMessageInput!) { result: deleteTextMessage(input: $input) {
  ... on DeleteTextMessageSuccess { data } ... on Rejection { code field message } } }`;

const chat = (text: string, more: object = {}) => ({
  input: { type: 'CHAT', to: [`1002@${ACME}`], text, ...more },
});

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('text threads and chats', () => {
  it('are listed, the latest first, with their messages, newest first', async () => {
    const { gateway, execute } = await signedIn();
    const { data, errors } = await execute(`{ subscriber(user: "1001") { textNumbers ${SESSIONS} } }`);
    expect(errors).toEqual([]);
    const { textSessions, textNumbers } = data['subscriber'];
    const { nodes } = textSessions;
    expect(textNumbers).toHaveLength(1);
    const times = nodes.map(({ lastMessageAt }: any) => lastMessageAt.instant);
    expect(times).toEqual(times.toSorted().toReversed());
    for (const { lastMessageText, messages } of nodes) {
      expect(messages.nodes[0].text).toBe(lastMessageText);
      const sent = messages.nodes.map(({ sentAt }: any) => sentAt);
      expect(sent).toEqual(sent.toSorted().toReversed());
    }
    const sms = nodes.find(({ sessionId }: any) => sessionId.startsWith('sms-'));
    expect(sms.messages.nodes[0]).toMatchObject({ type: 'MMS', mediaType: 'image/png' });
    expect(nodes.find(({ isMeeting }: any) => isMeeting).name).toBe('Morning meeting');
    expect(nodes).toHaveLength(4);
    expect((await gateway.bill()).toSorted()).toEqual([
      'message read',
      'message read',
      'message read',
      'message read',
      'messagesession read',
      'smsnumber read',
      'subscriber read',
    ]);
  });

  it.each([10, 100])('cost one request for each of %i subscribers', async (count) => {
    const { gateway, execute } = await signedIn({ users: 250 });
    const { errors } = await execute(
      `{ subscribers(first: ${count}) { nodes { textSessions(first: 2) { nodes { sessionId } } } } }`,
    );
    expect(errors).toEqual([]);
    expect(await gateway.bill()).toEqual([
      'subscriber read',
      ...Array.from({ length: count }, () => 'messagesession read'),
    ]);
  });

  it('come page by page, each message once', async () => {
    const { gateway, session } = await signedIn();
    const id = globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`);
    const pages = await walk(
      gateway,
      session,
      `query ($after: String) { textSession(id: "${id}") { list: messages(first: 50, after: $after) {
        nodes { id text } pageInfo { hasNextPage endCursor } } } }`,
    );
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat().map(({ text }) => text)).size).toBe(120);
  });

  it('are found again by id, and a failed one leaves the others', async () => {
    const { gateway, execute } = await signedIn();
    const ids = [
      globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`),
      globalId('subscriber', 'TextMessage', `${ACME}/1001 meeting-morning meeting-morning-7`),
      globalId('subscriber', 'TextSession', `${ACME}/1001 nothing`),
    ];
    const query =
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on TextMessage { text sender { name } } } }';
    const { data, errors } = await execute(query, { ids });
    expect(errors).toEqual([]);
    expect(data['nodes']).toMatchObject([
      { id: ids[0] },
      { id: ids[1], text: 'Note 7 of the morning meeting' },
      null,
    ]);
    await gateway.sandbox.fail({ match: { object: 'message' }, fault: { type: 'status', status: 500 } });
    const partial = await execute(query, { ids });
    expect(partial.data['nodes']).toMatchObject([{ id: ids[0] }, null, null]);
    expect(partial.errors.map(({ path }) => path)).toEqual([['nodes', 1]]);
  });

  it('need a token of the legacy platform', async () => {
    const gateway = await withGateway();
    const id = globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`);
    const { errors } = await gateway.execute(`{ textSession(id: "${id}") { id } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a message', () => {
  it('is sent as a chat in a session of its own, and shows', async () => {
    const { gateway, execute } = await signedIn({ switches: { legacyWriteDelayMs: 300 } });
    const { data, errors } = await execute(SEND, chat('Coffee?'));
    expect(errors).toEqual([]);
    expect(data['result'].data).toMatchObject({
      type: 'CHAT',
      text: 'Coffee?',
      fromUid: `1001@${ACME}`,
      toUid: `1002@${ACME}`,
    });
    const bill = await gateway.bill();
    expect(bill.filter((line) => line === 'message create')).toHaveLength(1);
    expect(bill[0]).toBe('message create');
    const found = await execute(`{ node(id: "${data['result'].data.id}") { ... on TextMessage { text } } }`);
    expect(found.data['node']).toEqual({ text: 'Coffee?' });
  });

  it('is sent into a session that goes on, and is not mistaken for an older one of the same words', async () => {
    const { gateway, execute } = await signedIn({ switches: { legacyWriteDelayMs: 300 } });
    const session = globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`);
    const input = {
      type: 'GROUP_CHAT',
      to: [`1002@${ACME}`, `1003@${ACME}`],
      text: 'Note 120 of the morning meeting',
      session,
    };
    const { data } = await execute(SEND, { input });
    expect(data['result'].data).toMatchObject({ text: input.text, session: { id: session } });
    expect(data['result'].data.id).not.toBe(
      globalId('subscriber', 'TextMessage', `${ACME}/1001 meeting-morning meeting-morning-120`),
    );
    const bill = await gateway.bill();
    expect(bill.slice(0, 2)).toEqual(['message read', 'message create']);
    expect(bill.filter((line) => line === 'message create')).toHaveLength(1);
  });

  it('is sent as SMS and as MMS from an own number only', async () => {
    const { execute } = await signedIn();
    const own = (await execute('{ subscriber(user: "1001") { textNumbers } }')).data['subscriber']
      .textNumbers[0];
    const sms = await execute(SEND, {
      input: { type: 'SMS', to: ['+12125550188'], text: 'Hi', fromNumber: own },
    });
    expect(sms.data['result'].data).toMatchObject({
      type: 'SMS',
      fromNumber: own,
      toNumber: '+12125550188',
    });
    const mms = await execute(SEND, {
      input: {
        type: 'MMS',
        to: ['+12125550188'],
        text: 'Look',
        fromNumber: own,
        media: { contentType: 'image/png', content: PIXEL },
      },
    });
    expect(mms.data['result'].data).toMatchObject({
      type: 'MMS',
      mediaType: 'image/png',
      mediaBytes: Buffer.from(PIXEL, 'base64').length,
    });
    const foreign = await execute(SEND, {
      input: { type: 'SMS', to: ['+12125550188'], text: 'Hi', fromNumber: '12125559999' },
    });
    expect(foreign.data['result']).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    ['input.to', { to: [] }],
    ['input.to', { to: [`1@${ACME}`, `2@${ACME}`] }],
    ['input.to.0', { to: ['1002'] }],
    ['input.to.0', { to: ['a@b,c@d'] }],
    ...[`*@${ACME}`, `%@${ACME}`, `10~@${ACME}`, '1002@*', '1002@acme%', '1002@acme/x', '~@*'].map(
      (to) => ['input.to.0', { to: [to] }] as const,
    ),
    ['input.to.1', { type: 'GROUP_CHAT', to: [`1002@${ACME}`, `*@${ACME}`] }],
    ['input.to.0', { type: 'SMS', to: ['+1212a'], fromNumber: '12125550101' }],
    ['input.fromNumber', { fromNumber: '12125550101' }],
    ['input.fromNumber', { type: 'SMS', to: ['+12125550188'] }],
    ['input.fromNumber', { type: 'SMS', to: ['+12125550188'], fromNumber: '1&type=mms' }],
    ['input.media', { type: 'MMS', to: ['+12125550188'], fromNumber: '12125550101' }],
    ['input.media', { media: { contentType: 'image/png', content: PIXEL } }],
    ['input.text', { text: '' }],
    ['input.text', { text: 'x'.repeat(5001) }],
    ['input.text', { text: '\ud800' }],
    ['input.session', { session: globalId('subscriber', 'Domain', ACME) }],
    ['input.subscriber', { subscriber: globalId('subscriber', 'TextSession', `${ACME}/1001 s`) }],
  ] as const)('is refused for %s before anything is sent: %j', async (field, more) => {
    const { gateway, execute } = await signedIn();
    const { data, errors } = await execute(SEND, chat('Hello', more));
    expect(errors).toEqual([]);
    expect(data['result']).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await gateway.bill()).toEqual([]);
  });

  const isSendable = (text: string) => text.trim() !== '' && text.isWellFormed();

  it.each(hostileTexts.filter(isSendable))('says %j byte for byte and nothing else', async (text) => {
    const { gateway, execute } = await signedIn();
    const { data } = await execute(SEND, chat(text));
    const [sent] = await legacyCalls(gateway.sandbox, 'message');
    expect(sent).toEqual({
      action: 'create',
      format: 'json',
      domain: ACME,
      user: '1001',
      session_id: expect.stringMatching(/^[\da-f-]{36}$/),
      type: 'private',
      destination: `1002@${ACME}`,
      message: text,
    });
    expect(data['result'].data.text).toBe(text);
  });

  it.each(hostileTexts.filter((text) => !isSendable(text)))(
    'is refused as %j before it is sent',
    async (text) => {
      const { gateway, execute } = await signedIn();
      const { data } = await execute(SEND, chat(text));
      expect(data['result']).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.text' });
      expect(await gateway.bill()).toEqual([]);
    },
  );

  it('is sent once for its key, and hidden when it is deleted', async () => {
    const { gateway, execute } = await signedIn();
    const variables = { ...chat('Once'), key: 'k1' };
    const one = await execute(SEND, variables);
    const two = await execute(SEND, variables);
    const { id } = one.data['result'].data;
    expect(two.data['result'].data.id).toBe(id);
    expect((await gateway.bill()).filter((line) => line === 'message create')).toHaveLength(1);
    expect((await execute(DELETE, { input: { message: id } })).data['result']).toEqual({ data: id });
    expect((await execute(`{ textMessage(id: "${id}") { id } }`)).data).toEqual({ textMessage: null });
  });

  it.each(losses)('is sent and deleted at most once under %s', async (_name, fault, code) => {
    const { gateway, execute } = await signedIn({ env: { TRY_TIMEOUT_MS: '300' } });
    await gateway.sandbox.fail({ match: { object: 'message', action: 'create' }, fault });
    await gateway.sandbox.fail({ match: { object: 'message', action: 'delete' }, fault });
    const sent = await execute(SEND, chat('Hello'));
    expect(sent.errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
    expect(await gateway.bill()).toEqual(['message create']);
    const message = globalId('subscriber', 'TextMessage', `${ACME}/1001 meeting-morning meeting-morning-7`);
    const deleted = await execute(DELETE, { input: { message } });
    expect(deleted.errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
    expect(await gateway.bill()).toEqual(['message delete']);
  });
});
