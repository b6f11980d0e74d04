import { settleEach } from '../batch.ts';
import { createBound } from '../bound.ts';
import { toBoolean, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import { readBack } from '../read-back.ts';
import { readId, readResource } from './reply.ts';

/** An extension of the PBX, and what is set on it (facts §6.1). Its routes know the caller's account alone. */
export interface Endpoint {
  readonly id: string;
  readonly name: string | null;
  readonly state: string | null;
  readonly availability: string | null;
  readonly messageWaiting: boolean | null;
  readonly doNotDisturb: boolean | null;
}

/** A setting that an endpoint can be told, on or off. */
export interface EndpointChange {
  readonly action: 'dnd' | 'messageWaiting';
  readonly enabled: boolean;
  /** The availability to set with it; the one that is set already where absent. */
  readonly availability?: string | undefined;
}

/** Reads that upstream cannot combine and that are under way at a time for one operation. */
export const CONCURRENT_READS = 10;

export const toEndpoint = (resource: Resource, endpointId: string): Endpoint => ({
  id: toText(resource['endpointId']) ?? endpointId,
  name: toText(resource['name']),
  state: toText(resource['state']),
  availability: toText(resource['userAvailability']),
  messageWaiting: toBoolean(resource['messageWaiting']),
  doNotDisturb: toBoolean(resource['dnd']),
});

const isNotFound = (error: unknown) => error instanceof UpstreamError && error.failure.code === 'NOT_FOUND';

export const createEndpoints = (media: Http, signal: AbortSignal) => {
  const bound = createBound(CONCURRENT_READS);

  const get = async (endpointId: string, isFresh = false): Promise<Endpoint> => {
    const path = ['endpoints', endpointId];
    const reply = await bound(() => media.send({ method: 'GET', path, effect: 'read', isFresh }));
    const resource = readResource(reply);
    readId(resource, 'endpointId');
    return toEndpoint(resource, endpointId);
  };

  return {
    /** An endpoint, null or an `Error` per id, in order. One request each: there is no other way (facts §9). */
    getMany: (ids: readonly string[]) =>
      settleEach<string, Endpoint | null>(ids, {
        groupOf: (id) => id,
        size: 1,
        load: async (id) => [
          await get(id).catch((error: unknown) => {
            if (isNotFound(error)) return null;
            throw error;
          }),
        ],
      }),
    /** Sets it and reads the endpoint back, since a 202 has no body. Upstream wants the availability said each time. */
    change: async (
      endpointId: string,
      { action, enabled, availability }: EndpointChange,
    ): Promise<Endpoint> => {
      const userAvailability = availability ?? (await get(endpointId, true)).availability ?? 'available';
      const json = { action, enabled, userAvailability };
      await media.send({ method: 'PUT', path: ['endpoints', endpointId], json, effect: 'write' });
      return readBack({
        platform: 'cloudlink',
        signal,
        read: () => get(endpointId, true),
        isVisible: (endpoint) =>
          (action === 'dnd' ? endpoint.doNotDisturb : endpoint.messageWaiting) === enabled &&
          endpoint.availability === userAvailability,
      });
    },
  };
};
