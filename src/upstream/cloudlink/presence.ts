import { settleEach } from '../batch.ts';
import { toDate, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { findResource } from './account-resource.ts';
import { getAll } from './collection.ts';
import { CHAIN_LENGTH, equalsAny } from './filter.ts';
import { readId } from './reply.ts';

/** Whether somebody can be reached (facts §7). Its routes and values are documented nowhere: all of it is A-01. */
export interface Presence {
  readonly userId: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly modifiedAt: Date | null;
}

export const toPresence = (resource: Resource): Presence => ({
  userId: readId(resource, 'userId'),
  status: toText(resource['status']),
  reason: toText(resource['reason']),
  modifiedAt: toDate(resource['modifiedOn']),
});

export const createPresences = (presence: Http) => ({
  /**
   * A presence, null or an `Error` per user, in order. Asked for by chains of `or`, 50 to a request; a
   * single one by its own route.
   */
  getMany: (userIds: readonly string[]): Promise<readonly (Presence | null | Error)[]> =>
    settleEach<string, Presence | null>(userIds, {
      groupOf: () => 'presences',
      size: CHAIN_LENGTH,
      load: async (_group, ids) => {
        const [only] = ids;
        if (ids.length === 1 && only !== undefined) {
          const resource = await findResource(presence, ['users', only, 'presence']);
          return [resource === null ? null : toPresence(resource)];
        }
        const filter = equalsAny('userId', ids);
        const found = await getAll(presence, { path: ['presences'], toModel: toPresence, filter });
        const byUser = new Map(found.map((item) => [item.userId, item]));
        return ids.map((id) => byUser.get(id) ?? null);
      },
    }),
});
