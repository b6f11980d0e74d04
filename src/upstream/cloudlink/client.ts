import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { toAudit, type Audit } from './audit.ts';
import { getPage } from './collection.ts';
import { readId } from './reply.ts';

/** An application's own identity in an account. Its secret is never read. */
export interface Client extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly role: string | null;
}

export const createClients = (admin: Http) => ({
  list: (accountId: string, page: PageRequest) => {
    const toModel = (resource: Resource): Client => ({
      id: readId(resource, 'clientId'),
      accountId,
      name: toText(resource['name']),
      role: toText(resource['role']),
      ...toAudit(resource),
    });
    return getPage(admin, { path: ['accounts', accountId, 'clients'], toModel }, page);
  },
});
