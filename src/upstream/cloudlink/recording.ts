import { settleEach } from '../batch.ts';
import { createBound } from '../bound.ts';
import { isResource, toDate, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { getAll, getPage } from './collection.ts';
import { CONCURRENT_READS } from './endpoint.ts';
import { allOf, CHAIN_LENGTH, equals, equalsAny, within } from './filter.ts';
import { readId, readResource } from './reply.ts';

/** What was recorded of a call (facts §6.4). It leads to its call record by `callId` alone. */
export interface Recording {
  readonly id: string;
  readonly callId: string;
  readonly createdAt: Date | null;
  readonly contentType: string | null;
  readonly durationSeconds: number | null;
  readonly label: string | null;
}

/** Where a sound can be fetched without a token, for a time. */
export interface MediaAddress {
  readonly url: string;
  readonly expiresAt: Date | null;
}

/** The sound of a recording: the whole, and each channel for itself. */
export interface RecordingMedia {
  readonly whole: MediaAddress | null;
  readonly channels: readonly (MediaAddress & { readonly channelId: string })[];
  readonly contentType: string | null;
}

export interface RecordingFilter {
  readonly callId?: string | undefined;
  readonly label?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface RecordingOrder {
  readonly field: 'createdOn' | 'durationInSeconds';
  readonly direction: 'asc' | 'desc';
}

const toDuration = (value: unknown): number | null => {
  const seconds = Number(toText(value) ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
};

export const toRecording = (resource: Resource): Recording => ({
  id: readId(resource, 'recordingId'),
  callId: readId(resource, 'callId'),
  createdAt: toDate(resource['createdOn']),
  contentType: toText(resource['contentType']),
  durationSeconds: toDuration(resource['durationInSeconds']),
  label: toText(resource['label']),
});

const toAddress = (value: unknown): MediaAddress | null => {
  const url = isResource(value) ? toText(value['url']) : null;
  return isResource(value) && url !== null ? { url, expiresAt: toDate(value['expiry']) } : null;
};

const toMedia = (resource: Resource): RecordingMedia => {
  const embedded = isResource(resource['_embedded']) ? resource['_embedded'] : {};
  const channels = Array.isArray(embedded['channelMedia']) ? embedded['channelMedia'].filter(isResource) : [];
  return {
    whole: toAddress(embedded['media']),
    channels: channels.flatMap((channel) => {
      const [address, channelId] = [toAddress(channel), toText(channel['channelId'])];
      return address === null || channelId === null ? [] : [{ ...address, channelId }];
    }),
    contentType: toText(resource['contentType']),
  };
};

const toFilter = ({ callId, label, from, to }: RecordingFilter) =>
  allOf([
    ...(callId === undefined ? [] : [equals('callId', callId)]),
    ...(label === undefined ? [] : [equals('label', label)]),
    ...within('createdOn', from ?? null, to ?? null),
  ]);

export const createRecordings = (media: Http) => {
  const bound = createBound(CONCURRENT_READS);
  const path = ['recordings'];

  const find = async (id: string): Promise<Recording | null> => {
    const resource = await bound(() => findResource(media, [...path, id]));
    return resource === null ? null : toRecording(resource);
  };

  const listAll = (filter: string) => getAll(media, { path, toModel: toRecording, filter });

  return {
    /** A recording, null or an `Error` per id, in order: 50 to a request by a chain of `or`, one by its own route. */
    getMany: (ids: readonly string[]) =>
      settleEach<string, Recording | null>(ids, {
        groupOf: () => '',
        size: CHAIN_LENGTH,
        load: async (_group, group) => {
          const [only] = group;
          if (group.length === 1 && only !== undefined) return [await find(only)];
          const found = await listAll(equalsAny('recordingId', group));
          const byId = new Map(found.map((recording) => [recording.id, recording]));
          return group.map((id) => byId.get(id) ?? null);
        },
      }),
    /** The recordings of each call, or an `Error`, in order: 50 calls to a request (facts §9). */
    listByCalls: (callIds: readonly string[]) =>
      settleEach<string, readonly Recording[]>(callIds, {
        groupOf: () => '',
        size: CHAIN_LENGTH,
        load: async (_group, group) => {
          const byCall = Map.groupBy(await listAll(equalsAny('callId', group)), ({ callId }) => callId);
          return group.map((callId) => byCall.get(callId) ?? []);
        },
      }),
    list: (filter: RecordingFilter, page: PageRequest, order?: RecordingOrder) => {
      const query = order && { $orderby: `${order.field} ${order.direction}` };
      return getPage(media, { path, toModel: toRecording, filter: toFilter(filter), query }, page);
    },
    /** Addresses for the sound in a format, upstream's own where none is named. Throws NOT_FOUND. */
    media: async (id: string, format?: string): Promise<RecordingMedia> => {
      const query = { $expand: 'media', ...(format !== undefined && { 'media-format': format }) };
      const request = { method: 'GET', path: [...path, id], query, effect: 'read' } as const;
      return toMedia(readResource(await bound(() => media.send(request))));
    },
    /** Labels it and reads it back, since no body is promised. */
    label: async (id: string, label: string): Promise<Recording> => {
      await media.send({ method: 'PUT', path: [...path, id], json: { label }, effect: 'write' });
      const recording = await find(id);
      if (recording !== null) return recording;
      throw new UpstreamError({
        code: 'NOT_FOUND',
        platform: 'cloudlink',
        message: 'CloudLink has no such recording any more.',
      });
    },
    /** Deletes it, for good. Throws FORBIDDEN to whoever is no administrator (facts §6.4). */
    remove: async (id: string): Promise<void> => {
      await media.send({ method: 'DELETE', path: [...path, id], effect: 'write' });
    },
  };
};
