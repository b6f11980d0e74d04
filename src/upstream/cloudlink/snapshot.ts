import type { Change, Interest, Snapshot } from '../change.ts';
import { newest, told, whole } from '../told.ts';
import type { createCallRecords } from './call-record.ts';
import type { createConversations } from './conversation.ts';
import type { createEndpoints } from './endpoint.ts';
import { topics } from './interest.ts';
import type { createLiveCalls } from './live-call.ts';
import type { createMessages } from './message.ts';
import type { createPresences } from './presence.ts';
import type { createRecordings } from './recording.ts';

/** What can be read of what publications tell. */
export interface Readable {
  readonly liveCalls: ReturnType<typeof createLiveCalls>;
  readonly endpoints: ReturnType<typeof createEndpoints>;
  readonly presences: ReturnType<typeof createPresences>;
  readonly conversations: ReturnType<typeof createConversations>;
  readonly messages: ReturnType<typeof createMessages>;
  readonly callRecords: ReturnType<typeof createCallRecords>;
  readonly recordings: ReturnType<typeof createRecordings>;
}

/** So many of the newest of a long list are looked at. */
const NEWEST = { first: 20, offset: 0 } as const;
const MOST = { first: 100, offset: 0 } as const;

/** What was found of each; a part that could not be read must not pass for gone. */
const found = <Model extends object>(
  results: readonly (Model | null | Error)[],
  toChange: (model: Model) => Change,
): readonly Change[] =>
  results.flatMap((result) => {
    if (result instanceof Error) throw result;
    return result === null ? [] : [toChange(result)];
  });

const toCalls = async ({ liveCalls }: Readable, [endpointId]: readonly string[]) => {
  if (endpointId === undefined) return null;
  return whole(
    (await liveCalls.list(endpointId)).map((call) => {
      const key = `${call.endpointId}/${call.pbxCallId}`;
      return told('LiveCall', key, call, { state: call.state, begins: call.state === 'ringing' });
    }),
  );
};

const toEndpoints = async ({ endpoints }: Readable, ids: readonly string[]) => {
  if (ids.length === 0) return null;
  return whole(found(await endpoints.getMany(ids), (endpoint) => told('Endpoint', endpoint.id, endpoint)));
};

const toPresences = async ({ presences }: Readable, userIds: readonly string[]) => {
  if (userIds.length === 0) return null;
  const many = await presences.getMany(userIds);
  return whole(found(many, (presence) => told('UserPresence', presence.userId, presence)));
};

const toRecords = async ({ callRecords }: Readable) => {
  const { items } = await callRecords.list({}, NEWEST);
  const records = items.map(({ value }) => value).toReversed();
  return newest(records.map((record) => told('CallRecord', record.id, record, { begins: true })));
};

const toRecordings = async ({ recordings }: Readable) => {
  const { items } = await recordings.list({}, MOST, { field: 'createdOn', direction: 'desc' });
  const latest = items.map(({ value }) => value).toReversed();
  return newest(latest.map((recording) => told('Recording', recording.id, recording, { begins: true })));
};

const toMessages = async (from: Readable, ids: readonly string[]) => {
  if (ids.length > 0) {
    const pages = await Promise.all(ids.map((id) => from.messages.list(id, NEWEST)));
    const messages = pages.flatMap(({ items }) => items.map(({ value }) => value).toReversed());
    return newest(messages.map((message) => told('Message', message.id, message, { begins: true })));
  }
  const { items } = await from.conversations.list(MOST, null);
  const latest = items.flatMap(({ value }) => value.latestMessages ?? []);
  return newest(latest.map((message) => told('Message', message.id, message, { begins: true })));
};

const toConversations = async ({ conversations }: Readable) => {
  const { items } = await conversations.list(MOST, null);
  return newest(items.map(({ value }) => told('Conversation', value.id, value, { begins: true })));
};

type Read = (from: Readable, ids: readonly string[]) => Promise<Snapshot | null>;

/** By what the filter of an interest begins and ends with. */
const readers: readonly (readonly [topic: string, subject: RegExp, Read])[] = [
  [topics.media, /^\/endpoints\/.*\/calls\/$/, toCalls],
  [topics.media, /^\/endpoints\//, toEndpoints],
  [topics.media, /^\/\(recordings\//, toRecordings],
  [topics.media, /^\/\(calls\//, toRecords],
  [topics.presence, /^\/users\//, toPresences],
  [topics.conversations, /\/messages\/$/, toMessages],
  [topics.conversations, /^\/conversations\//, toConversations],
];

/** How things are that an interest is about; null where CloudLink has no list of them. */
export const createSnapshot =
  (from: Readable) =>
  async ({ topic, subject, of }: Interest): Promise<Snapshot | null> => {
    const [, , read] = readers.find(([name, pattern]) => name === topic && pattern.test(subject)) ?? [];
    return read === undefined ? null : read(from, of);
  };
