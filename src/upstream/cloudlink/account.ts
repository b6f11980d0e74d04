import { isResource, toBoolean, toCount, toText, type Resource } from '../decode.ts';
import { settleEach } from '../batch.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { findResource } from './account-resource.ts';
import { toAudit, type Audit } from './audit.ts';
import { getPage } from './collection.ts';
import { toContact, type Contact } from './contact.ts';
import { equals } from './filter.ts';
import type { AdminChange } from './admin-change.ts';
import { inOurFields, type FieldName } from './refused-field.ts';
import { readId } from './reply.ts';
import { expandTags, toTags, type Tag } from './tag.ts';

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
  /** Null where upstream did not embed them: it does in the read of a single account. */
  readonly contacts: readonly Contact[] | null;
  /** Undefined where they were not asked for. */
  readonly tags: readonly Tag[] | undefined;
}

/** What to change of an account. An address takes the place of the old one as a whole. */
export interface AccountChange {
  readonly name?: string | undefined;
  readonly languageCode?: string | undefined;
  readonly userLimit?: number | undefined;
  readonly topLevelDomains?: readonly string[] | undefined;
  readonly address?: NewAddress | undefined;
}

export interface Address {
  readonly street: string | null;
  readonly city: string | null;
  readonly stateOrProvince: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

/** An address to be kept; what is null is left out. */
export type NewAddress = Address;

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

/** An address as a `location`; undefined where there is none to send. */
export const toLocation = (address: NewAddress | undefined): Resource | undefined => {
  if (address === undefined) return undefined;
  const { postalCode, ...rest } = address;
  const given = Object.entries({ ...rest, zipCode: postalCode }).filter(([, part]) => part !== null);
  return { address: Object.fromEntries(given) };
};

/** How upstream calls the parts of an address when it refuses one. */
export const addressFields: readonly FieldName[] = [
  { upstream: /^location\.address\.zipCode$/, ours: 'address.postalCode' },
  { upstream: /^location\.address/, ours: 'address' },
];

const readContacts = ({ accountId, contacts }: Resource): readonly Contact[] | null =>
  Array.isArray(contacts) && contacts.every(isResource)
    ? contacts.map((contact) => toContact(contact, toText(accountId) ?? ''))
    : null;

const toAccount = (resource: Resource, withTags = false): Account => ({
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
  contacts: readContacts(resource),
  tags: withTags ? toTags(resource) : undefined,
  ...toAudit(resource),
});

const refused = inOurFields([
  ...addressFields,
  { upstream: /^topLevelDomain(?=$|\.)/, ours: 'topLevelDomains' },
]);

export const createAccounts = (admin: Http, changes: AdminChange) => ({
  /** An account, null or an `Error` per id, in order. */
  getMany: (accountIds: readonly string[], withTags = false) =>
    settleEach<string, Account | null>(accountIds, {
      groupOf: (accountId) => accountId,
      size: 1,
      load: async (accountId) => {
        const resource = await findResource(admin, ['accounts', accountId], expandTags(withTags));
        return [resource === null ? null : toAccount(resource, withTags)];
      },
    }),
  /** The account with this 9-digit number, or null. */
  getByNumber: async (number: string, withTags = false): Promise<Account | null> => {
    const page = await getPage(
      admin,
      {
        path: ['accounts'],
        toModel: (item) => toAccount(item, withTags),
        filter: equals('accountNumber', number),
        query: expandTags(withTags),
      },
      { first: 1, offset: 0 },
    );
    return page.items[0]?.value ?? null;
  },
  /** The accounts the caller may see: its own, or a partner's. */
  list: (page: PageRequest, withTags = false) =>
    getPage(
      admin,
      { path: ['accounts'], toModel: (item) => toAccount(item, withTags), query: expandTags(withTags) },
      page,
    ),
  update: async (
    accountId: string,
    { topLevelDomains, address, ...change }: AccountChange,
  ): Promise<Account> => {
    const json = { ...change, topLevelDomain: topLevelDomains, location: toLocation(address) };
    return toAccount(await changes.update(['accounts', accountId], json, 'accountId').catch(refused));
  },
});
