import type { Answer, Row } from '../answer.ts';
import { seesBelongings, type Owner } from '../belonging.ts';
import { contactColumns, SHARED_OWNER, type ContactRecord } from '../contact-record.ts';
import { hasGiven, isSame } from '../filter.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { createContact, contactParameters, deleteContact, updateContact } from './contact-write.ts';

/** `includeDomain` adds colleagues, and with them what only they have. */
const columns = [...contactColumns, 'uid', 'group', 'presence', 'message'];

const filters = {
  contact_id: 'contact_id',
  first_name: 'first_name',
  last_name: 'last_name',
  department: 'group',
} as const;

/** A user's own contacts, or with the user `domain` those that all share; the shared ones are everybody's to read. */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const owner = { domain: required(parameters, 'domain'), user: required(parameters, 'user') };
  const isShared = isSame(owner.user, SHARED_OWNER);
  if (!seesDomain(caller, state, owner.domain)) return outOfScope(call.switches, contactColumns);

  const isVisible = isShared || seesBelongings(call, owner);
  const withColleagues = given(parameters, 'includeDomain') === 'yes';
  const contacts: Row[] = [...state.contacts.values()].filter((row) => isVisible && isOwned(row, owner));
  const colleagues = withColleagues && isVisible ? toColleagues(call, owner) : [];
  const tag = given(parameters, 'tags');
  const rows = [...contacts, ...colleagues].filter(
    (row) => hasGiven(parameters, row, filters) && (tag === undefined || tagsOf(row).includes(tag)),
  );
  return page(rows, {
    ...call,
    columns: withColleagues ? columns : contactColumns,
    key: 'contact_id',
    sort: given(parameters, 'order'),
  });
};

const tagsOf = ({ tags }: Row): string[] => (typeof tags === 'string' ? tags.split(',') : []);

const isOwned = (contact: ContactRecord, { user, domain }: Owner): boolean =>
  isSame(contact.user, user) && isSame(contact.domain, domain);

/** Everybody else in the domain, as contacts that have a presence and no id. */
const toColleagues = ({ state }: Call, { user, domain }: Owner): Row[] =>
  [...state.subscribers.values()]
    .filter((record) => isSame(record.domain, domain) && record.srv_code === '' && !isSame(record.user, user))
    .map((record) => ({
      domain: record.domain,
      user: record.user,
      first_name: record.first_name,
      last_name: record.last_name,
      work_phone: record.user,
      email: record.email,
      uid: `${record.user}@${record.domain}`,
      group: record.group,
      presence: record.presence,
      message: record.message,
      ts: record.last_update,
      shared: 'yes',
    }));

/** Address books (facts §5.7). */
export const contact: PlatformObject = {
  element: 'contact',
  actions: actionsOf({
    read: {
      parameters: [
        'domain',
        'user',
        'tags',
        'includeDomain',
        'order',
        ...Object.keys(filters),
        ...pageParameters,
      ],
      run: read,
    },
    create: { parameters: contactParameters, run: createContact },
    update: { parameters: ['contact_id', ...contactParameters], run: updateContact },
    delete: { parameters: ['contact_id', ...contactParameters], run: deleteContact },
  }),
};
