import type { Change } from '../change.ts';
import { toText, type Resource } from '../decode.ts';
import { stateOf, toDomainName, type ActiveCall } from './active-call.ts';
import { ofDomain } from './call-detail-row.ts';
import { toAgent } from './call-queue.ts';
import type { Model } from './interest.ts';
import { toEntry } from './presence.ts';
import { toRecording } from './recording.ts';
import { toSubscriber } from './subscriber-record.ts';
import { toTextMessage } from './text-message.ts';
import { toTextSession } from './text-session.ts';
import { toZonelessTime } from './time.ts';

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

/**
 * A call by its originating id (facts §6.4). The event names its columns otherwise than `call read` does, and has no
 * leg of the destination.
 */
const toCall = (row: Resource, { domain, timeZone }: Scope): ActiveCall => ({
  domain,
  originCallId: toText(row['orig_callid']) ?? '',
  destinationCallId: toText(row['term_callid']) ?? '',
  origin: {
    callId: toText(row['orig_callid']),
    extension: toText(row['orig_user']),
    domain: toDomainName(row['orig_domain']),
    uri: toText(row['orig_from_uri']),
    name: toText(row['orig_from_name']),
    number: toText(row['ani']) ?? userOf(row['orig_from_uri']),
    state: toText(row['orig_call_info']),
  },
  destination: {
    callId: toText(row['term_callid']),
    extension: toText(row['term_user']),
    domain: toDomainName(row['term_domain']),
    uri: toText(row['term_to_uri']),
    name: null,
    number: toText(row['dnis']) ?? toText(row['orig_to_user']),
    state: toText(row['term_call_info']),
  },
  byAction: toText(row['by_action']),
  byUser: toText(row['by_user']),
  byDomain: toDomainName(row['by_domain']),
  byCallId: toText(row['by_callid']),
  beganAt: toZonelessTime(row['time_start'], timeZone),
  answeredAt: toZonelessTime(row['time_answer'], timeZone),
});

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
