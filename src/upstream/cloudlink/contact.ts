import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { toAudit, type Audit } from './audit.ts';
import { getPage } from './collection.ts';
import { readId } from './reply.ts';

/** An administrative contact of an account, not an entry of a phone directory (facts §4.2). */
export interface Contact extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly contactType: string | null;
}

export const createContacts = (admin: Http) => ({
  list: (accountId: string, page: PageRequest) => {
    const toModel = (resource: Resource): Contact => ({
      id: readId(resource, 'contactId'),
      accountId,
      name: toText(resource['name']),
      email: toText(resource['email']),
      contactType: toText(resource['contactType']),
      ...toAudit(resource),
    });
    return getPage(admin, { path: ['accounts', accountId, 'contacts'], toModel }, page);
  },
});
