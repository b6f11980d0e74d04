import type { Change, Interest, Seen, Snapshot } from '../change.ts';
import { readEnded } from '../ended-list.ts';
import { joinFound, readSince, unseen, type Found } from '../long-list.ts';
import { newest, told, whole } from '../told.ts';
import { stateOf, type ActiveCall, type createActiveCalls } from './active-call.ts';
import type { createCallDetails } from './call-detail.ts';
import type { createCallQueues } from './call-queue.ts';
import type { createPresences } from './presence.ts';
import { isSame } from './same.ts';
import type { createSubscribers } from './subscriber.ts';
import type { createTextMessages } from './text-message.ts';
import type { createTextSessions, TextSession } from './text-session.ts';

/** What can be read of what events tell. */
export interface Readable {
  readonly activeCalls: ReturnType<typeof createActiveCalls>;
  readonly presences: ReturnType<typeof createPresences>;
  readonly subscribers: ReturnType<typeof createSubscribers>;
  readonly callQueues: ReturnType<typeof createCallQueues>;
  readonly callDetails: ReturnType<typeof createCallDetails>;
  readonly textSessions: ReturnType<typeof createTextSessions>;
  readonly textMessages: ReturnType<typeof createTextMessages>;
}

const PAGE = { first: 100, offset: 0 } as const;
/** Messages have no list but that of each session: the sessions with the latest ones are looked into, so many at a time. */
const SESSIONS = 5;
/** Whoever had news in so many sessions is told that something is missing. */
const MOST_SESSIONS = 25;
/** The clock of the platform may be ahead by less. */
const AHEAD_MS = 15 * 60 * 1000;

type Read = (
  from: Readable,
  domain: string,
  user: string | undefined,
  seen: Seen | undefined,
) => Promise<Snapshot>;

const readers: Readonly<Record<string, Read>> = {
  call_origid: async ({ activeCalls }, domain, user) => {
    const calls = await activeCalls.listAll(domain);
    const mine = ({ origin, destination }: ActiveCall) =>
      user === undefined || isSame(origin.extension, user) || isSame(destination.extension, user);
    return whole(
      calls.filter(mine).map((call) => {
        const state = stateOf(call);
        return told('ActiveCall', call.originCallId, call, { state, begins: state === 'ringing' });
      }),
    );
  },
  presence: async ({ presences }, domain, user) => {
    const entries = await presences.listAll(domain);
    return whole(
      entries
        .filter((entry) => user === undefined || isSame(entry.user, user))
        .map((entry) => told('PresenceEntry', `${entry.domain}/${entry.user}`, entry)),
    );
  },
  subscriber: async ({ subscribers }, domain, user) => {
    const rows = await subscribers.listAll(domain, {});
    return whole(
      rows
        .filter((row) => user === undefined || isSame(row.user, user))
        .map((row) => told('Subscriber', `${row.domain}/${row.user}`, row)),
    );
  },
  agent: async ({ callQueues }, domain) => {
    const { items, hasNextPage } = await callQueues.list(domain, PAGE);
    const agents = await callQueues.listAgents(items.map(({ value }) => value));
    const changes = agents.flatMap((found): Change[] => {
      if (found instanceof Error) throw found;
      return found.map((agent) => told('Agent', `${agent.queue}/${agent.device}`, agent));
    });
    return hasNextPage ? newest(changes) : whole(changes);
  },
  cdr: async ({ callDetails }, domain, user, seen) => {
    const found = await readEnded(
      {
        // The platform is asked by when calls began (facts §5.5).
        read: (page, from) => {
          const window = { from, to: new Date(Date.now() + AHEAD_MS) };
          return user === undefined
            ? callDetails.list(domain, page, window)
            : callDetails.listFor({ domain, user }, page, window);
        },
        toChange: (call) => told('CallDetail', call.cdrId, call, { begins: true }),
        beganAt: ({ startedAt }) => startedAt,
        endedAt: ({ releasedAt }) => releasedAt,
      },
      seen?.['calls'],
    );
    return joinFound([['calls', found]]);
  },
  messagesession: async ({ textSessions }, domain, user = '', seen) => {
    const found = await readSince(
      {
        read: (page) => textSessions.list({ domain, user }, page),
        toChange: (session) =>
          told('TextSession', `${session.user}/${session.sessionId}`, session, { begins: true }),
      },
      seen?.['sessions'],
      PAGE.first,
    );
    return joinFound([['sessions', found]]);
  },
  message: async ({ textSessions, textMessages }, domain, user = '', seen) => {
    const readOne = async (session: TextSession): Promise<[string, Found]> => {
      const found = await readSince(
        {
          read: (page) => textMessages.list(session, page),
          toChange: (message) =>
            told('TextMessage', `${message.user}/${message.sessionId}/${message.id}`, message, {
              begins: true,
            }),
          timeOf: ({ sentAt }) => sentAt,
        },
        // The first look does not see all sessions.
        seen && (seen[session.sessionId] ?? unseen(seen, false)),
      );
      return [session.sessionId, found];
    };
    const lists: [string, Found][] = [];
    for (;;) {
      const page = await textSessions.list({ domain, user }, { first: SESSIONS, offset: lists.length });
      const found = await Promise.all(page.items.map(({ value }) => readOne(value)));
      lists.push(...found);
      // The one with the latest message comes first: behind one without news there are none.
      const hasMore = seen !== undefined && page.hasNextPage && found.every(([, { hasNews }]) => hasNews);
      if (!hasMore) return joinFound(lists);
      if (lists.length >= MOST_SESSIONS) return { ...joinFound(lists), hasGap: true };
    }
  },
};

/** Sessions and messages are lists of one user; the platform has none of a domain (facts §5.8). */
const needsUser: ReadonlySet<string> = new Set(['message', 'messagesession']);

const readerOf = ({ topic, of: [, user] }: Interest): Read | undefined =>
  user === undefined && needsUser.has(topic) ? undefined : readers[topic];

/** Whether the platform has a list of what an interest is about. */
export const hasList = (interest: Interest): boolean => readerOf(interest) !== undefined;

/** How things are that an interest is about; null where the platform has no list of them. */
export const createSnapshot =
  (from: Readable) =>
  async (interest: Interest, seen?: Seen): Promise<Snapshot | null> => {
    const [domain = '', user] = interest.of;
    return (await readerOf(interest)?.(from, domain, user, seen)) ?? null;
  };
