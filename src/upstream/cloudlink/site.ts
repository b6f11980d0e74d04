import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { toAddress, type Address } from './account.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource } from './account-resource.ts';
import { readId } from './reply.ts';

/** A place of an account. Its fields and path are assumed. */
export interface Site extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly address: Address | null;
}

const toSite = (resource: Resource, accountId: string): Site => ({
  id: readId(resource, 'siteId'),
  accountId,
  name: toText(resource['name']),
  address: toAddress(resource['location']),
  ...toAudit(resource),
});

export const createSites = (admin: Http) => createAccountResource(admin, 'sites', toSite);
