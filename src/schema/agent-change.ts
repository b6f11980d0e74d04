import { builder } from '../builder.ts';
import { keyOf } from '../global-id.ts';
import { Agent, forgetQueues, toAgentKey } from './call-queue.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';

const AgentChange = builder.enumType('AgentChange', {
  description: 'What an agent is made.',
  values: {
    LOG_IN: { value: 'everywhere', description: 'Logged in, in all queues of the device.' },
    TAKE_ONE_CALL: { value: 'oneCall', description: 'Takes one call of this queue.' },
    LOG_OUT: { value: 'loggedOut', description: 'Logged out of this queue.' },
  } as const,
});

const ChangeAgentInput = builder.inputType('ChangeAgentInput', {
  description: 'Which agent, and what it is made.',
  fields: (t) => ({
    agent: t.id({ required: true, description: 'The `id` of an Agent.' }),
    change: t.field({ type: AgentChange, required: true, description: 'What it is made.' }),
  }),
});

builder.mutationField('changeAgent', (t) =>
  t.field({
    type: Agent,
    errors: rejections,
    description:
      'Logs an agent in or out. Costs one upstream request, sent once, and at least one more to see that it shows.',
    args: {
      input: t.arg({ type: ChangeAgentInput, required: true, description: 'The agent and the change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input }, context) => {
      const key = toAgentKey(keyOf('Agent', input.agent, 'input.agent'));
      const agent = await context.netsapiens.callQueues.changeAgent(key, input.change);
      forgetQueues(context);
      return agent;
    }),
  }),
);
