import type { Company } from '../../company.ts';
import { newContact, SHARED_OWNER, type ContactRecord } from '../contact-record.ts';
import { toTime } from '../subscriber-record.ts';
import { outsiderAt } from './outsider.ts';

const DAY = 86_400_000;

/** Three contacts for everybody, and four that each domain shares. */
export const seedContacts = (company: Company, now: number): (readonly [string, ContactRecord])[] => {
  const owners = [
    ...company.accounts.map(({ domain }) => ({ domain, user: SHARED_OWNER, count: 4 })),
    ...company.people
      .filter(({ legacy }) => legacy !== undefined)
      .map(({ domain, extension }) => ({ domain, user: extension, count: 3 })),
  ];
  const contacts = owners.flatMap(({ domain, user, count }, place) =>
    Array.from({ length: count }, (_, ordinal) => {
      const { number, firstName, lastName, company: employer } = outsiderAt(place + ordinal);
      return newContact({
        contact_id: String(10_000 + place * 10 + ordinal),
        domain,
        user,
        first_name: firstName,
        last_name: lastName,
        company: employer,
        work_phone: number,
        cell_phone: ordinal === 0 ? `1555${String(2_000_000 + place)}` : '',
        email: ordinal === 1 ? '' : `${firstName.toLowerCase()}@example.test`.replace('ü', 'ue'),
        tags: ordinal === 0 ? 'customer,vip' : '',
        ts: toTime(now - (place % 90) * DAY),
      });
    }),
  );
  return contacts.map((contact) => [contact.contact_id, contact] as const);
};
