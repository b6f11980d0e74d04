import { settleEach } from '../batch.ts';
import type { Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { Page, PageRequest } from '../page.ts';
import { getAll, getPage } from './collection.ts';
import { readResource } from './reply.ts';

/** Ids below an account are only of use together with it. */
export interface AccountResourceKey {
  readonly accountId: string;
  readonly id: string;
}

/** What an account has several of, each with a route of its own: contacts, groups, sites, clients (facts §4.1). */
export interface AccountResource<Model> {
  /**
   * A resource, null or an `Error` per key, in key order: a single one by its own route, several of an account picked
   * from its list, of which there are never many.
   */
  getMany(keys: readonly AccountResourceKey[]): Promise<readonly (Model | null | Error)[]>;
  list(accountId: string, page: PageRequest): Promise<Page<Model>>;
}

/** The resource at `path`, or null where upstream does not know the id. */
export const findResource = async (
  admin: Http,
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): Promise<Resource | null> => {
  try {
    return readResource(await admin.send({ method: 'GET', path, query, effect: 'read' }));
  } catch (error) {
    if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return null;
    throw error;
  }
};

export const createAccountResource = <Model extends { readonly id: string }>(
  admin: Http,
  plural: string,
  toModel: (resource: Resource, accountId: string) => Model,
): AccountResource<Model> => {
  const collectionOf = (accountId: string) => ({
    path: ['accounts', accountId, plural],
    toModel: (item: Resource) => toModel(item, accountId),
  });
  return {
    getMany: (keys) =>
      settleEach<AccountResourceKey, Model | null>(keys, {
        groupOf: ({ accountId }) => accountId,
        size: Number.MAX_SAFE_INTEGER,
        load: async (accountId, group) => {
          const [only] = group;
          if (group.length === 1 && only !== undefined) {
            const resource = await findResource(admin, ['accounts', accountId, plural, only.id]);
            return [resource === null ? null : toModel(resource, accountId)];
          }
          const all = await getAll(admin, collectionOf(accountId));
          const byId = new Map(all.map((model) => [model.id, model]));
          return group.map(({ id }) => byId.get(id) ?? null);
        },
      }),
    list: (accountId, page) => getPage(admin, collectionOf(accountId), page),
  };
};
