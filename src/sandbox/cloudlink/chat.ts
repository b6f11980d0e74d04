import { getAttachment, getAttachmentContent, postAttachment, putAttachmentContent } from './attachment.ts';
import { getChatAccount } from './chat-account.ts';
import { deleteConversation, getConversation, listConversations, postConversation } from './conversation.ts';
import { deleteMessage, getMessage, listMessages, postMessage, putMessage } from './message.ts';
import { getParticipant, listParticipants, postParticipant } from './participant.ts';
import type { Service } from './service.ts';

/** Conversations and what is in them (facts §5). */
export const chat: Service = {
  name: 'chat',
  open: {},
  routes: {
    'GET /accounts/{accountId}': getChatAccount,

    'GET /users/me/conversations': listConversations,
    'GET /conversations': listConversations,
    'POST /conversations': postConversation,
    'GET /conversations/{conversationId}': getConversation,
    'DELETE /conversations/{conversationId}': deleteConversation,

    'GET /conversations/{conversationId}/participants': listParticipants,
    'POST /conversations/{conversationId}/participants': postParticipant,
    'GET /conversations/{conversationId}/participants/{participantId}': getParticipant,

    'GET /conversations/{conversationId}/messages': listMessages,
    'POST /conversations/{conversationId}/messages': postMessage,
    'GET /conversations/{conversationId}/messages/{messageId}': getMessage,
    'PUT /conversations/{conversationId}/messages/{messageId}': putMessage,
    'DELETE /conversations/{conversationId}/messages/{messageId}': deleteMessage,

    'POST /conversations/{conversationId}/attachments': postAttachment,
    'GET /conversations/{conversationId}/attachments/{attachmentId}': getAttachment,
    'PUT /conversations/{conversationId}/attachments/{attachmentId}/content': putAttachmentContent,
    'GET /conversations/{conversationId}/attachments/{attachmentId}/content': getAttachmentContent,
  },
};
