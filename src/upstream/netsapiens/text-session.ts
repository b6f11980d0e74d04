import { settleEach } from '../batch.ts';
import { toBoolean, toText, type Resource } from '../decode.ts';
import { collectPage, type Page, type PageRequest } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests, WriteOperation } from './request.ts';
import { createReadRows } from './rows.ts';
import { isSame } from './same.ts';
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

/** What is set of a session. What is undefined stays as it is. How the values are written is assumed (facts §5.8). */
export interface TextSessionChange {
  readonly name?: string | undefined;
  readonly isMuted?: boolean | undefined;
  readonly participants?: readonly string[] | undefined;
}

export const toTextSession = (
  row: Resource,
  { domain, user }: SubscriberKey,
  timeZone: string,
): TextSession => ({
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

const toParameters = ({ name, isMuted, participants }: TextSessionChange): Parameters => ({
  session_name: name,
  muted: isMuted === undefined ? undefined : isMuted ? 'yes' : 'no',
  participants: participants?.join(','),
});

const haveSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.some((wanted) => isSame(name, wanted)));

const shows = (session: TextSession | null, { name, isMuted, participants }: TextSessionChange): boolean =>
  session !== null &&
  (name === undefined || session.name === name) &&
  (isMuted === undefined || session.isMuted === isMuted) &&
  (participants === undefined || haveSame(session.participants, participants));

export const createTextSessions = (requests: Requests, timeZone: string, confirm: Confirm) => {
  const oneOf = ({ domain, user, sessionId }: TextSessionKey): Parameters => ({
    domain,
    user,
    session_id: sessionId,
    start: '0',
    limit: '100',
  });
  const pick = (rows: readonly Resource[], key: TextSessionKey): TextSession | null => {
    const row = rows.find((candidate) => toText(candidate['session_id']) === key.sessionId);
    return row === undefined ? null : toTextSession(row, key, timeZone);
  };
  const findAnew = async (key: TextSessionKey): Promise<TextSession | null> =>
    pick(await requests.readAnew('messagesession read', oneOf(key)), key);

  const write = async (
    operation: WriteOperation,
    key: TextSessionKey,
    parameters: Parameters,
    isVisible: (session: TextSession | null) => boolean,
  ): Promise<TextSession | null> => {
    const { domain, user, sessionId } = key;
    await requests.write(operation, { domain, user, session_id: sessionId, ...parameters });
    return confirm(() => findAnew(key), isVisible);
  };
  const isIn = ({ domain, user }: SubscriberKey, { participants }: TextSession): boolean =>
    participants.some((name) => isSame(name, `${user}@${domain}`));

  return {
    /** A session, null or an `Error` per key, in key order. One request each: upstream has no other way. */
    getMany: (keys: readonly TextSessionKey[]) =>
      settleEach<TextSessionKey, TextSession | null>(keys, {
        groupOf: ({ domain, user, sessionId }) => JSON.stringify([domain, user, sessionId]),
        size: Number.MAX_SAFE_INTEGER,
        load: async (_group, members) => {
          const [key = { domain: '', user: '', sessionId: '' }] = members;
          const rows = await requests.read('messagesession read', oneOf(key));
          return members.map((member) => pick(rows, member));
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

    /** Answers the session once it shows what was set. */
    update: async (key: TextSessionKey, change: TextSessionChange): Promise<TextSession> =>
      (await write('messagesession update', key, toParameters(change), (session) =>
        shows(session, change),
      )) as TextSession,
    /** Takes the subscriber out of the session. */
    leave: async (key: TextSessionKey): Promise<void> => {
      await write('messagesession leave', key, {}, (session) => session === null || !isIn(key, session));
    },
    /** Takes the session out of its queue and gives it to the subscriber. */
    accept: async (key: TextSessionKey): Promise<TextSession> =>
      (await write(
        'messagesession accept',
        key,
        {},
        (session) => session !== null && session.queue === null && isIn(key, session),
      )) as TextSession,
    /** Gives the session to the agents of a queue; null where its subscriber is none of them. */
    dispatch: (key: TextSessionKey, queue: string): Promise<TextSession | null> =>
      write(
        'messagesession dispatch',
        key,
        { term_queue: queue },
        (session) => session === null || isSame(session.queue, queue),
      ),
  };
};
