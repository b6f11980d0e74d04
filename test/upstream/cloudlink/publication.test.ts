import { describe, expect, it } from 'vitest';
import { cloudlinkInterests } from '../../../src/upstream/cloudlink/interest.ts';
import { readDelivery } from '../../../src/upstream/cloudlink/notification.ts';
import type { Interest } from '../../../src/upstream/change.ts';

const CONVERSATION = 'c0de0000-0000-4000-8000-000000000001';
const MESSAGE = 'a41b0000-0000-4000-8000-000000000001';
const ACCOUNT = '2f1c0000-0000-4000-8000-000000000001';
const TIMESTAMP = 1_793_611_200_010;

const message = {
  messageId: MESSAGE,
  conversationId: CONVERSATION,
  contentType: 'text/plain',
  body: 'Parcel arrived',
  tag: '{"sendId":"17"}',
  createdBy: '7c1e0000-0000-4000-8000-000000000001',
  createdOn: '2026-11-02T09:10:11.123Z',
};

interface Publication {
  readonly subject: string;
  readonly content: object;
  readonly method?: string;
}

const publicationOf = ({ subject, content, method = 'POST' }: Publication) => ({
  publicationId: `${method} ${subject}`,
  topic: 'platform-api-conversations',
  method,
  subject,
  content: { ...content, eventId: '5be1', eventType: 'SomethingNotification', timestamp: TIMESTAMP },
  publisher: { accountId: ACCOUNT, principalId: '6b0f' },
  subscription: { subscriptionId: '3f9a' },
  notification: { createdOn: '2026-11-02T09:20:01.000Z', correlationId: 'e77c' },
});

const readOne = (interest: Interest, publication: Publication) => {
  const { changes, unreadable } = readDelivery(interest, publicationOf(publication));
  expect(unreadable).toBe(0);
  expect(changes).toHaveLength(1);
  return changes[0];
};

const subjects = [
  `/2017-09-01/conversations/${CONVERSATION}/messages/${MESSAGE}`,
  `2017-09-01/conversations/${CONVERSATION}/messages/${MESSAGE}`,
  `/conversations/${CONVERSATION}/messages/${MESSAGE}`,
  `conversations/${CONVERSATION}/messages/${MESSAGE}`,
];

const contents = [
  ['flat', message],
  ['nested in its body', { body: message }],
] as const;

describe('a message', () => {
  it.each(
    subjects.flatMap((subject) => contents.map(([shape, content]) => [subject, shape, content] as const)),
  )('is read of %s, %s', (subject, _shape, content) => {
    const change = readOne(cloudlinkInterests.messages(CONVERSATION), { subject, content });
    expect(change).toEqual({
      id: `POST ${subject}`,
      noun: 'Message',
      key: MESSAGE,
      kind: 'CREATED',
      occurredAt: new Date(TIMESTAMP),
      order: TIMESTAMP,
      state: null,
      model: {
        id: MESSAGE,
        conversationId: CONVERSATION,
        accountId: ACCOUNT,
        contentType: 'text/plain',
        body: 'Parcel arrived',
        actionCard: null,
        fallbackText: null,
        tag: '{"sendId":"17"}',
        createdAt: new Date('2026-11-02T09:10:11.123Z'),
        authorId: '7c1e0000-0000-4000-8000-000000000001',
        modifiedAt: null,
      },
    });
  });

  it.each([
    ['POST', 'CREATED'],
    ['put', 'UPDATED'],
    ['PATCH', 'UPDATED'],
    ['DELETE', 'REMOVED'],
    ['CONJURE', 'UPDATED'],
  ])('that was told by %s is %s', (method, kind) => {
    const [subject = ''] = subjects;
    const change = readOne(cloudlinkInterests.messages(), { subject, content: message, method });
    expect(change?.kind).toBe(kind);
  });

  it('that is gone is known by its subject, though nothing of it is told', () => {
    const [subject = ''] = subjects;
    const change = readOne(cloudlinkInterests.messages(), { subject, content: {}, method: 'DELETE' });
    expect(change).toMatchObject({ kind: 'REMOVED', key: MESSAGE, model: { conversationId: CONVERSATION } });
  });
});

const { calls, endpoints, presence, conversations, callRecords, recordings } = cloudlinkInterests;

const call = {
  callId: 'endpoints/2001/calls/40417',
  endpointId: 2001,
  from: 2002,
  fromName: '',
  to: 2001,
  state: 'connected',
  cause: 'newCall',
  direction: 'outbound',
  extraPbxData: { alertingDevice: '2001' },
  createdOn: new Date(TIMESTAMP - 10).toISOString(),
};

/** Each as it comes, with numbers for texts and fields that nobody here knows. */
const nouns: readonly (readonly [string, Interest, Publication, object])[] = [
  [
    'a call',
    calls('2001'),
    {
      subject: '/2017-09-01/endpoints/2001/calls/40417',
      content: { ...call, weather: 'fine' },
      method: 'PUT',
    },
    {
      noun: 'LiveCall',
      key: '2001/40417',
      kind: 'UPDATED',
      state: 'connected',
      begins: true,
      model: {
        endpointId: '2001',
        pbxCallId: '40417',
        from: { number: '2002', name: null },
        to: { number: '2001' },
      },
    },
  ],
  [
    'a call that began a while ago',
    calls(),
    {
      subject: '/endpoints/2001/calls/40417',
      content: { ...call, createdOn: '2026-11-02T08:00:00.000Z' },
      method: 'PUT',
    },
    { noun: 'LiveCall', kind: 'UPDATED', begins: false },
  ],
  [
    'a call that is over',
    calls(),
    { subject: '/endpoints/2001/calls/40417', content: { ...call, state: 'completed' }, method: 'PUT' },
    { noun: 'LiveCall', kind: 'REMOVED', state: 'completed' },
  ],
  [
    'a call whose content does not name it',
    calls(),
    { subject: '/endpoints/2001/calls/40417', content: { state: 'ringing' }, method: 'PUT' },
    { key: '2001/40417', state: 'ringing', begins: true },
  ],
  [
    'an endpoint',
    endpoints(['2001', '2002']),
    { subject: '/2017-09-01/endpoints/2001', content: { state: 'ringing', dnd: 'true' }, method: 'PUT' },
    { noun: 'Endpoint', key: '2001', model: { id: '2001', state: 'ringing', doNotDisturb: true } },
  ],
  [
    'a conversation that does not name its account',
    conversations(),
    { subject: `/conversations/${CONVERSATION}`, content: { name: 7, stream: false } },
    {
      noun: 'Conversation',
      key: CONVERSATION,
      kind: 'CREATED',
      model: { id: CONVERSATION, accountId: ACCOUNT, name: '7', stream: false },
    },
  ],
  [
    'presence',
    presence(['6b0f']),
    { subject: '/2017-09-01/users/6b0f/presence', content: { status: 'dnd', reason: 7 }, method: 'PUT' },
    { noun: 'UserPresence', key: '6b0f', model: { userId: '6b0f', status: 'dnd', reason: '7' } },
  ],
  [
    'a record by the path of its list',
    callRecords(),
    { subject: '/2017-09-01/calls/11112222/records', content: { from: 2002, completed: true } },
    {
      noun: 'CallRecord',
      key: '11112222',
      model: { id: '11112222', from: { number: '2002' }, completed: true },
    },
  ],
  [
    'a record by its own address',
    callRecords(),
    { subject: '/callrecords/11112222', content: {}, method: 'PUT' },
    { noun: 'CallRecord', key: '11112222', kind: 'UPDATED', begins: true },
  ],
  [
    'a recording',
    recordings(),
    { subject: '/2017-09-01/recordings/r1', content: { callId: 11_112_222, durationInSeconds: '12.5' } },
    { noun: 'Recording', key: 'r1', model: { id: 'r1', callId: '11112222', durationSeconds: 12.5 } },
  ],
];

it.each(nouns)('%s is read', (_what, interest, publication, expected) => {
  expect(readOne(interest, publication)).toMatchObject(expected);
});

describe('a delivery', () => {
  const good = publicationOf({ subject: subjects[0] ?? '', content: message });
  const interest = cloudlinkInterests.messages(CONVERSATION);

  it.each([
    ['one publication', good, 1],
    ['a list', [good, good], 2],
    ['an object with a list', { publications: [good, good, good] }, 3],
  ])('may be %s', (_form, body, count) => {
    expect(readDelivery(interest, body).changes).toHaveLength(count);
  });

  it('is read as far as it can be', () => {
    const bad = [null, 7, 'text', {}, { subject: 'x' }, { ...good, content: 'text' }];
    const { changes, unreadable } = readDelivery(interest, [...bad, good]);
    expect(changes).toHaveLength(1);
    expect(unreadable).toBe(bad.length);
  });

  it.each([
    '/2017-09-01/conversations/c0de0000-0000-4000-8000-000000000002/messages/m',
    `/2017-09-01/conversations/${CONVERSATION}`,
    '/2017-09-01/endpoints/2001/calls/1',
    '/2017-09-01/weather/today',
  ])('of %s, which nobody has asked for, is nobody’s', (subject) => {
    const delivery = readDelivery(interest, publicationOf({ subject, content: { accountId: ACCOUNT } }));
    expect(delivery).toEqual({ changes: [], unreadable: 0 });
  });
});

it.each([
  ['2001', '/endpoints/2001/calls/'],
  ['20.1', '/endpoints/20\\.1/calls/'],
  ['a/b|c', '/endpoints/a%2Fb%7Cc/calls/'],
])('the endpoint %j is itself in a filter, and nothing else', (id, subject) => {
  expect(cloudlinkInterests.calls(id).subject).toBe(subject);
});
