import { builder } from '../builder.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { isGiven } from '../input.ts';
import type { Conversation as ConversationModel } from '../upstream/cloudlink/conversation.ts';
import type { TextSession as TextSessionModel } from '../upstream/netsapiens/text-session.ts';
import { Conversation } from './conversation.ts';
import { Event, eventField } from './event.ts';
import { subscriberKeyOf } from './legacy-key.ts';
import { TextSession } from './text-session.ts';

const AnyConversation = builder.unionType('AnyConversation', {
  description: 'Where people write to each other, on either platform.',
  types: [Conversation, TextSession],
  resolveType: (conversation) => ('sessionId' in conversation ? 'TextSession' : 'Conversation'),
});

const ConversationEvent = builder.objectRef<FeedEvent>('ConversationEvent').implement({
  description: 'A conversation began, changed or was deleted.',
  interfaces: [Event],
  fields: (t) => ({
    conversation: t.field({
      type: AnyConversation,
      nullable: false,
      description:
        'The conversation as it is after the event, or as it was last. What it leads to is read anew.',
      resolve: ({ change }) => change.model as ConversationModel | TextSessionModel,
    }),
  }),
});

eventField('conversationEvents', {
  type: ConversationEvent,
  backlog: 'every',
  description:
    'Conversations in which the caller takes part, as they begin, change and are deleted; the sessions of a legacy subscriber ' +
    'where one is named, which change with each message. That CloudLink publishes conversations is assumed (A-20). Opens one ' +
    'upstream subscription, after one request; an event costs what is selected below it.',
  args: builder.args((t) => ({
    subscriber: t.id({
      description: 'The `id` of a Subscriber, whose sessions to follow on the legacy platform.',
    }),
  })),
  wish: ({ subscriber }, { cloudlink, netsapiens }) => {
    if (!isGiven(subscriber)) return { interests: [cloudlink.interests.conversations()] };
    const { domain, user } = subscriberKeyOf(subscriber, 'subscriber');
    return { interests: [netsapiens.interest('messagesession', domain, user)] };
  },
});
