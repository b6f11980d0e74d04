import { findAccount, ownedBy } from './access.ts';
import { toCollection, toItem } from './hal.ts';
import type { Handler } from './service.ts';
import { ok } from './service.ts';
import type { Contact } from './store.ts';
import { inAccount } from './store.ts';

export const toContact = (contact: Contact) =>
  toItem(contact, 'accounts', contact.accountId, 'contacts', contact.contactId);

export const listContacts: Handler = (call) => {
  const { accountId } = findAccount(call);
  return toCollection(call, inAccount(call.store.contacts, accountId), { show: toContact });
};

export const getContact: Handler = (call) => {
  const { accountId } = findAccount(call);
  return ok(toContact(ownedBy(accountId, call.store.contacts.get(call.parameter('contactId')))));
};
