import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import type {
  ActiveCall as ActiveCallModel,
  ActiveCallParty as ActiveCallPartyModel,
} from '../upstream/netsapiens/active-call.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { legacyCallKey, splitLegacyKey } from './legacy-key.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber, ZonelessTime } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('ActiveCall', 'subscriber', legacyCallKey);

/** The key in the id of a call that goes on. */
export const toActiveCallKey = (id: string) => {
  const [domain, originCallId, destinationCallId = ''] = splitLegacyKey(id, 1);
  return { domain, originCallId, destinationCallId };
};

const ActiveCallState = openEnum(
  'ActiveCallState',
  'State of one side of a call of the legacy platform. `held` is assumed.',
  {
    PROGRESSING: { wire: 'progressing', description: 'Calls, and waits for an answer.' },
    ALERTING: { wire: 'alerting', description: 'Rings.' },
    ACTIVE: { wire: 'active', description: 'Talks.' },
    HELD: { wire: 'held', description: 'Is on hold.' },
  },
);

/** A side of a call with the domain of the call, where its extension is somebody unless it names another. */
type Side = ActiveCallPartyModel & { readonly callDomain: string };

export const ActiveCallParty = builder.objectRef<Side>('ActiveCallParty').implement({
  description: 'One side of a call that goes on.',
  fields: (t) => ({
    callId: t.exposeString('callId', { description: 'Id of the call on this side.' }),
    extension: t.exposeString('extension', { description: 'Extension; null for somebody outside.' }),
    domainName: t.exposeString('domain', {
      description: 'Name of the domain; null for somebody outside.',
    }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'The subscriber on this side; null for somebody outside. Costs one upstream request; three or more of a domain share one.',
      resolve: ({ extension, domain }, _args, context, info) =>
        extension === null || domain === null
          ? null
          : loadSubscriber({ domain, user: extension }, context, info),
    }),
    name: t.exposeString('name', {
      description: 'Name of the caller; the platform tells none for the other side.',
    }),
    number: t.exposeString('number', {
      description: 'Number of the caller, or the one that was dialled, as the platform writes it.',
    }),
    uri: t.exposeString('uri', { description: 'SIP address.' }),
    state: t.field({
      type: ActiveCallState.type,
      description: 'What this side is doing.',
      resolve: ({ state }) => ActiveCallState.read(state),
    }),
    stateText: t.exposeString('state', { description: 'The state in the words of the platform.' }),
  }),
});

export const ActiveCall = builder.loadableNodeRef('ActiveCall', {
  id: {
    resolve: ({ domain, originCallId, destinationCallId }: ActiveCallModel) =>
      `${domain}/${originCallId} ${destinationCallId}`,
    description:
      'Names this call while it goes on. It is neither the id of a live call of CloudLink nor of a finished call.',
  },
  load: async (ids: string[], { netsapiens }: Context) =>
    (await netsapiens.activeCalls.getMany(ids.map(toActiveCallKey))).map(
      orMissing('The subscriber API has no such call under way', 'subscriber'),
    ),
});

ActiveCall.implement({
  description: 'A call that goes on in a legacy domain. Source: `object=call&action=read`.',
  fields: (t) => ({
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of its domain.' }),
    origin: t.field({
      type: ActiveCallParty,
      nullable: false,
      description: 'The side that called.',
      resolve: ({ origin, domain }) => ({ ...origin, callDomain: domain }),
    }),
    destination: t.field({
      type: ActiveCallParty,
      nullable: false,
      description: 'The side that was called.',
      resolve: ({ destination, domain }) => ({ ...destination, callDomain: domain }),
    }),
    byAction: t.exposeString('byAction', {
      description: 'What brought the two sides together, such as a queue, a transfer or parking.',
    }),
    byExtension: t.exposeString('byUser', { description: 'Who brought them together.' }),
    byCallId: t.exposeString('byCallId', { description: 'Id of the call in which that was done.' }),
    beganAt: t.expose('beganAt', {
      type: ZonelessTime,
      description: 'When the call began. The platform writes it in two forms, and both are read.',
    }),
    answeredAt: t.expose('answeredAt', {
      type: ZonelessTime,
      description: 'When it was answered; null while it rings.',
    }),
  }),
});

const ActiveCallConnection = connectionOf(ActiveCall, {
  name: 'ActiveCall',
  plural: 'calls that go on',
  of: 'subscriber',
  total:
    'How many calls go on in the domain. Null where the caller may not count. Costs one upstream request.',
});

const listOf = (domain: string, args: PageArguments, context: Context) =>
  toConnection(
    ['activeCalls', domain],
    args,
    (page) => context.netsapiens.activeCalls.list(domain, page),
    () => context.netsapiens.activeCalls.count(domain),
  );

/** Calls of subscribers: one read of the domain for three or more of them. */
const callsOfSubscribers = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<SubscriberKey, readonly ActiveCallModel[], string>(
      (keys) => netsapiens.activeCalls.listForMany(keys),
      { cacheKeyFn: ({ domain, user }) => `${domain}/${user}` },
    ),
);

builder.objectField(Domain, 'activeCalls', (t) =>
  t.field({
    type: ActiveCallConnection,
    description: `The calls that go on in the domain, the oldest first. Costs one upstream request. ${ROUND_COUNT}`,
    args: pageArguments,
    resolve: ({ name }, args, context) => listOf(name, args, context),
  }),
);

/** The calls in which a subscriber takes part; those of many are read together. */
export const activeCallsOf = async (
  { domain, user }: SubscriberKey,
  context: Context,
): Promise<ActiveCallModel[]> => [...(await callsOfSubscribers(context).load({ domain, user }))];

builder.objectField(Subscriber, 'activeCalls', (t) =>
  t.field({
    type: [ActiveCall],
    nullable: true,
    description: `The calls in which the subscriber takes part. Costs one upstream request; three or more subscribers of a domain share one. ${ROUND_COUNT}`,
    extensions: { reads: ['user', 'domain'] },
    resolve: (subscriber, _args, context) => activeCallsOf(subscriber, context),
  }),
);

builder.queryFields((t) => ({
  activeCall: t.field({
    type: ActiveCall,
    description:
      'A call that goes on in a legacy domain; null once it is over. Costs one upstream request, which calls of a domain share.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of an ActiveCall.' }) },
    resolve: (_root, { id }, context) =>
      ActiveCall.getDataloader(context)
        .load(keyOf('ActiveCall', id, 'id'))
        .catch(orNull),
  }),
  activeCalls: t.field({
    type: ActiveCallConnection,
    description: `The calls that go on in a domain, the caller's own where none is named, the oldest first. Costs one upstream request. ${ROUND_COUNT}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }), ...pageArguments },
    resolve: async (_root, { domain, ...args }, context) =>
      listOf(await domainNameOf(domain, context), args, context),
  }),
}));
