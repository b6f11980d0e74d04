import type { Change } from '../change.ts';
import { toText, type Resource } from '../decode.ts';
import { stateOf, toActiveCall, type ActiveCall } from './active-call.ts';
import { ofDomain } from './call-detail-row.ts';
import { toAgent } from './call-queue.ts';
import type { Model } from './interest.ts';
import { toEntry } from './presence.ts';
import { toRecording } from './recording.ts';
import { toSubscriber } from './subscriber-record.ts';
import { toTextMessage } from './text-message.ts';
import { toTextSession } from './text-session.ts';

/** What an event row tells by itself. */
export type Told = Pick<Change, 'noun' | 'key' | 'model'> & Partial<Pick<Change, 'state' | 'begins'>>;

/** What was asked for: a row may leave out what all rows have in common. */
export interface Scope {
  readonly domain: string;
  /** `*` for all. */
  readonly user: string;
  readonly timeZone: string;
}

/** A tombstone says so; anything else may leave it out (facts §6.4). */
export const isRemoved = (row: Resource): boolean => toText(row['remove'])?.toLowerCase() === 'yes';

/** The user part of a SIP address, which is all that an event tells of a number. */
const userOf = (uri: unknown): string | null => /^<?sips?:([^@;>]+)/i.exec(toText(uri) ?? '')?.[1] ?? null;

/** A call by its originating id (facts §6.4). The event names some columns otherwise than `call read` does. */
const toCall = (row: Resource, { domain, timeZone }: Scope): ActiveCall =>
  toActiveCall(
    {
      ...row,
      orig_uri: row['orig_from_uri'],
      orig_name: row['orig_from_name'],
      term_uri: row['term_to_uri'],
      ani: toText(row['ani']) ?? userOf(row['orig_from_uri']),
      dnis: toText(row['dnis']) ?? row['orig_to_user'],
      time_begin: row['time_start'],
    },
    domain,
    timeZone,
  );

/** Whose view a row is: it says so, or it is of the one who was asked for. */
const ownerOf = (row: Resource, { domain, user }: Scope) => ({
  domain: toText(row['domain']) ?? domain,
  user: toText(row['user']) ?? (user === '*' ? '' : user),
});

/** A key of several parts; empty where one of them is not known. */
const keyOf = (...parts: readonly string[]): string => (parts.includes('') ? '' : parts.join('/'));

const readers: Readonly<Record<Model, (row: Resource, scope: Scope) => Told>> = {
  call_origid: (row, scope) => {
    const model = toCall(row, scope);
    const state = isRemoved(row) ? 'completed' : stateOf(model);
    return { noun: 'ActiveCall', key: model.originCallId, model, state, begins: state === 'ringing' };
  },
  subscriber: (row, { domain, timeZone }) => {
    const model = toSubscriber(row, domain, timeZone);
    return { noun: 'Subscriber', key: keyOf(model.domain, model.user), model };
  },
  presence: (row, { domain }) => {
    const model = toEntry(row, domain);
    return { noun: 'PresenceEntry', key: keyOf(model.domain, model.user), model };
  },
  message: (row, scope) => {
    const session = { ...ownerOf(row, scope), sessionId: toText(row['session_id']) ?? '' };
    const model = toTextMessage(row, session);
    return { noun: 'TextMessage', key: keyOf(model.user, model.sessionId, model.id), model, begins: true };
  },
  messagesession: (row, scope) => {
    const model = toTextSession(row, ownerOf(row, scope), scope.timeZone);
    return { noun: 'TextSession', key: keyOf(model.user, model.sessionId), model, begins: true };
  },
  agent: (row, { domain, timeZone }) => {
    const model = toAgent(row, domain, timeZone);
    return { noun: 'Agent', key: keyOf(model.queue, model.device), model };
  },
  cdr: (row, { domain }) => {
    const model = ofDomain(row, domain);
    return { noun: 'CallDetail', key: model.cdrId, model, begins: true };
  },
  call_recording: (row, { domain, timeZone }) => {
    const key = {
      domain: toText(row['domain']) ?? domain,
      // The event has the names of a call, the read that of a recording (facts §5.9).
      originCallId: toText(row['orig_callid']) ?? toText(row['call_id']) ?? '',
      destinationCallId: toText(row['term_callid']) ?? '',
    };
    const name = key.originCallId === '' ? '' : `${key.originCallId} ${key.destinationCallId}`;
    return { noun: 'CallRecording', key: name, model: toRecording(row, key, timeZone), begins: true };
  },
};

const isModel = (topic: string): topic is Model => Object.hasOwn(readers, topic);

/** What a row of a model tells; null where nobody reads that model, or where the row does not say of what it is. */
export const readEvent = (topic: string, row: Resource, scope: Scope): Told | null => {
  const told = isModel(topic) ? readers[topic](row, scope) : null;
  return told === null || told.key === '' ? null : told;
};
