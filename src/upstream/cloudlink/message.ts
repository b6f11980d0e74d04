import { settleEach } from '../batch.ts';
import { toDate, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { readCard, writeCard, type ActionCard, type NewActionCard } from './action-card.ts';
import { getPage } from './collection.ts';
import type { ConversationKey } from './participant.ts';
import { inOurFields } from './refused-field.ts';
import { readCollection, readId, readResource } from './reply.ts';
import { toRows } from './rows.ts';

/** Something that was said in a conversation (facts §5.3). */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  readonly accountId: string | null;
  readonly contentType: string | null;
  readonly body: string | null;
  readonly actionCard: ActionCard | null;
  readonly fallbackText: string | null;
  readonly tag: string | null;
  readonly createdAt: Date | null;
  /** Whoever said it: the principal id of a user or client, or whatever names anybody else. */
  readonly authorId: string | null;
  /** Only once it was edited. */
  readonly modifiedAt: Date | null;
}

export interface MessageKey {
  readonly conversationId: string;
  readonly messageId: string;
}

/** What is to be said. */
export type Content =
  | { readonly text: string }
  | { readonly html: string }
  | { readonly actionCard: NewActionCard & { readonly fallbackText?: string | undefined } };

const ACTION_CARD = 'application/vnd.mitel.action-card';

export const toMessage = (resource: Resource, { conversationId, accountId }: ConversationKey): Message => {
  const contentType = toText(resource['contentType']);
  const body = toText(resource['body']);
  return {
    id: readId(resource, 'messageId'),
    conversationId,
    accountId: toText(resource['accountId']) ?? accountId,
    contentType,
    body,
    actionCard: contentType === ACTION_CARD && body !== null ? readCard(body) : null,
    fallbackText: toText(resource['fallbackText']),
    tag: toText(resource['tag']),
    createdAt: toDate(resource['createdOn']),
    authorId: toText(resource['createdBy']),
    modifiedAt: toDate(resource['modifiedOn']),
  };
};

const toBody = (content: Content) => {
  if ('text' in content) return { contentType: 'text/plain', body: content.text };
  if ('html' in content) return { contentType: 'text/html', body: content.html };
  const { fallbackText, ...card } = content.actionCard;
  return {
    contentType: ACTION_CARD,
    body: writeCard(card),
    ...(fallbackText !== undefined && { fallbackText }),
  };
};

const refused = inOurFields([
  { upstream: /^(?:body|contentType|fallbackText)$/, ours: 'content' },
  { upstream: /^tag$/, ours: 'tag' },
]);

export const createMessages = (chat: Http) => {
  const list = (conversationId: string) => ['conversations', conversationId, 'messages'];
  const read = (resource: Resource, conversationId: string) =>
    toMessage(resource, { conversationId, accountId: null });

  return {
    /** A message, null or an `Error` per key, in order. One request each: upstream has no other way. */
    getMany: (keys: readonly MessageKey[]): Promise<readonly (Message | null | Error)[]> =>
      settleEach<MessageKey, Message | null>(keys, {
        groupOf: ({ conversationId }) => conversationId,
        size: 1,
        load: async (conversationId, [key]) => {
          const resource = await findResource(chat, [...list(conversationId), key?.messageId ?? '']);
          return [resource === null ? null : read(resource, conversationId)];
        },
      }),
    /** Newest first. */
    list: (conversationId: string, page: PageRequest) =>
      getPage(chat, { path: list(conversationId), toModel: (item) => read(item, conversationId) }, page),
    /** What was said last, in a list of one or none. */
    latest: async (conversationId: string): Promise<readonly Message[]> => {
      const query = { $top: '1' };
      const reply = await chat.send({ method: 'GET', path: list(conversationId), query, effect: 'read' });
      const { items } = readCollection(reply);
      return toRows(chat, items, (item) => read(item, conversationId)).filter((row) => row !== null);
    },
    send: async (conversationId: string, content: Content, tag?: string): Promise<Message> => {
      const json = { ...toBody(content), ...(tag !== undefined && { tag }) };
      const reply = await chat
        .send({ method: 'POST', path: list(conversationId), json, effect: 'write' })
        .catch(refused);
      return read(readResource(reply), conversationId);
    },
    /** By its author only. */
    edit: async ({ conversationId, messageId }: MessageKey, content: Content): Promise<Message> => {
      const path = [...list(conversationId), messageId];
      const reply = await chat
        .send({ method: 'PUT', path, json: toBody(content), effect: 'write' })
        .catch(refused);
      return read(readResource(reply), conversationId);
    },
    /** By its author only. */
    remove: async ({ conversationId, messageId }: MessageKey): Promise<void> => {
      await chat.send({ method: 'DELETE', path: [...list(conversationId), messageId], effect: 'write' });
    },
  };
};
