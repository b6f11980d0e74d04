import { randomUUID } from 'node:crypto';
import { guid } from '../../src/sandbox/company.ts';
import { conversationGuid, conversationId } from './chat.ts';
import { expect } from 'vitest';
import { cloudlinkSubscriptions, endpointId, legacySubscriptions, publicationOf } from './feed.ts';
import { withGateway, type GatewayOptions, type TestGateway } from './gateway.ts';
import { globalId } from './global-id.ts';
import { ACME } from './legacy.ts';
import { platformsOf, type Platforms } from './live.ts';
import { adaId } from './person.ts';
import { findPort } from './port.ts';
import type { TestSandbox } from './sandbox.ts';
import { openStream, webhooks } from './subscribers.ts';

/** Settings with which nothing proves who delivers, as in production where nobody says who may. */
export const unproven = async (): Promise<Readonly<Record<string, string>>> => {
  const port = String(await findPort());
  return { ...webhooks, NODE_ENV: 'production', PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` };
};

/** Something that a platform tells, and what somebody else may say in its name. */
export interface Told {
  readonly what: string;
  readonly platform: 'cloudlink' | 'subscriber';
  readonly query: string;
  readonly variables: object;
  /** What is not so. */
  readonly forged: unknown;
  /** The requests by which it is read how things are, of which each read makes one: as the sandbox's log is asked. */
  readonly reads: string;
  /** Changes something at the platform, which delivers it. */
  readonly change: (platforms: Platforms, sandbox: TestSandbox) => Promise<unknown>;
  /** What is told of that. */
  readonly truth: object;
}

const CALLS = `subscription ($endpoints: [ID!], $domain: String, $after: String) {
  callEvents(endpoints: $endpoints, domain: $domain, after: $after) {
    cursor change call { ... on LiveCall { state } ... on ActiveCall { origin { extension } } }
  }
}`;

const PRESENCES = `subscription ($people: [ID!], $after: String) {
  presenceEvents(people: $people, after: $after) {
    cursor change presence { ... on UserPresence { reason } ... on PresenceEntry { statusMessage } }
  }
}`;

const MESSAGES = `subscription ($conversation: ID, $subscriber: ID, $after: String) {
  messageEvents(conversation: $conversation, subscriber: $subscriber, after: $after) {
    cursor change message { ... on Message { body } ... on TextMessage { text } }
  }
}`;

const publish = (topic: string, subject: string, content: object) => ({
  publicationId: randomUUID(),
  topic: `platform-api-${topic}`,
  method: 'PUT',
  subject: `/2017-09-01/${subject}`,
  content: { ...content, timestamp: Date.now() },
});

/** A call that goes on for as long as the test. */
const startCall = async (_platforms: Platforms, sandbox: TestSandbox) => {
  const call = { scenario: 'call', from: '1002', to: '1001', stepMs: 3_600_000 };
  const response = await sandbox.control('POST', '/events', call);
  if (!response.ok) throw new Error(await response.text());
};

const CONVERSATION = conversationGuid(0);
const ADA = guid(2, 1);
const SESSION = { domain: ACME, user: '1001', session_id: 'meeting-morning' };

/** A call, a presence and a message of either platform. */
export const everythingTold: readonly [Told, ...Told[]] = [
  {
    what: 'a call of CloudLink',
    platform: 'cloudlink',
    query: CALLS,
    variables: { endpoints: [endpointId('1001')] },
    forged: publicationOf({ callId: 'forged', state: 'connected', timestamp: Date.now() }),
    reads: 'route=GET%20/endpoints/%7BendpointId%7D/calls',
    change: startCall,
    truth: { change: 'CREATED', call: { state: 'RINGING' } },
  },
  {
    what: 'a presence of CloudLink',
    platform: 'cloudlink',
    query: PRESENCES,
    variables: { people: [adaId] },
    forged: publish('presence', `users/${ADA}/presence`, { userId: ADA, status: 'away', reason: 'Forged' }),
    reads: 'route=GET%20/users/%7BuserId%7D/presence',
    change: ({ cloudlink }) =>
      cloudlink('PUT', `presence/users/${ADA}/presence`, { status: 'away', reason: 'Lunch' }),
    truth: { change: 'UPDATED', presence: { reason: 'Lunch' } },
  },
  {
    what: 'a message of CloudLink',
    platform: 'cloudlink',
    query: MESSAGES,
    variables: { conversation: conversationId(0) },
    forged: publish('conversations', `conversations/${CONVERSATION}/messages/forged`, {
      messageId: 'forged',
      conversationId: CONVERSATION,
      body: 'Forged',
    }),
    reads: 'route=GET%20/conversations/%7BconversationId%7D/messages',
    change: ({ cloudlink }) =>
      cloudlink('POST', `chat/conversations/${CONVERSATION}/messages`, { body: 'Hello' }),
    truth: { change: 'CREATED', message: { body: 'Hello' } },
  },
  {
    what: 'a call of the legacy platform',
    platform: 'subscriber',
    query: CALLS,
    variables: { domain: ACME },
    forged: [{ orig_callid: 'forged', orig_user: '1003', term_user: '1001', term_domain: ACME }],
    reads: 'object=call&action=read',
    change: startCall,
    truth: { change: 'CREATED', call: { origin: { extension: '1002' } } },
  },
  {
    what: 'a presence of the legacy platform',
    platform: 'subscriber',
    query: PRESENCES,
    variables: { people: [adaId] },
    forged: [{ user: '1001', domain: ACME, presence: 'inuse', message: 'Forged' }],
    reads: 'object=presence&action=list',
    change: ({ legacy }) => legacy('subscriber update', { domain: ACME, user: '1001', message: 'Here' }),
    truth: { change: 'UPDATED', presence: { statusMessage: 'Here' } },
  },
  {
    what: 'a message of the legacy platform',
    platform: 'subscriber',
    query: MESSAGES,
    variables: { subscriber: globalId('subscriber', 'Subscriber', `${ACME}/1001`) },
    forged: [{ ...SESSION, id: 'forged', text: 'Forged', timestamp: '2030-01-01 00:00:00' }],
    reads: 'object=messagesession&action=read',
    change: ({ legacy }) =>
      legacy('message create', {
        ...SESSION,
        type: 'private',
        destination: `1002@${ACME}`,
        message: 'Good morning',
      }),
    truth: { change: 'CREATED', message: { text: 'Good morning' } },
  },
];

let calls = 0;

/** A call that is not there, each time another one. */
export const forgedCall = () =>
  publicationOf({ callId: `forged ${(calls += 1)}`, state: 'ringing', timestamp: Date.now() });

/** Somebody who follows something that nothing proves, and the address at which it is delivered. */
export const followChecked = async (told: Told, options: GatewayOptions = {}) => {
  const gateway = await withGateway({
    ...options,
    env: { ...(await unproven()), ...options.env },
    switches: { legacyWriteDelayMs: 0, ...options.switches },
  });
  const { sandbox } = gateway;
  const tokens = await gateway.tokens();
  const follow = (after: string | null = null, on: TestGateway = gateway) =>
    openStream(on, told.query, tokens[told.platform], { variables: { ...told.variables, after } });
  const stream = await follow();
  const list = { cloudlink: cloudlinkSubscriptions, subscriber: legacySubscriptions }[told.platform];
  await expect.poll(() => list(gateway)).toHaveLength(1);
  const [{ url } = { url: '' }] = await list(gateway);
  /** When each read began. */
  const readTimes = async () => (await sandbox.requests(told.reads)).map(({ at }) => Date.parse(at));
  const countReads = async () => (await readTimes()).length;
  return {
    gateway,
    sandbox,
    stream,
    follow,
    url,
    readTimes,
    countReads,
    platforms: await platformsOf(gateway),
  };
};
