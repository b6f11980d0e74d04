import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { walk } from '../helpers/walk.ts';

const CONFERENCES = 'GET /conferences';
const CONFERENCE = 'GET /conferences/{conferenceId}';
const USERS = 'GET /accounts/{accountId}/users';

const userId = (index: number) => globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, index)}`);

it.each([10, 30])(
  'lists %i conferences with the names of all participants, in chains of 50',
  async (first) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(
      `query ($first: Int!) {
      conferences(first: $first) {
        nodes {
          id conferenceId name state conferenceType lobbyPolicy accessCode phoneNumbers conversationId
          participants { id participantId state participantType isMuted user { name } }
        }
      }
    }`,
      session,
      { first },
    );
    expect(errors).toEqual([]);
    const { nodes } = data?.['conferences'] ?? {};
    expect(nodes).toHaveLength(first);
    expect(nodes[0]).toMatchObject({ state: 'ACTIVE' });
    expect(nodes.every(({ participants }: any) => participants.length > 1)).toBe(true);
    expect(nodes.some(({ conversationId }: any) => conversationId !== null)).toBe(true);
    const people = new Set(
      nodes.flatMap((node: any) => node.participants.map((one: any) => one.participantId)),
    );
    expect(await gateway.bill()).toEqual([
      CONFERENCES,
      ...Array.from({ length: Math.ceil(people.size / 50) }, () => USERS),
    ]);
  },
);

const list = (first: number) => `query ($after: String) {
  list: conferences(first: ${first}, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;

it('walks the conferences without losing or doubling one, though others come at the head', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const [all] = await walk(gateway, session, list(100));
  expect(all?.length).toBe(30);
  expect((await walk(gateway, session, list(7))).flat()).toEqual(all);
  const first = await gateway.execute(list(7), session);
  await gateway.execute('mutation { createConference(input: { name: "New" }) { __typename } }', session);
  const second = await gateway.execute(list(7), session, {
    after: first.data?.['list'].pageInfo.endCursor,
  });
  expect(second.data?.['list'].nodes).toEqual(all?.slice(7, 14));
});

it('goes on after any item of a page', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const [all] = await walk(gateway, session, list(100));
  const edges =
    'query ($after: String) { conferences(first: 5, after: $after) { edges { cursor node { id } } } }';
  const page = async (after: string | null) =>
    (await gateway.execute(edges, session, { after })).data?.['conferences'].edges as {
      cursor: string;
      node: { id: string };
    }[];
  const [first] = [await page(null)];
  const second = await page(first?.[4]?.cursor ?? null);
  const middle = await page(second[2]?.cursor ?? null);
  expect(middle.map(({ node }) => node)).toEqual(all?.slice(8, 13));
  const after = await page(middle[1]?.cursor ?? null);
  expect(after.map(({ node }) => node)).toEqual(all?.slice(10, 15));
});

it('refuses the cursor of another list', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data } = await gateway.execute(list(2), session);
  const { errors } = await gateway.execute(
    'query ($after: String) { conferences(filter: { search: "sales" }, after: $after) { nodes { id } } }',
    session,
    { after: data?.['list'].pageInfo.endCursor },
  );
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }]);
});

it('asks for tags only where the chat is selected, and reads the chat', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  await gateway.execute('{ conferences(first: 3) { nodes { name } } }', session);
  const plain = (await gateway.sandbox.requests()).at(-1);
  expect(plain?.url).not.toContain('expand');
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ conferences(first: 6) { nodes { conversationId conversation { conversationId } } } }',
    session,
  );
  expect(errors.every(({ extensions }) => extensions['code'] === 'FORBIDDEN')).toBe(true);
  const linked = data?.['conferences'].nodes.filter((node: any) => node.conversation !== null);
  expect(linked.length).toBeGreaterThan(0);
  expect(linked.every((node: any) => node.conversation.conversationId === node.conversationId)).toBe(true);
  const [request] = await gateway.sandbox.requests();
  expect(new URL(String(request?.url), 'http://x').searchParams.get('$expand')).toBe('tags');
});

it('filters by words, by who takes part, and by codes', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const query = `query ($filter: ConferenceFilter) {
    conferences(first: 100, filter: $filter) {
      nodes { id name accessCode externalId participants { participantId } }
    }
  }`;
  const all = (await gateway.execute(query, session)).data?.['conferences'].nodes as any[];
  const external = all.find(({ externalId }) => externalId !== null);
  for (const [filter, keep, route] of [
    [{ search: 'WEEKLY sales' }, ({ name }: any) => name === 'Weekly sales', 'GET /conferences/content'],
    [{ accessCode: all[3].accessCode }, (node: any) => node === all[3], CONFERENCES],
    [{ externalId: external.externalId }, (node: any) => node === external, CONFERENCES],
    [
      { participants: [userId(1), userId(2)] },
      ({ participants }: any) =>
        [guid(2, 1), guid(2, 2)].every((id) => participants.some((one: any) => one.participantId === id)),
      CONFERENCES,
    ],
  ] as const) {
    await gateway.bill();
    const { data, errors } = await gateway.execute(query, session, { filter });
    expect(errors).toEqual([]);
    expect({ filter, nodes: data?.['conferences'].nodes }).toEqual({ filter, nodes: all.filter(keep) });
    expect(await gateway.bill()).toEqual([route]);
  }
  const { errors } = await gateway.execute(query, session, { filter: { search: 'x', accessCode: '1' } });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'filter.search' } }]);
});

it("tells a user's conferences, and when they were in them", async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    `query ($id: ID!) {
      user(id: $id) {
        conferences(first: 5) { nodes { name participants { participantId } } }
        attendances(first: 10) { nodes { attendanceId joinedAt leftAt conference { name } } }
      }
    }`,
    session,
    { id: userId(1) },
  );
  expect(errors).toEqual([]);
  const { conferences, attendances } = data?.['user'] ?? {};
  expect(conferences.nodes).toHaveLength(5);
  expect(attendances.nodes).toHaveLength(10);
  expect(attendances.nodes[0]).toMatchObject({ leftAt: null, conference: { name: expect.any(String) } });
  expect((await gateway.bill()).toSorted()).toEqual(
    [
      'GET /accounts/{accountId}/users/{userId}',
      'GET /users/{userId}/conferences',
      'GET /users/{userId}/attendances',
      CONFERENCES,
    ].toSorted(),
  );
});

it('reads participants on their own route where a conference embeds none', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data: listed } = await gateway.execute(list(1), session);
  const id = listed?.['list'].nodes[0].id;
  const key = Buffer.from(id, 'base64url').toString().split(':').at(-1);
  await gateway.sandbox.fail({
    match: { route: CONFERENCE },
    fault: { type: 'body', body: { id: key, name: 'Bare' } },
  });
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { conference(id: $id) { name phoneNumbers participants { participantId conference { name } } } }',
    session,
    { id },
  );
  expect(errors).toEqual([]);
  expect(data?.['conference']).toMatchObject({ name: 'Bare', phoneNumbers: [] });
  expect(data?.['conference'].participants.length).toBeGreaterThan(1);
  expect(await gateway.bill()).toEqual([CONFERENCE, 'GET /conferences/{conferenceId}/participants']);
});

it('finds a conference and a participant again by id, and answers null for none', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data } = await gateway.execute(
    '{ conferences(first: 1) { nodes { id participants { id participantId } } } }',
    session,
  );
  const { id, participants } = data?.['conferences'].nodes[0] ?? {};
  const nodes = await gateway.execute(
    `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on ConferenceParticipant { participantId conference { id } } } }`,
    session,
    { ids: [id, participants[0].id, globalId('cloudlink', 'Conference', guid(9, 9))] },
  );
  expect(nodes.errors).toEqual([]);
  expect(nodes.data?.['nodes']).toEqual([{ id }, { ...participants[0], conference: { id } }, null]);
});

const command = async (
  gateway: TestGateway,
  session: Record<string, string>,
  name: string,
  input: object,
  data = 'id name lobbyPolicy state',
) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const answer = await gateway.execute(
    `mutation ($input: ${type}Input!) {
      result: ${name}(input: $input) {
        __typename
        ... on ${type}Success { data ${data === '' ? '' : `{ ${data} }`} }
        ... on Rejection { code field message }
      }
    }`,
    session,
    { input },
  );
  expect(answer.errors).toEqual([]);
  return answer.data?.['result'];
};

it('makes, changes and deletes a conference', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const made = await command(
    gateway,
    session,
    'createConference',
    {
      name: "Board & 'friends'",
      conferenceType: 'INVITE_ONLY',
      lobbyPolicy: 'NO_LOBBY',
      accessCodeLength: 6,
      expiresAt: '2030-01-01T00:00:00.000Z',
      participants: [userId(2)],
    },
    'id name conferenceType lobbyPolicy accessCode participants { participantId state }',
  );
  expect(await gateway.bill()).toEqual(['POST /conferences']);
  expect(made.data).toMatchObject({
    name: "Board & 'friends'",
    conferenceType: 'INVITE_ONLY',
    lobbyPolicy: 'NO_LOBBY',
    accessCode: expect.stringMatching(/^\d{6}$/),
    participants: [
      { participantId: guid(2, 1), state: 'ACCEPTED' },
      { participantId: guid(2, 2), state: 'INVITED' },
    ],
  });
  const conference = made.data.id;
  expect(
    await command(gateway, session, 'updateConference', { conference, lobbyPolicy: 'GUEST_LOBBY' }),
  ).toMatchObject({ data: { name: "Board & 'friends'", lobbyPolicy: 'GUEST_LOBBY' } });
  expect(await gateway.bill()).toEqual(['PUT /conferences/{conferenceId}', CONFERENCE]);
  expect(await command(gateway, session, 'deleteConference', { conference }, '')).toMatchObject({
    data: conference,
  });
  expect(await command(gateway, session, 'endConference', { conference })).toMatchObject({
    code: 'NOT_FOUND',
  });
});

it('records, mutes, sends out and ends a conference that is going on', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data } = await gateway.execute(
    '{ conferences(first: 1) { nodes { id participants { id state } } } }',
    session,
  );
  const { id: conference, participants } = data?.['conferences'].nodes[0] ?? {};
  for (const action of ['START', 'PAUSE', 'RESUME', 'STOP']) {
    const result = await command(gateway, session, 'recordConference', { conference, action });
    expect({ action, result }).toMatchObject({ action, result: { data: { state: 'ACTIVE' } } });
  }
  const participant = participants.find(({ state }: any) => state === 'ACTIVE').id;
  const shape = 'participant { id state isMuted }';
  expect(
    await command(gateway, session, 'muteConferenceParticipant', { participant, isMuted: true }, shape),
  ).toMatchObject({ data: { participant: { id: participant, isMuted: true, state: 'ACTIVE' } } });
  expect(await command(gateway, session, 'leaveConference', { participant }, shape)).toMatchObject({
    data: { participant: { state: 'INACTIVE' } },
  });
  expect(await command(gateway, session, 'endConference', { conference })).toMatchObject({
    data: { state: 'INACTIVE' },
  });
  expect(await command(gateway, session, 'recordConference', { conference, action: 'START' })).toMatchObject({
    code: 'CONFLICT',
  });
});

const conference = globalId('cloudlink', 'Conference', guid(9, 9));
const participant = globalId('cloudlink', 'ConferenceParticipant', `${guid(9, 9)}/${guid(2, 1)}`);

it.each([
  ['createConference', { name: '' }, 'name'],
  ['createConference', { name: '\ud800' }, 'name'],
  ['createConference', { accessCodeLength: 100 }, 'accessCodeLength'],
  ['createConference', { participants: [conference] }, 'participants.0'],
  ['updateConference', { conference }, 'name'],
  ['updateConference', { conference: participant, name: 'x' }, 'conference'],
  ['leaveConference', { participant: conference }, 'participant'],
])('%s with %j is refused by its field before anything is sent', async (name, input, field) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  expect(await command(gateway, session, name, input, '__typename')).toMatchObject({
    code: 'BAD_USER_INPUT',
    field,
  });
  expect(await gateway.bill()).toEqual([]);
});

it('sends every write once, whatever becomes of it', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '300' } });
  const session = await gateway.signIn();
  const writes: readonly (readonly [string, object, string])[] = [
    ['createConference', { name: 'x' }, 'POST /conferences'],
    ['updateConference', { conference, name: 'x' }, 'PUT /conferences/{conferenceId}'],
    ['endConference', { conference }, 'POST /conferences/{conferenceId}'],
    ['recordConference', { conference, action: 'START' }, 'POST /conferences/{conferenceId}'],
    ['deleteConference', { conference }, 'DELETE /conferences/{conferenceId}'],
    [
      'muteConferenceParticipant',
      { participant, isMuted: true },
      'PUT /conferences/{conferenceId}/participants/{participantId}',
    ],
    ['leaveConference', { participant }, 'PUT /conferences/{conferenceId}/participants/{participantId}'],
  ];
  for (const fault of [{ type: 'status', status: 503 }, { type: 'reset' }, { type: 'hang' }] as const) {
    for (const [name, input, route] of writes) {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      const rule = await gateway.sandbox.fail({ match: { route }, fault });
      await gateway.bill();
      const { errors } = await gateway.execute(
        `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename } }`,
        session,
        { input },
      );
      expect([name, errors.length]).toEqual([name, 1]);
      expect([name, await gateway.bill()]).toEqual([name, [route]]);
      await gateway.sandbox.control('DELETE', `/faults/${rule.id}`);
    }
  }
});

it('says what is missing where there is no token', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute('{ conferences { nodes { id } } }');
  expect(data).toEqual({ conferences: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } }]);
});
