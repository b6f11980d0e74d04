import { settleEach } from '../batch.ts';
import { toBoolean, toText, type Resource } from '../decode.ts';
import { collectPage, type Page, type PageRequest } from '../page.ts';
import type { Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toZonelessTime, type ZonelessTime } from './time.ts';

/** A session as one of its subscribers sees it. */
export interface TextSessionKey extends SubscriberKey {
  readonly sessionId: string;
}

/** A thread of text messages or a chat (facts §5.8). The fields are inferred from parameters and sort keys. */
export interface TextSession extends TextSessionKey {
  readonly name: string | null;
  readonly lastMessageAt: ZonelessTime | null;
  readonly lastMessageText: string | null;
  /** Uids of colleagues and numbers of others. */
  readonly participants: readonly string[];
  readonly isMuted: boolean | null;
  readonly queue: string | null;
}

const toTextSession = (row: Resource, { domain, user }: SubscriberKey, timeZone: string): TextSession => ({
  domain,
  user,
  sessionId: toText(row['session_id']) ?? '',
  name: toText(row['session_name']),
  lastMessageAt: toZonelessTime(row['last_timestamp'], timeZone),
  lastMessageText: toText(row['last_message']),
  participants: (toText(row['participants']) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
  isMuted: toBoolean(row['muted']),
  queue: toText(row['term_queue']),
});

const isSession = (row: Resource) => toText(row['session_id']) !== null;

export const createTextSessions = (requests: Requests, timeZone: string) => ({
  /** A session, null or an `Error` per key, in key order. One request each: upstream has no other way. */
  getMany: (keys: readonly TextSessionKey[]) =>
    settleEach<TextSessionKey, TextSession | null>(keys, {
      groupOf: ({ domain, user, sessionId }) => JSON.stringify([domain, user, sessionId]),
      size: Number.MAX_SAFE_INTEGER,
      load: async (_group, members) => {
        const [{ domain, user, sessionId } = { domain: '', user: '', sessionId: '' }] = members;
        const parameters = { domain, user, session_id: sessionId, start: '0', limit: '100' };
        const rows = await requests.read('messagesession read', parameters);
        const row = rows.find((candidate) => toText(candidate['session_id']) === sessionId);
        return members.map((key) => (row === undefined ? null : toTextSession(row, key, timeZone)));
      },
    }),

  /** The sessions of a subscriber, the one with the latest message first. */
  list: async (key: SubscriberKey, page: PageRequest): Promise<Page<TextSession>> => {
    const { domain, user } = key;
    const read = createReadRows(requests, 'messagesession read', {
      domain,
      user,
      sort: 'last_timestamp desc',
    });
    const found = await collectPage(page, read, { keep: isSession, keepsMost: true });
    return {
      ...found,
      items: found.items.map(({ value, next }) => ({ value: toTextSession(value, key, timeZone), next })),
    };
  },
});
