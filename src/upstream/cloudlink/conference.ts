import { settleEach } from '../batch.ts';
import { isResource, toDate, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { PlacedPageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { getAll } from './collection.ts';
import { toParticipant, type ConferenceParticipant } from './conference-participant.ts';
import { allOf, CHAIN_LENGTH, equals, equalsAny } from './filter.ts';
import { getPlacedPage } from './placed-collection.ts';
import { readId, readResource } from './reply.ts';
import { toRowsIfAny } from './rows.ts';

/** A meeting by voice (facts §6.5). */
export interface Conference extends Audit {
  readonly id: string;
  readonly accountId: string | null;
  readonly externalId: string | null;
  readonly name: string | null;
  readonly accessCode: string | null;
  readonly state: string | null;
  readonly conferenceType: string | null;
  readonly lobbyPolicy: string | null;
  readonly phoneNumbers: readonly string[];
  /** Null where upstream embedded none, or not all of them. */
  readonly participants: readonly ConferenceParticipant[] | null;
  /** The chat it belongs to. Undefined where the tags that tell were not asked for. */
  readonly conversationId: string | null | undefined;
}

/** When somebody was in a conference. Its fields are documented nowhere; those of other resources are assumed. */
export interface Attendance {
  readonly id: string;
  readonly conferenceId: string | null;
  readonly joinedAt: Date | null;
  readonly leftAt: Date | null;
}

export interface ConferenceFilter {
  /** Words that the name, the code or the tags contain; upstream has a route of its own for them. */
  readonly search?: string | undefined;
  readonly participantIds?: readonly string[] | undefined;
  readonly accessCode?: string | undefined;
  readonly externalId?: string | undefined;
}

export interface NewConference {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly lobbyPolicy?: string | undefined;
  readonly accessCodeLength?: number | undefined;
  readonly expiryDateTime?: string | undefined;
  readonly participants?: readonly { readonly participantId: string }[] | undefined;
}

export interface ConferenceChange {
  readonly name?: string | undefined;
  readonly lobbyPolicy?: string | undefined;
}

export type ConferenceAction = 'end' | 'record' | 'stop-record' | 'pause-record' | 'resume-record';

/** The items of a collection inside a resource; null where there is none, or where it goes on elsewhere. */
const itemsIn = (embedded: unknown, name: string): readonly Resource[] | null => {
  const collection = isResource(embedded) ? embedded[name] : null;
  if (!isResource(collection)) return null;
  const { _embedded: inner, _links: links } = collection;
  if (isResource(links) && toText(links['next']) !== null) return null;
  const items = isResource(inner) ? inner['items'] : [];
  return Array.isArray(items) ? items.filter(isResource) : null;
};

const parseJson = (text: string | null): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
};

/** The chat that a meeting's tags name: JSON in a text, `{"meeting":{"conversationId":…}}` (facts §6.5). */
const toConversationId = (embedded: unknown): string | null => {
  for (const tag of itemsIn(embedded, 'conferenceTags') ?? []) {
    const value = parseJson(toText(tag['value']));
    const meeting = isResource(value) ? value['meeting'] : null;
    const conversationId = isResource(meeting) ? toText(meeting['conversationId']) : null;
    if (conversationId !== null) return conversationId;
  }
  return null;
};

export const toConference = (media: Http, resource: Resource): Conference => {
  const id = readId(resource, 'id');
  const embedded = resource['_embedded'];
  const participants = itemsIn(embedded, 'participants');
  return {
    id,
    accountId: toText(resource['accountId']),
    externalId: toText(resource['externalId']),
    name: toText(resource['name']),
    accessCode: toText(resource['accessCode']),
    state: toText(resource['state']),
    conferenceType: toText(resource['type']),
    lobbyPolicy: toText(resource['lobbyPolicy']),
    phoneNumbers: (itemsIn(embedded, 'addresses') ?? []).flatMap((item) => toText(item['address']) ?? []),
    participants: participants && toRowsIfAny(media, participants, (item) => toParticipant(item, id)),
    conversationId:
      isResource(embedded) && embedded['conferenceTags'] !== undefined
        ? toConversationId(embedded)
        : undefined,
    ...toAudit(resource),
  };
};

const toAttendance = (resource: Resource): Attendance => {
  const links = resource['_links'];
  const conference = isResource(links) ? toText(links['conference']) : null;
  return {
    id: readId(resource, 'attendanceId'),
    conferenceId: toText(resource['conferenceId']) ?? conference?.split('/').at(-1) ?? null,
    joinedAt: toDate(resource['createdOn']),
    leftAt: toDate(resource['endTime']),
  };
};

const gone = () =>
  new UpstreamError({
    code: 'NOT_FOUND',
    platform: 'cloudlink',
    message: 'CloudLink has no such conference any more.',
  });

export const createConferences = (media: Http) => {
  const path = ['conferences'];
  const toModel = (resource: Resource) => toConference(media, resource);
  const expandIf = (isWanted: boolean): Record<string, string> => (isWanted ? { $expand: 'tags' } : {});

  const find = async (id: string): Promise<Conference | null> => {
    const resource = await findResource(media, [...path, id]);
    return resource === null ? null : toModel(resource);
  };

  /** Upstream documents a body for none of the changes: the conference is read back. */
  const change = async (request: {
    readonly method: 'PUT' | 'POST' | 'DELETE';
    readonly path: readonly string[];
    readonly json?: unknown;
  }): Promise<void> => {
    await media.send({ ...request, effect: 'write' });
  };

  const readBackOf = async (id: string): Promise<Conference> => {
    const conference = await find(id);
    if (conference === null) throw gone();
    return conference;
  };

  return {
    find,
    /** A conference, null or an `Error` per id, in order: 50 to a request by a chain of `or` (facts §9). */
    getMany: (ids: readonly string[]) =>
      settleEach<string, Conference | null>(ids, {
        groupOf: () => '',
        size: CHAIN_LENGTH,
        load: async (_group, group) => {
          const [only] = group;
          if (group.length === 1 && only !== undefined) return [await find(only)];
          const found = await getAll(media, { path, toModel, filter: equalsAny('id', group) });
          const byId = new Map(found.map((conference) => [conference.id, conference]));
          return group.map((id) => byId.get(id) ?? null);
        },
      }),
    /** The chat that a conference belongs to, for one that was read without its tags. */
    conversationIdOf: async (id: string): Promise<string | null> => {
      const request = { method: 'GET', path: [...path, id], query: expandIf(true), effect: 'read' } as const;
      return toModel(readResource(await media.send(request))).conversationId ?? null;
    },
    list: (filter: ConferenceFilter, page: PlacedPageRequest, withTags: boolean) => {
      const { search, participantIds = [], accessCode, externalId } = filter;
      const $filter = allOf([
        ...(accessCode === undefined ? [] : [equals('accessCode', accessCode)]),
        ...(externalId === undefined ? [] : [equals('externalId', externalId)]),
      ]);
      const query = {
        ...expandIf(withTags),
        ...($filter !== undefined && { $filter }),
        ...(search !== undefined && { $search: search }),
        ...(participantIds.length > 0 && { containsAllParticipants: participantIds.join(',') }),
      };
      const where = search === undefined ? path : [...path, 'content'];
      return getPlacedPage(media, { path: where, toModel, query }, page);
    },
    listOfUser: (userId: string, page: PlacedPageRequest, withTags: boolean) =>
      getPlacedPage(
        media,
        { path: ['users', userId, 'conferences'], toModel, query: expandIf(withTags) },
        page,
      ),
    attendancesOfUser: (userId: string, page: PlacedPageRequest) =>
      getPlacedPage(media, { path: ['users', userId, 'attendances'], toModel: toAttendance }, page),
    create: async (conference: NewConference): Promise<Conference> =>
      toModel(readResource(await media.send({ method: 'POST', path, json: conference, effect: 'write' }))),
    update: async (id: string, json: ConferenceChange): Promise<Conference> => {
      await change({ method: 'PUT', path: [...path, id], json });
      return readBackOf(id);
    },
    act: async (id: string, action: ConferenceAction): Promise<Conference> => {
      await change({ method: 'POST', path: [...path, id], json: { action } });
      return readBackOf(id);
    },
    remove: (id: string) => change({ method: 'DELETE', path: [...path, id] }),
  };
};
