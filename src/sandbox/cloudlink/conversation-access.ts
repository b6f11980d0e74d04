import { ownedBy } from './access.ts';
import { forbidden } from './failure.ts';
import type { Call, Principal } from './service.ts';
import type { Conversation, Store } from './store.ts';

/** Whether a user or client is in a conversation. What names a guest or a telephone is nobody's principal id. */
export const takesPart = ({ principalId }: Principal, { participants }: Conversation): boolean =>
  participants.some(
    ({ type, participantId }) => participantId === principalId && (type === 'USER' || type === 'CLIENT'),
  );

/**
 * The conversation the path names, which only its participants read or write, administrators included. Throws a 404
 * where the account has none of this id, a 403 where the caller is not in it.
 */
export const findConversation = ({ store, principal, parameter }: Call): Conversation => {
  const conversation = ownedBy(principal.accountId, store.conversations.get(parameter('conversationId')));
  if (!takesPart(principal, conversation)) throw forbidden();
  return conversation;
};

/** Removes a conversation with everything that was said and sent in it. */
export const forgetConversation = (store: Store, conversationId: string): void => {
  store.conversations.delete(conversationId);
  store.messages.delete(conversationId);
  store.attachments.delete(conversationId);
};
