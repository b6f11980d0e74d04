import type { Change } from '../change.ts';
import { isResource, toDate, toInteger, toText, type Resource } from '../decode.ts';
import { toCallRecord } from './call-record.ts';
import { toConversation } from './conversation.ts';
import { toEndpoint } from './endpoint.ts';
import { isOver, toLiveCall, type LiveCall } from './live-call.ts';
import { toMessage } from './message.ts';
import { toPresence } from './presence.ts';
import { toRecording } from './recording.ts';

/** What a publication is about: what of a {@link Change} its content alone tells. */
export type Told = Pick<Change, 'noun' | 'key' | 'model'> &
  Partial<Pick<Change, 'kind' | 'state' | 'begins'>>;

/** Whoever is told of what a publication leaves out: it has no operation to tell it in. */
const nobody = { warn: () => undefined };

/** Some senders put the message into `body`, with the text in its own `body`. */
const unwrap = (content: Resource): Resource => (isResource(content['body']) ? content['body'] : content);

/** Whoever calls is connected to the ringing of the other side at once: their call is told as new this soon after it began. */
const NEW_MS = 1_000;

/** No publication says of a call that it is new (facts §8.2). */
const isNew = ({ state, startedAt }: LiveCall, content: Resource): boolean => {
  if (state === 'ringing') return true;
  const toldAt = toInteger(content['timestamp']) ?? toDate(content['timestamp'])?.getTime() ?? Infinity;
  return startedAt !== null && toldAt - startedAt.getTime() < NEW_MS;
};

const toCallTold = (content: Resource, endpointId: string, callId: string): Told => {
  const model = toLiveCall({ callId, ...content }, endpointId);
  return {
    noun: 'LiveCall',
    key: `${model.endpointId}/${model.pbxCallId}`,
    model,
    state: model.state,
    begins: isNew(model, content),
    ...(isOver(model) && { kind: 'REMOVED' }),
  };
};

type Read = (content: Resource, ...ids: readonly string[]) => Told;

/** What is made once and only looked at afterwards is new when it is told for the first time. */
const once = (noun: string, toModel: (content: Resource, id: string) => object): Read => {
  return (content, id = '') => ({ noun, key: id, model: toModel(content, id), begins: true });
};

const toRecordingTold = once('Recording', (content, recordingId) => toRecording({ recordingId, ...content }));
const toPresenceTold: Read = (content, userId = '') => ({
  noun: 'UserPresence',
  key: userId,
  model: toPresence({ userId, ...content }),
});

/** How to read the publications of each subject, by the path of its resource (facts §8.2). */
const readers: readonly (readonly [RegExp, Read])[] = [
  [
    /^endpoints\/([^/]+)\/calls\/(.+)$/,
    (content, endpoint = '', call = '') => toCallTold(content, endpoint, call),
  ],
  [
    /^endpoints\/([^/]+)$/,
    (content, id = '') => ({ noun: 'Endpoint', key: id, model: toEndpoint(content, id) }),
  ],
  [/^(?:callrecords\/[^/]+\/)?recordings\/([^/]+)$/i, toRecordingTold],
  // No fact names it: the address of the record itself, and the path that its list has.
  [
    /^(?:calls\/([^/]+)\/records|callrecords\/([^/]+))$/i,
    once('CallRecord', (content, callId) => toCallRecord({ callId, ...content })),
  ],
  [
    /^conversations\/([^/]+)\/messages\/([^/]+)$/,
    (content, conversationId = '', messageId = '') => {
      const key = { conversationId, accountId: toText(content['accountId']) };
      return { noun: 'Message', key: messageId, model: toMessage({ messageId, ...unwrap(content) }, key) };
    },
  ],
  [
    /^conversations\/([^/]+)$/,
    (content, conversationId = '') => ({
      noun: 'Conversation',
      key: conversationId,
      // What it embeds is read anew by whoever asks for it.
      model: toConversation(nobody, { conversationId, ...content }),
    }),
  ],
  [/^(?:users\/([^/]+)\/presence|presences\/([^/]+))$/, toPresenceTold],
];

/**
 * What a publication tells, by its subject without the version; null where nobody reads such a subject. Of an account that
 * its content does not name it is the publisher's. Throws where the content is not what the subject promises.
 */
export const readPublication = (
  subject: string,
  content: Resource,
  accountId: string | null,
): Told | null => {
  for (const [pattern, read] of readers) {
    const found = pattern.exec(subject);
    if (found === null) continue;
    // Of the alternatives of a pattern, one has found something.
    const ids = found.slice(1).filter((id) => id !== undefined);
    return read({ ...(accountId !== null && { accountId }), ...content }, ...ids.map(decodeURIComponent));
  }
  return null;
};
