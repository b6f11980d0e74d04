import type { Change, Interest, Snapshot } from '../change.ts';
import { newest, told, whole } from '../told.ts';
import { stateOf, type ActiveCall, type createActiveCalls } from './active-call.ts';
import type { createCallDetails } from './call-detail.ts';
import type { createCallQueues } from './call-queue.ts';
import type { createPresences } from './presence.ts';
import { isSame } from './same.ts';
import type { createSubscribers } from './subscriber.ts';
import type { createTextMessages } from './text-message.ts';
import type { createTextSessions } from './text-session.ts';

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
const NEWEST = { first: 20, offset: 0 } as const;
/** Messages have no list but that of each session: so many sessions with the latest ones are looked into. */
const LATEST = { first: 5, offset: 0 } as const;
/** Finished calls are looked for this far back: the platform writes them down when they end. */
const LOOK_BACK_MS = 15 * 60 * 1000;

type Read = (from: Readable, domain: string, user: string | undefined) => Promise<Snapshot>;

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
  cdr: async ({ callDetails }, domain, user) => {
    const window = { from: new Date(Date.now() - LOOK_BACK_MS), to: new Date(Date.now() + LOOK_BACK_MS) };
    const { items } = await (user === undefined
      ? callDetails.list(domain, PAGE, window)
      : callDetails.listFor({ domain, user }, PAGE, window));
    const calls = items.map(({ value }) => value).toReversed();
    return newest(calls.map((call) => told('CallDetail', call.cdrId, call, { begins: true })));
  },
  messagesession: async ({ textSessions }, domain, user = '') => {
    const { items } = await textSessions.list({ domain, user }, PAGE);
    const sessions = items.map(({ value }) => value);
    return newest(
      sessions.map((session) =>
        told('TextSession', `${session.user}/${session.sessionId}`, session, { begins: true }),
      ),
    );
  },
  message: async ({ textSessions, textMessages }, domain, user = '') => {
    const { items } = await textSessions.list({ domain, user }, LATEST);
    const pages = await Promise.all(items.map(({ value }) => textMessages.list(value, NEWEST)));
    const messages = pages.flatMap((page) => page.items.map(({ value }) => value).toReversed());
    return newest(
      messages.map((message) =>
        told('TextMessage', `${message.user}/${message.sessionId}/${message.id}`, message, { begins: true }),
      ),
    );
  },
};

/** Sessions and messages are lists of one user; the platform has none of a domain (facts §5.8). */
const needsUser: ReadonlySet<string> = new Set(['message', 'messagesession']);

/** How things are that an interest is about; null where the platform has no list of them. */
export const createSnapshot =
  (from: Readable) =>
  async ({ topic, of: [domain = '', user] }: Interest): Promise<Snapshot | null> => {
    const read = readers[topic];
    if (read === undefined || (user === undefined && needsUser.has(topic))) return null;
    return read(from, domain, user);
  };
