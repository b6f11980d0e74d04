import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode, splitKey } from '../global-id.ts';
import type {
  Agent as AgentModel,
  CallQueue as CallQueueModel,
  CallQueueKey,
  QueuedCall as QueuedCallModel,
} from '../upstream/netsapiens/call-queue.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { splitLegacyKey } from './legacy-key.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber, ZonelessTime } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

const name = '[^*~%,/\\p{Cc}]{1,255}';
registerNode('CallQueue', 'subscriber', new RegExp(`^${name}/${name}$`, 'u'));
registerNode('Agent', 'subscriber', new RegExp(`^${name}/${name} [^\\s*~%,\\p{Cc}]{1,255}$`, 'u'));

export const toQueueKey = (id: string): CallQueueKey => {
  const [domain, queue] = splitKey(id);
  return { domain, queue };
};

export const toAgentKey = (id: string) => {
  const [domain, queue, device = ''] = splitLegacyKey(id, 1);
  return { domain, queue, device };
};

export const CallQueueStrategy = openEnum('CallQueueStrategy', 'Whom a call queue rings.', {
  CALL_PARK: { wire: 'Call Park', description: 'Nobody: it is a place to park calls.' },
  FIRST_AVAILABLE: { wire: '1stAvail', description: 'The first agent who is free.' },
  RING_ALL: { wire: 'SRing', description: 'All agents at once.' },
  RING_IN_STEPS: { wire: 'SRingOrdered', description: 'A few agents at once, then more.' },
  LINEAR: { wire: 'Linear', description: 'One agent after the other.' },
});

const AgentAvailability = openEnum('AgentAvailability', 'How an agent takes calls of a queue.', {
  EVERY_CALL: { wire: 'immediate', description: 'Logged in: takes one call after the other.' },
  ONE_CALL: { wire: 'available', description: 'Takes one call.' },
  LOGGED_OUT: { wire: 'manual', description: 'Logged out: takes none.' },
});

export const CallQueue = builder.loadableNodeRef('CallQueue', {
  id: {
    resolve: ({ domain, queue }: CallQueueModel) => `${domain}/${queue}`,
    description: 'Names this queue towards this gateway.',
  },
  load: async (ids: string[], { netsapiens }: Context) =>
    (await netsapiens.callQueues.getMany(ids.map(toQueueKey))).map(
      orMissing('The subscriber API has no such call queue', 'subscriber'),
    ),
});

export const Agent = builder.loadableNodeRef('Agent', {
  id: {
    resolve: ({ domain, queue, device }: AgentModel) => `${domain}/${queue} ${device}`,
    description: 'Names this agent of this queue towards this gateway.',
  },
  load: async (ids: string[], { netsapiens }: Context) =>
    (await netsapiens.callQueues.getAgents(ids.map(toAgentKey))).map(
      orMissing('The subscriber API has no such agent', 'subscriber'),
    ),
});

/** Agents of queues: one read for as many queues of a domain as a list may hold. */
const agentsOfQueues = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<CallQueueKey, readonly AgentModel[], string>(
      (keys) => netsapiens.callQueues.listAgents(keys),
      { cacheKeyFn: ({ domain, queue }) => `${domain}/${queue}` },
    ),
);

const QueuedCall = builder.objectRef<QueuedCallModel>('QueuedCall').implement({
  description: 'A call that waits in a queue. Its fields are assumed. Source: `object=queued&action=read`.',
  fields: (t) => ({
    originCallId: t.exposeString('originCallId', {
      nullable: false,
      description: 'Id of the call on the side of its origin.',
    }),
    callerNumber: t.exposeString('callerNumber', { description: 'Number of the caller.' }),
    callerName: t.exposeString('callerName', { description: 'Name of the caller.' }),
    callerExtension: t.exposeString('callerExtension', {
      description: 'Extension of the caller; null for somebody outside.',
    }),
    beganAt: t.expose('beganAt', { type: ZonelessTime, description: 'Since when the caller waits.' }),
    waitSeconds: t.exposeInt('waitSeconds', { description: 'How long the caller waits, in seconds.' }),
  }),
});

CallQueue.implement({
  description:
    'A call queue of a legacy domain, or a place to park calls. Source: `object=callqueue&action=read`.',
  fields: (t) => ({
    name: t.exposeString('queue', { nullable: false, description: 'Its extension.' }),
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of its domain.' }),
    description: t.exposeString('description', { description: 'What it is called.' }),
    strategy: t.field({
      type: CallQueueStrategy.type,
      description: 'Whom it rings.',
      resolve: ({ strategy }) => CallQueueStrategy.read(strategy),
    }),
    strategyText: t.exposeString('strategy', { description: 'The same in the words of the platform.' }),
    defaultExtension: t.exposeString('defaultUser', {
      description: 'Where calls go when nobody takes them.',
    }),
    connectTo: t.exposeString('connectTo', { description: 'Where calls are connected to.' }),
    optionText: t.exposeString('option', { description: 'An option, in the words of the platform.' }),
    maxMinutes: t.exposeInt('maxMinutes', { description: 'How long a call may stay, in minutes.' }),
    waitLimitSeconds: t.exposeInt('waitLimitSeconds', {
      description: 'How long a caller waits, in seconds.',
    }),
    lengthLimit: t.exposeInt('lengthLimit', { description: 'How many callers may wait.' }),
    callbackMaxHours: t.exposeInt('callbackMaxHours', {
      description: 'For how many hours a caller may ask to be called back.',
    }),
    requiresAgent: t.exposeBoolean('requiresAgent', {
      description: 'Whether calls are taken only while an agent is logged in.',
    }),
    keepsStatistics: t.exposeBoolean('keepsStatistics', { description: 'Whether its calls are counted.' }),
    logsOutAutomatically: t.exposeBoolean('logsOutAutomatically', {
      description: 'Whether agents who do not answer are logged out.',
    }),
    queuedCallCount: t.exposeInt('queuedCallCount', { description: 'Calls that wait now.' }),
    agentCount: t.exposeInt('agentCount', { description: 'Agents, logged in or not.' }),
    agents: t.field({
      type: [Agent],
      description: `Its agents. Costs one upstream request, which 100 queues of a domain share. ${ROUND_COUNT}`,
      resolve: async ({ domain, queue }, _args, context) => [
        ...(await agentsOfQueues(context).load({ domain, queue })),
      ],
    }),
    queuedCalls: t.field({
      type: [QueuedCall],
      description: `The calls that wait in it, the longest first. Costs one upstream request for each queue. ${ROUND_COUNT}`,
      resolve: async ({ domain, queue }, _args, { netsapiens }) => [
        ...(await netsapiens.callQueues.listQueuedCalls({ domain, queue })),
      ],
    }),
  }),
});

Agent.implement({
  description:
    'Somebody who takes the calls of a queue with one device, whatever queues else. Source: `object=agent&action=read`.',
  fields: (t) => ({
    queue: t.field({
      type: CallQueue,
      description:
        'The queue. Costs nothing below a list of queues, and else one upstream request, which 100 queues of a domain share.',
      resolve: ({ domain, queue }) => `${domain}/${queue}`,
    }),
    device: t.exposeString('device', { nullable: false, description: 'SIP address of the device.' }),
    subscriber: t.field({
      type: Subscriber,
      description: 'Who it is. Costs one upstream request; three or more of a domain share one.',
      resolve: ({ ownerUser, ownerDomain, domain }, _args, context, info) =>
        ownerUser === null
          ? null
          : loadSubscriber({ domain: ownerDomain ?? domain, user: ownerUser }, context, info),
    }),
    name: t.exposeString('name', { description: 'Full name.' }),
    login: t.exposeString('login', { description: 'Name to sign in with.' }),
    availability: t.field({
      type: AgentAvailability.type,
      description: 'How the agent takes calls.',
      resolve: ({ option }) => AgentAvailability.read(option),
    }),
    availabilityText: t.exposeString('option', { description: 'The same in the words of the platform.' }),
    statusText: t.exposeString('status', {
      description: 'Status of the entry, in the words of the platform. Its values are not documented.',
    }),
    activityText: t.exposeString('activity', {
      description: 'What the agent is doing, in the words of the platform. Its values are not documented.',
    }),
    order: t.exposeInt('order', { description: 'Place among the agents of the queue.' }),
    priority: t.exposeInt('priority', { description: 'Priority of the queue for this agent.' }),
    wrapUpSeconds: t.exposeInt('wrapUpSeconds', { description: 'Rest after a call, in seconds.' }),
    answersAutomatically: t.exposeBoolean('answersAutomatically', {
      description: 'Whether the device answers by itself.',
    }),
    callLimit: t.exposeInt('callLimit', { description: 'Calls at once.' }),
    mustConfirm: t.exposeBoolean('mustConfirm', {
      description: 'Whether the agent has to confirm before a call is put through.',
    }),
    activeCallCount: t.exposeInt('activeCallCount', { description: 'Calls of the agent now.' }),
    errorText: t.exposeString('errorText', { description: 'What is wrong with the entry.' }),
    updatedAt: t.expose('updatedAt', { type: ZonelessTime, description: 'When it was last changed.' }),
  }),
});

const CallQueueConnection = connectionOf(CallQueue, {
  name: 'CallQueue',
  plural: 'call queues',
  of: 'subscriber',
  total: 'Always null: the platform does not tell how many there are.',
});

/** What a list has told need not be asked for again by the agents below it. */
const listOf = async (domain: string, args: PageArguments, context: Context) => {
  const connection = await toConnection(['callQueues', domain], args, (page) =>
    context.netsapiens.callQueues.list(domain, page),
  );
  const loaded = CallQueue.getDataloader(context);
  for (const { value } of connection.edges) loaded.prime(`${value.domain}/${value.queue}`, value);
  return connection;
};

builder.objectField(Domain, 'callQueues', (t) =>
  t.field({
    type: CallQueueConnection,
    description: `The call queues of the domain that the caller may see, by their extensions. Costs one upstream request. ${ROUND_COUNT}`,
    args: pageArguments,
    resolve: (domain, args, context) => listOf(domain.name, args, context),
  }),
);

/** Agents of subscribers: two reads for all subscribers of a domain. */
const agentsOfSubscribers = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<SubscriberKey, readonly AgentModel[], string>(
      (keys) => netsapiens.callQueues.listAgentsOfMany(keys),
      { cacheKeyFn: ({ domain, user }) => `${domain}/${user}` },
    ),
);

builder.objectField(Subscriber, 'agents', (t) =>
  t.field({
    type: [Agent],
    description:
      'What the subscriber is an agent of: one for each queue and device. Costs two upstream requests, which all subscribers of ' +
      `a domain share. ${ROUND_COUNT}`,
    extensions: { reads: ['user', 'domain'] },
    resolve: async ({ domain, user }, _args, context) => [
      ...(await agentsOfSubscribers(context).load({ domain, user })),
    ],
  }),
);

builder.queryFields((t) => ({
  callQueue: t.field({
    type: CallQueue,
    description:
      'A call queue, or null where there is none. Costs one upstream request, which queues of a domain share.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a CallQueue.' }) },
    resolve: (_root, { id }, context) =>
      CallQueue.getDataloader(context)
        .load(keyOf('CallQueue', id, 'id'))
        .catch(orNull),
  }),
  callQueues: t.field({
    type: CallQueueConnection,
    description: `The call queues of a domain, the caller's own where none is named, by their extensions. Costs one upstream request. ${ROUND_COUNT}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }), ...pageArguments },
    resolve: async (_root, { domain, ...args }, context) =>
      listOf(await domainNameOf(domain, context), args, context),
  }),
}));

/** After a change, what was read before is no longer true. */
export const forgetQueues = (context: Context): void => {
  agentsOfQueues(context).clearAll();
  agentsOfSubscribers(context).clearAll();
  CallQueue.getDataloader(context).clearAll();
  Agent.getDataloader(context).clearAll();
};
