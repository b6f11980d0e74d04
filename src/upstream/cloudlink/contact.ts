import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource } from './account-resource.ts';
import { readId } from './reply.ts';

/** An administrative contact of an account, not an entry of a phone directory (facts §4.2). */
export interface Contact extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly contactType: string | null;
}

export const toContact = (resource: Resource, accountId: string): Contact => ({
  id: readId(resource, 'contactId'),
  accountId,
  name: toText(resource['name']),
  email: toText(resource['email']),
  contactType: toText(resource['contactType']),
  ...toAudit(resource),
});

export const createContacts = (admin: Http) => createAccountResource(admin, 'contacts', toContact);
