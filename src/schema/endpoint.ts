import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import type { Endpoint as EndpointModel } from '../upstream/cloudlink/endpoint.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import { visibleKey } from './call-id.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { User } from './user.ts';

registerNode('Endpoint', 'cloudlink', visibleKey(1));

const EndpointState = openEnum('EndpointState', 'What a telephone is doing.', {
  IDLE: { wire: 'idle', description: 'Nothing.' },
  RINGING: { wire: 'ringing', description: 'It rings.' },
  CONNECTED: { wire: 'connected', description: 'Somebody talks, or places a call.' },
  HELD: { wire: 'held', description: 'It has a call on hold.' },
  OUT_OF_SERVICE: { wire: 'outOfService', description: 'It cannot be used.' },
});

export const Availability = openEnum('Availability', 'Whether somebody wants to be called.', {
  AVAILABLE: { wire: 'available', description: 'Is there.' },
  BUSY: { wire: 'busy', description: 'Is busy.' },
  DO_NOT_DISTURB: { wire: 'dnd', description: 'Does not want to be disturbed.' },
  AWAY: { wire: 'away', description: 'Is not there.' },
});

export const Endpoint = builder.loadableNodeRef('Endpoint', {
  id: {
    resolve: ({ id }: EndpointModel) => id,
    description: 'Names this endpoint towards this gateway.',
  },
  load: async (ids: string[], { cloudlink }: Context) =>
    (await cloudlink.endpoints.getMany(ids)).map(orMissing('CloudLink has no such endpoint')),
});

Endpoint.implement({
  description:
    "An extension of the caller's PBX, as CloudLink sees it. CloudLink has no way to ask for several: each costs one " +
    'request, ten at a time. Source: the Media service, `/endpoints/{endpointId}`.',
  fields: (t) => ({
    endpointId: t.exposeString('id', { nullable: false, description: "CloudLink's own id: the extension." }),
    name: t.exposeString('name', { description: 'Name of the endpoint.' }),
    state: t.field({
      type: EndpointState.type,
      description: 'What it is doing.',
      resolve: ({ state }) => EndpointState.read(state),
    }),
    stateText: t.exposeString('state', { description: 'The state in the words of CloudLink.' }),
    availability: t.field({
      type: Availability.type,
      description: 'Whether its user wants to be called.',
      resolve: ({ availability }) => Availability.read(availability),
    }),
    availabilityText: t.exposeString('availability', {
      description: 'The availability in the words of CloudLink.',
    }),
    isDoNotDisturb: t.exposeBoolean('doNotDisturb', { description: 'Whether it refuses calls.' }),
    hasMessageWaiting: t.exposeBoolean('messageWaiting', {
      description: 'Whether it shows that a message waits.',
    }),
  }),
});

/** The key of a user's endpoint; null for whoever has none that CloudLink would show. */
export const endpointIdOf = async (
  { accountId, extension }: Pick<UserModel, 'accountId' | 'extension'>,
  { cloudlink }: Context,
): Promise<string | null> => ((await cloudlink.ownAccountId()) === accountId ? extension : null);

/** The telephone of a user, or null. */
export const endpointOf = async (user: UserModel, context: Context): Promise<EndpointModel | null> => {
  const id = await endpointIdOf(user, context);
  return id === null ? null : Endpoint.getDataloader(context).load(id).catch(orNull);
};

builder.objectField(User, 'endpoint', (t) =>
  t.field({
    type: Endpoint,
    description:
      "The user's telephone, found by extension. Null without one, and for users of other accounts, whose endpoints CloudLink " +
      'does not show. Costs one upstream request for each user.',
    resolve: (user, _args, context) => endpointOf(user, context),
  }),
);

builder.queryField('endpoint', (t) =>
  t.field({
    type: Endpoint,
    description:
      "An endpoint of the caller's PBX, or null where there is none. Costs one upstream request for each.",
    args: { id: t.arg.id({ required: true, description: 'The `id` of an Endpoint.' }) },
    resolve: (_root, { id }, context) =>
      Endpoint.getDataloader(context)
        .load(keyOf('Endpoint', id, 'id'))
        .catch(orNull),
  }),
);
