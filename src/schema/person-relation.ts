import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { LiveCall as LiveCallModel } from '../upstream/cloudlink/live-call.ts';
import type { ActiveCall as ActiveCallModel } from '../upstream/netsapiens/active-call.ts';
import { activeCallsOf } from './active-call.ts';
import { AnyCall } from './any-call.ts';
import { conversationArguments, ConversationConnection, conversationsOf } from './conversation.ts';
import { Device, devicesOf } from './device.ts';
import { Endpoint, endpointIdOf, endpointOf } from './endpoint.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import type { Person as PersonModel } from './person-half.ts';
import { Person } from './person.ts';

builder.objectFields(Person, (t) => ({
  endpoint: t.field({
    type: Endpoint,
    description:
      'The telephone in CloudLink; null without one, and for people of other accounts than the caller. Costs what `user` costs, ' +
      'and one upstream request for each person.',
    resolve: async ({ user }, _args, context) => {
      const model = await user();
      return model === null ? null : endpointOf(model, context);
    },
  }),
  devices: t.field({
    type: [Device],
    description:
      'The devices on the legacy platform; none for whoever is not there. Costs what `subscriber` costs, and one upstream ' +
      `request, or one for a whole domain where three or more people of it are asked for. ${ROUND_COUNT}`,
    resolve: async ({ subscriber }, _args, context) => {
      const model = await subscriber();
      return model === null ? [] : devicesOf(model, context);
    },
  }),
  conversations: t.field({
    type: ConversationConnection,
    description:
      "The conversations of the person, who has to be the caller: CloudLink lists nobody else's, and so this is null with a " +
      'warning for anybody else; null as well for whoever is not in CloudLink. Newest first. Costs what `user` costs, and one ' +
      'upstream request, participants and last messages included.',
    args: conversationArguments,
    resolve: async ({ user }, args, context, info) => {
      const model = await user();
      return model === null ? null : conversationsOf(model, args, context, info);
    },
  }),
}));

const liveCallsOf = async ({ user }: PersonModel, context: Context): Promise<readonly LiveCallModel[]> => {
  const model = await user();
  const endpointId = model === null ? null : await endpointIdOf(model, context);
  return endpointId === null ? [] : context.cloudlink.liveCalls.list(endpointId);
};

const legacyCallsOf = async ({ subscriber }: PersonModel, context: Context): Promise<ActiveCallModel[]> => {
  const model = await subscriber();
  return model === null ? [] : activeCallsOf(model, context);
};

builder.objectField(Person, 'liveCalls', (t) =>
  t.field({
    type: [AnyCall],
    nullable: { list: false, items: true },
    description:
      'The calls that the person has now, those of CloudLink first; null, with an error, in the place of those of a platform ' +
      'that cannot be asked. Costs what `user` and `subscriber` cost; in CloudLink one upstream request for each person, ten at ' +
      'a time, and on the legacy platform one for a whole domain where three or more people of it are asked for.',
    resolve: async (person, _args, context) => {
      const sources = await Promise.allSettled([
        liveCallsOf(person, context),
        legacyCallsOf(person, context),
      ]);
      // A failure stands in the list as what it is: the error of one place.
      return sources.flatMap<LiveCallModel | ActiveCallModel | Promise<never>>((source) =>
        source.status === 'fulfilled' ? [...source.value] : [Promise.reject(source.reason)],
      );
    },
  }),
);
