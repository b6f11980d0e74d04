import { randomInt, randomUUID } from 'node:crypto';
import { stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { findConversation, forgetConversation, takesPart } from './conversation-access.ts';
import { flag, languageCode, text } from './field.ts';
import { toCollection, toItem, toLink, toPage } from './hal.ts';
import { latestMessage, toMessage } from './message.ts';
import { omit } from './omit.ts';
import type { NewParticipant } from './participant.ts';
import { joinAs, participantSchema, requirePrincipal, toParticipant } from './participant.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Conversation } from './store.ts';
import { clientKey, inAccount } from './store.ts';
import type { ObjectSchema } from './validation.ts';

type NewConversation = Partial<
  Pick<Conversation, 'name' | 'visibility' | 'languageCode' | 'stream' | 'hidden' | 'thumbnailUrl'> &
    Pick<Conversation, 'generateSystemMessages'> & {
      readonly originalParticipants: readonly NewParticipant[];
    }
>;

const schema: ObjectSchema<NewConversation> = {
  type: 'object',
  properties: {
    originalParticipants: { type: 'array', items: participantSchema },
    name: text,
    stream: flag,
    hidden: flag,
    generateSystemMessages: flag,
    thumbnailUrl: { type: 'string', format: 'uri' },
    languageCode,
    //
    visibility: { type: 'string', enum: ['PUBLIC', 'PRIVATE'] },
  },
};

/** What a conversation is shown in. */
type Setting = Pick<Call, 'store' | 'switches'>;

/** Everybody in the conversation and what was said last, as two collections inside it (§5.3, A-18). */
const toEmbedded = ({ store, switches }: Setting, conversation: Conversation) => {
  const { conversationId, participants } = conversation;
  const address = (noun: string, query = '') => ({
    path: toLink('conversations', conversationId, noun),
    query: new URLSearchParams(query),
    switches,
  });
  return {
    participants: toPage(address('participants'), participants, {
      show: (participant) => toParticipant(conversation, participant),
    }),
    messages: toPage(address('messages', '$top=1'), latestMessage(store, conversationId), {
      show: toMessage,
    }),
  };
};

export const toConversation = (call: Setting, conversation: Conversation) => ({
  ...toItem(omit(conversation, 'participants'), 'conversations', conversation.conversationId),
  ...(call.switches.cloudlinkEmbedConversations && { _embedded: toEmbedded(call, conversation) }),
});

/** The caller's conversations, newest first. */
export const listConversations: Handler = (call) => {
  const { store, principal } = call;
  const own = inAccount(store.conversations, principal.accountId).filter((conversation) =>
    takesPart(principal, conversation),
  );
  return toCollection(call, own.toReversed(), {
    show: (conversation) => toConversation(call, conversation),
  });
};

export const getConversation: Handler = (call) => ok(toConversation(call, findConversation(call)));

/** Whoever starts a conversation is in it, named or not; nobody is in it twice. */
const gatherParticipants = ({ store, principal }: Call, named: readonly NewParticipant[]) => {
  const { accountId, principalId } = principal;
  for (const [index, participant] of named.entries())
    requirePrincipal(store, accountId, participant, `data.originalParticipants(${index})`);
  const type = store.clients.has(clientKey(accountId, principalId)) ? 'CLIENT' : 'USER';
  const others = named.filter(({ participantId }) => participantId !== principalId);
  const all = [{ type, participantId: principalId }, ...others];
  return [...new Map(all.map((participant) => [participant.participantId, joinAs(participant)])).values()];
};

export const postConversation: Handler = (call) => {
  const { store, principal } = call;
  const { originalParticipants = [], ...given } = readBody(call, schema);
  const participants = gatherParticipants(call, originalParticipants);
  const conversationId = randomUUID();
  const conversation: Conversation = {
    visibility: 'PRIVATE',
    languageCode: store.accounts.get(principal.accountId)?.languageCode ?? 'en-US',
    stream: false,
    hidden: false,
    generateSystemMessages: false,
    ...given,
    conversationId,
    accountId: principal.accountId,
    accessCode: String(randomInt(1_000_000)).padStart(6, '0'),
    email: `${conversationId}@chat.example.test`,
    participants,
    ...stampCreation(call),
  };
  store.conversations.set(conversationId, conversation);
  return created(toConversation(call, conversation));
};

/** Answers the conversation as it was; from then on nobody finds it. */
export const deleteConversation: Handler = (call) => {
  const conversation = findConversation(call);
  const answer = ok(toConversation(call, conversation));
  forgetConversation(call.store, conversation.conversationId);
  return answer;
};
