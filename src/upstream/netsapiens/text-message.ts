import { settleEach } from '../batch.ts';
import { toCount, toText, type Resource } from '../decode.ts';
import { collectPage, type Page, type PageRequest } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import type { SubscriberKey } from './subscriber.ts';
import type { TextSessionKey } from './text-session.ts';
import { toInstant } from './time.ts';

export interface TextMessageKey extends TextSessionKey {
  readonly id: string;
}

/** A text, a picture message or a line of a chat (facts §5.8). The link to a picture goes no further than this folder. */
export interface TextMessage extends TextMessageKey {
  readonly type: string | null;
  /** Told in UTC, unlike other times of this platform. */
  readonly sentAt: Date | null;
  readonly fromUid: string | null;
  readonly fromNumber: string | null;
  readonly toUid: string | null;
  readonly toNumber: string | null;
  readonly dialledNumber: string | null;
  readonly text: string | null;
  readonly mediaType: string | null;
  readonly mediaBytes: number | null;
}

export interface TextMessageDraft extends TextSessionKey {
  /** In the vendor's word. */
  readonly type: string;
  readonly fromNumber?: string | undefined;
  /** Numbers, or uids. */
  readonly to: readonly string[];
  readonly text: string;
  readonly media?:
    { readonly contentType: string; readonly base64: string; readonly bytes: number } | undefined;
}

export const toTextMessage = (row: Resource, { domain, user, sessionId }: TextSessionKey): TextMessage => ({
  domain,
  user,
  sessionId,
  id: toText(row['id']) ?? '',
  type: toText(row['type']),
  sentAt: toInstant(toText(row['timestamp']), 'UTC'),
  fromUid: toText(row['from_uid']),
  fromNumber: toText(row['from_num']),
  toUid: toText(row['term_uid']),
  toNumber: toText(row['term_num']),
  dialledNumber: toText(row['dialed']),
  text: toText(row['text']),
  mediaType: toText(row['media_type']),
  mediaBytes: toCount(row['size']),
});

const hasId = (row: Resource) => toText(row['id']) !== null;

/** How far back a new message is looked for among those of its session. */
const NEWEST = '50';

export const createTextMessages = (requests: Requests, confirm: Confirm) => {
  const select = ({ domain, user, sessionId }: TextSessionKey) => ({ domain, user, session_id: sessionId });

  const find = async (key: TextMessageKey, read: Requests['read']): Promise<Resource | null> => {
    const rows = await read('message read', { ...select(key), id: key.id, start: '0', limit: '100' });
    return rows.find((row) => toText(row['id']) === key.id) ?? null;
  };

  const readNewest = (key: TextSessionKey, read: Requests['read']) =>
    read('message read', { ...select(key), start: '0', limit: NEWEST, order: 'time_start DESC' });

  return {
    /** A message, null or an `Error` per key, in key order. One request each. */
    getMany: (keys: readonly TextMessageKey[]) =>
      settleEach<TextMessageKey, TextMessage | null>(keys, {
        groupOf: (key) => JSON.stringify([key.domain, key.user, key.sessionId, key.id]),
        size: Number.MAX_SAFE_INTEGER,
        load: async (_group, members) => {
          const row = members[0] === undefined ? null : await find(members[0], requests.read);
          return members.map((key) => (row === null ? null : toTextMessage(row, key)));
        },
      }),

    /** The messages of a session, newest first. */
    list: async (key: TextSessionKey, page: PageRequest): Promise<Page<TextMessage>> => {
      const read = createReadRows(requests, 'message read', { ...select(key), order: 'time_start DESC' });
      const found = await collectPage(page, read, { keep: hasId, keepsMost: true });
      return {
        ...found,
        items: found.items.map(({ value, next }) => ({ value: toTextMessage(value, key), next })),
      };
    },

    /**
     * Sends a message and answers it once it shows. Upstream does not tell its id: it is the one that was not there
     * before, so that a session which goes on is read first.
     */
    send: async (draft: TextMessageDraft, isNewSession: boolean): Promise<TextMessage> => {
      const { type, fromNumber, to, text, media, domain, user, sessionId } = draft;
      const key = { domain, user, sessionId };
      const before = isNewSession ? [] : await readNewest(key, requests.read);
      const known = new Set(before.map(({ id }) => toText(id)));
      await requests.write('message create', {
        ...select(key),
        type,
        from_num: fromNumber,
        destination: to.join(','),
        message: text,
        mime_type: media?.contentType,
        size: media && String(media.bytes),
        data: media?.base64,
      });
      const isOwn = (row: Resource) =>
        hasId(row) && !known.has(toText(row['id'])) && toText(row['text']) === text;
      const rows = await confirm(
        () => readNewest(key, requests.readAnew),
        (found) => found.some(isOwn),
      );
      return toTextMessage(rows.find(isOwn) ?? {}, key);
    },

    /** Hides a message from one of those who can read it; resolves when it is gone for them. */
    remove: async (key: TextMessageKey): Promise<void> => {
      await requests.write('message delete', { ...select(key), id: key.id });
      await confirm(
        () => find(key, requests.readAnew),
        (row) => row === null,
      );
    },

    /** The address of a picture, or null. It carries a credential: it is never given out. */
    getMediaUrl: async (key: TextMessageKey): Promise<string | null> => {
      const row = await find(key, requests.readAnew);
      return row === null ? null : toText(row['remotepath']);
    },

    /** The numbers that a subscriber may send from. */
    listNumbers: async ({ domain, user }: SubscriberKey): Promise<readonly string[]> => {
      const rows = await requests.read('smsnumber read', { domain, dest: user, start: '0', limit: '1000' });
      return rows.map(({ number }) => toText(number)).filter((number) => number !== null);
    },
  };
};
