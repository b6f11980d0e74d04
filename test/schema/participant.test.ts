import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { conversationGuid, conversationId } from '../helpers/chat.ts';
import { withGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const CREATE = 'POST /conversations';
const ADD = 'POST /conversations/{conversationId}/participants';
const types = ['USER', 'CLIENT', 'GUEST', 'SMS', 'WORKFLOW'];

const create = `mutation ($input: CreateConversationInput!, $key: String) {
  createConversation(input: $input, clientMutationKey: $key) {
    ... on CreateConversationSuccess {
      data {
        id name isStream isHidden visibility languageCode thumbnailUrl
        participants { participantId type status user { name } }
      }
    }
    ... on Rejection { code field allowedValues message correlationId }
  }
}`;
const add = `mutation ($input: AddParticipantInput!) {
  addParticipant(input: $input) {
    ... on AddParticipantSuccess { data { participantId type typeText status statusText conversation { id } } }
    ... on Rejection { code field allowedValues }
  }
}`;

describe('createConversation', () => {
  it('sends every type of participant by the word that CloudLink takes', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const participants = [
      { type: 'USER', participantId: guid(2, 2) },
      { type: 'CLIENT', participantId: 'sandbox-client' },
      { type: 'GUEST', participantId: 'visitor@example.com' },
      { type: 'SMS', participantId: '+12125550188' },
      { type: 'WORKFLOW', participantId: 'parcel-arrival' },
    ];
    await gateway.bill();
    const { data, errors } = await gateway.execute(create, session, {
      input: {
        participants,
        name: 'Züri 🏔',
        isStream: true,
        isHidden: true,
        generatesSystemMessages: false,
        visibility: 'PUBLIC',
        languageCode: 'de',
        thumbnailUrl: 'https://pictures.example.com/a.png',
      },
    });
    expect(errors).toEqual([]);
    expect(data?.['createConversation'].data).toEqual({
      id: expect.any(String),
      name: 'Züri 🏔',
      isStream: true,
      isHidden: true,
      visibility: 'PUBLIC',
      languageCode: 'de',
      thumbnailUrl: 'https://pictures.example.com/a.png',
      participants: [
        { participantId: guid(2, 1), type: 'USER', status: 'ACCEPTED', user: { name: 'Ada Example' } },
        { ...participants[0], status: 'ACCEPTED', user: { name: 'Ben Carter' } },
        { ...participants[1], status: 'ACCEPTED', user: null },
        { ...participants[2], status: 'INVITED', user: null },
        { ...participants[3], status: 'ACCEPTED', user: null },
        { ...participants[4], status: 'ACCEPTED', user: null },
      ],
    });
    const [request] = await gateway.sandbox.requests('method=POST&service=chat');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      originalParticipants: participants,
      name: 'Züri 🏔',
      stream: true,
      hidden: true,
      generateSystemMessages: false,
      visibility: 'PUBLIC',
      languageCode: 'de',
      thumbnailUrl: 'https://pictures.example.com/a.png',
    });
    expect(await gateway.bill()).toEqual([CREATE, 'GET /accounts/{accountId}/users']);
  });

  it('sends nothing that was not given', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.execute(create, session, { input: { participants: [], name: null } });
    const [request] = await gateway.sandbox.requests('method=POST&service=chat');
    expect(request?.body).toBe('{"originalParticipants":[]}');
  });

  it.each([
    [{ type: 'user', participantId: 'x' }],
    [{ type: 'BOT', participantId: 'x' }],
    [{ type: 'UNKNOWN', participantId: 'x' }],
  ])('refuses %j unsent, because GraphQL knows the types', async (participant) => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { errors } = await gateway.execute(create, session, { input: { participants: [participant] } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toContain('participants');
    expect(await gateway.bill()).toEqual([]);
  });

  it('names what upstream refused in the words of the input, with what is allowed there', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const refuse = async (said: string) => {
      const rule = await gateway.sandbox.fail({
        match: { route: CREATE },
        fault: {
          type: 'status',
          status: 400,
          headers: { 'x-mitel-correlation-id': 'c-1' },
          body: { name: 'BadRequestError', message: said },
        },
      });
      const { data, errors } = await gateway.execute(create, session, { input: { participants: [] } });
      await gateway.sandbox.control('DELETE', `/faults/${rule.id}`);
      expect(errors).toEqual([]);
      return data?.['createConversation'];
    };
    const allowed = 'should be equal to one of the allowed values';
    expect(await refuse(`data.originalParticipants(0).type ${allowed}`)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'participants.0.type',
      allowedValues: types,
      correlationId: 'c-1',
    });
    expect(await refuse(`data.originalParticipants[12].type ${allowed}`)).toMatchObject({
      field: 'participants.12.type',
      allowedValues: types,
    });
    expect(await refuse('data.originalParticipants(1).participantId should be string')).toMatchObject({
      field: 'participants.1.participantId',
      allowedValues: null,
    });
    expect(await refuse(`data.visibility ${allowed}`)).toMatchObject({
      field: 'visibility',
      allowedValues: ['PUBLIC', 'PRIVATE'],
    });
    expect(await refuse('data.stream should be boolean')).toMatchObject({ field: 'isStream' });
    expect(await refuse('data should NOT have additional properties')).toMatchObject({ field: null });
  });

  it('tells by its place who is not of the account', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(create, await gateway.signIn(), {
      input: {
        participants: [
          { type: 'USER', participantId: guid(2, 2) },
          { type: 'USER', participantId: 'nobody' },
        ],
      },
    });
    expect(data?.['createConversation']).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'participants.1.participantId',
    });
  });

  it('starts one conversation however often it is sent with the same key', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    const input = { participants: [], name: 'Once' };
    await gateway.bill();
    const one = await gateway.execute(create, session, { input, key: 'k1' });
    const two = await gateway.execute(create, session, { input, key: 'k1' });
    expect(two.data?.['createConversation'].data.id).toBe(one.data?.['createConversation'].data.id);
    const other = await gateway.execute(create, session, { input: { ...input, name: 'Twice' }, key: 'k1' });
    expect(other.data?.['createConversation']).toMatchObject({ code: 'CONFLICT' });
    const bill = await gateway.bill();
    expect(bill.filter((route) => route === CREATE)).toEqual([CREATE]);
  });
});

describe('addParticipant', () => {
  const conversation = conversationId(0);

  it('invites a guest, and leads back to the conversation', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.bill();
    const { data, errors } = await gateway.execute(add, session, {
      input: { conversation, participant: { type: 'GUEST', participantId: 'visitor@example.com' } },
    });
    expect(errors).toEqual([]);
    expect(data?.['addParticipant'].data).toEqual({
      participantId: 'visitor@example.com',
      type: 'GUEST',
      typeText: 'GUEST',
      status: 'INVITED',
      statusText: 'INVITED',
      conversation: { id: conversation },
    });
    expect(await gateway.bill()).toEqual([ADD, 'GET /conversations/{conversationId}']);
  });

  it.each([
    ['NOT_FOUND', globalId('cloudlink', 'Conversation', guid(32, 7)), null],
    ['BAD_USER_INPUT', globalId('cloudlink', 'Account', guid(1, 1)), 'conversation'],
    ['BAD_USER_INPUT', conversationGuid(0), 'conversation'],
  ])('is refused as %s by an id that leads nowhere', async (code, id, field) => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(add, await gateway.signIn(), {
      input: { conversation: id, participant: { type: 'GUEST', participantId: 'x@example.com' } },
    });
    expect(errors).toEqual([]);
    expect(data?.['addParticipant']).toMatchObject({ code, field });
  });

  it('names the participant that upstream refused', async () => {
    const gateway = await withGateway();
    const { data } = await gateway.execute(add, await gateway.signIn(), {
      input: { conversation, participant: { type: 'USER', participantId: 'nobody' } },
    });
    expect(data?.['addParticipant']).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'participant.participantId',
    });
  });
});

it('reads participants of the older version, and types that nobody knows', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const items = [
    { userId: guid(2, 2), status: 'LEFT' },
    { participantId: 'x', type: 'ROBOT' },
  ];
  await gateway.sandbox.fail({
    match: { route: 'GET /conversations/{conversationId}' },
    fault: {
      type: 'body',
      body: {
        conversationId: conversationGuid(0),
        accountId: guid(1, 1),
        _embedded: { participants: { count: 2, _links: {}, _embedded: { items } } },
      },
    },
  });
  const { data, errors } = await gateway.execute(
    `{ conversation(id: "${conversationId(0)}") {
      participants { participantId type typeText status statusText user { name } }
    } }`,
    session,
  );
  expect(errors).toEqual([]);
  expect(data?.['conversation'].participants).toEqual([
    {
      participantId: guid(2, 2),
      type: 'USER',
      typeText: 'USER',
      status: 'UNKNOWN',
      statusText: 'LEFT',
      user: { name: 'Ben Carter' },
    },
    { participantId: 'x', type: 'UNKNOWN', typeText: 'ROBOT', status: null, statusText: null, user: null },
  ]);
});
