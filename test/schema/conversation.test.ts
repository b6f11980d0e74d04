import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { conversationGuid, conversationId } from '../helpers/chat.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const acme = guid(1, 1);
const ada = guid(2, 1);
const LIST = 'GET /conversations';
const ONE = 'GET /conversations/{conversationId}';
const PARTICIPANTS = 'GET /conversations/{conversationId}/participants';
const MESSAGES = 'GET /conversations/{conversationId}/messages';
const USERS = 'GET /accounts/{accountId}/users';
const PRESENCES = 'GET /presences';

/** Nobody is in Ada's twelfth conversation but others. */
const OF_OTHERS = 11;

const BOARD = `query ($first: Int!) {
  conversations(first: $first) {
    nodes {
      name
      participants { type participantId user { name presence { status } } }
      lastMessage { body author { name } }
    }
  }
}`;

describe('conversations with participants, presence and last message', () => {
  it.each([10, 50])('cost three requests where %i are wanted', async (first) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(BOARD, session, { first });
    expect(errors).toEqual([]);
    const nodes = data?.['conversations'].nodes;
    expect(nodes).toHaveLength(first);
    const people = nodes.flatMap(({ participants }: any) =>
      participants.filter(({ type }: any) => type === 'USER'),
    );
    expect(people.filter(({ user }: any) => user?.name == null || user.presence === null)).toEqual([]);
    expect(await gateway.bill()).toEqual([LIST, USERS, PRESENCES]);
  });

  it('cost one more for every 50 people, where 100 are wanted, and one for the names of all', async () => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(BOARD, session, { first: 100 });
    expect(errors).toEqual([]);
    const ids = data?.['conversations'].nodes.flatMap(({ participants }: any) =>
      participants.filter(({ type }: any) => type === 'USER').map(({ participantId }: any) => participantId),
    );
    const chunks = Math.ceil(new Set(ids).size / 50);
    expect(chunks).toBeGreaterThan(1);
    const expected = [LIST, USERS, ...Array(chunks).fill(PRESENCES)];
    expect(await gateway.bill()).toEqual(expected);
  });

  it('cost two more for each conversation where CloudLink embeds nothing (A-18), and say the same', async () => {
    const embedded = await withGateway();
    const bare = await withGateway({ switches: { cloudlinkEmbedConversations: false } });
    const session = await bare.signIn();
    await bare.bill();
    const { data, errors } = await bare.execute(BOARD, session, { first: 10 });
    expect(errors).toEqual([]);
    const count = (route: string, bill: readonly string[]) => bill.filter((line) => line === route).length;
    const bill = await bare.bill();
    expect([LIST, PARTICIPANTS, MESSAGES, USERS, PRESENCES].map((route) => count(route, bill))).toEqual([
      1, 10, 10, 1, 1,
    ]);
    expect(data).toEqual((await embedded.execute(BOARD, await embedded.signIn(), { first: 10 })).data);
  });

  it('keep one that cannot be read from the others', async () => {
    const gateway = await withGateway({ switches: { cloudlinkEmbedConversations: false } });
    const session = await gateway.signIn();
    await gateway.sandbox.fail({
      match: { path: `/conversations/${conversationGuid(1)}/participants` },
      fault: { type: 'status', status: 500 },
    });
    const { data, errors } = await gateway.execute(BOARD, session, { first: 3 });
    expect(data?.['conversations'].nodes.map(({ participants }: any) => participants === null)).toEqual([
      false,
      true,
      false,
    ]);
    expect(errors).toMatchObject([
      { path: ['conversations', 'nodes', 1, 'participants'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
  });

  it('are asked for participants once more where more are in than were embedded', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const guests = Array.from({ length: 24 }, (_, index) => ({
      type: 'GUEST',
      participantId: `guest-${index}@example.com`,
    }));
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `mutation ($participants: [NewParticipantInput!]!) {
        createConversation(input: { participants: $participants }) {
          ... on CreateConversationSuccess { data { participants { participantId status } } }
        }
      }`,
      session,
      { participants: guests },
    );
    expect(errors).toEqual([]);
    const participants = data?.['createConversation'].data.participants;
    expect(participants.map(({ participantId }: any) => participantId)).toEqual([
      ada,
      ...guests.map(({ participantId }) => participantId),
    ]);
    expect(await gateway.bill()).toEqual(['POST /conversations', PARTICIPANTS]);
  });
});

describe('conversations', () => {
  it('are walked without losing or doubling one', async () => {
    const gateway = await withGateway();
    const pages = await walk(
      gateway,
      await gateway.signIn(),
      `query ($after: String) {
        list: conversations(first: 20, after: $after) { nodes { conversationId } pageInfo { hasNextPage endCursor } }
      }`,
    );
    const ids = pages.flat().map(({ conversationId: id }) => id);
    expect(pages.map((nodes) => nodes.length)).toEqual([20, 20, 15]);
    expect(new Set(ids).size).toBe(55);
  });

  it('are filtered upstream by kind, and here by name, without letter case', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const query = `query ($filter: ConversationFilter) {
      conversations(first: 100, filter: $filter) { nodes { name isStream } }
    }`;
    const of = async (filter: object) =>
      (await gateway.execute(query, session, { filter })).data?.['conversations'].nodes;
    expect(await of({ stream: true })).toHaveLength(11);
    expect(await of({ stream: false })).toHaveLength(44);
    expect(await of({ search: 'GRÜSSE 🚀' })).toEqual([]);
    expect(await of({ search: 'GRÜßE 🚀' })).toEqual([
      { name: 'Projekt Grüße 🚀 山田さん', isStream: false },
    ]);
    expect(await of({ search: 'support', stream: false })).toEqual([]);
  });

  it('refuse a blank search unsent', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(
      '{ conversations(filter: { search: " " }) { nodes { id } } }',
      session,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'filter.search' } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it("are the caller's own from a user, too, for the same request", async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `query ($id: ID!) {
        conversations(first: 5) { nodes { id } }
        user(id: $id) { conversations(first: 5) { nodes { id } } }
      }`,
      session,
      { id: globalId('cloudlink', 'User', `${acme}/${ada}`) },
    );
    expect(errors).toEqual([]);
    expect(data?.['conversations'].nodes).toHaveLength(5);
    expect(data?.['user'].conversations).toEqual(data?.['conversations']);
    expect((await gateway.bill()).filter((route) => route === LIST)).toEqual([LIST]);
  });

  it('of other users are null with one warning that says why', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors, extensions } = await gateway.execute(
      '{ users(first: 10) { nodes { userId conversations(first: 1) { nodes { id } } } } }',
      session,
    );
    expect(errors).toEqual([]);
    const known = data?.['users'].nodes.filter(({ conversations }: any) => conversations !== null);
    expect(known.map(({ userId }: any) => userId)).toEqual([ada]);
    expect(extensions['warnings']).toMatchObject([{ code: 'OWN_ONLY' }]);
    expect(await gateway.bill()).toEqual([USERS, LIST]);
  });

  it('need a token', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute('{ conversations { nodes { id } } }');
    expect(data).toEqual({ conversations: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } }]);
  });
});

describe('conversation', () => {
  it('is answered in our words, without its access code', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `query ($id: ID!) {
        conversation(id: $id) {
          id conversationId name isStream isHidden visibility visibilityText languageCode email thumbnailUrl
          audit { createdBy }
        }
      }`,
      session,
      { id: conversationId(6) },
    );
    expect(errors).toEqual([]);
    expect(data?.['conversation']).toEqual({
      id: conversationId(6),
      conversationId: conversationGuid(6),
      name: 'Everything about Support',
      isStream: true,
      isHidden: false,
      visibility: 'PUBLIC',
      visibilityText: 'PUBLIC',
      languageCode: 'en-US',
      email: `${conversationGuid(6)}@chat.example.test`,
      thumbnailUrl: 'https://pictures.example.test/support.png',
      audit: { createdBy: ada },
    });
    expect(await gateway.bill()).toEqual([ONE]);
  });

  it.each([
    ['null where there is none', globalId('cloudlink', 'Conversation', guid(32, 7)), null],
    ['FORBIDDEN where others talk', conversationId(OF_OTHERS), 'FORBIDDEN'],
    ['refused by the id of something else', globalId('cloudlink', 'Account', acme), 'BAD_USER_INPUT'],
    ['refused by no id at all', '../../accounts', 'BAD_USER_INPUT'],
  ])('is %s', async (_what, id, code) => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      'query ($id: ID!) { conversation(id: $id) { name } }',
      await gateway.signIn(),
      { id },
    );
    expect(data).toEqual({ conversation: null });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(code === null ? [] : [code]);
  });

  it('is a node', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(
      'query ($id: ID!) { node(id: $id) { ... on Conversation { name } } }',
      await gateway.signIn(),
      { id: conversationId(2) },
    );
    expect(data).toEqual({ node: { name: 'Riverside Bakery' } });
  });
});
