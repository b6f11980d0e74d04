import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { toAddress, type Address } from './account.ts';
import { toAudit, type Audit } from './audit.ts';
import { getPage } from './collection.ts';
import { readId } from './reply.ts';

/** A place of an account. Its fields and path are assumed. */
export interface Site extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly address: Address | null;
}

export const createSites = (admin: Http) => ({
  list: (accountId: string, page: PageRequest) => {
    const toModel = (resource: Resource): Site => ({
      id: readId(resource, 'siteId'),
      accountId,
      name: toText(resource['name']),
      address: toAddress(resource['location']),
      ...toAudit(resource),
    });
    return getPage(admin, { path: ['accounts', accountId, 'sites'], toModel }, page);
  },
});
