import { createBound } from '../bound.ts';
import type { Change, Interest, Seen, Snapshot } from '../change.ts';
import { readEnded } from '../ended-list.ts';
import { UpstreamError } from '../errors.ts';
import { joinFound, readSince, unseen, type Found } from '../long-list.ts';
import { told, whole } from '../told.ts';
import type { Page, PageRequest } from '../page.ts';
import type { createCallRecords } from './call-record.ts';
import type { createConversations } from './conversation.ts';
import type { createEndpoints } from './endpoint.ts';
import { topics } from './interest.ts';
import type { createLiveCalls } from './live-call.ts';
import type { createMessages, Message } from './message.ts';
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

/** So many of a list are looked at where one request has them. */
const MOST = { first: 100, offset: 0 } as const;
/** So many conversations are read together where each has to be: others want to ask as well. */
const AT_A_TIME = 10;
/** So much of each of them is read: a look at all must not cost more than an operation may (`MAX_UPSTREAM_CALLS`). */
const PAGES_OF_MANY = 2;

const isOutOfReach = (error: unknown) =>
  error instanceof UpstreamError && ['FORBIDDEN', 'NOT_FOUND'].includes(error.failure.code);

/** What was found of each; a part that could not be read must not pass for gone. */
const found = <Model extends object>(
  results: readonly (Model | null | Error)[],
  toChange: (model: Model) => Change,
): readonly Change[] =>
  results.flatMap((result) => {
    if (result instanceof Error) throw result;
    return result === null ? [] : [toChange(result)];
  });

const toCalls = async ({ liveCalls }: Readable, [endpointId = '']: readonly string[]) =>
  whole(
    (await liveCalls.list(endpointId)).map((call) => {
      const key = `${call.endpointId}/${call.pbxCallId}`;
      return told('LiveCall', key, call, { state: call.state, begins: call.state === 'ringing' });
    }),
  );

const toEndpoints = async ({ endpoints }: Readable, ids: readonly string[]) =>
  whole(found(await endpoints.getMany(ids), (endpoint) => told('Endpoint', endpoint.id, endpoint)));

const toPresences = async ({ presences }: Readable, userIds: readonly string[]) => {
  const many = await presences.getMany(userIds);
  return whole(found(many, (presence) => told('UserPresence', presence.userId, presence)));
};

const toRecords = async ({ callRecords }: Readable, _ids: readonly string[], seen?: Seen) => {
  const found = await readEnded(
    {
      read: (page) => callRecords.list({}, page),
      toChange: (record) => told('CallRecord', record.id, record, { begins: true }),
      beganAt: ({ startedAt }) => startedAt,
      endedAt: ({ endedAt }) => endedAt,
    },
    seen?.['records'],
  );
  return joinFound([['records', found]]);
};

const toRecordings = async ({ recordings }: Readable, _ids: readonly string[], seen?: Seen) => {
  const found = await readEnded(
    {
      read: (page) => recordings.list({}, page, { field: 'createdOn', direction: 'desc' }),
      toChange: (recording) => told('Recording', recording.id, recording, { begins: true }),
      beganAt: ({ createdAt }) => createdAt,
      // Whether it is created when it begins or when it ends nothing says: this is not before its end.
      endedAt: ({ createdAt, durationSeconds }) =>
        createdAt && new Date(createdAt.getTime() + (durationSeconds ?? 0) * 1000),
    },
    seen?.['recordings'],
  );
  return joinFound([['recordings', found]]);
};

const toMessages = async ({ messages, conversations }: Readable, ids: readonly string[], seen?: Seen) => {
  const lastOf = (id: string) => seen && (seen[id] ?? unseen(seen, true));
  const toList = (read: (page: PageRequest) => Promise<Page<Message>>, mostPages?: number) => ({
    read,
    toChange: (message: Message) => told('Message', message.id, message, { begins: true }),
    timeOf: ({ createdAt }: Message) => createdAt,
    ...(mostPages !== undefined && { mostPages }),
  });
  const readOne = (id: string, mostPages?: number) =>
    readSince(
      toList((page) => messages.list(id, page), mostPages),
      lastOf(id),
    );
  if (ids.length > 0) return joinFound(await Promise.all(ids.map(async (id) => [id, await readOne(id)])));
  const { items } = await conversations.list(MOST, null);
  const bounded = createBound(AT_A_TIME);
  const findIn = async (id: string, latestMessages: readonly Message[] | null): Promise<Found> => {
    // Whether anything was said there only the conversation itself tells.
    if (latestMessages === null) return bounded(() => readOne(id, PAGES_OF_MANY));
    const latest = latestMessages.map((value, index) => ({ value, next: index + 1 }));
    const last = await readSince(
      toList(async () => ({ items: latest, hasNextPage: false })),
      lastOf(id),
    );
    // What was said before it, since the last look, stands only in the conversation itself.
    return last.hasNews && seen !== undefined ? bounded(() => readOne(id, PAGES_OF_MANY)) : last;
  };
  const refused: unknown[] = [];
  const found = items.map(async ({ value }): Promise<readonly (readonly [string, Found])[]> => {
    const { id, latestMessages } = value;
    try {
      return [[id, await findIn(id, latestMessages)]];
    } catch (error) {
      // Whoever has just left a conversation has the others all the same.
      if (!isOutOfReach(error)) throw error;
      refused.push(error);
      const former = seen?.[id];
      return former === undefined ? [] : [[id, { changes: [], seen: former, hasNews: false, hasGap: false }]];
    }
  });
  const lists = (await Promise.all(found)).flat();
  // Who may read none of them would wait for ever.
  if (refused.length > 0 && refused.length === items.length) throw refused[0];
  return joinFound(lists);
};

const toConversations = async ({ conversations }: Readable, _ids: readonly string[], seen?: Seen) => {
  const found = await readSince(
    {
      read: (page) => conversations.list(page, null),
      toChange: (conversation) => told('Conversation', conversation.id, conversation, { begins: true }),
    },
    seen?.['conversations'],
    MOST.first,
  );
  return joinFound([['conversations', found]]);
};

type Read = (from: Readable, ids: readonly string[], seen?: Seen) => Promise<Snapshot>;

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

/** These are read one by one: CloudLink has no list of all. */
const needIds: ReadonlySet<Read> = new Set<Read>([toCalls, toEndpoints, toPresences]);

const readerOf = ({ topic, subject, of }: Interest): Read | null => {
  const [, , read] = readers.find(([name, pattern]) => name === topic && pattern.test(subject)) ?? [];
  return read === undefined || (of.length === 0 && needIds.has(read)) ? null : read;
};

/** Whether CloudLink has a list of what an interest is about. */
export const hasList = (interest: Interest): boolean => readerOf(interest) !== null;

/** How things are that an interest is about; null where CloudLink has no list of them. */
export const createSnapshot =
  (from: Readable) =>
  async (interest: Interest, seen?: Seen): Promise<Snapshot | null> =>
    (await readerOf(interest)?.(from, interest.of, seen)) ?? null;
