import { settleEach } from '../batch.ts';
import { isResource, toBoolean, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { Page, PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { getAll, getPage } from './collection.ts';
import { toMessage, type Message } from './message.ts';
import {
  participantTypes,
  toParticipant,
  type ConversationKey,
  type NewParticipant,
  type Participant,
} from './participant.ts';
import { inOurFields } from './refused-field.ts';
import { readId, readResource } from './reply.ts';
import { toRowsIfAny, type Warner } from './rows.ts';

/** A chat or a stream (facts §5.3). Its access code, which lets in whoever knows it, is sent by upstream and goes no further. */
export interface Conversation extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly visibility: string | null;
  readonly languageCode: string | null;
  readonly stream: boolean | null;
  readonly hidden: boolean | null;
  readonly email: string | null;
  readonly thumbnailUrl: string | null;
  /** Everybody in it; null where upstream did not embed them all. */
  readonly participants: readonly Participant[] | null;
  /** What was said last, in a list of one or none; null where upstream did not embed it. */
  readonly latestMessages: readonly Message[] | null;
}

/** Closed on write. */
export const visibilities = ['PUBLIC', 'PRIVATE'] as const;

export interface NewConversation {
  readonly participants: readonly NewParticipant[];
  readonly name?: string | undefined;
  readonly stream?: boolean | undefined;
  readonly hidden?: boolean | undefined;
  readonly generateSystemMessages?: boolean | undefined;
  readonly thumbnailUrl?: string | undefined;
  readonly languageCode?: string | undefined;
  readonly visibility?: (typeof visibilities)[number] | undefined;
}

/** The first page of a collection inside a resource, and whether there is more; null where there is none. */
const readEmbedded = (resource: Resource, name: string) => {
  const { _embedded: outer } = resource;
  const collection = isResource(outer) ? outer[name] : undefined;
  if (!isResource(collection)) return null;
  const { _embedded: inner, _links: links } = collection;
  const items = isResource(inner) ? inner['items'] : [];
  if (!Array.isArray(items) || !items.every(isResource)) return null;
  return { items, more: isResource(links) && toText(links['next']) !== null };
};

export const toConversation = (chat: Warner, resource: Resource): Conversation => {
  const id = readId(resource, 'conversationId');
  const accountId = readId(resource, 'accountId');
  const key: ConversationKey = { conversationId: id, accountId };
  const participants = readEmbedded(resource, 'participants');
  const messages = readEmbedded(resource, 'messages');
  return {
    id,
    accountId,
    name: toText(resource['name']),
    visibility: toText(resource['visibility']),
    languageCode: toText(resource['languageCode']),
    stream: toBoolean(resource['stream']),
    hidden: toBoolean(resource['hidden']),
    email: toText(resource['email']),
    thumbnailUrl: toText(resource['thumbnailUrl']),
    participants:
      participants === null || participants.more
        ? null
        : toRowsIfAny(chat, participants.items, (item) => toParticipant(item, key)),
    latestMessages: messages && toRowsIfAny(chat, messages.items, (item) => toMessage(item, key)),
    ...toAudit(resource),
  };
};

const refused = inOurFields([
  {
    upstream: /^originalParticipants\.(\d+)\.type$/,
    ours: 'participants.$1.type',
    allowedValues: participantTypes,
  },
  { upstream: /^originalParticipants/, ours: 'participants' },
  { upstream: /^visibility$/, ours: 'visibility', allowedValues: visibilities },
  { upstream: /^stream$/, ours: 'isStream' },
  { upstream: /^hidden$/, ours: 'isHidden' },
]);

const refusedParticipant = inOurFields([
  { upstream: /^type$/, ours: 'participant.type', allowedValues: participantTypes },
  { upstream: /^participantId$/, ours: 'participant.participantId' },
]);

export const createConversations = (chat: Http) => {
  const path = ['conversations'];
  const toModel = (resource: Resource) => toConversation(chat, resource);

  return {
    /** A conversation, null or an `Error` per id, in order. One request each: upstream has no other way. */
    getMany: (ids: readonly string[]): Promise<readonly (Conversation | null | Error)[]> =>
      settleEach<string, Conversation | null>(ids, {
        groupOf: (id) => id,
        size: 1,
        load: async (id) => {
          const resource = await findResource(chat, [...path, id]);
          return [resource === null ? null : toModel(resource)];
        },
      }),
    /** The caller's conversations: upstream has no list of anybody else's (facts §5.1). */
    list: (
      page: PageRequest,
      stream: boolean | null,
      keep?: (conversation: Conversation) => boolean,
    ): Promise<Page<Conversation>> => {
      const filter = stream === null ? undefined : `stream eq ${stream}`;
      return getPage(chat, { path, toModel, filter }, page, keep);
    },
    /** Everybody in a conversation that embedded nobody, or not all. */
    participants: ({ id, accountId }: Conversation): Promise<readonly Participant[]> => {
      const toMember = (item: Resource) => toParticipant(item, { conversationId: id, accountId });
      return getAll(chat, { path: [...path, id, 'participants'], toModel: toMember });
    },
    create: async ({ participants, ...rest }: NewConversation): Promise<Conversation> => {
      const json = { originalParticipants: participants, ...rest };
      const reply = await chat.send({ method: 'POST', path, json, effect: 'write' }).catch(refused);
      return toModel(readResource(reply));
    },
    addParticipant: async (conversationId: string, json: NewParticipant): Promise<Participant> => {
      const reply = await chat
        .send({ method: 'POST', path: [...path, conversationId, 'participants'], json, effect: 'write' })
        .catch(refusedParticipant);
      return toParticipant(readResource(reply), { conversationId, accountId: null });
    },
    remove: async (conversationId: string): Promise<void> => {
      await chat.send({ method: 'DELETE', path: [...path, conversationId], effect: 'write' });
    },
  };
};
