import type { Switches } from '../switches.ts';
import type { Row } from './answer.ts';
import type { AudioRecord } from './audio-record.ts';
import { toOwner } from './belonging.ts';
import { toCallRow, toLegRow } from './call-event-row.ts';
import { historyOf } from './cdr-choice.ts';
import { toCdrRow } from './cdr-row.ts';
import type { Model } from './event-record.ts';
import type { LiveCall } from './live-call.ts';
import type { Message, MessageSession } from './message-record.ts';
import { toPlayLink } from './object/audio.ts';
import { toMessageRow } from './object/message.ts';
import { toSessionRow } from './object/messagesession.ts';
import { presenceColumns } from './object/presence.ts';
import { toRecordingRow } from './object/recording.ts';
import type { CallDetail } from './past-call.ts';
import type { AgentRecord } from './queue-record.ts';
import { territoryOf, toKey, type State } from './state.ts';
import { toTime, toUid, type SubscriberRecord } from './subscriber-record.ts';
import { toTalkKey } from './talk.ts';

/** One row of a model, and whose it is. */
export interface ModelEvent {
  readonly model: Model;
  readonly domain: string;
  /** The users it is about: who may see one of them may see it. */
  readonly users: readonly string[];
  /** The row for somebody who reached the platform here: its links begin with that. */
  row(origin: string): Row;
}

/** What became of a record, as the listeners of the state are told. */
interface Change<Value> {
  readonly record: Value;
  readonly before: Value | undefined;
  readonly removed: boolean;
}

interface Setting {
  readonly state: State;
  readonly switches: Readonly<Switches>;
  readonly now: number;
}

type Source<Value> = (change: Change<Value>, setting: Setting) => readonly ModelEvent[];

/** A tombstone says so; anything else does not (facts §6.3). */
const withRemove = (row: Row, removed: boolean): Row => ({ ...row, remove: removed ? 'yes' : 'no' });

const usersOf = (call: LiveCall): readonly string[] =>
  [call.orig.user, call.term.user, call.by?.user].filter((user) => typeof user === 'string');

const isWaiting = ({ queues }: State, { term, termInfo, domain }: LiveCall): boolean =>
  termInfo === 'Alerting' && term.user !== null && queues.has(toKey(toUid(term.user, domain)));

const toQueuedRow = ({ orig, term, domain, origCallid, beganAt }: LiveCall): Row => ({
  queue_name: term.user,
  domain,
  orig_callid: origCallid,
  orig_user: orig.user,
  orig_domain: orig.user === null ? '*' : domain,
  orig_name: orig.name,
  ani: orig.number,
  time_begin: toTime(beganAt),
});

/** A call by its originating side, and by its leg; a transfer ends one leg and begins another. */
const call: Source<LiveCall> = ({ record, before, removed }, { state, now }) => {
  const { domain } = record;
  const users = [...new Set([...usersOf(record), ...(before === undefined ? [] : usersOf(before))])];
  const leg = (live: LiveCall, isOver: boolean): ModelEvent => ({
    model: 'call',
    domain,
    users,
    row: () => toLegRow(live, isOver, state, now),
  });
  const isMoved = before !== undefined && before.termCallid !== record.termCallid;
  const isQueued = !removed && isWaiting(state, record);
  const wasQueued = before !== undefined && isWaiting(state, before);
  return [
    { model: 'call_origid', domain, users, row: () => toCallRow(record, removed) },
    ...(isMoved ? [leg(before, true)] : []),
    leg(record, removed),
    ...(isQueued || wasQueued
      ? [
          {
            model: 'queued',
            domain,
            users,
            row: () => withRemove(toQueuedRow(isQueued ? record : (before ?? record)), !isQueued),
          } as const,
        ]
      : []),
  ];
};

/** The whole record, secrets included, as reads have it; and presence, where that is what has changed. */
const subscriber: Source<SubscriberRecord> = ({ record, before, removed }) => {
  const { domain, user } = record;
  const isReached = removed || before?.presence !== record.presence || before.message !== record.message;
  const present = (): Row => {
    const known: Row = { ...record, uid: toUid(user, domain) };
    return Object.fromEntries(presenceColumns.map((name) => [name, known[name] ?? '']));
  };
  return [
    { model: 'subscriber', domain, users: [user], row: () => withRemove(record, removed) },
    ...(isReached && record.srv_code === ''
      ? [{ model: 'presence', domain, users: [user], row: () => withRemove(present(), removed) } as const]
      : []),
  ];
};

const inDomain = (uids: readonly string[], domain: string): readonly string[] => [
  ...new Set(
    uids
      .map(toOwner)
      .filter((owner) => toKey(owner.domain) === toKey(domain))
      .map(({ user }) => user),
  ),
];

/** A new message, and one that somebody has deleted, which it is for nobody else. */
const message: Source<Message> = ({ record, before, removed }, { state, now }) => {
  const { domain, sessionId, fromUid, destination, hiddenFrom } = record;
  const participants = state.sessions.get(toTalkKey(domain, sessionId))?.participants ?? [];
  const hidden = hiddenFrom.filter((uid) => before !== undefined && !before.hiddenFrom.includes(uid));
  const users = hidden.length > 0 ? hidden : [fromUid, ...destination.split(','), ...participants];
  return [
    {
      model: 'message',
      domain,
      users: inDomain(users, domain),
      row: (origin) => withRemove(toMessageRow(record, { origin, now }), removed || hidden.length > 0),
    },
  ];
};

/** Each participant has a row of their own, which leaves with them. */
const messagesession: Source<MessageSession> = ({ record, before, removed }) => {
  const { domain } = record;
  const users = inDomain(record.participants, domain);
  const left = inDomain(before?.participants ?? [], domain).filter((user) => !users.includes(user));
  const toEvent = (user: string, isOver: boolean): ModelEvent => ({
    model: 'messagesession',
    domain,
    users: [user],
    row: () => withRemove(toSessionRow(record, { user, domain }), isOver),
  });
  return [...users.map((user) => toEvent(user, removed)), ...left.map((user) => toEvent(user, true))];
};

const agent: Source<AgentRecord> = ({ record, removed }) => [
  {
    model: 'agent',
    domain: record.owner_domain,
    users: [record.owner_user],
    row: () => withRemove({ ...record, stat: record.entry_status }, removed),
  },
];

/** What is in a mailbox, or has just left it. */
const audio: Source<AudioRecord> = ({ record, before, removed }, { now }) => {
  const isMail = [record, before].some((one) => one?.type.startsWith('vmail/') === true);
  if (!isMail) return [];
  const { owner: user, owner_domain: domain } = record;
  return [
    {
      model: 'voicemail',
      domain,
      users: [user],
      row: (origin) =>
        withRemove({ ...record, user, domain, play: toPlayLink(record, { origin, now }) }, removed),
    },
  ];
};

const partiesOf = ({ orig, term }: CallDetail): readonly string[] =>
  [orig.user, term.user].filter((user) => user !== null);

const cdr2: Source<CallDetail> = ({ record }, { state }) => {
  const { domain } = record;
  const past = historyOf(state, domain)?.find(record.id);
  if (past === undefined) return [];
  return [
    {
      model: 'cdr',
      domain,
      users: partiesOf(record),
      row: () => ({
        action: 'INSERT',
        object: 'cdr',
        ...toCdrRow(record, past, territoryOf(state, domain) ?? ''),
      }),
    },
  ];
};

/** By the object that the listeners of the state are told. */
const sources = { call, subscriber, message, messagesession, agent, audio, cdr2 };

/** Where records say whose they are. */
const domainNames = ['domain', 'owner_domain', 'subscriber_domain', 'huntgroup_domain'] as const;
const userNames = ['user', 'owner', 'owner_user', 'subscriber_name'] as const;

const pick = (record: object, names: readonly string[]): string => {
  const values = names.map((name): unknown => (record as Record<string, unknown>)[name]);
  return values.find((value) => typeof value === 'string') ?? '';
};

const toAuditAction = (removed: boolean, before: unknown): string => {
  if (removed) return 'delete';
  return before === undefined ? 'add' : 'update';
};

const toAudit = (object: string, { record, before, removed }: Change<object>, now: number): ModelEvent => {
  const [domain, user] = [pick(record, domainNames), pick(record, userNames)];
  const action = toAuditAction(removed, before);
  return {
    model: 'auditlog',
    domain,
    users: user === '' ? [] : [user],
    row: () => ({ object, action, domain, user, datetime: toTime(now) }),
  };
};

/** The events of every model that a change makes. */
export const toEvents = (object: string, change: Change<object>, setting: Setting): readonly ModelEvent[] => {
  const source = Object.hasOwn(sources, object)
    ? (sources[object as keyof typeof sources] as unknown as Source<object>)
    : undefined;
  return [...(source?.(change, setting) ?? []), toAudit(object, change, setting.now)];
};

/** A recording that can be fetched from now on. */
export const toRecordingEvent = (detail: CallDetail, { switches, now }: Setting): ModelEvent => ({
  model: 'call_recording',
  domain: detail.domain,
  users: partiesOf(detail),
  row: (origin) => {
    const { url = '', ...row } = toRecordingRow(detail, { switches, now, origin });
    const { domain, origCallid, termCallid } = detail;
    return {
      object: 'call_recording',
      action: 'INSERT',
      domain,
      orig_callid: origCallid,
      term_callid: termCallid,
      ...row,
      status: 'converted',
      download_url: url,
    };
  },
});
