import { stampChange } from './access.ts';
import { readBody } from './body.ts';
import { findConversation } from './conversation-access.ts';
import { Failure, notFound } from './failure.ts';
import { toCollection, toItem } from './hal.ts';
import type { Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Conversation, Participant, Store } from './store.ts';
import { clientKey, tell } from './store.ts';
import type { ObjectSchema } from './validation.ts';

export type NewParticipant = Pick<Participant, 'type' | 'participantId'>;

/** Closed on write, in upper case and no other. */
export const participantSchema: ObjectSchema<NewParticipant> = {
  type: 'object',
  properties: {
    type: { type: 'string', enum: ['USER', 'CLIENT', 'GUEST', 'SMS', 'WORKFLOW'] },
    participantId: { type: 'string', minLength: 1 },
  },
  required: ['type', 'participantId'],
};

/** As it is read. Users carry the `userId` of the older version too, the one name that was ever captured (§5.3). */
export const toParticipant = (
  { conversationId, accountId }: Conversation,
  { type, participantId, status }: Participant,
) =>
  toItem(
    {
      conversationId,
      accountId,
      participantId,
      type,
      ...(type === 'USER' && { userId: participantId }),
      status,
    },
    'conversations',
    conversationId,
    'participants',
    participantId,
  );

/** Guests are asked, everybody else is in at once. */
export const joinAs = ({ type, participantId }: NewParticipant): Participant => ({
  type,
  participantId,
  status: type === 'GUEST' ? 'INVITED' : 'ACCEPTED',
});

/** Users and clients have to be of the account (§5.3). Throws a 400 that names the field under this path. */
export const requirePrincipal = (
  store: Store,
  accountId: string,
  { type, participantId }: NewParticipant,
  path: string,
): void => {
  const refuse = (kind: string) =>
    new Failure(400, `${path}.participantId should be the id of a ${kind} of the account`);
  if (type === 'USER' && store.users.get(participantId)?.accountId !== accountId) throw refuse('user');
  if (type === 'CLIENT' && !store.clients.has(clientKey(accountId, participantId))) throw refuse('client');
};

export const listParticipants: Handler = (call) => {
  const conversation = findConversation(call);
  return toCollection(
    call,
    conversation.participants.map((participant) => toParticipant(conversation, participant)),
  );
};

export const getParticipant: Handler = (call) => {
  const conversation = findConversation(call);
  const id = call.parameter('participantId');
  const participant = conversation.participants.find(({ participantId }) => participantId === id);
  if (participant === undefined) throw notFound();
  return ok(toParticipant(conversation, participant));
};

/** Adds one. Whoever is there already stays as they are. */
export const postParticipant: Handler = (call) => {
  const { store } = call;
  const conversation = findConversation(call);
  const body = readBody(call, participantSchema);
  const present = conversation.participants.find(({ participantId }) => participantId === body.participantId);
  if (present !== undefined) return ok(toParticipant(conversation, present));
  requirePrincipal(store, conversation.accountId, body, 'data');
  const participant = joinAs(body);
  store.conversations.set(conversation.conversationId, {
    ...conversation,
    participants: [...conversation.participants, participant],
    ...stampChange(call),
  });
  tell(store, 'participant', { conversation, participant }, 'created');
  return created(toParticipant(conversation, participant));
};
