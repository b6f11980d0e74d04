import { builder } from '../builder.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { keyOf } from '../global-id.ts';
import { fold } from '../input.ts';
import type { Agent as AgentModel } from '../upstream/netsapiens/call-queue.ts';
import { Agent, toQueueKey } from './call-queue.ts';
import { Event, eventField } from './event.ts';

const AgentEvent = builder.objectRef<FeedEvent>('AgentEvent').implement({
  description: 'An agent came to a queue, went, or takes its calls otherwise than before.',
  interfaces: [Event],
  fields: (t) => ({
    agent: t.field({
      type: Agent,
      nullable: false,
      description: 'The agent as they are after the event, or as they were last. Who it is is read anew.',
      resolve: ({ change }) => change.model as AgentModel,
    }),
  }),
});

eventField('agentEvents', {
  type: AgentEvent,
  backlog: 'latest',
  description:
    'The agents of a call queue as they log in and out, come and go. Opens one upstream subscription for all queues of a ' +
    'domain, after two requests; an event costs what is selected below it.',
  args: builder.args((t) => ({
    queue: t.id({ required: true, description: 'The `id` of a CallQueue.' }),
  })),
  wish: ({ queue: id }, { netsapiens }) => {
    const { domain, queue } = toQueueKey(keyOf('CallQueue', id, 'queue'));
    return {
      // The platform tells agents by domain (facts §6.3).
      interests: [netsapiens.interest('agent', domain)],
      isWanted: ({ model }) => fold((model as AgentModel).queue) === fold(queue),
    };
  },
});
