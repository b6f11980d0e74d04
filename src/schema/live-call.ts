import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput } from '../input.ts';
import type { LiveCall as LiveCallModel } from '../upstream/cloudlink/live-call.ts';
import { callKeyOf, visibleKey } from './call-id.ts';
import { CallCause, CallDirection, CallSide } from './call-side.ts';
import { Endpoint } from './endpoint.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';

registerNode('LiveCall', 'cloudlink', visibleKey(2));

const CallState = openEnum('CallState', 'What an endpoint is doing with a call.', {
  IDLE: { wire: 'idle', description: 'Nothing.' },
  RINGING: { wire: 'ringing', description: 'It rings here.' },
  CONNECTED: { wire: 'connected', description: 'Talking, or listening to the ringing of the other side.' },
  HELD: { wire: 'held', description: 'On hold here.' },
  OUT_OF_SERVICE: { wire: 'outOfService', description: 'The endpoint cannot be used.' },
  COMPLETED: { wire: 'completed', description: 'Over.' },
});

const toKey = (key: string) => {
  const [endpointId, pbxCallId] = splitKey(key);
  return { endpointId, pbxCallId };
};

export const LiveCall = builder.loadableNodeRef('LiveCall', {
  id: {
    resolve: ({ endpointId, pbxCallId }: LiveCallModel) => `${endpointId}/${pbxCallId}`,
    description: 'Names this call, on its endpoint, towards this gateway. No CallRecord has it.',
  },
  load: async (keys: string[], { cloudlink }: Context) =>
    (await cloudlink.liveCalls.getMany(keys.map(toKey))).map(orMissing('The endpoint has no such call')),
});

LiveCall.implement({
  description:
    'A call that is under way, as one endpoint sees it: a call between colleagues is two of these. When it is over it becomes ' +
    'a CallRecord, with another id. Source: the Media service, `/endpoints/{endpointId}/calls/{callId}`.',
  fields: (t) => ({
    pbxCallId: t.exposeString('pbxCallId', {
      nullable: false,
      description: "The PBX's own id, which means something on this endpoint only.",
    }),
    endpoint: t.field({
      type: Endpoint,
      description: 'Whose view of the call this is. Costs one upstream request for each endpoint.',
      resolve: ({ endpointId }) => endpointId,
    }),
    from: t.expose('from', { type: CallSide, nullable: false, description: 'Who calls.' }),
    to: t.expose('to', { type: CallSide, nullable: false, description: 'Who is called.' }),
    state: t.field({
      type: CallState.type,
      description: 'What the endpoint is doing with the call.',
      resolve: ({ state }) => CallState.read(state),
    }),
    stateText: t.exposeString('state', { description: 'The state in the words of CloudLink.' }),
    cause: t.field({
      type: CallCause.type,
      description: 'Why it is in this state.',
      resolve: ({ cause }) => CallCause.read(cause),
    }),
    causeText: t.exposeString('cause', { description: 'The cause in the words of CloudLink.' }),
    direction: t.field({
      type: CallDirection.type,
      description: 'Which way it goes.',
      resolve: ({ direction }) => CallDirection.read(direction),
    }),
    directionText: t.exposeString('direction', { description: 'The direction in the words of CloudLink.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    ringSeconds: t.exposeFloat('ringSeconds', { description: 'How long it rang.' }),
  }),
});

const CALLS_COST =
  'Costs one upstream request for each endpoint, ten at a time: CloudLink has no list of all calls.';

builder.objectField(Endpoint, 'calls', (t) =>
  t.field({
    type: [LiveCall],
    description: `The calls that the endpoint has now. ${CALLS_COST}`,
    resolve: async ({ id }, _args, { cloudlink }) => [...(await cloudlink.liveCalls.list(id))],
  }),
);

const MOST_ENDPOINTS = 100;

const EndpointCalls = builder
  .objectRef<{ readonly endpointId: string; readonly calls: readonly LiveCallModel[] }>('EndpointCalls')
  .implement({
    description: 'The calls of one endpoint.',
    fields: (t) => ({
      endpoint: t.field({
        type: Endpoint,
        description: 'The endpoint. Costs one upstream request for each.',
        resolve: ({ endpointId }) => endpointId,
      }),
      calls: t.field({
        type: [LiveCall],
        nullable: false,
        description: 'The calls that it has now.',
        resolve: ({ calls }) => [...calls],
      }),
    }),
  });

/** A row of its own for each endpoint: one that cannot be read is an error in its own place. */
const listEach = (endpointIds: readonly string[], { cloudlink }: Context) =>
  endpointIds.map(async (endpointId) => ({ endpointId, calls: await cloudlink.liveCalls.list(endpointId) }));

builder.queryFields((t) => ({
  call: t.field({
    type: LiveCall,
    description:
      'A call under way, or null where the endpoint has it no more. Takes the id of a LiveCall only; see `callRecord` for one ' +
      'that is over. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a LiveCall.' }) },
    resolve: (_root, { id }, context) =>
      LiveCall.getDataloader(context)
        .load(callKeyOf('LiveCall', id, 'id'))
        .catch(orNull),
  }),
  liveCalls: t.field({
    type: [EndpointCalls],
    nullable: { list: true, items: true },
    description: `The calls of several endpoints, in their order; null, with an error, for one that cannot be read. ${CALLS_COST} One that is named twice is asked for once.`,
    args: {
      endpoints: t.arg.idList({
        required: true,
        description: `The \`id\`s of Endpoints, at most ${MOST_ENDPOINTS}.`,
      }),
    },
    resolve: (_root, { endpoints }, context) => {
      if (endpoints.length > MOST_ENDPOINTS)
        throw badInput('endpoints', `must hold at most ${MOST_ENDPOINTS} ids, not ${endpoints.length}.`);
      return listEach(
        endpoints.map((id, index) => keyOf('Endpoint', id, `endpoints.${index}`)),
        context,
      );
    },
  }),
}));
