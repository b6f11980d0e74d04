import { toText, type Resource } from '../decode.ts';
import { readId } from './reply.ts';

/** Somebody in a conversation: a user or client by principal id, others by whatever names them (facts §5.3). */
export interface Participant {
  readonly conversationId: string;
  readonly accountId: string | null;
  readonly id: string;
  readonly type: string | null;
  readonly status: string | null;
}

/** What a participant can be, in upper case and no other; closed on write. */
export const participantTypes = ['USER', 'CLIENT', 'GUEST', 'SMS', 'WORKFLOW'] as const;

export interface NewParticipant {
  readonly type: (typeof participantTypes)[number];
  readonly participantId: string;
}

/** Where a resource lives, for one that does not say. */
export interface ConversationKey {
  readonly conversationId: string;
  readonly accountId: string | null;
}

export const toParticipant = (
  resource: Resource,
  { conversationId, accountId }: ConversationKey,
): Participant => {
  const id = toText(resource['participantId']);
  return {
    conversationId,
    accountId: toText(resource['accountId']) ?? accountId,
    // The older version names users only, by `userId` and without a type.
    id: id ?? readId(resource, 'userId'),
    type: toText(resource['type']) ?? (id === null ? 'USER' : null),
    status: toText(resource['status']),
  };
};
