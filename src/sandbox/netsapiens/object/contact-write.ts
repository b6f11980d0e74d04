import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.ts';
import { seesBelongings, type Owner } from '../belonging.ts';
import { contactColumns, newContact, type ContactRecord } from '../contact-record.ts';
import { isSame, pickSent } from '../filter.ts';
import { missingTarget, required, type Call } from '../operation.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { toTime } from '../subscriber-record.ts';

const fixed = new Set<string>(['contact_id', 'domain', 'user', 'ts', 'shared']);
const writable = contactColumns.filter((column) => !fixed.has(column));

export const contactParameters: readonly string[] = ['domain', 'user', ...writable];

/** Makes a contact. Newer builds, which are those with numbers, give it back (facts §3.3). */
export const createContact = (call: Call): Answer => {
  const { parameters, state, switches } = call;
  const owner = toTarget(call);
  required(parameters, 'first_name');
  required(parameters, 'last_name');
  if (!seesBelongings(call, owner)) return outOfScope(switches);
  const contact = newContact({
    ...owner,
    contact_id: randomUUID(),
    ts: toTime(call.now),
    ...pickSent(parameters, writable),
  });
  const accepted = call.write((ts) => {
    state.contacts.set(contact.contact_id, { ...contact, ts });
  });
  return switches.legacyTyping === 'strings'
    ? accepted
    : { kind: 'records', rows: [contact], columns: contactColumns };
};

export const updateContact = (call: Call): Answer => {
  const { parameters, state } = call;
  const owner = toTarget(call);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  const found = findContact(call, owner);
  if (found === undefined) return missingTarget(call, 'No such contact.');
  return call.write((ts) => {
    const contact = state.contacts.get(found.contact_id);
    if (contact === undefined) return;
    state.contacts.set(contact.contact_id, { ...contact, ...pickSent(parameters, writable), ts });
  });
};

export const deleteContact = (call: Call): Answer => {
  const owner = toTarget(call);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  const found = findContact(call, owner);
  if (found === undefined) return missingTarget(call, 'No such contact.');
  return call.write(() => {
    call.state.contacts.delete(found.contact_id);
  });
};

const toTarget = ({ parameters }: Call): Owner => ({
  domain: required(parameters, 'domain'),
  user: required(parameters, 'user'),
});

/** The id is the real key (facts §5.7); without it the two names are, which are printed as required. */
const findContact = ({ parameters, state }: Call, { user, domain }: Owner): ContactRecord | undefined => {
  const id = given(parameters, 'contact_id');
  const first = id === undefined ? required(parameters, 'first_name') : '';
  const last = id === undefined ? required(parameters, 'last_name') : '';
  return [...state.contacts.values()].find(
    (contact) =>
      isSame(contact.user, user) &&
      isSame(contact.domain, domain) &&
      (id === undefined
        ? isSame(contact.first_name, first) && isSame(contact.last_name, last)
        : contact.contact_id === id),
  );
};
