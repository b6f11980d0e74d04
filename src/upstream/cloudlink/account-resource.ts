import { settleEach } from '../batch.ts';
import type { Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';
import type { Page, PageRequest } from '../page.ts';
import { getPage } from './collection.ts';
import { readResource } from './reply.ts';

/** Ids below an account are only of use together with it. */
export interface AccountResourceKey {
  readonly accountId: string;
  readonly id: string;
}

/** What an account has several of, each with a route of its own: contacts, groups, sites, clients (facts §4.1). */
export interface AccountResource<Model> {
  /** A resource, null or an `Error` per key, in key order. One request each: upstream has no other way. */
  getMany(keys: readonly AccountResourceKey[]): Promise<readonly (Model | null | Error)[]>;
  list(accountId: string, page: PageRequest): Promise<Page<Model>>;
}

/** The resource at `path`, or null where upstream does not know the id. */
export const findResource = async (admin: Http, path: readonly string[]): Promise<Resource | null> => {
  try {
    return readResource(await admin.send({ method: 'GET', path, effect: 'read' }));
  } catch (error) {
    if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return null;
    throw error;
  }
};

export const createAccountResource = <Model>(
  admin: Http,
  plural: string,
  toModel: (resource: Resource, accountId: string) => Model,
): AccountResource<Model> => ({
  getMany: (keys) =>
    settleEach<AccountResourceKey, Model | null>(keys, {
      groupOf: ({ accountId }) => accountId,
      size: 1,
      load: async (accountId, [key]) => {
        const resource = await findResource(admin, ['accounts', accountId, plural, key?.id ?? '']);
        return [resource === null ? null : toModel(resource, accountId)];
      },
    }),
  list: (accountId, page) =>
    getPage(
      admin,
      { path: ['accounts', accountId, plural], toModel: (item) => toModel(item, accountId) },
      page,
    ),
});
