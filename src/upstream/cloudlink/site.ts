import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { addressFields, toAddress, toLocation, type Address, type NewAddress } from './account.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource, type AccountResourceKey } from './account-resource.ts';
import type { AdminChange } from './admin-change.ts';
import { inOurFields } from './refused-field.ts';
import { readId } from './reply.ts';

/** A place of an account. Its fields and path are assumed. */
export interface Site extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly address: Address | null;
}

/** What to set of a site. An address takes the place of the old one as a whole. */
export interface SiteChange {
  readonly name?: string | undefined;
  readonly address?: NewAddress | undefined;
}

const toSite = (resource: Resource, accountId: string): Site => ({
  id: readId(resource, 'siteId'),
  accountId,
  name: toText(resource['name']),
  address: toAddress(resource['location']),
  ...toAudit(resource),
});

const toWire = ({ name, address }: SiteChange) => ({ name, location: toLocation(address) });

const refused = inOurFields(addressFields);

export const createSites = (admin: Http, changes: AdminChange) => {
  const path = (accountId: string) => ['accounts', accountId, 'sites'];
  return {
    ...createAccountResource(admin, 'sites', toSite),
    create: async (accountId: string, site: SiteChange): Promise<Site> =>
      toSite(await changes.create(path(accountId), toWire(site)).catch(refused), accountId),
    update: async ({ accountId, id }: AccountResourceKey, change: SiteChange): Promise<Site> =>
      toSite(
        await changes.update([...path(accountId), id], toWire(change), 'siteId').catch(refused),
        accountId,
      ),
    remove: ({ accountId, id }: AccountResourceKey) => changes.remove([...path(accountId), id]),
  };
};
