import type { Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { readBack } from '../read-back.ts';
import { findAnswered, readResource } from './reply.ts';

/** Changes of what the Admin service keeps. Each is a write, and leaves once. */
export interface AdminChange {
  create(path: readonly string[], json: object): Promise<Resource>;
  /**
   * The resource as it is now: as the answer tells it, or read anew where the answer does not hold its `idName`, since no
   * body is documented for changes. What `json` leaves out stays as it is (facts §3.5).
   */
  update(path: readonly string[], json: object, idName: string): Promise<Resource>;
  remove(path: readonly string[]): Promise<void>;
  /** Reads until `isVisible`; throws ACCEPTED_NOT_VISIBLE where that does not come. */
  readBack<Model>(
    path: readonly string[],
    toModel: (resource: Resource) => Model,
    isVisible: (model: Model) => boolean,
  ): Promise<Model>;
}

/** `signal` ends the waiting for a change to show. */
export const createAdminChange = (admin: Http, signal: AbortSignal): AdminChange => {
  const read = async (path: readonly string[]): Promise<Resource> =>
    readResource(await admin.send({ method: 'GET', path, effect: 'read', isFresh: true }));

  const readBackOf: AdminChange['readBack'] = (path, toModel, isVisible) =>
    readBack({ platform: 'cloudlink', signal, read: async () => toModel(await read(path)), isVisible });

  return {
    create: async (path, json) =>
      readResource(await admin.send({ method: 'POST', path, json, effect: 'write' })),
    update: async (path, json, idName) => {
      const reply = await admin.send({ method: 'PUT', path, json, effect: 'write' });
      return (
        findAnswered(reply, idName) ??
        readBackOf(
          path,
          (resource) => resource,
          () => true,
        )
      );
    },
    remove: async (path) => {
      await admin.send({ method: 'DELETE', path, effect: 'write' });
    },
    readBack: readBackOf,
  };
};
