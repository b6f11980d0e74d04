import { randomUUID } from 'node:crypto';
import { stampChange, stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { findConversation } from './conversation-access.ts';
import { Failure, forbidden, notFound } from './failure.ts';
import { readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Message, Store } from './store.ts';
import { Table } from '../table.ts';
import type { ObjectSchema, Schema } from './validation.ts';

type MessageChange = Partial<Pick<Message, 'body' | 'contentType' | 'tag' | 'fallbackText'>>;
type NewMessage = MessageChange & Pick<Message, 'body'>;

const ACTION_CARD = 'application/vnd.mitel.action-card';
//
const DEFAULT_TOP = 10;

const name: Schema = { type: 'string', minLength: 1 };

const newSchema: ObjectSchema<NewMessage> = {
  type: 'object',
  // The kinds of content are open: the names of four of them are not known (facts §5.3).
  properties: { body: text, contentType: name, tag: text, fallbackText: text },
  required: ['body'],
};

const schema: ObjectSchema<MessageChange> = {
  type: 'object',
  properties: { ...readOnly('messageId', 'conversationId', 'accountId'), ...newSchema.properties },
};

export const toMessage = (message: Message) =>
  toItem(message, 'conversations', message.conversationId, 'messages', message.messageId);

const messagesOf = (store: Store, conversationId: string): ReadonlyMap<string, Message> =>
  store.messages.get(conversationId) ?? new Map();

/** What was said last in a conversation: one message or none. */
export const latestMessage = (store: Store, conversationId: string): readonly Message[] =>
  [...messagesOf(store, conversationId).values()].slice(-1);

/** Adds a message to a conversation, or puts one in the place of its former self. */
export const putInto = (store: Store, message: Message): void => {
  const messages =
    store.messages.get(message.conversationId) ?? new Table<Message>('message', store.listeners);
  store.messages.set(message.conversationId, messages.set(message.messageId, message));
};

const isJsonObject = (value: string): boolean => {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
};

/** The body of an action card is an object, written as a text (facts §5.3). Throws a 400. */
const requireCard = ({ contentType, body }: Pick<Message, 'contentType' | 'body'>): void => {
  if (contentType === ACTION_CARD && !isJsonObject(body))
    throw new Failure(400, 'data.body should be a JSON object as a string');
};

const findMessage = (call: Call): Message => {
  const { conversationId } = findConversation(call);
  const message = messagesOf(call.store, conversationId).get(call.parameter('messageId'));
  if (message === undefined) throw notFound();
  return message;
};

/** The message the path names, for its author. Throws a 403 for others. */
const findOwnMessage = (call: Call): Message => {
  const message = findMessage(call);
  if (message.createdBy !== call.principal.principalId) throw forbidden();
  return message;
};

/** Newest first. */
export const listMessages: Handler = (call) => {
  const { conversationId } = findConversation(call);
  const messages = [...messagesOf(call.store, conversationId).values()];
  return toCollection(call, messages.toReversed(), { top: DEFAULT_TOP, show: toMessage });
};

export const getMessage: Handler = (call) => ok(toMessage(findMessage(call)));

export const postMessage: Handler = (call) => {
  const { conversationId, accountId } = findConversation(call);
  const { createdOn, createdBy } = stampCreation(call);
  const message: Message = {
    contentType: 'text/plain',
    ...readBody(call, newSchema),
    messageId: randomUUID(),
    conversationId,
    accountId,
    createdOn,
    createdBy,
  };
  requireCard(message);
  putInto(call.store, message);
  return created(toMessage(message));
};

export const putMessage: Handler = (call) => {
  const message = findOwnMessage(call);
  const changed: Message = { ...message, ...readBody(call, schema), ...stampChange(call) };
  requireCard(changed);
  putInto(call.store, changed);
  return ok(toMessage(changed));
};

export const deleteMessage: Handler = (call) => {
  const { conversationId, messageId } = findOwnMessage(call);
  call.store.messages.get(conversationId)?.delete(messageId);
  return ok({});
};
