import type { Interest } from '../change.ts';
import { UpstreamError } from '../errors.ts';

/** The publishing services (facts §8.1). */
export const topics = {
  media: 'platform-api-media',
  conversations: 'platform-api-conversations',
  presence: 'platform-api-presence',
} as const;

/** An id as a part of a regular expression, which is what a subject filter is (facts §8.1). */
const literal = (id: string): string => {
  // Nothing could be read of it, so that whoever followed it would wait for ever.
  if (id === '.' || id === '..' || !id.isWellFormed())
    throw new UpstreamError({
      code: 'BAD_USER_INPUT',
      platform: 'cloudlink',
      message: 'An id must be valid Unicode, and not "." or "..".',
    });
  return encodeURIComponent(id).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
};

const anyOf = (ids: readonly string[]): string => {
  if (ids.length === 0) return '[^/]+';
  return ids.length === 1 ? literal(ids[0] ?? '') : `(${ids.toSorted().map(literal).join('|')})`;
};

const interest = (topic: keyof typeof topics, subject: string, of: readonly string[] = []): Interest => ({
  platform: 'cloudlink',
  topic: topics[topic],
  subject,
  of: of.toSorted(),
});

/** No fact names it: the path that the list of a record has, and the address of the record itself. */
const RECORDS = '(calls/[^/]+/records|callrecords/[^/]+)';

/**
 * What can be asked to be told. The filters are not anchored at their beginning, because a subject comes with and without
 * the version of the service before it.
 */
export const cloudlinkInterests = {
  /** The calls of one endpoint; without one, of all that the caller may see. */
  calls: (endpointId?: string) =>
    interest(
      'media',
      `/endpoints/${anyOf(endpointId === undefined ? [] : [endpointId])}/calls/`,
      [endpointId ?? []].flat(),
    ),
  /** What some endpoints do and are set to. */
  endpoints: (endpointIds: readonly string[]) =>
    interest('media', `/endpoints/${anyOf(endpointIds)}$`, endpointIds),
  callRecords: () => interest('media', `/${RECORDS}$`),
  /** Nothing documented says that recordings are published: they are looked for when a call has become a record. */
  recordings: (): Interest => ({
    ...interest('media', `/(recordings/[^/]+|${RECORDS})$`),
    sequel: { of: 'CallRecord', afterMs: [1_000, 5_000, 20_000, 60_000] },
  }),
  /** What is said in one conversation; without one, in all of the caller's. */
  messages: (conversationId?: string) =>
    interest(
      'conversations',
      `/conversations/${anyOf(conversationId === undefined ? [] : [conversationId])}/messages/`,
      [conversationId ?? []].flat(),
    ),
  conversations: () => interest('conversations', '/conversations/[^/]+$'),
  presence: (userIds: readonly string[]) =>
    interest('presence', `/users/${anyOf(userIds)}/presence$`, userIds),
};
