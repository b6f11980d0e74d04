import { settleEach } from '../batch.ts';
import { toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import { collectAll } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import { hasText, shows } from './same.ts';

/** Whose contacts: a subscriber's own, or of the user `domain` those that the whole domain shares (facts §5.7). */
export interface ContactOwner {
  readonly domain: string;
  readonly user: string;
}

export interface DirectoryContactKey extends ContactOwner {
  /** The contact's id, or `@` and the extension of a colleague, who has none. */
  readonly contact: string;
}

/** An entry of an address book (facts §5.7), or a colleague as one. */
export interface DirectoryContact extends ContactOwner {
  readonly key: string;
  readonly contactId: string | null;
  /** The extension of a colleague; null for everybody else. */
  readonly colleague: string | null;
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
  readonly workPhone: string | null;
  readonly cellPhone: string | null;
  readonly homePhone: string | null;
  readonly fax: string | null;
  readonly email: string | null;
  readonly tags: readonly string[];
  readonly presence: string | null;
}

/** What a client can set. What is undefined stays as it is; an empty text takes a value away. */
export interface DirectoryContactChange {
  readonly firstName?: string | undefined;
  readonly middleName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly company?: string | undefined;
  readonly workPhone?: string | undefined;
  readonly cellPhone?: string | undefined;
  readonly homePhone?: string | undefined;
  readonly fax?: string | undefined;
  readonly email?: string | undefined;
  readonly tags?: string | undefined;
}

/** Colleagues have an address of their own and no id. */
const toColleague = (record: Resource): string | null => {
  if (toText(record['contact_id']) !== null) return null;
  const uid = toText(record['uid']);
  return uid === null ? null : uid.replace(/@[^@]*$/, '');
};

const toKey = (record: Resource): string | null => {
  const colleague = toColleague(record);
  return toText(record['contact_id']) ?? (colleague === null ? null : `@${colleague}`);
};

const toContact = (record: Resource, { domain, user }: ContactOwner): DirectoryContact => ({
  domain,
  user,
  key: toKey(record) ?? '',
  contactId: toText(record['contact_id']),
  colleague: toColleague(record),
  firstName: toText(record['first_name']),
  middleName: toText(record['middle_name']),
  lastName: toText(record['last_name']),
  company: toText(record['company']),
  workPhone: toText(record['work_phone']),
  cellPhone: toText(record['cell_phone']),
  homePhone: toText(record['home_phone']),
  fax: toText(record['fax']),
  email: toText(record['email']),
  tags: (toText(record['tags']) ?? '').split(',').filter((tag) => tag.trim() !== ''),
  presence: toText(record['presence']),
});

const toParameters = (change: DirectoryContactChange): Parameters => ({
  first_name: change.firstName,
  middle_name: change.middleName,
  last_name: change.lastName,
  company: change.company,
  work_phone: change.workPhone,
  cell_phone: change.cellPhone,
  home_phone: change.homePhone,
  fax: change.fax,
  email: change.email,
  tags: change.tags,
});

/** Without what is undefined, which would hide what it is laid over. */
const toGiven = (parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));

const notFound = () =>
  new UpstreamError({
    code: 'NOT_FOUND',
    platform: 'subscriber',
    message: 'The subscriber API has no such contact.',
  });

export const createDirectoryContacts = (requests: Requests, confirm: Confirm) => {
  const readRows = async (owner: ContactOwner, more: Parameters): Promise<readonly Resource[]> => {
    const parameters = { domain: owner.domain, user: owner.user, ...more, order: 'last_name ASC' };
    const rows = (await collectAll(createReadRows(requests, 'contact read', parameters))).filter(
      (row) => toKey(row) !== null,
    );
    return [...new Map(rows.map((row) => [toKey(row), row])).values()];
  };

  /** Rows of an owner, read anew. */
  const readAnew = ({ domain, user }: ContactOwner, narrowing: Parameters): Promise<readonly Resource[]> =>
    requests.readAnew('contact read', { domain, user, ...narrowing, start: '0', limit: '1000' });

  const findRow = async (key: DirectoryContactKey): Promise<Resource | undefined> =>
    (await readAnew(key, { contact_id: key.contact })).find((row) => hasText(row['contact_id'], key.contact));

  /** The names are printed as required, though the id is the key (facts §5.7). */
  const namesOf = (row: Resource): Parameters => ({
    first_name: toText(row['first_name']) ?? '',
    last_name: toText(row['last_name']) ?? '',
  });

  const needRow = async (key: DirectoryContactKey): Promise<Resource> => {
    const row = await findRow(key);
    if (row === undefined) throw notFound();
    return row;
  };

  const targetOf = ({ domain, user, contact }: DirectoryContactKey) => ({
    domain,
    user,
    contact_id: contact,
  });

  return {
    /** A contact, null or an `Error` per key, in key order: one read of each address book. */
    getMany: (keys: readonly DirectoryContactKey[]) =>
      settleEach<DirectoryContactKey, DirectoryContact | null>(keys, {
        groupOf: ({ domain, user, contact }) => JSON.stringify([domain, user, contact.startsWith('@')]),
        size: Number.MAX_SAFE_INTEGER,
        load: async (_group, group) => {
          const [first] = group;
          if (first === undefined) return [];
          const more = first.contact.startsWith('@')
            ? { includeDomain: 'yes' }
            : { contact_id: group.length === 1 ? first.contact : undefined };
          const byKey = new Map((await readRows(first, more)).map((row) => [toKey(row), row]));
          return group.map((key) => {
            const row = byKey.get(key.contact);
            return row === undefined ? null : toContact(row, key);
          });
        },
      }),
    /** A whole address book, with the owner's colleagues where they are wanted. */
    listAll: async (owner: ContactOwner, withColleagues: boolean): Promise<readonly DirectoryContact[]> => {
      const more = withColleagues ? { includeDomain: 'yes' } : {};
      return (await readRows(owner, more)).map((row) => toContact(row, owner));
    },

    /** Makes a contact. Upstream does not always tell its id, so it is the one that was not there before. */
    create: async (owner: ContactOwner, change: DirectoryContactChange): Promise<DirectoryContact> => {
      const sent = toParameters(change);
      const names = { first_name: change.firstName, last_name: change.lastName };
      const before = new Set((await readAnew(owner, names)).map((row) => toText(row['contact_id'])));
      await requests.write('contact create', { domain: owner.domain, user: owner.user, ...sent });
      const findNew = async () =>
        (await readAnew(owner, names)).find(
          (row) => !before.has(toText(row['contact_id'])) && shows(row, sent),
        );
      const row = await confirm(findNew, (found) => found !== undefined);
      return toContact(row ?? {}, owner);
    },
    update: async (key: DirectoryContactKey, change: DirectoryContactChange): Promise<DirectoryContact> => {
      const names = namesOf(await needRow(key));
      const sent = { ...names, ...toGiven(toParameters(change)) };
      await requests.write('contact update', { ...targetOf(key), ...sent });
      const row = await confirm(
        () => findRow(key),
        (found) => found !== undefined && shows(found, sent),
      );
      return toContact(row ?? {}, key);
    },
    remove: async (key: DirectoryContactKey): Promise<void> => {
      const names = namesOf(await needRow(key));
      await requests.write('contact delete', { ...targetOf(key), ...names });
      await confirm(
        () => findRow(key),
        (found) => found === undefined,
      );
    },
  };
};
