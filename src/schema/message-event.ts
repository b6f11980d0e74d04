import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { keyOf } from '../global-id.ts';
import { isGiven } from '../input.ts';
import type { Message as MessageModel } from '../upstream/cloudlink/message.ts';
import type { TextMessage as TextMessageModel } from '../upstream/netsapiens/text-message.ts';
import { Event, eventField, requireOne } from './event.ts';
import { subscriberKeyOf } from './legacy-key.ts';
import { Message } from './message.ts';
import { TextMessage } from './text-session.ts';

const AnyMessage = builder.unionType('AnyMessage', {
  description: 'Something that was said, on either platform.',
  types: [Message, TextMessage],
  resolveType: (message) => ('sessionId' in message ? 'TextMessage' : 'Message'),
});

export const MessageEvent = builder.objectRef<FeedEvent>('MessageEvent').implement({
  description: 'A message was sent, edited or deleted.',
  interfaces: [Event],
  fields: (t) => ({
    message: t.field({
      type: AnyMessage,
      nullable: false,
      description: 'The message as it is after the event, or as it was last. What it leads to is read anew.',
      resolve: ({ change }) => change.model as MessageModel | TextMessageModel,
    }),
  }),
});

interface Choice {
  readonly conversation?: string | null | undefined;
  readonly mine?: boolean | null | undefined;
  readonly subscriber?: string | null | undefined;
}

const toInterest = (
  { conversation, mine, subscriber }: Choice,
  { cloudlink: { interests }, netsapiens }: Context,
) => {
  requireOne('messageEvents', { conversation, mine, subscriber });
  if (isGiven(conversation)) return interests.messages(keyOf('Conversation', conversation, 'conversation'));
  if (!isGiven(subscriber)) return interests.messages();
  const { domain, user } = subscriberKeyOf(subscriber, 'subscriber');
  return netsapiens.interest('message', domain, user);
};

eventField('messageEvents', {
  type: MessageEvent,
  backlog: 'every',
  description:
    'Messages as they are sent, edited and deleted: of one conversation, of all in which the caller takes part, or the text ' +
    'messages of a legacy subscriber. Which publications CloudLink makes of messages is assumed (A-20). Opens one upstream ' +
    'subscription, after one request, or up to six for text messages; an event costs what is selected below it. Needs exactly ' +
    'one of `conversation`, `mine: true` and `subscriber`.',
  args: builder.args((t) => ({
    conversation: t.id({ description: 'The `id` of a Conversation.' }),
    mine: t.boolean({
      description: 'Whether to follow all conversations of CloudLink in which the caller takes part.',
    }),
    subscriber: t.id({
      description: 'The `id` of a Subscriber, whose text messages to follow on the legacy platform.',
    }),
  })),
  wish: (choice, context) => ({ interests: [toInterest(choice, context)] }),
});
