import type { Company, CompanyAccount, Person } from '../company.ts';
import { CANARY, CLIENT, PARTNER_ID, PASSWORD, guid } from '../company.ts';
import type { Audit } from './audit.ts';
import { seedConversations } from './conversation-seed.ts';
import { seedMedia } from './media-seed.ts';
import { seedPresences } from './presence-seed.ts';
import type { Account, Address, Client, Contact, Group, Site, Statement, Store, User } from './store.ts';
import { clientKey, createStore } from './store.ts';

const FIRST_DAY = '2026-10-01T08:00:00.000Z';
const contactTypes = ['ADMINISTRATIVE', 'TECHNICAL'];

/** The same id on every start for the nth thing of an account; kinds 1 to 3 are accounts and users. */
const idOf = (kind: number, accountIndex: number, index: number): string =>
  guid(kind, (accountIndex + 1) * 1000 + index);

const seededBy = (principalId: string): Audit => ({
  createdOn: FIRST_DAY,
  createdBy: principalId,
  modifiedOn: FIRST_DAY,
  modifiedBy: principalId,
});

const toAddress = ({ country, city, postalCode }: CompanyAccount): Address => ({
  country,
  street: '1 Example Street',
  city,
  // Both cities are states of their own name.
  stateOrProvince: city,
  zipCode: postalCode,
});

const toAccount = (source: CompanyAccount, index: number, audit: Audit): Account => ({
  accountId: source.accountId,
  accountNumber: source.accountNumber,
  name: source.name,
  languageCode: source.country === 'DE' ? 'de-DE' : 'en-US',
  domain: `${source.accountId}.us.dev.api.example.test`,
  source: 'cloudlink',
  state: 'ACTIVE',
  active: true,
  partnerId: PARTNER_ID,
  organizationId: idOf(9, index, 0),
  policyId: idOf(8, index, 0),
  policy: { allowGuestAccess: false, allowProxyAuthentication: false },
  userLimit: 1000,
  accessTokenExpiryHours: 1,
  refreshTokenExpiryHours: 360,
  topLevelDomain: ['example.test'],
  location: { address: toAddress(source) },
  ...audit,
});

const toContacts = (
  { accountId, name }: CompanyAccount,
  accountIndex: number,
  audit: Audit,
): readonly Contact[] =>
  contactTypes.map((contactType, index) => ({
    contactId: idOf(4, accountIndex, index),
    accountId,
    name: `${name} ${contactType.toLowerCase()} contact`,
    email: `${contactType.toLowerCase()}.${accountIndex + 1}@example.test`,
    contactType,
    ...audit,
  }));

const toPicture = (userId: string) => {
  const url = (size: string) => `https://photo.example.test/${userId}/${size}.png`;
  return {
    photoUrl: url('scaled'),
    avatars: { '50': url('50'), '150': url('150'), '300': url('300'), scaled: url('scaled') },
  };
};

const toUser = (
  person: Person,
  index: number,
  account: Account,
  site: Site | undefined,
  audit: Audit,
): User[] => {
  const { userId, cloudlink, firstName, lastName, mobile } = person;
  if (cloudlink === undefined) return [];
  const { email, extension, role, login } = cloudlink;
  const name = `${firstName} ${lastName}`;
  return [
    {
      userId,
      uniqueUserId: userId,
      accountId: account.accountId,
      email,
      name,
      displayName: name,
      firstName,
      lastName,
      role,
      ...(extension !== '' && { extension }),
      ...(index % 3 === 0 && { phone: `+1555${3_000_000 + index}` }),
      mobile,
      ...(site !== undefined && { siteId: site.siteId }),
      ...(login && { sipAddress: `${userId}@${account.domain}` }),
      sipPassword: `${CANARY}-sip-${userId}`,
      ...(index % 2 === 0 && toPicture(userId)),
      emailValid: true,
      emailVerified: login,
      mobileVerified: false,
      phoneVerified: index % 3 === 0,
      extensionVerified: extension !== '',
      userVerified: login,
      // Whoever cannot sign in came from the PBX through a CloudLink Gateway (facts §4.2).
      source: login ? 'cloudlink' : 'cloudlink-gateway',
      ...audit,
    },
  ];
};

const toClients = (
  { accountId, name }: CompanyAccount,
  accountIndex: number,
  audit: Audit,
): readonly Client[] => [
  {
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    accountId,
    name: 'Sandbox client',
    role: 'ACCOUNT_ADMIN',
    ...audit,
  },
  {
    clientId: idOf(7, accountIndex, 0),
    clientSecret: `${CANARY}-client-secret-${accountIndex + 1}`,
    accountId,
    name: `${name} integration`,
    role: 'ACCOUNT_ADMIN',
    ...audit,
  },
];

const allowEverything: Statement = {
  statementId: 'conversations',
  effect: 'allow',
  action: ['*'],
  resource: ['https://mitel.io/auth/conversations/features/*'],
};

const seedAccount = (store: Store, company: Company, source: CompanyAccount, accountIndex: number): void => {
  const { accountId } = source;
  const people = company.people.filter((person) => person.accountId === accountId);
  const admin = people.find(({ cloudlink }) => cloudlink?.role === 'ACCOUNT_ADMIN');
  const audit = seededBy(admin?.userId ?? accountId);
  const account = toAccount(source, accountIndex, audit);
  const sites = source.sites.map((name, index): Site => {
    const location = { address: { country: source.country, city: source.city } };
    return { siteId: idOf(6, accountIndex, index), accountId, name, location, ...audit };
  });
  const users = people.flatMap((person, index) =>
    toUser(
      person,
      index,
      account,
      sites.find(({ name }) => name === person.site),
      audit,
    ),
  );
  const departmentOf = new Map(people.map(({ userId, department }) => [userId, department]));
  const groups = source.departments.map((name, index): Group => {
    const members = users
      .filter(({ userId }) => departmentOf.get(userId) === name)
      .map(({ userId }) => userId);
    const description = `Everybody in ${name}`;
    return {
      groupId: idOf(5, accountIndex, index),
      accountId,
      name,
      description,
      type: 'DEPARTMENT',
      members,
      ...audit,
    };
  });

  store.accounts.set(accountId, account);
  store.partners.set(PARTNER_ID, { partnerId: PARTNER_ID, name: 'Example Telephony', ...audit });
  store.statements.set(account.policyId, new Map([[allowEverything.statementId, allowEverything]]));
  for (const contact of toContacts(source, accountIndex, audit))
    store.contacts.set(contact.contactId, contact);
  for (const site of sites) store.sites.set(site.siteId, site);
  for (const group of groups) store.groups.set(group.groupId, group);
  for (const client of toClients(source, accountIndex, audit))
    store.clients.set(clientKey(accountId, client.clientId), client);
  for (const user of users) {
    store.users.set(user.userId, user);
    if (user.userVerified) store.logins.set(user.email.toLowerCase(), PASSWORD);
  }
  store.tags.set(
    accountId,
    new Map([['mitel_connect_refs', { domain: source.domain, territory: source.territory }]]),
  );
  if (admin !== undefined) store.tags.set(admin.userId, new Map([['onboarding', { done: true }]]));
};

/** CloudLink on its first day at this company. What has happened before is told back from `now`. */
export const seedStore = (company: Company, now: number): Store => {
  const store = createStore();
  for (const [index, account] of company.accounts.entries()) seedAccount(store, company, account, index);
  seedConversations(store, company, now);
  seedPresences(store, company, now);
  seedMedia(store, company, now);
  return store;
};
