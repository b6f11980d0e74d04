import { isResource, toBoolean, toCount, toText, type Resource } from '../decode.ts';
import { settleEach } from '../batch.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { getPage } from './collection.ts';
import { equals } from './filter.ts';
import { readId } from './reply.ts';

/** A customer of CloudLink (facts §4.2). */
export interface Account extends Audit {
  readonly id: string;
  readonly number: string | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly active: boolean | null;
  readonly languageCode: string | null;
  readonly domain: string | null;
  readonly source: string | null;
  readonly partnerId: string | null;
  readonly organizationId: string | null;
  readonly policyId: string | null;
  readonly allowGuestAccess: boolean | null;
  readonly userLimit: number | null;
  readonly accessTokenHours: number | null;
  readonly refreshTokenHours: number | null;
  readonly topLevelDomains: readonly string[];
  readonly address: Address | null;
}

export interface Address {
  readonly street: string | null;
  readonly city: string | null;
  readonly stateOrProvince: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

/** The address in a `location`, which accounts and sites have. */
export const toAddress = (location: unknown): Address | null => {
  const address = isResource(location) ? location['address'] : null;
  if (!isResource(address)) return null;
  return {
    street: toText(address['street']),
    city: toText(address['city']),
    stateOrProvince: toText(address['stateOrProvince']),
    postalCode: toText(address['zipCode']),
    country: toText(address['country']),
  };
};

const toAccount = (resource: Resource): Account => ({
  id: readId(resource, 'accountId'),
  number: toText(resource['accountNumber']),
  name: toText(resource['name']),
  state: toText(resource['state']),
  active: toBoolean(resource['active']),
  languageCode: toText(resource['languageCode']),
  domain: toText(resource['domain']),
  source: toText(resource['source']),
  partnerId: toText(resource['partnerId']),
  organizationId: toText(resource['organizationId']),
  policyId: toText(resource['policyId']),
  allowGuestAccess: isResource(resource['policy']) ? toBoolean(resource['policy']['allowGuestAccess']) : null,
  userLimit: toCount(resource['userLimit']),
  accessTokenHours: toCount(resource['accessTokenExpiryHours']),
  refreshTokenHours: toCount(resource['refreshTokenExpiryHours']),
  topLevelDomains: Array.isArray(resource['topLevelDomain'])
    ? resource['topLevelDomain'].map(toText).filter((domain) => domain !== null)
    : [],
  address: toAddress(resource['location']),
  ...toAudit(resource),
});

export const createAccounts = (admin: Http) => ({
  /** An account, null or an `Error` per id, in order. */
  getMany: (accountIds: readonly string[]) =>
    settleEach<string, Account | null>(accountIds, {
      groupOf: (accountId) => accountId,
      size: 1,
      load: async (accountId) => {
        const resource = await findResource(admin, ['accounts', accountId]);
        return [resource === null ? null : toAccount(resource)];
      },
    }),
  /** The account with this 9-digit number, or null. */
  getByNumber: async (number: string): Promise<Account | null> => {
    const filter = equals('accountNumber', number);
    const page = await getPage(
      admin,
      { path: ['accounts'], toModel: toAccount, filter },
      { first: 1, offset: 0 },
    );
    return page.items[0]?.value ?? null;
  },
  /** The accounts the caller may see: its own, or a partner's. */
  list: (page: PageRequest) => getPage(admin, { path: ['accounts'], toModel: toAccount }, page),
});
