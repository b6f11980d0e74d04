import { findAccount, findAdministeredAccount, maySee, stampChange } from './access.ts';
import { readBody } from './body.ts';
import { toContact } from './contact.ts';
import { forgetConversation } from './conversation-access.ts';
import { Failure, forbidden } from './failure.ts';
import { flag, languageCode, location, readOnly, text } from './field.ts';
import { expands, toCollection, toItem } from './hal.ts';
import { forgetMedia } from './media-store.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import type { Account, Store } from './store.ts';
import { inAccount } from './store.ts';
import { readTags } from './tag.ts';
import type { ObjectSchema } from './validation.ts';

type AccountChange = Partial<
  Pick<Account, 'name' | 'languageCode' | 'state' | 'active' | 'organizationId' | 'policy' | 'userLimit'> &
    Pick<Account, 'accessTokenExpiryHours' | 'refreshTokenExpiryHours' | 'topLevelDomain' | 'location'>
>;

const schema: ObjectSchema<AccountChange> = {
  type: 'object',
  properties: {
    ...readOnly(
      'accountId',
      'accountNumber',
      'domain',
      'source',
      'partnerId',
      'policyId',
      'contacts',
      'tags',
    ),
    name: text,
    languageCode,
    state: { type: 'string', enum: ['ACTIVE', 'SUSPENDED', 'DELETED'] },
    active: flag,
    organizationId: text,
    policy: { type: 'object', properties: { allowGuestAccess: flag, allowProxyAuthentication: flag } },
    userLimit: { type: 'integer', minimum: 0 },
    accessTokenExpiryHours: { type: 'integer', minimum: 1 },
    refreshTokenExpiryHours: { type: 'integer', minimum: 1 },
    topLevelDomain: { type: 'array', items: text },
    location,
  },
};

const toAccount = (call: Call, account: Account) => ({
  ...toItem(account, 'accounts', account.accountId),
  ...(expands(call, 'tags') && { tags: readTags(call.store, account.accountId) }),
});

/** A single account carries its contacts (facts §4.2); those of a list do not. */
const toSingleAccount = (call: Call, account: Account) => ({
  ...toAccount(call, account),
  contacts: inAccount(call.store.contacts, account.accountId).map(toContact),
});

export const listAccounts: Handler = (call) => {
  const visible = [...call.store.accounts.values()].filter((account) => maySee(call.principal, account));
  return toCollection(call, visible, { show: (account) => toAccount(call, account) });
};

export const getAccount: Handler = (call) => ok(toSingleAccount(call, findAccount(call)));

export const putAccount: Handler = (call) => {
  const account = findAdministeredAccount(call);
  const changed = { ...account, ...readBody(call, schema), ...stampChange(call) };
  call.store.accounts.set(account.accountId, changed);
  return ok(toSingleAccount(call, changed));
};

const forget = (store: Store, accountId: string): void => {
  const { contacts, users, clients, groups, sites, applications, tags, presences, conversations } = store;
  for (const { userId } of inAccount(users, accountId)) {
    tags.delete(userId);
    presences.delete(userId);
  }
  for (const { conversationId } of inAccount(conversations, accountId))
    forgetConversation(store, conversationId);
  tags.delete(accountId);
  for (const records of [contacts, users, clients, groups, sites, applications]) {
    for (const [key, record] of records) if (record.accountId === accountId) records.delete(key);
  }
  forgetMedia(store.media, accountId);
  const policyId = store.accounts.get(accountId)?.policyId ?? '';
  store.statements.delete(policyId);
  store.accounts.delete(accountId);
};

/** Only the hard form is known, and it is privileged (facts §4.1): it takes everything of the account along. */
export const deleteAccount: Handler = (call) => {
  const { accountId } = findAccount(call);
  if (call.principal.role !== 'PARTNER_ADMIN') throw forbidden();
  if (call.query.get('hard') !== 'true') throw new Failure(400, 'query.hard should be true');
  forget(call.store, accountId);
  return ok({});
};
