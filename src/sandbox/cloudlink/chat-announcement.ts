import { topics, toPublisher, type Announcement, type Setting } from './announcement.ts';
import { toAttachment } from './attachment.ts';
import { takesPart } from './conversation-access.ts';
import { toConversation } from './conversation.ts';
import { toMessage } from './message.ts';
import { toParticipant } from './participant.ts';
import type { Attachment, Conversation, Message, Participant } from './store.ts';

const inConversation = (
  conversation: Conversation | undefined,
  announcement: Omit<Announcement, 'topic' | 'isVisibleTo'>,
): Announcement => ({
  topic: topics.conversations,
  ...announcement,
  isVisibleTo: (principal) =>
    conversation !== undefined &&
    principal.accountId === conversation.accountId &&
    takesPart(principal, conversation),
});

export const conversation = (record: Conversation, setting: Setting): Announcement =>
  inConversation(record, {
    eventType: 'ConversationNotification',
    content: toConversation(setting, record),
    publisher: toPublisher(record),
  });

export const participant = ({
  conversation,
  participant,
}: {
  readonly conversation: Conversation;
  readonly participant: Participant;
}): Announcement => {
  const { participants } = conversation;
  // Whoever has just come sees that they came.
  return inConversation(
    { ...conversation, participants: [...participants, participant] },
    {
      eventType: 'ParticipantNotification',
      content: toParticipant(conversation, participant),
      publisher: toPublisher(conversation),
    },
  );
};

export const message = (record: Message, { store }: Setting): Announcement =>
  inConversation(store.conversations.get(record.conversationId), {
    //
    eventType: 'MessageNotification',
    content: toMessage(record),
    publisher: toPublisher(record),
  });

export const attachment = (record: Attachment, { store }: Setting): Announcement =>
  inConversation(store.conversations.get(record.conversationId), {
    eventType: 'AttachmentNotification',
    content: toAttachment(record),
    publisher: toPublisher(record),
  });
